//! The last line: the keys that work here, or the line that is being typed.

use ratatui::layout::Rect;

use crate::tui::command::Context;
use crate::tui::look::Look;
use crate::tui::paint::{Painter, Span, cells, span};
use crate::tui::theme::Role;
use crate::tui::views::Hint;

/// What the last line shows.
pub enum Bottom<'a> {
    /// Keys.
    Hints(Context, &'a [Hint]),
    /// A sequence of keys that has begun.
    Pending(&'a str),
    /// A text field: the words before it, what is typed, and where the cursor stands.
    Field(&'a str, &'a str, usize),
    /// A text field whose text is replaced by what is typed next: the words before it, and the text.
    Marked(&'a str, &'a str),
}

/// Draws the last line.
pub fn footer(painter: &mut Painter<'_>, area: Rect, bottom: &Bottom<'_>) {
    painter.fill(area, Role::Bar);
    painter.set_ground(Some(Role::Bar));
    let x = area.x + 1;
    let width = area.width.saturating_sub(2);
    match bottom {
        Bottom::Pending(keys) => {
            painter.spans(x, area.y, width, &[span(Role::Accent, *keys), span(Role::Muted, " …")]);
        }
        Bottom::Field(label, text, cursor) => field(painter, x, area.y, width, (label, text, *cursor)),
        Bottom::Marked(label, text) => {
            painter.spans(x, area.y, width, &[span(Role::Accent, *label), span(Role::Cursor, *text)]);
        }
        Bottom::Hints(context, hints) => {
            let spans = hint_spans(painter.look, *context, hints, width);
            painter.spans(x, area.y, width, &spans);
        }
    }
    painter.set_ground(None);
}

/// Keys with what they do, as many as there is room for; one that does not work now says why.
fn hint_spans(look: &Look, context: Context, hints: &[Hint], width: u16) -> Vec<Span<'static>> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut used = 0;
    let mut told: Option<&str> = None;
    for hint in hints {
        // What has no key goes by its name.
        let key = look.keymap.keys_of(context, hint.command).into_iter().next();
        let key = key.unwrap_or_else(|| format!(":{}", hint.command.name()));
        let mut piece = vec![span(Role::Accent, key), span(Role::Text, format!(" {}", hint.label))];
        if let Some(reason) = &hint.not_now {
            piece[0].role = Role::Muted;
            // The same reason is said once: it would take the room of keys that work.
            let words = if told == Some(reason) { String::new() } else { format!(": {reason}") };
            piece[1] = span(Role::Muted, format!(" {}{words}", hint.label));
            told = Some(reason);
        }
        let wide: usize = piece.iter().map(|span| cells(&span.text)).sum();
        if used + wide > width.into() {
            break;
        }
        used += wide + 3;
        spans.extend(piece);
        spans.push(span(Role::Text, "   "));
    }
    // The gap after the last key is not room that it takes.
    spans.pop();
    spans
}

/// Draws a text field with its cursor.
pub fn field(painter: &mut Painter<'_>, x: u16, y: u16, width: u16, (label, text, cursor): (&str, &str, usize)) {
    let start = painter.text(x, y, width, Role::Accent, label);
    let room = usize::from((x + width).saturating_sub(start + 1));
    let mut before: String = text.chars().take(cursor).collect();
    // A line that is too long shows its end, where it is typed.
    while cells(&before) > room && !before.is_empty() {
        before.remove(0);
    }
    let under: String = text.chars().nth(cursor).map_or_else(|| " ".to_owned(), String::from);
    let after: String = text.chars().skip(cursor + 1).collect();
    painter.spans(
        start,
        y,
        (x + width).saturating_sub(start),
        &[span(Role::Text, before), span(Role::Cursor, under), span(Role::Text, after)],
    );
}
