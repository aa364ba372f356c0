//! The records of one action as text: every field of each of them.

use ratatui::layout::Rect;

use crate::domain::audit::{Action, ActionId};
use crate::tui::command::Command;
use crate::tui::effect::{Effect, Outcome};
use crate::tui::paint::{Painter, cells};
use crate::tui::theme::Role;
use crate::tui::widgets::words;

/// Where values begin, where there is room.
const NAMES: u16 = 26;

/// The records of an action, scrolled.
pub(super) struct Page {
    action: ActionId,
    lines: Vec<Line>,
    top: usize,
    height: usize,
}

/// One line: the name of a field, where it begins here, and what is in it; or a title.
struct Line {
    name: String,
    value: String,
    role: Role,
}

impl Page {
    /// The records of an action.
    pub(super) fn new(action: ActionId) -> Self {
        Self { action, lines: Vec::new(), top: 0, height: 1 }
    }

    /// Whose records.
    pub(super) fn action(&self) -> &ActionId {
        &self.action
    }

    pub(super) fn handle(&mut self, command: Command) -> Outcome {
        let page = self.height.saturating_sub(1).max(1);
        self.top = match command {
            Command::SelectNext => self.top + 1,
            Command::SelectPrevious => self.top.saturating_sub(1),
            Command::SelectFirst => 0,
            Command::SelectLast => self.lines.len(),
            Command::PageDown => self.top + page,
            Command::PageUp => self.top.saturating_sub(page),
            Command::HalfPageDown => self.top + page.div_ceil(2),
            Command::HalfPageUp => self.top.saturating_sub(page.div_ceil(2)),
            Command::CopyName => return Outcome::Ask(Effect::Copy(self.action.to_string())),
            Command::CopyCommand => return Outcome::Ask(Effect::Copy(command_of(&self.action))),
            Command::Save => {
                let about = format!("audit-{}", self.action);
                return Outcome::Ask(Effect::Save { about, text: self.text() });
            }
            _ => return Outcome::Ignored,
        };
        Outcome::Redraw
    }

    /// Breaks the fields into lines of the width that there is.
    pub(super) fn settle(&mut self, action: Option<&Action>, area: Rect) {
        // The last line tells how much is below.
        self.height = area.height.saturating_sub(1).into();
        self.lines.clear();
        let width = usize::from(area.width.saturating_sub(NAMES + 2)).max(10);
        let Some(action) = action else {
            self.lines.push(title(format!("the journal does not name {} any more", self.action), Role::Bad));
            return;
        };
        self.lines.push(title(format!("{}: {}", action.word(), action.detail()), Role::Title));
        for record in &action.records {
            self.lines.push(title(String::new(), Role::Text));
            let at = record.at.strftime("%Y-%m-%d %H:%M:%S UTC");
            self.lines.push(title(format!("record {}, {at}", record.sequence), Role::Title));
            for (name, value) in record.fields() {
                let mut name = name.to_string();
                for part in broken(&value, width) {
                    self.lines.push(Line { name: std::mem::take(&mut name), value: part, role: Role::Text });
                }
            }
        }
        self.top = self.top.min(self.lines.len().saturating_sub(self.height));
    }

    pub(super) fn render(&self, painter: &mut Painter<'_>, area: Rect) {
        let (x, width) = (area.x + 1, area.width.saturating_sub(2));
        for (y, line) in (area.y..area.bottom().saturating_sub(1)).zip(self.lines.iter().skip(self.top)) {
            if line.role == Role::Text {
                painter.text(x, y, NAMES - 2, Role::Muted, &line.name);
                painter.text(x + NAMES, y, width.saturating_sub(NAMES), line.role, &line.value);
            } else {
                painter.text(x, y, width, line.role, &line.value);
            }
        }
        let below = self.lines.len().saturating_sub(self.top + self.height);
        if below > 0 {
            let words = words::count(below, "line below", "lines below");
            painter.right(x + width, area.bottom().saturating_sub(1), 20, Role::Muted, &words);
        }
    }

    fn text(&self) -> String {
        let line = |line: &Line| match line.name.as_str() {
            "" => format!("{}\n", line.value),
            name => format!("{name}: {}\n", line.value),
        };
        self.lines.iter().map(line).collect()
    }
}

/// The command line that shows the same.
pub(super) fn command_of(action: &ActionId) -> String {
    format!("midwatch audit show --action {action}")
}

fn title(value: String, role: Role) -> Line {
    Line { name: String::new(), value, role }
}

/// A text in pieces of at most so many cells.
fn broken(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for letter in text.chars() {
        let letter = letter.encode_utf8(&mut [0; 4]).to_owned();
        let more = cells(&letter);
        if used + more > width {
            lines.push(String::new());
            used = 0;
        }
        used += more;
        lines.last_mut().expect("there is always one line").push_str(&letter);
    }
    lines
}
