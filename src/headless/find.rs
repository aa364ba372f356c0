//! Finding what a name on the command line means: a service, a workload, an environment.

use std::collections::BTreeSet;

use crate::cli::Place;
use crate::domain::kind::Kind;
use crate::domain::nearest::nearest;
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::problem::Problem;
use crate::domain::row::Row;
use crate::domain::text::Text;
use crate::runtime::Session;

/// An object that was read, by name.
pub(super) fn object_of(cluster: &ClusterName, row: &Row) -> ObjectRef {
    ObjectRef::of(cluster, row.kind(), row.meta())
}

/// The workloads that a name means, and perhaps KIND/NAME beside it; those of the environment that was asked for.
/// None at all is an error that offers what may have been meant.
pub(super) fn workloads(
    session: &Session,
    place: &Place,
    service: &str,
    workload: Option<&str>,
) -> Result<Vec<ObjectRef>, Problem> {
    let wanted = workload.map(kind_and_name).transpose()?;
    let mut found = Vec::new();
    let mut known = BTreeSet::new();
    for object in objects(session, &Kind::WORKLOADS) {
        let whereabouts = session.place_of(&object);
        if !is_in(place, &whereabouts.environment) {
            continue;
        }
        let is_named = whereabouts.service == service || object.name == service;
        if is_named && wanted.as_ref().is_none_or(|(kind, name)| object.kind == *kind && object.name == *name) {
            found.push(object);
        } else {
            known.extend([whereabouts.service, object.name]);
        }
    }
    if found.is_empty() { Err(unknown(service, workload, &known)) } else { Ok(found) }
}

/// The objects of some kinds, in order.
pub(super) fn objects(session: &Session, kinds: &[Kind]) -> Vec<ObjectRef> {
    let mut objects = Vec::new();
    for (cluster, inventory) in session.state().clusters() {
        for kind in kinds {
            objects.extend(inventory.rows(*kind).rows().map(|row| object_of(cluster, row)));
        }
    }
    objects.sort();
    objects
}

/// Whether an environment is the one that was asked for, or none was.
pub(super) fn is_in(place: &Place, environment: &str) -> bool {
    place.environment.as_deref().is_none_or(|wanted| wanted == environment)
}

/// Makes sure that the environment and the namespaces that were asked for exist, as far as that can be told.
pub(super) fn check_place(session: &Session, place: &Place) -> Result<(), Problem> {
    let namespaces: BTreeSet<Text> =
        objects(session, &[Kind::Namespace]).into_iter().map(|namespace| namespace.name).collect();
    if let Some(wanted) = place.namespace.iter().find(|name| !namespaces.contains(name.as_str()))
        && !namespaces.is_empty()
    {
        return Err(missing("namespace", wanted, &namespaces));
    }
    let Some(wanted) = place.environment.as_deref() else { return Ok(()) };
    let mut known = BTreeSet::new();
    for namespace in objects(session, &[Kind::Namespace]) {
        known.insert(session.state().place(&namespace.cluster, &namespace.name).environment);
    }
    for workload in objects(session, &[Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet, Kind::Rollout, Kind::Pod])
    {
        known.insert(session.state().place(&workload.cluster, &workload.namespace).environment);
    }
    if known.is_empty() || known.contains(wanted) {
        return Ok(());
    }
    Err(missing("environment", wanted, &known))
}

/// Says that there is no such place, and which there are.
fn missing(what: &str, wanted: &str, known: &BTreeSet<Text>) -> Problem {
    let names: Vec<&str> = known.iter().map(Text::as_str).collect();
    Problem::new(
        format!("there is no {what} {wanted}"),
        meant(wanted, known),
        format!("there are {}", names.join(", ")),
    )
}

/// Reads KIND/NAME.
fn kind_and_name(word: &str) -> Result<(Kind, Text), Problem> {
    let parts = word.split_once('/').and_then(|(kind, name)| Some((Kind::find(kind)?, Text::from(name))));
    parts.ok_or_else(|| {
        Problem::new(format!("{word:?} is no workload"), "", "write its kind and name: deployment/chat-service")
    })
}

/// Says that nothing has a name, and what may have been meant.
fn unknown(service: &str, workload: Option<&str>, known: &BTreeSet<Text>) -> Problem {
    let what = match workload {
        Some(workload) => format!("there is no {workload} of a service {service}"),
        None => format!("there is no service or workload {service}"),
    };
    Problem::new(what, meant(service, known), "midwatch services shows what there is")
}

/// The known name that is nearest, as a question.
pub(super) fn meant(word: &str, known: &BTreeSet<Text>) -> String {
    let near = nearest(word, known.iter().map(Text::as_str));
    near.map(|name| format!("did you mean {name}?")).unwrap_or_default()
}
