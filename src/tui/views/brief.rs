//! The briefing: what to tell whoever asks, on one screen, to be pasted into a chat.

use ratatui::layout::Rect;

use super::{Hint, Seen, View};
use crate::domain::brief::Brief;
use crate::state::brief;
use crate::tui::command::{Command, Context};
use crate::tui::effect::{Asked, Effect, Outcome};
use crate::tui::paint::{Painter, Span, span};
use crate::tui::theme::Role;
use crate::tui::widgets::text_pane::{Line, TextPane};
use crate::tui::widgets::{facts, words};

/// Where the text begins after the word for it.
const INDENT: usize = 13;
/// See [`INDENT`].
const INDENT_WIDTH: u16 = 13;

/// The briefing of all that is read.
#[derive(Default)]
pub struct Briefing {
    pane: TextPane,
    markdown: String,
}

impl View for Briefing {
    fn context(&self) -> Context {
        Context::Text
    }

    fn trail(&self, seen: &Seen<'_>) -> Vec<Span<'static>> {
        let mark = seen.look.glyphs.trail;
        let mut spans = vec![span(Role::Muted, format!("Overview {mark} ")), span(Role::Title, "Briefing")];
        spans.extend(self.pane.told());
        spans
    }

    fn tab(&self) -> Command {
        Command::Overview
    }

    fn shows_services(&self) -> bool {
        true
    }

    fn handle(&mut self, command: Command, _seen: &Seen<'_>) -> Outcome {
        match command {
            Command::CopyName => Outcome::Ask(Effect::Copy(self.markdown.clone())),
            Command::CopyCommand => Outcome::Ask(Effect::Copy("midwatch brief --markdown".to_owned())),
            _ => self.pane.handle(command, "briefing"),
        }
    }

    fn answer(&mut self, asked: Asked, text: &str, _seen: &Seen<'_>) -> Outcome {
        self.pane.answer(asked, text)
    }

    fn settle(&mut self, seen: &Seen<'_>, area: Rect) {
        let scopes = seen.session.scopes();
        let made = brief(seen.session.state(), seen.board, seen.timeline, scopes.environment.as_ref(), seen.now);
        let brief = Brief { namespaces: scopes.namespaces.clone(), ..made };
        let width = usize::from(area.width.saturating_sub(2));
        let mut lines: Vec<Line> = vec![vec![span(Role::Title, brief.title())], Vec::new()];
        for (at, (word, text)) in brief.lines().into_iter().enumerate() {
            if at > 0 && !word.is_empty() {
                lines.push(Vec::new());
            }
            let room = width.saturating_sub(INDENT).max(20);
            lines.extend(facts::fact(word, INDENT, Role::Text, &text, room));
        }
        self.markdown = brief.markdown();
        self.pane.set(lines);
        // The last row says how much more there is.
        let is_cut = self.pane.len() > usize::from(area.height);
        self.pane.settle(area.height.saturating_sub(u16::from(is_cut)));
    }

    fn render(&self, painter: &mut Painter<'_>, area: Rect, _seen: &Seen<'_>) {
        let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        let below = self.pane.below();
        let is_cut = self.pane.len() > usize::from(area.height);
        let shown = Rect { height: area.height.saturating_sub(u16::from(is_cut)), ..inner };
        self.pane.render(painter, shown);
        if below > 0 {
            let words = format!("{} below", words::count(below, "more line", "more lines"));
            painter.text(inner.x + INDENT_WIDTH, shown.bottom(), inner.width, Role::Muted, &words);
        }
    }

    fn hints(&self, _seen: &Seen<'_>) -> Vec<Hint> {
        vec![
            Hint::new(Command::Back, "back"),
            Hint::new(Command::SelectNext, "scroll"),
            Hint::new(Command::CopyName, "copy as Markdown"),
            Hint::new(Command::Save, "save"),
            Hint::new(Command::CopyCommand, "copy command"),
        ]
    }
}
