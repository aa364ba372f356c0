//! Logs: what does it say? The lines of all pods of a workload by time, followed, searched and narrowed.

use std::collections::HashSet;

use jiff::Timestamp;
use ratatui::layout::Rect;

use super::{Hint, Seen, View};
use crate::domain::environment::Place;
use crate::domain::logs::{LogQuery, Needle};
use crate::state::logs::{Index, LineId, LogStore};
use crate::tui::command::{Command, Context};
use crate::tui::effect::{Asked, Effect, LogTarget, Outcome};
use crate::tui::paint::{Painter, Span};
use crate::tui::theme::Role;

mod draw;
mod fields;
mod filters;
mod folded;
mod keys;
mod lanes;
mod moment;
mod readings;
mod row;
mod said;
mod title;
mod volume;
mod window;

use fields::Fields;
use filters::{Filters, Found};
use folded::Folded;
use lanes::Lanes;
use readings::Readings;
use row::Columns;
use volume::Picture;
use window::Window;

/// What is looked for, and where it is.
#[derive(Clone, Debug)]
struct Search {
    needle: Needle,
    hits: Index,
}

/// Lines that arrive while one stands still.
#[derive(Clone, Copy, Debug)]
struct HeldBack {
    /// Lines from here on are not shown yet.
    from: LineId,
    /// How many had been taken in by then.
    delivered: u64,
}

/// How lines are shown.
#[derive(Clone, Copy, Debug)]
struct Manner {
    /// With the time of day.
    with_time: bool,
    /// Broken into several rows rather than cut.
    wraps: bool,
    /// As they were written, JSON and all.
    is_raw: bool,
}

/// The logs of one workload or pod.
pub struct Logs {
    target: LogTarget,
    query: LogQuery,
    /// The store that the lines below belong to.
    generation: u64,
    shown: Index,
    filters: Filters,
    search: Option<Search>,
    held: Option<HeldBack>,
    window: Window,
    manner: Manner,
    is_full: bool,
    shift: usize,
    columns: Columns,
    /// The fields of lines that have columns of their own.
    fields: Fields,
    /// The lines that are shown field by field.
    opened: HashSet<LineId>,
    /// The visible lines, as they are read.
    readings: Readings,
    /// The moment to stand at, until somebody goes elsewhere: its lines may still be on their way.
    goal: Option<Timestamp>,
    /// Whether the picture of what was said when is shown; where nobody said so, the window decides.
    shows_volume: Option<bool>,
    picture: Option<Picture>,
    /// Similar lines folded, where they are shown instead.
    folded: Option<Folded>,
    /// Whether those of the newest revision are to stand beside the others.
    wants_lanes: bool,
    /// Where lines of which revision stand, where there is room for them beside each other.
    lanes: Option<Lanes>,
    width: u16,
    /// How many rows there are for lines.
    height: u16,
}

impl Logs {
    /// The logs of a target, followed.
    pub fn new(target: &LogTarget) -> Self {
        Self {
            query: target.query(),
            target: target.clone(),
            generation: 0,
            shown: Index::default(),
            filters: Filters::default(),
            search: None,
            held: None,
            window: Window::default(),
            manner: Manner { with_time: true, wraps: false, is_raw: false },
            is_full: false,
            shift: 0,
            columns: Columns::default(),
            fields: Fields::default(),
            opened: HashSet::new(),
            readings: Readings::default(),
            goal: target.at,
            shows_volume: None,
            picture: None,
            folded: None,
            wants_lanes: false,
            lanes: None,
            width: 80,
            height: 20,
        }
    }

