//! The command line that does the same as an intent, to be copied and run in a script.

use crate::domain::intent::{Intent, Size};
use crate::domain::kind::Kind;
use crate::domain::shell::quoted;

use super::Place;

/// The command for an intent, without the options that arm and confirm it.
pub(super) fn of(intent: &Intent, place: &Place) -> String {
    let Some(target) = intent.object() else { return super::super::silence::command_line(intent) };
    let mut words = vec!["midwatch".to_owned(), intent.verb().command().to_owned()];
    if target.kind == Kind::Pod {
        words.push(quoted(&target.name));
    } else {
        words.push(quoted(&place.service));
        words.push(option("--workload", &target.kind_and_name()));
    }
    words.push(option("-n", &target.namespace));
    words.push(option("--context", &target.cluster.0));
    match intent {
        Intent::Rollback { to: Some(pin), .. } => words.push(option("--to", pin)),
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
        _ => {}
    }
    words.join(" ")
}

/// An option with its value, which is joined to it where it could be taken for another option.
fn option(name: &str, value: &str) -> String {
    format!("{name}{}{}", if value.starts_with('-') { '=' } else { ' ' }, quoted(value))
}
