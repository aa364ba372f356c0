//! What the keys do to the selected object: look closer, look behind, copy, change.

use crate::domain::health::Health;
use crate::domain::kind::Kind;
use crate::domain::object::{Labels, ObjectRef};
use crate::domain::row::Row;
use crate::domain::shell::quoted;
use crate::domain::text::Text;
use crate::tui::command::Command;
use crate::tui::effect::{Destination, Effect, LogTarget, Outcome};
use crate::tui::views::{Hint, Seen, propose};

/// Carries out a command on a row.
pub(super) fn on_row(command: Command, object: &ObjectRef, row: &Row, seen: &Seen<'_>) -> Outcome {
    match command {
        Command::Open => go(open(object, row)),
        Command::Describe => go(Destination::Describe(object.clone())),
        Command::ShowYaml => go(Destination::Yaml(object.clone())),
        Command::ShowLogs | Command::PreviousContainer => match logs_of(object, row, seen) {
            Some(of) => {
                let previous = command == Command::PreviousContainer;
                go(Destination::Logs(LogTarget::of(of).before_restart(previous)))
            }
            None => notice(format!("{} has no logs of its own", object.kind_and_name())),
        },
        Command::ShowDiff => match revisions_of(object, row) {
            Some(workload) => go(Destination::Revisions(workload)),
            None => notice(format!("{} has no revisions", object.kind_and_name())),
        },
        Command::CopyName => Outcome::Ask(Effect::Copy(object.name.to_string())),
        Command::CopyCommand => Outcome::Ask(Effect::Copy(kubectl("get", object, " -o yaml"))),
        _ => propose::on_object(command, object, seen),
    }
}

/// The keys that matter for a kind.
pub(super) fn hints(kind: Kind, selected: Option<&ObjectRef>, seen: &Seen<'_>) -> Vec<Hint> {
    let is_namespaced = kind.scope() == crate::domain::kind::Scope::Namespaced;
    if selected.is_none() {
        // Without a row there is nothing to open or to change.
        let all = is_namespaced.then(|| Hint::new(Command::AllNamespaces, "all namespaces"));
        return [Hint::new(Command::Filter, "filter")].into_iter().chain(all).collect();
    }
    let mut hints = vec![Hint::new(Command::Open, opens(kind)), Hint::new(Command::Describe, "describe")];
    hints.push(Hint::new(Command::ShowYaml, "YAML"));
    if Kind::WORKLOADS.contains(&kind) || kind == Kind::Pod {
        hints.push(Hint::new(Command::ShowLogs, "logs"));
    }
    if Kind::WORKLOADS.contains(&kind) {
        hints.push(Hint::new(Command::ShowDiff, "revisions"));
    }
    hints.extend(selected.into_iter().flat_map(|object| propose::hints_of_object(object, seen)));
    hints.push(Hint::new(Command::Filter, "filter"));
    if is_namespaced {
        hints.push(Hint::new(Command::AllNamespaces, "all namespaces"));
    }
    if Kind::WORKLOADS.contains(&kind) {
        hints.push(propose::hint(Command::RollBack, "roll back", seen));
        hints.push(propose::hint(Command::Restart, "restart", seen));
        hints.push(propose::hint(Command::Scale, "scale", seen));
    }
    if kind == Kind::Pod {
        hints.push(propose::hint(Command::Evict, "evict", seen));
    }
    hints
}

/// What opening a row of a kind shows.
fn opens(kind: Kind) -> &'static str {
    match kind {
        Kind::CronJob => "jobs",
        Kind::EndpointSlice => "service",
        Kind::Deployment
        | Kind::StatefulSet
        | Kind::DaemonSet
        | Kind::Rollout
        | Kind::ReplicaSet
        | Kind::Job
        | Kind::Service
        | Kind::Node
        | Kind::Namespace
        | Kind::PodDisruptionBudget => "pods",
        _ => "open",
    }
}

