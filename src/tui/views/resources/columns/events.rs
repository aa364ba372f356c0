//! Events: when, how bad, why, about what, and in which words.

use super::status::of_event;
use super::{Field, Key, ago, by_status, newest, plain, quiet, worded};
use crate::domain::platform::Event;
use crate::tui::theme::Role;
use crate::tui::widgets::table::{Column, cell};

pub(super) const EVENTS: [Field<Event>; 6] = [
    Field::new(
        Column::number("LAST-SEEN", 9, 9),
        |event, scene| ago(event.last.or(event.meta.created), scene),
        |event| newest(event.last.or(event.meta.created)),
    ),
    Field::new(Column::words("STATUS", 7, 8), |event, _| worded(of_event(event)), |event| by_status(of_event(event))),
    Field::new(
        Column::words("REASON", 8, 24),
        |event, _| plain(event.reason.as_str()),
        |event| Key::Words(&event.reason),
    ),
    Field::new(
        Column::words("OBJECT", 22, 50).named(),
        |event, _| plain(format!("{} {}", event.about_kind, event.about_name)),
        |event| Key::Words(&event.about_name),
    ),
    Field::new(
        Column::number("TIMES", 5, 6).rank(2),
        |event, _| quiet(event.count.max(1).to_string()),
        |event| Key::Number(-i64::from(event.count)),
    ),
    Field::new(
        Column::words("MESSAGE", 16, 400).rank(1),
        |event, _| cell(if event.is_warning() { Role::Text } else { Role::Muted }, event.message.as_str()),
        |event| Key::Words(&event.message),
    ),
];
