//! The keys that look closer at a service without opening it: at the workload that it consists of.

use jiff::Timestamp;

use crate::domain::health::Health;
use crate::domain::service::{Service, ServiceId};
use crate::tui::command::Command;
use crate::tui::effect::{Destination, Effect, LogTarget, Outcome};
use crate::tui::views::{Seen, propose};

/// Whether a command looks closer at a workload.
pub(super) fn is_look(command: Command) -> bool {
    matches!(
        command,
        Command::ShowLogs | Command::PreviousContainer | Command::Describe | Command::ShowYaml | Command::ShowDiff
    )
}

/// Looks closer at a service. With several workloads none is guessed, except that of its logs.
pub(super) fn on_service(command: Command, service: &Service, seen: &Seen<'_>) -> Outcome {
    let is_log = matches!(command, Command::ShowLogs | Command::PreviousContainer);
    let object = match service.workloads.as_slice() {
        [] => return propose::lacks(service, "workload", seen),
        [first, others @ ..] if is_log || others.is_empty() => first.clone(),
        _ => return notice(format!("{} has several workloads: open it and choose one", service.id.name)),
    };
    Outcome::Ask(Effect::Go(match command {
        Command::Describe => Destination::Describe(object),
        Command::ShowYaml => Destination::Yaml(object),
        Command::ShowDiff => Destination::Revisions(object),
        _ => {
            let previous = command == Command::PreviousContainer;
            Destination::Logs(LogTarget::of(object).before_restart(previous))
        }
    }))
}

/// The logs of a service at a moment, not followed: what was said a little before it and since.
pub(super) fn logs_at(service: &Service, at: Timestamp) -> Outcome {
    match service.workloads.first() {
        Some(object) => Outcome::Ask(Effect::Go(Destination::Logs(LogTarget::of(object.clone()).around(at)))),
        None => notice(format!("{} has no workload", service.id.name)),
    }
}

/// What changed around the loudest alert about a service. Without an alert there is no moment to look around.
pub(super) fn changes(id: &ServiceId, seen: &Seen<'_>) -> Outcome {
    match seen.board.alerts().iter().find(|one| one.service.as_ref() == Some(id)) {
        Some(one) => Outcome::Ask(Effect::Go(Destination::Around(one.clone()))),
        None => notice(format!("no alert is about {}: open it to see what changed", id.name)),
    }
}

fn notice(words: String) -> Outcome {
    Outcome::Ask(Effect::Notice(Health::Attention, words))
}