    fn store<'a>(&self, seen: &Seen<'a>) -> Option<&'a LogStore> {
        seen.session.logs(&self.query)
    }

    /// Chooses the lines anew, because what narrows them has changed.
    fn choose_again(&mut self) {
        self.shown = Index::default();
        if let Some(search) = &mut self.search {
            search.hits = Index::default();
        }
    }

    /// Looks at the lines that have arrived.
    fn catch_up(&mut self, store: &LogStore) {
        if self.generation != store.generation {
            self.generation = store.generation;
            self.held = None;
            self.window = Window::default();
            self.goal = self.target.at;
            self.opened.clear();
            self.readings.clear();
            self.folded = self.folded.as_ref().map(|folded| Folded::new(folded.is_comparison));
            self.choose_again();
        }
        self.opened.retain(|id| store.line(*id).is_some());
        let until = self.held.map_or(store.end(), |held| held.from);
        let filters = &self.filters;
        self.shown.update(store, until, filters);
        if let Some(Search { needle, hits }) = &mut self.search {
            hits.update(store, until, &Found { filters, needle });
        }
    }

    /// Gives each column its room.
    fn lay_out(&mut self, store: &LogStore) {
        let width = self.width.saturating_sub(2);
        self.lanes = None;
        if self.wants_lanes {
            self.lanes = Lanes::fit(width, store.streams(), self.manner.with_time, self.fields.total());
        }
        self.columns = if let Some(lanes) = &self.lanes {
            lanes.columns
        } else {
            Columns::fit(width, store.streams(), self.manner.with_time, self.wants_lanes, self.fields.total())
        };
    }

    /// The lines above the table: what narrows it, if something does, the picture, and the headings.
    fn lines_above(&self, seen: &Seen<'_>, height: u16) -> u16 {
        if self.is_full {
            return 0;
        }
        let narrowing = u16::from(!title::narrowing(self, seen).is_empty());
        1 + narrowing + if self.picture.is_some() { self.volume_rows(height) } else { 0 }
    }

    /// How many rows the picture of what was said when takes.
    fn volume_rows(&self, height: u16) -> u16 {
        match self.shows_volume {
            Some(false) => 0,
            Some(true) => volume::rows_in(height).max(1),
            None => volume::rows_in(height),
        }
    }

    /// Makes the picture of what was said when.
    fn picture(&self, store: &LogStore, height: u16) -> Option<Picture> {
        if self.is_full || self.volume_rows(height) == 0 {
            return None;
        }
        let selected = self.window.selected.filter(|_| !self.window.follows).and_then(|id| store.line(id));
        let looked_at = selected.map(|record| record.at);
        let bars = store.volume().bars(volume::room_in(self.width), looked_at)?;
        Some(Picture::new(bars, looked_at))
    }
}

impl View for Logs {
    fn context(&self) -> Context {
        Context::Logs
    }

