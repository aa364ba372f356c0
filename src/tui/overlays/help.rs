//! The help: every key that works here, made from the keymap, so that it cannot be out of date.

use std::cell::Cell;

use ratatui::layout::Rect;

use super::{centered, panel};
use crate::tui::command::{Command, Context};
use crate::tui::paint::Painter;
use crate::tui::theme::Role;
use crate::tui::views::{Hint, Seen};

/// The help for one context.
pub struct Help {
    context: Context,
    /// What works in this kind of view, but not in this one.
    idle: Vec<Command>,
    /// The first visible line: what is drawn does not go past the end, and one goes on from there.
    scroll: Cell<usize>,
}

/// One line of the help.
enum Line {
    Heading(&'static str),
    Key(String, String),
}

impl Help {
    /// The help for a context, without commands that do nothing where one is.
    pub fn new(context: Context, idle: Vec<Command>) -> Self {
        Self { context, idle, scroll: Cell::new(0) }
    }

    /// Scrolls.
    pub fn handle(&mut self, command: Command) {
        let at = self.scroll.get();
        self.scroll.set(match command {
            Command::SelectNext => at.saturating_add(1),
            Command::SelectPrevious => at.saturating_sub(1),
            Command::PageDown | Command::HalfPageDown => at.saturating_add(10),
            Command::PageUp | Command::HalfPageUp => at.saturating_sub(10),
            Command::SelectFirst => 0,
            Command::SelectLast => usize::MAX,
            _ => at,
        });
    }

    /// Every command that works here: with its keys, or by its name in the palette.
    fn lines(&self, seen: &Seen<'_>) -> Vec<Line> {
        let mut lines = Vec::new();
        for context in self.context.chain() {
            lines.push(Line::Heading(context.name()));
            let works = |command: &Command| command.contexts().contains(context) && !self.idle.contains(command);
            for command in Command::all().filter(works) {
                // A key without a namespace says nothing; without any, the first says how to get one.
                let description = match (command.favourite(), seen.settings.favourites.as_slice()) {
                    (None, _) => command.description().to_owned(),
                    (Some(1), []) => "a favourite namespace: name them under `favourites`".to_owned(),
                    (Some(number), favourites) => match favourites.get(number - 1) {
                        Some(namespace) => format!("show only the namespace {namespace}"),
                        None => continue,
                    },
                };
                let keys = seen.look.keymap.keys_of(self.context, command);
                let keys = if keys.is_empty() { format!(":{}", command.name()) } else { keys.join("  ") };
                lines.push(Line::Key(keys, description));
            }
        }
        lines
    }

    /// Draws the help.
    pub fn render(&self, painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>) {
        let inner = panel(painter, centered(area, 84, area.height), "Keys", "esc closes");
        let lines = self.lines(seen);
        let top = self.scroll.get().min(lines.len().saturating_sub(inner.height.into()));
        self.scroll.set(top);
        for (y, line) in (inner.y..inner.bottom()).zip(&lines[top..]) {
            match line {
                Line::Heading(name) => drop(painter.text(inner.x, y, inner.width, Role::Title, name)),
                Line::Key(keys, description) => {
                    painter.text(inner.x + 1, y, 22, Role::Accent, keys);
                    painter.text(inner.x + 24, y, inner.width.saturating_sub(24), Role::Text, description);
                }
            }
        }
        painter.set_ground(None);
    }
}

/// The keys of the help itself.
pub fn hints() -> Vec<Hint> {
    vec![Hint::new(Command::Back, "close"), Hint::new(Command::PageDown, "further"), Hint::new(Command::PageUp, "back")]
}
