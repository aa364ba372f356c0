//! `:switch`: a Service selects other pods, where pods of the same service stand ready beside those that it selects now.

use super::{Hint, again, hint, notice, service_of};
use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::service::ServiceId;
use crate::domain::text::Text;
use crate::state::Switch;
use crate::tui::command::Command;
use crate::tui::effect::{Asked, Effect, Outcome, Prompt, Unfinished};
use crate::tui::views::Seen;

/// Asks for the labels that the Service of a service is to select.
pub fn switch(service: &ServiceId, switches: &[Switch]) -> Outcome {
    match switches {
        [] => notice(format!("no Service of {} could select other pods of it", service.name)),
        [one] => ask(one),
        [first, rest @ ..] if rest.iter().all(|other| other.service == first.service) => ask(first),
        [..] => notice(format!("several Services of {} could be switched: choose one with :services", service.name)),
    }
}

/// The same for an object: a Service, or a workload of the service that it is for.
pub(super) fn switch_of(object: &ObjectRef, seen: &Seen<'_>) -> Outcome {
    let state = seen.session.state();
    if object.kind == Kind::Service {
        let services = seen.board.services().iter().filter(|service| service.id.cluster == object.cluster);
        let behind = state.service_behind(object);
        let place = state.place(&object.cluster, &object.namespace);
        let id = services
            .map(|service| &service.id)
            .find(|id| behind.as_ref() == Some(&id.name) && id.environment == place.environment);
        let of = id.map(|id| state.switches(id)).unwrap_or_default();
        let own = of.iter().find(|switch| switch.service == *object);
        return own.map_or_else(
            || notice(format!("no other pods of its service could be selected by {}", object.kind_and_name())),
            ask,
        );
    }
    match service_of(object, seen) {
        Some(service) => switch(service, &state.switches(service)),
        None => notice(format!("no Service selects {}", object.kind_and_name())),
    }
}

/// Asks for the label. Where only one other value is there, it stands there already: enter shows the plan.
fn ask(switch: &Switch) -> Outcome {
    let Switch { service, label, now, others } = switch;
    let there: Vec<&str> = others.iter().map(Text::as_str).collect();
    let also = if there.len() > 1 { format!(", there is {}", there.join(", ")) } else { String::new() };
    let text = if let [other] = others.as_slice() { format!("{label}={other}") } else { format!("{label}=") };
    let about = format!("{}, now {label}={now}{also}", service.kind_and_name());
    let change = Some(Unfinished::Switch(service.clone()));
    Outcome::Ask(Effect::Prompt(Prompt { asked: Asked::Selector, about, text, change }))
}

/// Begins the switch to labels that were typed: "track=green", or several.
pub(super) fn selected(text: &str, service: ObjectRef) -> Outcome {
    let words = text.split([',', ' ']).filter(|word| !word.is_empty());
    let label = |word: &str| {
        let (key, value) = word.split_once('=')?;
        let is_whole = !key.is_empty() && !value.is_empty();
        is_whole.then(|| (Text::from_untrusted(key), Text::from_untrusted(value)))
    };
    let to: Option<Vec<(Text, Text)>> = words.map(label).collect();
    match to {
        Some(to) if to.is_empty() => Outcome::Redraw,
        Some(to) => Outcome::Ask(Effect::Propose(Intent::Switch { target: service, to })),
        None => again(format!("{text:?} is no label with its value: write track=green")),
    }
}

/// The hint where a switch is possible.
pub fn hint_of(switches: &[Switch], seen: &Seen<'_>) -> Option<Hint> {
    (!switches.is_empty()).then(|| hint(Command::Switch, "other pods", seen))
}
