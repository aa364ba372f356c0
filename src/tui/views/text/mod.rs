//! One object to read: told in words, or as YAML. It is read whole at that moment, and what is shown says so.

use jiff::Timestamp;
use ratatui::layout::Rect;
use serde_json::Value;

use super::resources::kubectl;
use super::{Hint, Seen, View};
use crate::domain::environment::Place;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::problem::Problem;
use crate::domain::redaction::redacted;
use crate::domain::row::Row;
use crate::tui::command::{Command, Context};
use crate::tui::effect::{Asked, Destination, Effect, LogTarget, Outcome};
use crate::tui::paint::{Painter, Span, span};
use crate::tui::theme::Role;
use crate::tui::widgets::text_pane::{Line, TextPane, line};

mod describe;
mod revisions;
mod yaml;

pub use revisions::Revisions;

/// In which form an object is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// In words, with its events.
    Words,
    /// As YAML.
    Yaml,
}

/// What the lines were made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Made {
    readings: u32,
    events: u64,
    minute: i64,
    is_unfolded: bool,
}

/// One object.
pub struct Detail {
    object: ObjectRef,
    form: Form,
    /// The object, without what looks secret.
    read: Option<Result<Value, Problem>>,
    /// How often it was read, when that was for the last time, and what its row said then.
    readings: u32,
    read_at: Option<Timestamp>,
    row: Option<Row>,
    /// Whether what machines wrote is shown too.
    is_unfolded: bool,
    is_full_screen: bool,
    pane: TextPane,
    made: Option<Made>,
}

impl Detail {
    /// An object that is about to be read.
    pub fn new(object: ObjectRef, form: Form) -> Self {
        Self {
            object,
            form,
            read: None,
            readings: 0,
            read_at: None,
            row: None,
            is_unfolded: false,
            is_full_screen: false,
            pane: TextPane::default(),
            made: None,
        }
    }

    /// The name of a file with this text.
    fn about(&self) -> String {
        let form = if self.form == Form::Yaml { ".yaml" } else { "" };
        format!("{}-{}{form}", self.object.kind.singular(), self.object.name)
    }

    fn lines(&self, seen: &Seen<'_>) -> Vec<Line> {
        match (&self.read, self.form) {
            (None, _) => vec![line(Role::Muted, format!("reading {}\u{2026}", self.object))],
            (Some(Err(problem)), _) => problem_lines(problem),
            (Some(Ok(value)), Form::Yaml) => yaml::lines(value, self.is_unfolded),
            (Some(Ok(value)), Form::Words) => describe::lines(&self.object, value, seen),
        }
    }
}

/// A problem, line by line.
fn problem_lines(problem: &Problem) -> Vec<Line> {
    let mut lines = vec![line(Role::Attention, problem.what.as_str())];
    let more = [&problem.why, &problem.hint].into_iter().filter(|words| !words.is_empty());
    lines.extend(more.map(|words| line(Role::Muted, words.as_str())));
    lines
}

