//! When how much was said: a line of bars above the lines, and one of the errors among them where there is room.

use jiff::{SignedDuration, Timestamp};

use crate::state::logs::{Bars, Bucket};
use crate::tui::paint::{Painter, cells, span};
use crate::tui::theme::Role;
use crate::tui::theme::glyphs::ASCII;
use crate::tui::widgets::words;

/// Of so many lines one that is an error makes a bucket bad.
const BAD: u32 = 20;

/// What the bars are drawn from.
#[derive(Debug)]
pub(super) struct Picture {
    bars: Bars,
    /// The times at both ends.
    ends: [String; 2],
    /// The bucket of the line that is selected.
    marked: Option<usize>,
}

/// How many rows the picture takes in a window of so many: in a small one the lines matter more.
pub(super) fn rows_in(height: u16) -> u16 {
    match height {
        0..=11 => 0,
        12..=24 => 1,
        _ => 2,
    }
}

/// How many buckets fit beside the times and the words.
pub(super) fn room_in(width: u16) -> usize {
    usize::from(width.saturating_sub(if width < 70 { 20 } else { 46 }))
}

impl Picture {
    /// The picture of some bars; a moment that is looked at is marked in it.
    pub(super) fn new(bars: Bars, looked_at: Option<Timestamp>) -> Self {
        let span = bars.until.duration_since(bars.from);
        let form = match span.as_secs() {
            0..=179 => "%H:%M:%S",
            180..=86_399 => "%H:%M",
            _ => "%m-%d %H:%M",
        };
        let ends = [bars.from, bars.until].map(|at| at.strftime(form).to_string());
        let marked = looked_at
            .filter(|at| (bars.from..bars.until).contains(at))
            .and_then(|at| usize::try_from(at.duration_since(bars.from).as_secs() / bars.seconds).ok());
        Self { bars, ends, marked }
    }

    /// Draws it in one row or two.
    pub(super) fn draw(&self, painter: &mut Painter<'_>, x: u16, y: u16, width: u16, rows: u16) {
        let [from, until] = &self.ends;
        let begin = painter.text(x, y, width, Role::Muted, from) + 1;
        let most = |of: fn(&Bucket) -> u32| self.bars.buckets.iter().map(of).max().unwrap_or_default();
        let (lines, errors) = (most(|bucket| bucket.lines), most(|bucket| bucket.errors));
        let mut end = begin;
        for (at, (bucket, x)) in self.bars.buckets.iter().zip(begin..x + width).enumerate() {
            let role = if rows > 1 { Role::Information } else { role_of(*bucket) };
            let role = if self.marked == Some(at) { Role::Title } else { role };
            let is_marked = rows == 1 && bucket.errors > 0 && std::ptr::eq(painter.glyphs(), &raw const ASCII);
            let glyph = if is_marked { painter.glyphs().attention } else { level(painter, bucket.lines, lines) };
            painter.text(x, y, 1, role, glyph);
            if rows > 1 && bucket.errors > 0 {
                painter.text(x, y + 1, 1, Role::Bad, level(painter, bucket.errors, errors));
            }
            end = x + 1;
        }
        let end = painter.text(end + 1, y, (x + width).saturating_sub(end + 1), Role::Muted, until) + 3;
        let room = (x + width).saturating_sub(end);
        let each = words::duration(SignedDuration::from_secs(self.bars.seconds));
        let drawn: u64 = self.bars.buckets.iter().map(|bucket| u64::from(bucket.errors)).sum();
        let all = usize::try_from(self.bars.errors.max(drawn)).unwrap_or(usize::MAX);
        // What is older than the picture counts all the same, and is said.
        let earlier = self.bars.errors.saturating_sub(drawn);
        let earlier = if earlier > 0 { format!(", {earlier} earlier") } else { String::new() };
        let told = match all {
            0 => span(Role::Muted, "no errors"),
            1 => span(Role::Bad, format!("1 error{earlier}")),
            _ => span(Role::Bad, format!("{} errors{earlier}", words::thousands(all))),
        };
        let size = span(Role::Muted, format!("lines, {each} each"));
        if rows > 1 {
            painter.spans(end, y, room, &[size]);
            painter.spans(end, y + 1, room, &[told]);
        } else if cells(&size.text) + 3 + cells(&told.text) <= room.into() {
            painter.spans(end, y, room, &[size, span(Role::Muted, "   "), told]);
        } else if cells(&told.text) <= room.into() {
            painter.spans(end, y, room, &[told]);
        }
    }
}

/// The character for a count of at most so many: whatever there is can be seen.
fn level(painter: &Painter<'_>, count: u32, most: u32) -> &'static str {
    let levels = painter.glyphs().levels;
    let last = levels.len() as u64 - 1;
    match count {
        0 => " ",
        _ => levels[usize::try_from((u64::from(count) * last).div_ceil(u64::from(most.max(1)))).unwrap_or_default()],
    }
}

/// How loud a bucket is.
fn role_of(bucket: Bucket) -> Role {
    match bucket.errors {
        0 => Role::Information,
        errors if errors >= bucket.lines.div_ceil(BAD) => Role::Bad,
        _ => Role::Attention,
    }
}

#[cfg(test)]
mod tests;
