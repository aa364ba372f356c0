//! The revisions that a workload has had, and what differs between any two of them.

use std::collections::{HashMap, HashSet};

use ratatui::layout::Rect;
use serde_json::Value;

use super::{problem_lines, way};
use crate::domain::difference;
use crate::domain::environment::Place;
use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::plan::DiffLine;
use crate::domain::problem::Problem;
use crate::domain::rollout::{Revision, Standing};
use crate::domain::text::Text;
use crate::domain::workload::image_name;
use crate::state::history;
use crate::tui::command::{Command, Context};
use crate::tui::effect::{Effect, Outcome};
use crate::tui::paint::{Painter, Span, span};
use crate::tui::theme::Role;
use crate::tui::views::{Hint, Seen, View, propose};
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::table::{self, Cell, Column, Widths, cell};
use crate::tui::widgets::text_pane::{Line, TextPane, line};
use crate::tui::widgets::words;

/// So many revisions are seen at once; the rest of the room is for what differs.
const LISTED: u16 = 8;

const COLUMNS: [Column; 7] = [
    Column::number("REVISION", 8, 8),
    Column::words("HASH", 8, 24).named().rank(2),
    Column::words("STANDING", 8, 10),
    Column::words("IMAGES", 12, 70),
    Column::words("WHY", 6, 60).rank(3),
    Column::number("READY", 5, 9).rank(1),
    Column::number("MADE", 6, 7),
];

/// The revisions of one workload.
pub struct Revisions {
    workload: ObjectRef,
    known: Vec<Revision>,
    cursor: Cursor<Text>,
    /// What the selected revision is compared with; without a choice the one before it.
    base: Option<Text>,
    /// The templates that have been read, by the object that holds them.
    templates: HashMap<Text, Result<Value, Problem>>,
    asked: HashSet<Text>,
    widths: Widths,
    pane: TextPane,
}

impl Revisions {
    /// The revisions of a workload.
    pub fn new(workload: ObjectRef) -> Self {
        Self {
            workload,
            known: Vec::new(),
            cursor: Cursor::default(),
            base: None,
            templates: HashMap::new(),
            asked: HashSet::new(),
            widths: Widths::default(),
            pane: TextPane::default(),
        }
    }

    /// The kind that holds the templates.
    fn holder(&self) -> Kind {
        self.workload.kind.holder_of_revisions().unwrap_or(Kind::ControllerRevision)
    }

    fn find(&self, name: &Text) -> Option<&Revision> {
        self.known.iter().find(|revision| revision.name == *name)
    }

    /// The two revisions that are compared: from, to.
    fn compared(&self) -> Option<(&Revision, &Revision)> {
        let to = self.find(self.cursor.selected()?)?;
        let chosen = self.base.as_ref().and_then(|base| self.find(base)).filter(|base| base.name != to.name);
        let before = || {
            let at = self.known.iter().position(|revision| revision.name == to.name)?;
            self.known.get(at + 1)
        };
        Some((chosen.or_else(before)?, to))
    }

    /// Asks for the next template that the comparison needs.
    fn next_template(&mut self) -> Outcome {
        let wanted: Vec<Text> =
            self.compared().map(|(from, to)| vec![from.name.clone(), to.name.clone()]).unwrap_or_default();
        let next = wanted.into_iter().find(|name| !self.templates.contains_key(name) && !self.asked.contains(name));
        match next {
            None => Outcome::Redraw,
            Some(name) => {
                self.asked.insert(name.clone());
                Outcome::Ask(Effect::Fetch(ObjectRef { kind: self.holder(), name, ..self.workload.clone() }))
            }
        }
    }

    /// What differs, line by line.
    fn difference(&self) -> Vec<Line> {
        let Some((from, to)) = self.compared() else {
            return vec![line(Role::Muted, "no earlier revision is kept to compare it with")];
        };
        let mut lines = vec![line(Role::Title, format!("From {} to {}", named(from), named(to)))];
        match (self.templates.get(&from.name), self.templates.get(&to.name)) {
            (Some(Ok(from)), Some(Ok(to))) => {
                let differing = difference::lines(from, to);
                if differing.is_empty() {
                    lines.push(line(Role::Muted, "their templates are the same"));
                }
                lines.extend(differing.into_iter().map(told));
            }
            (Some(Err(problem)), _) | (_, Some(Err(problem))) => lines.extend(problem_lines(problem)),
            _ => lines.push(line(Role::Muted, "reading their templates\u{2026}")),
        }
        lines
    }

    fn cells<'a>(revision: &'a Revision, seen: &Seen<'_>) -> Vec<Cell<'a>> {
        let dash = seen.look.glyphs.dash;
        let (role, standing) = match revision.standing {
            Standing::Current => (Role::Title, "current"),
            Standing::Previous => (Role::Text, "previous"),
            Standing::Older => (Role::Muted, "older"),
        };
        let images: Vec<&str> = revision.images.iter().map(|image| image_name(image)).collect();
        let made = revision.created.map_or_else(|| dash.to_owned(), |at| words::age(at, seen.now));
        vec![
            cell(role, revision.number.map_or_else(|| dash.to_owned(), |number| number.to_string())),
            cell(Role::Muted, revision.hash.as_str()),
            cell(role, standing),
            cell(role, if images.is_empty() { dash.to_owned() } else { images.join(", ") }),
            cell(Role::Muted, revision.change_cause.as_str()),
            cell(Role::Text, format!("{}/{}", revision.ready, revision.desired)),
            cell(Role::Muted, made),
        ]
    }
}

