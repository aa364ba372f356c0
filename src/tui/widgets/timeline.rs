//! What changed lately, as lines: when, what, what happened to it, by whom.

use ratatui::layout::Rect;

use crate::domain::service::ServiceId;
use crate::tui::paint::Painter;
use crate::tui::theme::Role;
use crate::tui::views::Seen;
use crate::tui::widgets::words;

/// Draws the newest changes, of one service or of all.
pub fn render(painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>, of: Option<&ServiceId>) {
    if area.height < 2 {
        return;
    }
    let x = area.x + 1;
    let width = area.width.saturating_sub(2);
    painter.text(x, area.y, width, Role::Title, "What changed");
    let all = of.is_none().then(|| seen.timeline.changes()).into_iter().flatten();
    let changes = all.chain(of.into_iter().flat_map(|service| seen.timeline.of(service)));
    let mut y = area.y + 1;
    for change in changes.take(usize::from(area.height - 1)) {
        let name = change.service.as_ref().unwrap_or(&change.object.name);
        let time_end = x + 7;
        painter.text(x, y, 6, Role::Muted, &words::moment(change.at, seen.now));
        let name_width = if of.is_some() { 0 } else { (width / 5).clamp(12, 28) };
        if name_width > 0 {
            painter.text(time_end, y, name_width, Role::Text, name);
        }
        let what_at = time_end + name_width + u16::from(name_width > 0) * 2;
        let by_width = if width >= 70 { 18 } else { 0 };
        let what_width = (x + width).saturating_sub(what_at).saturating_sub(by_width + u16::from(by_width > 0));
        let times = if change.times > 1 { format!(", {} times", change.times) } else { String::new() };
        let why = change.why.as_ref().map_or_else(String::new, |why| format!("  {why}"));
        painter.text(what_at, y, what_width, Role::Text, &format!("{}{times}{why}", change.what));
        if let (Some(by), true) = (&change.by, by_width > 0) {
            painter.right(x + width, y, by_width, Role::Muted, by);
        }
        y += 1;
    }
    if y == area.y + 1 {
        painter.text(x, y, width, Role::Muted, "nothing that is known of");
    }
}
