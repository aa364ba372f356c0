//! The keys for steps, gates and weights: what they begin, and why they cannot be used where they cannot.

use super::{Hint, again, course, hint, notice, service_of};
use crate::domain::guard::Guards;
use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::rollout::Delivery;
use crate::domain::route::Steering;
use crate::domain::service::{Service, ServiceId};
use crate::domain::text::Text;
use crate::domain::traffic::{Arm, ArmRole, Split, percent};
use crate::state::status;
use crate::tui::command::Command;
use crate::tui::effect::{Asked, Effect, Outcome, Prompt, Unfinished};
use crate::tui::views::Seen;

/// Whether a command is about the steps of a rollout.
pub(super) fn is_stepping(command: Command) -> bool {
    matches!(command, Command::Release | Command::SkipStep | Command::PromoteFull | Command::Abort | Command::Retry)
}

/// How an object is delivered now; none for what is only rolled out.
pub(super) fn now(object: &ObjectRef, seen: &Seen<'_>) -> Option<Delivery> {
    let family = seen.session.state().family(object).filter(|_| object.kind == Kind::Rollout)?;
    status(&family, seen.now).delivery
}

/// Begins a change of the steps of a rollout that was shown with this delivery.
pub(super) fn step(command: Command, object: &ObjectRef, shown: Option<&Delivery>) -> Outcome {
    let name = object.kind_and_name();
    if object.kind != Kind::Rollout {
        return notice(format!("{name} has no steps: only a Rollout has them"));
    }
    let target = object.clone();
    let gate = shown.and_then(|delivery| delivery.gate.clone());
    let intent = match command {
        Command::Release if gate.is_none() => return notice(format!("{name} waits at no gate")),
        Command::Release => Intent::Release { target, gate },
        Command::SkipStep => Intent::Skip { target, step: shown.and_then(step_seen) },
        Command::PromoteFull => Intent::PromoteFull { target },
        Command::Abort => Intent::Abort { target },
        Command::Retry => Intent::Retry { target },
        _ => return Outcome::Ignored,
    };
    Outcome::Ask(Effect::Propose(intent))
}

/// The step that was seen, from 0.
fn step_seen(delivery: &Delivery) -> Option<u32> {
    let of_gate = delivery.gate.as_ref().and_then(|gate| gate.step);
    of_gate.or_else(|| delivery.step.and_then(|(at, _)| at.checked_sub(1)))
}

/// Asks for the weight of a service's new arm.
pub fn shift(service: &ServiceId, seen: &Seen<'_>) -> Outcome {
    let splits = seen.session.state().splits(service);
    match splits.as_slice() {
        [] => notice(format!("no route splits the requests of {}", service.name)),
        [split] => ask_weight(split),
        [..] => notice(format!(
            "{} routes split the requests of {}: choose one with :httproutes",
            splits.len(),
            service.name
        )),
    }
}

/// Asks for the weight of the new arm behind an object: a route, or a workload of the service that it is for.
pub(super) fn shift_of(object: &ObjectRef, seen: &Seen<'_>) -> Outcome {
    if object.kind == Kind::HttpRoute {
        return match seen.session.state().split(object) {
            Some(split) => ask_weight(&split),
            None => notice(format!("{} splits no requests between revisions of a service", object.kind_and_name())),
        };
    }
    match service_of(object, seen) {
        Some(service) => shift(service, seen),
        None => notice(format!("no route splits the requests of {}", object.kind_and_name())),
    }
}

/// Asks for the weight of the new arm, with what it is now.
fn ask_weight(split: &Split) -> Outcome {
    if let Some(by) = &split.steered_by {
        return notice(format!("{by} sets the weights: {}", instead(by)));
    }
    let (about, arm) = if let Some(Arm { service, desired, .. }) = split.arm(ArmRole::Canary) {
        (format!("{service}, now {} %", percent(*desired)), Some(service.clone()))
    } else {
        let now: Vec<String> =
            split.arms.iter().map(|arm| format!("{}={}", arm.service, percent(arm.desired))).collect();
        (format!("one arm in percent, now {}", now.join(" ")), None)
    };
    let change = Some(Unfinished::Shift { route: split.router.clone(), arm, offer: course::offered(split) });
    Outcome::Ask(Effect::Prompt(Prompt { asked: Asked::Weight, about, text: String::new(), change }))
}

