//! The keys that look closer at a service without opening it: at the workload that it consists of.

use jiff::Timestamp;

use crate::domain::health::Health;
use crate::domain::service::Service;
use crate::tui::command::Command;
use crate::tui::effect::{Destination, Effect, LogTarget, Outcome};

/// Whether a command looks closer at a workload.
pub(super) fn is_look(command: Command) -> bool {
    matches!(
        command,
        Command::ShowLogs | Command::PreviousContainer | Command::Describe | Command::ShowYaml | Command::ShowDiff
    )
}

/// Looks closer at a service. With several workloads none is guessed, except that of its logs.
pub(super) fn on_service(command: Command, service: &Service) -> Outcome {
    let is_log = matches!(command, Command::ShowLogs | Command::PreviousContainer);
    let object = match service.workloads.as_slice() {
        [] => return notice(format!("{} has no workload", service.id.name)),
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

fn notice(words: String) -> Outcome {
    Outcome::Ask(Effect::Notice(Health::Attention, words))
}