/// What lies behind a row.
fn open(object: &ObjectRef, row: &Row) -> Destination {
    let here = Some(object.namespace.to_string());
    let pods = |namespace, filter| Destination::Resources { kind: Kind::Pod, namespace, filter };
    let selected = |labels: &Labels| {
        (!labels.is_empty()).then(|| {
            let pairs: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
            pods(here.clone(), format!("-l {}", pairs.join(",")))
        })
    };
    let opened = match row {
        Row::Deployment(it) | Row::StatefulSet(it) | Row::DaemonSet(it) | Row::Rollout(it) => selected(&it.selector),
        Row::Service(it) => selected(&it.selector),
        Row::DisruptionBudget(it) => selected(&it.selector),
        Row::ReplicaSet(_) | Row::Job(_) => Some(pods(here, format!("owner:={}", object.name))),
        Row::CronJob(_) => {
            Some(Destination::Resources { kind: Kind::Job, namespace: here, filter: format!("owner:={}", object.name) })
        }
        Row::EndpointSlice(it) => it.meta.label("kubernetes.io/service-name").map(|service| Destination::Resources {
            kind: Kind::Service,
            namespace: here,
            filter: format!("name:={service}"),
        }),
        Row::Node(_) => Some(pods(None, format!("node:={}", object.name))),
        Row::Namespace(_) => Some(pods(Some(object.name.to_string()), String::new())),
        Row::Event(event) => Kind::find(&event.about_kind)
            .map(|kind| Destination::Describe(ObjectRef { kind, name: event.about_name.clone(), ..object.clone() })),
        _ => None,
    };
    opened.unwrap_or_else(|| Destination::Describe(object.clone()))
}

/// Whose logs a row stands for: its own, or those of the workload that it belongs to.
fn logs_of(object: &ObjectRef, row: &Row, seen: &Seen<'_>) -> Option<ObjectRef> {
    match row {
        Row::Pod(_) => Some(object.clone()),
        row if row.workload().is_some() => Some(object.clone()),
        Row::ReplicaSet(_) => revisions_of(object, row),
        Row::Job(_) => {
            let pods = seen.session.state().cluster(&object.cluster)?.rows(Kind::Pod);
            let is_of = |row: &&Row| row.meta().owner_uid() == Some(&row_uid(object, seen));
            let pod = pods.rows_in(&object.namespace).find(is_of)?;
            Some(ObjectRef { kind: Kind::Pod, name: pod.meta().name.clone(), ..object.clone() })
        }
        _ => None,
    }
}

fn row_uid(object: &ObjectRef, seen: &Seen<'_>) -> Text {
    seen.session.state().find(object).map(|row| row.meta().uid.clone()).unwrap_or_default()
}

/// The workload whose revisions a row belongs to.
fn revisions_of(object: &ObjectRef, row: &Row) -> Option<ObjectRef> {
    if Kind::WORKLOADS.contains(&object.kind) {
        return Some(object.clone());
    }
    let owner = row.meta().owner.as_ref()?;
    let kind = Kind::find(&owner.kind).filter(|kind| Kind::WORKLOADS.contains(kind))?;
    Some(ObjectRef { kind, name: owner.name.clone(), ..object.clone() })
}

/// The line for kubectl about an object.
pub(in crate::tui::views) fn kubectl(verb: &str, object: &ObjectRef, rest: &str) -> String {
    let namespace =
        if object.namespace.is_empty() { String::new() } else { format!(" -n {}", quoted(&object.namespace)) };
    let (context, name) = (quoted(&object.cluster.0), quoted(&object.kind_and_name()));
    format!("kubectl --context {context}{namespace} {verb} {name}{rest}")
}

fn go(destination: Destination) -> Outcome {
    Outcome::Ask(Effect::Go(destination))
}

fn notice(words: String) -> Outcome {
    Outcome::Ask(Effect::Notice(Health::Attention, words))
}