/// What can be done where a controller sets the weights.
fn instead(by: &Steering) -> &'static str {
    match by {
        Steering::ArgoRollouts => "release its gate, or :skip-step, :abort",
        Steering::Flagger(_) => "it takes back what anybody else sets",
    }
}

/// Begins the change to a weight that was typed: "20", or "chat-canary=20" where the arm was not clear. Several weights
/// are the course of a guarded shift.
pub(super) fn weighed(text: &str, route: ObjectRef, arm: Option<Text>, guards: &Guards) -> Outcome {
    let (named, weight) = match text.split_once('=') {
        Some((named, weight)) => (Some(Text::from_untrusted(named.trim())), weight),
        None => (None, text),
    };
    if course::is_course(weight) {
        let Some(arm) = named.or(arm) else { return again("say which arm: chat-canary=5,20,50,100".to_owned()) };
        return match course::course(weight, guards) {
            Ok(course) => {
                let course = Box::new(course);
                Outcome::Ask(Effect::Propose(Intent::GuardedShift { target: route, arm, course }))
            }
            Err(why) => again(why),
        };
    }
    let weight = weight.trim().trim_end_matches('%').trim_end();
    if weight.is_empty() {
        return Outcome::Redraw;
    }
    match (named.or(arm), weight.parse::<u8>().ok().filter(|percent| *percent <= 100)) {
        (None, _) => again("say which arm: chat-canary=20".to_owned()),
        (_, None) => again(format!(
            "{weight:?} is no share: write a whole number from 0 to 100, or several: {}",
            course::EXAMPLE
        )),
        (Some(arm), Some(percent)) => Outcome::Ask(Effect::Propose(Intent::Shift { target: route, arm, percent })),
    }
}

/// The keys for the gate and the weight of what is shown, each with why it cannot be used where it cannot. Where there
/// is neither, neither is spoken of.
pub fn hints(object: &ObjectRef, shown: Option<&Delivery>, splits: &[Split], seen: &Seen<'_>) -> Vec<Hint> {
    let mut hints = Vec::new();
    if object.kind == Kind::Rollout {
        let is_at_gate = shown.is_some_and(|delivery| delivery.gate.is_some());
        hints.push(unless(!is_at_gate, "not at a gate", hint(Command::Release, "release", seen)));
    }
    let shift = hint(Command::Shift, "shift", seen);
    match splits {
        [] if matches!(object.kind, Kind::Rollout | Kind::HttpRoute) => hints.push(unless(true, "no route", shift)),
        [] => {}
        [split, ..] => {
            let steered = split.steered_by.as_ref().map(|by| format!("{by} sets it"));
            hints.push(unless(steered.is_some(), &steered.unwrap_or_default(), shift));
        }
    }
    hints
}

/// The same for an object as it is now.
pub fn hints_of(object: &ObjectRef, seen: &Seen<'_>) -> Vec<Hint> {
    if !matches!(object.kind, Kind::Rollout | Kind::HttpRoute) {
        return Vec::new();
    }
    let state = seen.session.state();
    let splits: Vec<Split> = match object.kind {
        Kind::HttpRoute => state.split(object).into_iter().collect(),
        _ => service_of(object, seen).map(|service| state.splits(service)).unwrap_or_default(),
    };
    hints(object, now(object, seen).as_ref(), &splits, seen)
}

/// The keys for the gate and the weight of a service where there is something to release or to shift.
pub fn hints_of_service(service: &Service, can_be_shifted: bool, seen: &Seen<'_>) -> Vec<Hint> {
    let mut hints = Vec::new();
    let mut of_service = seen.board.rollouts().iter().filter(|rollout| rollout.service == service.id);
    if of_service.any(|rollout| rollout.status.gate().is_some()) {
        hints.push(hint(Command::Release, "release", seen));
    }
    if can_be_shifted {
        hints.push(hint(Command::Shift, "shift", seen));
    }
    hints
}

/// A key that cannot be used here, whatever else keeps it from being used.
fn unless(is_so: bool, why: &str, hint: Hint) -> Hint {
    if is_so { Hint { not_now: Some(why.to_owned()), ..hint } } else { hint }
}
