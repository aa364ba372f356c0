//! What login programs say while no service is known yet. There may be a code in it that somebody has to type, so it
//! stands there whole.

use ratatui::layout::Rect;

use crate::domain::update::{Login, LoginStage};
use crate::tui::paint::{Painter, wrap};
use crate::tui::theme::Role;
use crate::tui::views::Seen;

/// How far the words of a program are moved in.
const INDENT: u16 = 2;

/// Draws what they say, as much of its end as there is room for.
pub(super) fn render(painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>) {
    let width = usize::from(area.width.saturating_sub(INDENT));
    let mut lines = Vec::new();
    for (name, cluster) in seen.session.state().clusters() {
        let Some(Login { said, stage: LoginStage::Running }) = cluster.login() else { continue };
        lines.push((0, Role::Muted, format!("to log in to {name}:")));
        let words = said.iter().flat_map(|line| wrap(line, width));
        lines.extend(words.map(|words| (INDENT, Role::Text, words)));
    }
    let hidden = lines.len().saturating_sub(area.height.into());
    for (y, (indent, role, words)) in (area.top()..area.bottom()).zip(&lines[hidden..]) {
        painter.text(area.x + indent, y, area.width.saturating_sub(*indent), *role, words);
    }
}
