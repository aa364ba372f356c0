//! The command line that does the same as an intent, to be copied and run in a script.

use crate::domain::intent::{Intent, Size};
use crate::domain::kind::Kind;
use crate::domain::shell::quoted;

use super::Place;

/// The command for an intent, without the options that arm and confirm it.
pub(super) fn of(intent: &Intent, place: &Place) -> String {
    let Some(target) = intent.object() else { return super::super::silence::command_line(intent) };
    let mut words = vec!["midwatch".to_owned(), intent.verb().command().to_owned()];
    match target.kind {
        Kind::Pod | Kind::Service => words.push(quoted(&target.name)),
        Kind::HttpRoute => words.extend([quoted(&place.service), option("--route", &target.name)]),
        _ => words.extend([quoted(&place.service), option("--workload", &target.kind_and_name())]),
    }
    words.push(option("-n", &target.namespace));
    words.push(option("--context", &target.cluster.0));
    match intent {
        Intent::Rollback { to: Some(pin), .. } => words.push(option("--to", pin)),
        Intent::Release { gate: Some(gate), .. } => words.push(option("--gate", &gate.name())),
        Intent::Skip { step: Some(step), .. } => words.extend(["--step".to_owned(), (step + 1).to_string()]),
        Intent::Scale { to: Size::Replicas(count), .. } => words.extend(["--replicas".to_owned(), count.to_string()]),
        Intent::Scale { to: Size::Bounds { min, max }, .. } => {
            words.extend(["--min".to_owned(), min.to_string(), "--max".to_owned(), max.to_string()]);
        }
        Intent::SetImage { container, image, .. } => {
            if let Some(container) = container {
                words.push(option("--container", container));
            }
            words.push(option("--image", image));
        }
        Intent::Shift { arm, percent, .. } => {
            words.extend([option("--arm", arm), "--to".to_owned(), percent.to_string()]);
        }
        Intent::GuardedShift { arm, course, .. } => words.extend([
            option("--arm", arm),
            format!("--to {}", course.list()),
            option("--hold", &format!("{:#}", course.hold)),
            option("--guard", &course.guard.name),
            option("--on-exit", course.on_exit.word()),
        ]),
        Intent::Switch { to, .. } => {
            words.extend(to.iter().map(|(key, value)| option("--to", &format!("{key}={value}"))));
        }
        _ => {}
    }
    words.join(" ")
}

/// An option with its value, which is joined to it where it could be taken for another option.
fn option(name: &str, value: &str) -> String {
    format!("{name}{}{}", if value.starts_with('-') { '=' } else { ' ' }, quoted(value))
}
