//! `midwatch can`: whether we may do something to a service, by the roles and by the cluster.

use serde_json::json;

use crate::cli::Can;
use crate::domain::actor::Permission;
use crate::domain::intent::Verb;
use crate::domain::kind::Kind;
use crate::domain::nearest::nearest;
use crate::domain::object::ObjectRef;
use crate::domain::operation::{Check, Mark};
use crate::domain::plan::Access;
use crate::domain::problem::Problem;
use crate::domain::rollout::Phase;
use crate::domain::text::Text;
use crate::runtime::Session;
use crate::state;

use super::Exit;
use super::answer::{Asked, nothing, print};
use super::find::{check_place, workloads};
use super::output::{Item, Listing, json};
use super::reading::{judge, read, read_identities};
use super::signals::await_servers;

/// What finds the service and tells whether its rollout is under way.
pub(super) const KINDS: [Kind; 9] = [
    Kind::Namespace,
    Kind::Deployment,
    Kind::Pod,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::Rollout,
    Kind::ReplicaSet,
    Kind::HorizontalPodAutoscaler,
    // Where Alertmanager is looked for.
    Kind::Service,
];

/// What is asked about.
enum What {
    Verb(Verb),
    Permission(Permission),
}

/// Answers by the exit code, and with every question in between.
pub(super) async fn can(session: &mut Session, asked: Asked<'_>, args: &Can) -> Result<Exit, Problem> {
    let what = what(&args.what)?;
    read(session, &KINDS).await;
    read_identities(session).await;
    if matches!(what, What::Verb(verb) if !Verb::OF_OBJECTS.contains(&verb)) {
        // The way to an Alertmanager is known once it is found, answer or none.
        await_servers(session, |session| session.looking_for_signals().next().is_none()).await;
    }
    let mut reading = judge(session, &KINDS, &Kind::BUILT_IN_WORKLOADS);
    reading.problems.iter().for_each(super::complain);
    if !reading.is_any {
        return nothing(asked.format, &reading);
    }
    check_place(session, asked.place)?;
    let mut items = Vec::new();
    for workload in workloads(session, asked.place, &args.service, None)? {
        for check in checks(session, &what, &workload).await {
            if check.mark != Mark::Allowed {
                reading.exit = Exit::Denied;
            }
            items.push(item(&workload, &check));
        }
    }
    let header = &["ANSWER", "NAMESPACE", "WORKLOAD", "WHAT", "REMEDY"];
    print(session, asked.format, &Listing { kind: "Check", header, items }, &reading)
}

fn what(word: &str) -> Result<What, Problem> {
    let verb = Verb::ALL.into_iter().find(|verb| verb.word() == word).map(What::Verb);
    let permission = || Permission::ALL.into_iter().find(|one| one.word() == word.replace('-', "_"));
    verb.or_else(|| permission().map(What::Permission)).ok_or_else(|| {
        let known: Vec<&str> =
            Verb::ALL.map(Verb::word).into_iter().chain(Permission::ALL.map(Permission::word)).collect();
        let near = nearest(word, known.iter().copied()).map(|name| format!("did you mean {name}?"));
        Problem::new(
            format!("{word} is no change and no permission"),
            near.unwrap_or_default(),
            format!("there are {}", known.join(", ")),
        )
    })
}

/// Each question and its answer.
async fn checks(session: &Session, what: &What, workload: &ObjectRef) -> Vec<Check> {
    let environment = session.place_of(workload).environment;
    let identity = session.state().cluster(&workload.cluster).and_then(|cluster| cluster.identity()?.as_ref().ok());
    let permissions = match what {
        What::Permission(permission) => vec![*permission],
        What::Verb(Verb::Pause) => vec![Permission::Deploy, Permission::Rollback],
        What::Verb(Verb::Rollback) if is_rolling_out(session, workload) => {
            vec![Permission::Deploy, Permission::Rollback]
        }
        What::Verb(Verb::Rollback) => vec![Permission::Rollback],
        What::Verb(verb) if !Verb::OF_OBJECTS.contains(verb) => vec![Permission::Silence],
        What::Verb(_) => vec![Permission::Deploy],
    };
    let mut checks: Vec<Check> = session.role(identity, &permissions, &environment).into_iter().collect();
    for access in accesses(session, what, workload) {
        checks.push(session.access(&access).await);
    }
    if checks.is_empty() {
        let what = Text::from("no roles file: midwatch has no say in it");
        checks.push(Check { mark: Mark::Allowed, what, remedy: Text::default() });
    }
    checks
}

/// Stopping a rollout takes less than going back from one that is done.
fn is_rolling_out(session: &Session, workload: &ObjectRef) -> bool {
    let family = session.state().family(workload);
    family.is_some_and(|family| state::status(&family, session.clock().now()).phase != Phase::Stable)
}

/// What the cluster has to allow.
fn accesses(session: &Session, what: &What, workload: &ObjectRef) -> Vec<Access> {
    let pods = ObjectRef { kind: Kind::Pod, name: Text::default(), ..workload.clone() };
    match what {
        What::Verb(verb) if !Verb::OF_OBJECTS.contains(verb) => {
            let verb = if *verb == Verb::ExpireSilence { "delete" } else { "create" };
            let ways = session.ways_to_alertmanagers(&workload.cluster).into_iter();
            ways.map(|object| Access { verb, object, subresource: Some("proxy") }).collect()
        }
        What::Verb(Verb::Evict) => Access::needed(Verb::Evict, &pods, None),
        // Which route or Service it would be is not asked here.
        What::Verb(Verb::Shift) => Access::needed(
            Verb::Shift,
            &ObjectRef { kind: Kind::HttpRoute, name: Text::default(), ..workload.clone() },
            None,
        ),
        What::Verb(Verb::Switch) => Access::needed(
            Verb::Switch,
            &ObjectRef { kind: Kind::Service, name: Text::default(), ..workload.clone() },
            None,
        ),
        What::Verb(verb) => {
            let scaler = session.state().cluster(&workload.cluster).and_then(|cluster| cluster.autoscaler_of(workload));
            Access::needed(*verb, workload, scaler.map(|scaler| scaler.meta.name.as_str()))
        }
        What::Permission(Permission::Deploy | Permission::Rollback) => Access::needed(Verb::Rollback, workload, None),
        What::Permission(Permission::ViewLogs) => vec![Access { verb: "get", object: pods, subresource: Some("log") }],
        What::Permission(Permission::Monitor) => vec![Access { verb: "list", object: pods, subresource: None }],
        What::Permission(_) => Vec::new(),
    }
}

fn item(workload: &ObjectRef, check: &Check) -> Item {
    Item {
        cluster: workload.cluster.clone(),
        key: format!("{}/{}/{}/{}", workload.cluster, workload.namespace, workload.kind_and_name(), check.what),
        cells: vec![
            json::mark(check.mark).into(),
            workload.namespace.clone(),
            workload.kind_and_name().into(),
            check.what.clone(),
            check.remedy.clone(),
        ],
        json: json!({
            "workload": json::object(workload),
            "mark": json::mark(check.mark),
            "what": check.what,
            "remedy": check.remedy,
        }),
    }
}