    fn trail(&self, seen: &Seen<'_>) -> Vec<Span<'static>> {
        title::trail(self, seen)
    }

    fn tab(&self) -> Command {
        Command::Logs
    }

    fn place(&self, seen: &Seen<'_>) -> Option<Place> {
        seen.place_of(&self.target.object)
    }

    fn handle(&mut self, command: Command, seen: &Seen<'_>) -> Outcome {
        self.press(command, seen)
    }

    fn answer(&mut self, asked: Asked, text: &str, seen: &Seen<'_>) -> Outcome {
        let done = match asked {
            Asked::Search => self.look_for(text, seen),
            Asked::Include => self.filters.set_include(text).map(|()| self.choose_again()),
            Asked::Exclude => Needle::parse(text).map(|needle| {
                self.filters.exclude = needle;
                self.choose_again();
            }),
            Asked::Time => return self.go_to(text, seen),
            Asked::Fields => self.choose_fields(text, seen),
            _ => return Outcome::Ignored,
        };
        match done {
            Ok(()) => Outcome::Redraw,
            // While somebody types, an expression that is not complete yet is no fault.
            Err(_) if asked.is_live() => Outcome::Redraw,
            Err(words) => Outcome::Ask(Effect::Again(words)),
        }
    }

    fn settle(&mut self, seen: &Seen<'_>, area: Rect) {
        self.width = area.width;
        let Some(store) = self.store(seen) else { return };
        self.catch_up(store);
        if let Some(folded) = &mut self.folded {
            folded.settle(store, area);
            return;
        }
        self.picture = self.picture(store, area.height);
        self.height = area.height.saturating_sub(self.lines_above(seen, area.height));
        self.lay_out(store);
        let (mut window, mut readings) = (std::mem::take(&mut self.window), std::mem::take(&mut self.readings));
        if let Some(goal) = self.goal {
            window.stand(&self.shown, self.shown.position_of_time(store, goal), usize::from(self.height / 3));
        }
        window.settle(&self.shown, store, self.height.into(), |id| {
            store.line(id).map_or(1, |record| self.rows(id, &record, &mut readings))
        });
        let visible = &self.shown.ids()[window.visible.clone()];
        readings.keep(visible);
        if !self.manner.is_raw || !self.fields.names.is_empty() {
            for (id, record) in visible.iter().filter_map(|id| Some((*id, store.line(*id)?))) {
                readings.read(id, &record);
            }
            self.fields.fit(visible.iter().filter_map(|id| readings.get(*id)));
        }
        (self.window, self.readings) = (window, readings);
        self.lay_out(store);
    }

    fn render(&self, painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>) {
        let Some(store) = self.store(seen) else { return };
        if let Some(folded) = &self.folded {
            folded.draw(painter, area, store);
            return;
        }
        let inner = area.width.saturating_sub(2);
        let mut y = area.y;
        if !self.is_full {
            let narrowing = title::narrowing(self, seen);
            if !narrowing.is_empty() {
                painter.spans(area.x + 1, y, inner, &narrowing);
                y += 1;
            }
            if let Some(picture) = &self.picture {
                let rows = self.volume_rows(area.height);
                picture.draw(painter, area.x + 1, y, inner, rows);
                y += rows;
            }
            self.draw_titles(painter, area.x + 1, y);
            y += 1;
        }
        if self.shown.ids().is_empty() {
            for (y, words) in (y + 1..area.bottom()).zip(title::silence(self, store)) {
                painter.text(area.x + 1, y, inner, Role::Muted, &words);
            }
        }
        for index in self.window.visible.clone() {
            if y >= area.bottom() {
                break;
            }
            y += self.draw_line(painter, area, y, store, index);
        }
    }

    fn wakes_at(&self, seen: &Seen<'_>) -> Option<Timestamp> {
        self.folded.as_ref().filter(|folded| folded.is_behind).map(|_| seen.now)
    }

    fn is_full_screen(&self) -> bool {
        self.is_full
    }

    fn hints(&self, _seen: &Seen<'_>) -> Vec<Hint> {
        if let Some(folded) = &self.folded {
            let (other, label) = if folded.is_comparison {
                (Command::ShowPatterns, "all patterns")
            } else {
                (Command::CompareRevisions, "compare revisions")
            };
            return vec![
                Hint::new(Command::OpenLine, "lines like this"),
                Hint::new(other, label),
                Hint::new(Command::CopyName, "copy"),
                Hint::new(Command::Back, "all lines"),
            ];
        }
        let mut hints = Vec::new();
        if self.search.is_some() {
            hints.push(Hint::new(Command::NextMatch, "next match"));
        }
        hints.extend([
            Hint::new(Command::Search, "find"),
            Hint::new(Command::NextError, "error"),
            Hint::new(Command::Follow, if self.window.follows { "stand still" } else { "follow" }),
            Hint::new(Command::Hold, if self.held.is_some() { "go on" } else { "hold" }),
            Hint::new(Command::OpenLine, "open"),
            Hint::new(Command::Include, "only"),
            Hint::new(Command::Exclude, "without"),
            Hint::new(Command::ChooseFields, "fields"),
            Hint::new(Command::ShowPatterns, "patterns"),
            Hint::new(Command::CompareRevisions, "compare"),
            Hint::new(Command::ShowLanes, if self.wants_lanes { "one list" } else { "lanes" }),
            Hint::new(Command::GoToTime, "go to time"),
            Hint::new(Command::PreviousContainer, if self.target.previous { "this container" } else { "previous" }),
            Hint::new(Command::Wrap, "wrap"),
            Hint::new(Command::Fold, if self.manner.is_raw { "read" } else { "as written" }),
            Hint::new(Command::ToggleVolume, if self.picture.is_some() { "no bars" } else { "bars" }),
            Hint::new(Command::Save, "save"),
        ]);
        hints
    }
}

#[cfg(test)]
mod tests;