/// A revision in a heading.
fn named(revision: &Revision) -> String {
    let number = revision.number.map_or_else(|| revision.hash.to_string(), |number| number.to_string());
    if revision.version.is_empty() { number } else { format!("{number} ({})", revision.version) }
}

/// One line of a difference; its sign stands for it, not only its colour.
fn told(difference: DiffLine) -> Line {
    match difference {
        DiffLine::Same(text) => line(Role::Muted, format!("  {text}")),
        DiffLine::Removed(text) => line(Role::Bad, format!("- {text}")),
        DiffLine::Added(text) => line(Role::Fine, format!("+ {text}")),
        DiffLine::Skipped(count) => {
            line(Role::Faint, format!("  {}", words::count(count, "line that is the same", "lines that are the same")))
        }
    }
}

impl View for Revisions {
    fn context(&self) -> Context {
        Context::Table
    }

    fn trail(&self, seen: &Seen<'_>) -> Vec<Span<'static>> {
        way(&self.workload, "revisions", seen)
    }

    fn tab(&self) -> Command {
        Command::Resources
    }

    fn place(&self, seen: &Seen<'_>) -> Option<Place> {
        seen.place_of(&self.workload)
    }

    fn handle(&mut self, command: Command, seen: &Seen<'_>) -> Outcome {
        let scrolls = matches!(
            command,
            Command::PageDown
                | Command::PageUp
                | Command::HalfPageDown
                | Command::HalfPageUp
                | Command::ScrollLeft
                | Command::ScrollRight
        );
        if scrolls {
            return self.pane.handle(command, "");
        }
        let revisions = &self.known;
        if self.cursor.moves(command, revisions.len(), |index| revisions[index].name.clone()) {
            self.pane = TextPane::default();
            return self.next_template();
        }
        let Some(selected) = self.cursor.selected().and_then(|name| self.find(name)) else { return Outcome::Ignored };
        match command {
            Command::Open | Command::ShowDiff => {
                self.base = if self.base.as_ref() == Some(&selected.name) { None } else { Some(selected.name.clone()) };
                self.next_template()
            }
            Command::Back if self.base.is_some() => {
                self.base = None;
                self.next_template()
            }
            Command::CopyName => Outcome::Ask(Effect::Copy(selected.name.to_string())),
            Command::RollBack => {
                let pin = if selected.hash.is_empty() { &selected.name } else { &selected.hash };
                let intent = Intent::Rollback { target: self.workload.clone(), to: Some(pin.clone()) };
                Outcome::Ask(Effect::Propose(intent))
            }
            _ => propose::on_object(command, &self.workload, seen),
        }
    }

    fn object(&mut self, object: &ObjectRef, result: &Result<Value, Problem>) -> Outcome {
        let is_place = object.cluster == self.workload.cluster && object.namespace == self.workload.namespace;
        if is_place && object.kind == self.holder() && self.asked.contains(&object.name) {
            let template = result.as_ref().map(|value| difference::template_of(object.kind, value));
            self.templates.insert(object.name.clone(), template.map_err(Clone::clone));
            return self.next_template();
        }
        if *object == self.workload { self.next_template() } else { Outcome::Ignored }
    }

    fn settle(&mut self, seen: &Seen<'_>, area: Rect) {
        self.known = seen.session.state().family(&self.workload).map(|family| history(&family)).unwrap_or_default();
        let revisions = &self.known;
        let listed = usize::from(LISTED.min(area.height / 2));
        self.cursor.settle(
            revisions.len(),
            listed,
            |name| revisions.iter().position(|revision| revision.name == *name),
            |index| revisions[index].name.clone(),
        );
        let mut widths = std::mem::take(&mut self.widths);
        let shown: Vec<_> = self.known[self.cursor.window(self.known.len())]
            .iter()
            .map(|revision| Self::cells(revision, seen))
            .collect();
        widths.fit(&COLUMNS, area.width.saturating_sub(2), shown.iter().map(Vec::as_slice));
        let above = u16::try_from(shown.len()).unwrap_or(LISTED) + 3;
        self.widths = widths;
        self.pane.set(self.difference());
        self.pane.settle(area.height.saturating_sub(above));
    }

    fn render(&self, painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>) {
        let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        if self.known.is_empty() {
            let why = "no revision of it is known: its revisions may not be readable, or not have been read yet";
            painter.text(inner.x, inner.y, inner.width, Role::Muted, why);
            return;
        }
        table::header(painter, Rect { height: 1, ..inner }, &COLUMNS, &self.widths, None);
        let base = self.compared().map(|(from, _)| &from.name);
        let mut y = inner.y + 1;
        for index in self.cursor.window(self.known.len()) {
            let revision = &self.known[index];
            let row = Rect { y, height: 1, ..inner };
            table::on_band(painter, row, index == self.cursor.index(), |painter| {
                table::in_columns(painter, row, &COLUMNS, &self.widths, &Self::cells(revision, seen));
                if base == Some(&revision.name) {
                    let mark = painter.glyphs().current;
                    painter.spans(area.x, y, 1, &[span(Role::Accent, mark)]);
                }
            });
            y += 1;
        }
        y += 1;
        self.pane.render(painter, Rect { y, height: area.bottom().saturating_sub(y), ..inner });
    }

    fn hints(&self, seen: &Seen<'_>) -> Vec<Hint> {
        vec![
            Hint::new(Command::Open, "compare with this one"),
            propose::hint(Command::RollBack, "roll back to it", seen),
            Hint::new(Command::PageDown, "further down"),
            Hint::new(Command::CopyName, "copy name"),
            Hint::new(Command::Back, "back"),
        ]
    }
}