/// The way to an object, for the second line.
fn way(object: &ObjectRef, what: &str, seen: &Seen<'_>) -> Vec<Span<'static>> {
    let mark = format!(" {} ", seen.look.glyphs.trail);
    let mut spans = vec![span(Role::Muted, format!("Resources{mark}{}", object.kind.title()))];
    if !object.namespace.is_empty() {
        spans.push(span(Role::Muted, format!("{mark}{}", object.namespace)));
    }
    spans.extend([span(Role::Muted, mark), span(Role::Title, object.name.to_string())]);
    spans.push(span(Role::Muted, format!("   {what}")));
    spans
}

impl View for Detail {
    fn context(&self) -> Context {
        Context::Text
    }

    fn trail(&self, seen: &Seen<'_>) -> Vec<Span<'static>> {
        let what = match self.form {
            Form::Words => "in words",
            Form::Yaml if self.is_unfolded => "as YAML, with managedFields",
            Form::Yaml => "as YAML, without managedFields",
        };
        let mut spans = way(&self.object, what, seen);
        if let Some(at) = self.read_at {
            spans.push(span(Role::Muted, format!(", read {}", at.strftime("%H:%M:%S"))));
        }
        if self.read_at.is_some() && seen.session.state().find(&self.object) != self.row.as_ref() {
            spans.push(span(Role::Attention, "   changed since"));
        }
        spans.extend(self.pane.told());
        spans
    }

    fn tab(&self) -> Command {
        Command::Resources
    }

    fn place(&self, seen: &Seen<'_>) -> Option<Place> {
        seen.place_of(&self.object)
    }

    fn handle(&mut self, command: Command, _seen: &Seen<'_>) -> Outcome {
        match command {
            Command::ShowLogs | Command::PreviousContainer if has_logs(self.object.kind) => {
                let previous = command == Command::PreviousContainer;
                let target = LogTarget::of(self.object.clone()).before_restart(previous);
                return Outcome::Ask(Effect::Go(Destination::Logs(target)));
            }
            Command::FullScreen => self.is_full_screen = !self.is_full_screen,
            Command::Back if self.is_full_screen => self.is_full_screen = false,
            Command::Fold => self.is_unfolded = !self.is_unfolded,
            Command::CopyName => return Outcome::Ask(Effect::Copy(self.object.name.to_string())),
            Command::CopyCommand => {
                let command = match self.form {
                    Form::Words => kubectl("describe", &self.object, ""),
                    Form::Yaml => kubectl("get", &self.object, " -o yaml"),
                };
                return Outcome::Ask(Effect::Copy(command));
            }
            _ => return self.pane.handle(command, &self.about()),
        }
        Outcome::Redraw
    }

    fn answer(&mut self, asked: Asked, text: &str, _seen: &Seen<'_>) -> Outcome {
        self.pane.answer(asked, text)
    }

    fn object(&mut self, object: &ObjectRef, result: &Result<Value, Problem>) -> Outcome {
        if *object != self.object {
            return Outcome::Ignored;
        }
        self.read = Some(result.as_ref().map(redacted).map_err(Clone::clone));
        self.readings += 1;
        Outcome::Redraw
    }

    fn settle(&mut self, seen: &Seen<'_>, area: Rect) {
        let cluster = seen.session.state().cluster(&self.object.cluster);
        let made = Made {
            readings: self.readings,
            events: cluster.map_or(0, |cluster| cluster.rows(Kind::Event).revision()),
            minute: minute(seen.now),
            is_unfolded: self.is_unfolded,
        };
        if self.made.is_none_or(|before| before.readings != made.readings) {
            self.read_at = (self.readings > 0).then_some(seen.now);
            self.row = seen.session.state().find(&self.object).cloned();
        }
        if self.made != Some(made) {
            self.made = Some(made);
            self.pane.set(self.lines(seen));
        }
        self.pane.settle(area.height);
    }

    fn render(&self, painter: &mut Painter<'_>, area: Rect, _seen: &Seen<'_>) {
        let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        self.pane.render(painter, inner);
    }

    fn hints(&self, _seen: &Seen<'_>) -> Vec<Hint> {
        let mut hints = vec![
            Hint::new(Command::Back, "back"),
            Hint::new(Command::Search, "find"),
            Hint::new(Command::NextMatch, "next"),
            Hint::new(Command::Wrap, "wrap"),
            Hint::new(Command::FullScreen, "full screen"),
            Hint::new(Command::Save, "save"),
            Hint::new(Command::CopyCommand, "copy command"),
        ];
        if self.form == Form::Yaml {
            let label = if self.is_unfolded { "hide managedFields" } else { "show managedFields" };
            hints.insert(1, Hint::new(Command::Fold, label));
        }
        hints
    }

    fn is_full_screen(&self) -> bool {
        self.is_full_screen
    }
}

/// Whether there are pods behind an object, which say something.
fn has_logs(kind: Kind) -> bool {
    kind == Kind::Pod || kind == Kind::ReplicaSet || kind == Kind::Job || Kind::WORKLOADS.contains(&kind)
}

/// The minute of a moment: ages are told no finer, so that nothing has to be told anew every second.
fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}

#[cfg(test)]
mod tests;
