//! The keys that begin a change: the same ones on every view that shows something that can be changed.

use super::{Hint, Seen};
use crate::domain::guard::Guards;
use crate::domain::health::Health;
use crate::domain::intent::{Intent, Size};
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::rollout::Delivery;
use crate::domain::service::{Service, ServiceId};
use crate::domain::shell::quoted;
use crate::tui::command::Command;
use crate::tui::effect::{Asked, Effect, Outcome, Prompt, Unfinished};

mod course;
mod delivery;
mod guarded;
mod switch;

pub use delivery::{hints as delivery_hints, hints_of as hints_of_object, hints_of_service, shift};
pub use guarded::{hint as guard_hint, stop as stop_guard};
pub use switch::{hint_of as switch_hint, switch};

/// Begins a change of a service's workload. With several the worst is not guessed: one has to be chosen in its view.
pub fn on_service(command: Command, service: &Service, seen: &Seen<'_>) -> Outcome {
    if command == Command::Shift {
        return shift(&service.id, seen);
    }
    if command == Command::StopGuard {
        return stop_guard(&service.id, seen);
    }
    if command == Command::Switch {
        return switch(&service.id, &seen.session.state().switches(&service.id));
    }
    if !is_change(command) {
        return Outcome::Ignored;
    }
    let kinds: &[Kind] = if delivery::is_stepping(command) { &[Kind::Rollout] } else { &Kind::WORKLOADS };
    let mut rollable = service.workloads.iter().filter(|workload| kinds.contains(&workload.kind));
    let shown = |object: &ObjectRef| seen.board.rollouts().iter().find(|rollout| rollout.workload == *object);
    match (rollable.next(), rollable.next()) {
        (Some(workload), None) => {
            let delivery = shown(workload).and_then(|rollout| rollout.status.delivery.as_ref());
            on_shown(command, workload, delivery, seen)
        }
        (None, _) if delivery::is_stepping(command) => lacks(service, "Rollout with steps", seen),
        (None, _) => lacks(service, "workload that is rolled out", seen),
        (Some(_), Some(_)) => notice(format!("{} has several workloads: open it and choose one", service.id.name)),
    }
}

/// Says that a service has none of what a key needs; as long as not everything has been read nobody knows that.
pub(super) fn lacks(service: &Service, what: &str, seen: &Seen<'_>) -> Outcome {
    let name = &service.id.name;
    notice(if seen.board.is_complete() {
        format!("{name} has no {what}")
    } else {
        format!("what {name} runs is not known yet: press again in a moment")
    })
}

/// Begins a change of one object, as it is now.
pub fn on_object(command: Command, object: &ObjectRef, seen: &Seen<'_>) -> Outcome {
    let delivery = delivery::now(object, seen);
    on_shown(command, object, delivery.as_ref(), seen)
}

/// Begins a change of one object that was shown with this delivery: what is released is the gate that was seen.
pub fn on_shown(command: Command, object: &ObjectRef, shown: Option<&Delivery>, seen: &Seen<'_>) -> Outcome {
    let target = object.clone();
    let is_workload = Kind::WORKLOADS.contains(&object.kind);
    let intent = match command {
        Command::Evict if object.kind == Kind::Pod => Intent::Evict { target },
        Command::Evict => return notice("only a pod can be evicted".to_owned()),
        Command::Scale if object.kind == Kind::Pod => return no_shell(object),
        Command::Shift => return delivery::shift_of(object, seen),
        Command::Switch => return switch::switch_of(object, seen),
        _ if delivery::is_stepping(command) => return delivery::step(command, object, shown),
        _ if !is_change(command) => return Outcome::Ignored,
        _ if !is_workload => return notice(format!("{} cannot be rolled out", object.kind_and_name())),
        Command::RollBack => Intent::Rollback { target, to: None },
        Command::Restart => Intent::Restart { target },
        Command::PauseRollout => Intent::Pause { target },
        Command::ResumeRollout => Intent::Resume { target },
        Command::Scale => return ask(Asked::Size, object, Unfinished::Scale(target)),
        Command::SetImage => return ask(Asked::Image, object, Unfinished::SetImage(target)),
        _ => return Outcome::Ignored,
    };
    Outcome::Ask(Effect::Propose(intent))
}

/// The service that a workload is of.
fn service_of<'a>(workload: &ObjectRef, seen: &'a Seen<'_>) -> Option<&'a ServiceId> {
    seen.board.services().iter().find(|service| service.workloads.contains(workload)).map(|service| &service.id)
}

/// Whether a command begins a change.
pub fn is_change(command: Command) -> bool {
    matches!(
        command,
        Command::RollBack
            | Command::Restart
            | Command::Scale
            | Command::SetImage
            | Command::PauseRollout
            | Command::ResumeRollout
            | Command::Evict
            | Command::Shift
            | Command::Switch
    ) || delivery::is_stepping(command)
}

/// Begins the change that a line of text was asked for.
pub fn answered(text: &str, change: Unfinished, guards: &Guards) -> Outcome {
    match change {
        Unfinished::Scale(target) => match Size::parse(text) {
            Some(to) => Outcome::Ask(Effect::Propose(Intent::Scale { target, to })),
            None if text.trim().is_empty() => Outcome::Redraw,
            None => again(format!("{text:?} is no number of pods; write 4, or 2-10 for the bounds of an autoscaler")),
        },
        Unfinished::SetImage(target) => {
            let (container, image) = match text.split_once('=') {
                Some((container, image)) => (Some(container.into()), image),
                None => (None, text),
            };
            if image.trim().is_empty() {
                return Outcome::Redraw;
            }
            Outcome::Ask(Effect::Propose(Intent::SetImage { target, container, image: image.trim().into() }))
        }
        Unfinished::Switch(service) => switch::selected(text, service),
        Unfinished::Shift { route, arm, .. } => delivery::weighed(text, route, arm, guards),
    }
}

/// A key that begins a change, or why it cannot.
pub fn hint(command: Command, label: &'static str, seen: &Seen<'_>) -> Hint {
    let armed = seen.session.armed().arming(seen.now);
    // The plan itself can always be looked at; this only says that it could not be confirmed.
    let not_now = (armed == crate::runtime::Arming::ReadOnly).then(|| "read-only, :arm 15m".to_owned());
    Hint { command, label, not_now }
}

fn ask(asked: Asked, object: &ObjectRef, change: Unfinished) -> Outcome {
    let about = format!("{} in {}", object.kind_and_name(), object.namespace);
    Outcome::Ask(Effect::Prompt(Prompt { asked, about, text: String::new(), change: Some(change) }))
}

/// Says what can be typed; what was typed stays there to be mended.
fn again(words: String) -> Outcome {
    Outcome::Ask(Effect::Again(words))
}

fn notice(words: String) -> Outcome {
    Outcome::Ask(Effect::Notice(Health::Attention, words))
}

/// There is no shell in here, on purpose: what k9s does on this key is copied as a command.
fn no_shell(pod: &ObjectRef) -> Outcome {
    let (context, namespace, name) = (quoted(&pod.cluster.0), quoted(&pod.namespace), quoted(&pod.name));
    let text = format!("kubectl --context {context} -n {namespace} exec -it {name} -- sh");
    Outcome::Ask(Effect::CopyInstead { text, because: "there is no shell here" })
}

#[cfg(test)]
mod tests;
