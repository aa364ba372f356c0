//! What we may do: by the roles in each environment, and by the clusters for each kind and namespace.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt;

use crate::cli::Place;
use crate::domain::actor::Permission;
use crate::domain::kind::{Kind, Scope};
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::operation::{Check, Mark};
use crate::domain::plan::Access;
use crate::domain::service::is_system_namespace;
use crate::domain::text::Text;
use crate::runtime::Session;
use crate::state::Inventory;

use super::super::find::is_in;
use super::Finding;

/// How many questions are under way at once.
const AT_ONCE: usize = 8;

/// In how many namespaces of a cluster is looked; the others may be asked for with -n.
const MOST_NAMESPACES: usize = 20;

/// Looks at every cluster that answers.
pub(super) async fn examine(session: &Session, place: &Place) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, inventory) in session.state().clusters() {
        if inventory.heard().is_some() {
            let namespaces = namespaces(session, place, name, inventory);
            findings.extend(roles(session, name, inventory, &namespaces));
            findings.extend(reading(session, name, &namespaces).await);
            findings.extend(changing(session, name, &namespaces).await);
        }
    }
    findings
}

/// The namespaces to look at.
fn namespaces(session: &Session, place: &Place, cluster: &ClusterName, inventory: &Inventory) -> Vec<Text> {
    let mut found: BTreeSet<Text> = place.namespace.iter().map(|name| Text::from(name.as_str())).collect();
    if found.is_empty() {
        let listed = inventory.rows(Kind::Namespace).rows().map(|row| row.meta().name.clone());
        found.extend(listed.filter(|name| !is_system_namespace(name)));
    }
    if found.is_empty() {
        found.extend(inventory.facts().map(|facts| facts.namespace.clone()));
    }
    found.retain(|name| is_in(place, &session.state().place(cluster, name).environment));
    found.into_iter().take(MOST_NAMESPACES).collect()
}

/// What the roles say in each environment.
fn roles(session: &Session, cluster: &ClusterName, inventory: &Inventory, namespaces: &[Text]) -> Vec<Finding> {
    if !session.policy().is_configured() {
        return Vec::new();
    }
    let identity = inventory.identity().and_then(|identity| identity.as_ref().ok());
    let environments: BTreeSet<Text> =
        namespaces.iter().map(|name| session.state().place(cluster, name).environment).collect();
    let told = environments.iter().map(|environment| {
        let may = |permission: &Permission| {
            let check = session.role(identity, &[*permission], environment);
            check.is_none_or(|check| check.mark == Mark::Allowed)
        };
        let (yes, no): (Vec<Permission>, Vec<Permission>) = Permission::ALL.into_iter().partition(may);
        let words = |list: &[Permission]| list.iter().map(|one| one.word()).collect::<Vec<_>>().join(", ");
        let says = match (yes.is_empty(), no.is_empty()) {
            (true, _) => "nothing is granted".to_owned(),
            (_, true) => words(&yes),
            _ => format!("{}; not {}", words(&yes), words(&no)),
        };
        let cure = if yes.is_empty() { "a role is bound to a user or group in the roles file" } else { "" };
        Finding::note("roles", format!("{cluster} {environment}"), says, cure)
    });
    told.collect()
}

/// Which kinds may be read: everywhere, or in each namespace.
async fn reading(session: &Session, cluster: &ClusterName, namespaces: &[Text]) -> Vec<Finding> {
    let everywhere = ask(session, Kind::ALL.into_iter().flat_map(|kind| reads(cluster, kind, &Text::default()))).await;
    let closed: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| !all_allowed(&everywhere, *kind, "")).collect();
    if closed.is_empty() {
        return vec![Finding::fine("read", &cluster.0, format!("all {} kinds, in all namespaces", Kind::ALL.len()))];
    }
    let mut findings = Vec::new();
    let (ours, theirs): (Vec<Kind>, Vec<Kind>) = closed.into_iter().partition(|kind| kind.scope() == Scope::Namespaced);
    if !theirs.is_empty() {
        let cure = format!("ask a cluster administrator for a role with: get, list, watch {}", plurals(&theirs));
        findings.push(Finding::note("read", &cluster.0, format!("no access: {}", plurals(&theirs)), cure));
    }
    let wanted = namespaces.iter().flat_map(|name| ours.iter().flat_map(move |kind| reads(cluster, *kind, name)));
    let answers = ask(session, wanted).await;
    for namespace in namespaces {
        let denied: Vec<Kind> = ours.iter().copied().filter(|kind| !all_allowed(&answers, *kind, namespace)).collect();
        let subject = format!("{cluster} {namespace}");
        let cure = format!("ask a cluster administrator for a role with: get, list, watch {}", plurals(&denied));
        let needed = [Kind::Deployment, Kind::Pod];
        findings.push(if denied.is_empty() {
            Finding::fine("read", subject, "all kinds")
        } else if needed.iter().all(|kind| denied.contains(kind)) {
            Finding::mend("read", subject, format!("no access: {}", plurals(&denied)), cure)
        } else {
            Finding::note("read", subject, format!("no access: {}", plurals(&denied)), cure)
        });
    }
    findings
}

/// Where deployments may be changed, which most verbs come down to.
async fn changing(session: &Session, cluster: &ClusterName, namespaces: &[Text]) -> Vec<Finding> {
    let wanted = namespaces.iter().map(|namespace| access(cluster, Kind::Deployment, "patch", namespace));
    let answers = ask(session, wanted).await;
    let told = namespaces.iter().filter_map(|namespace| {
        let check = answers.get(&(Kind::Deployment, "patch", namespace.clone()))?;
        let subject = format!("{cluster} {namespace}");
        Some(match check.mark {
            Mark::Allowed => Finding::fine("change", subject, &check.what),
            Mark::Denied => Finding::note("change", subject, format!("may not: {}", check.what), &check.remedy),
            Mark::Unknown => {
                Finding::mend("change", subject, format!("nobody can tell: {}", check.what), &check.remedy)
            }
        })
    });
    told.collect()
}

/// Answers by kind, verb and namespace.
type Answers = BTreeMap<(Kind, &'static str, Text), Check>;

/// Asks a few questions at a time.
async fn ask(session: &Session, questions: impl Iterator<Item = Access>) -> Answers {
    let questions: Vec<Access> = questions.collect();
    let asked = questions.into_iter().map(|question| async move {
        let check = session.access(&question).await;
        ((question.object.kind, question.verb, question.object.namespace), check)
    });
    futures::stream::iter(asked).buffer_unordered(AT_ONCE).collect().await
}

/// What it takes to read a kind.
fn reads(cluster: &ClusterName, kind: Kind, namespace: &Text) -> [Access; 2] {
    ["list", "watch"].map(|verb| access(cluster, kind, verb, namespace))
}

fn access(cluster: &ClusterName, kind: Kind, verb: &'static str, namespace: &Text) -> Access {
    let object = ObjectRef { cluster: cluster.clone(), kind, namespace: namespace.clone(), name: Text::default() };
    Access { verb, object, subresource: None }
}

fn all_allowed(answers: &Answers, kind: Kind, namespace: &str) -> bool {
    let is_allowed = |verb| {
        let check = answers.get(&(kind, verb, Text::from(namespace)));
        check.is_some_and(|check| check.mark == Mark::Allowed)
    };
    is_allowed("list") && is_allowed("watch")
}

fn plurals(kinds: &[Kind]) -> String {
    kinds.iter().map(|kind| kind.plural()).collect::<Vec<_>>().join(", ")
}
