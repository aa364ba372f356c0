//! What lies over a view for a while: the review of a plan, the help, the palette.

pub mod help;
pub mod palette;
pub mod plan_review;
pub mod silence_form;

use ratatui::layout::Rect;

use super::paint::{Painter, cells, span};
use super::theme::Role;

/// Draws a panel with its frame and title, and answers the room inside it.
pub fn panel(painter: &mut Painter<'_>, area: Rect, title: &str, note: &str) -> Rect {
    painter.fill(area, Role::Panel);
    painter.set_ground(Some(Role::Panel));
    let frame = painter.glyphs().frame;
    let (left, right) = (area.x, area.right().saturating_sub(1));
    let (top, bottom) = (area.y, area.bottom().saturating_sub(1));
    let inside = area.width.saturating_sub(2);
    for (y, start, end, line) in [
        (top, frame.top_left, frame.top_right, frame.horizontal_top),
        (bottom, frame.bottom_left, frame.bottom_right, frame.horizontal_bottom),
    ] {
        painter.text(left, y, 1, Role::Frame, start);
        painter.repeat(left + 1, y, inside, Role::Frame, line);
        painter.text(right, y, 1, Role::Frame, end);
    }
    for y in top + 1..bottom {
        painter.text(left, y, 1, Role::Frame, frame.vertical_left);
        painter.text(right, y, 1, Role::Frame, frame.vertical_right);
    }
    let note_width = u16::try_from(cells(note)).unwrap_or_default();
    painter.spans(left + 2, top, inside.saturating_sub(note_width + 6), &[span(Role::Title, format!(" {title} "))]);
    if !note.is_empty() {
        painter.right(right.saturating_sub(1), top, note_width + 2, Role::Muted, &format!(" {note} "));
    }
    Rect { x: left + 2, y: top + 1, width: area.width.saturating_sub(4), height: area.height.saturating_sub(2) }
}

/// A room of at most this size in the middle of an area.
pub fn centered(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}
