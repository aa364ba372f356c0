//! What each key does among the lines of a log.

use super::fields::{self, Fields};
use super::row::Columns;
use super::{Folded, HeldBack, Logs, Search, moment};
use crate::domain::health::Health;
use crate::domain::logs::{Level, Needle};
use crate::domain::shell::quoted;
use crate::state::logs::{Index, LogStore, Record};
use crate::tui::command::Command;
use crate::tui::effect::{Asked, Destination, Effect, LogTarget, Outcome, Prompt};
use crate::tui::views::Seen;

/// How many columns one goes to the side at once.
const SHIFT: usize = 16;

impl Logs {
    pub(super) fn press(&mut self, command: Command, seen: &Seen<'_>) -> Outcome {
        if let Some(outcome) = self.press_folded(command) {
            return outcome;
        }
        if !is_about_looks(command) {
            self.goal = None;
        }
        if self.moves(command) {
            return Outcome::Redraw;
        }
        match command {
            Command::Search => return self.ask(Asked::Search),
            Command::Include => return self.ask(Asked::Include),
            Command::Exclude => return self.ask(Asked::Exclude),
            Command::GoToTime => return self.ask(Asked::Time),
            Command::Follow if self.window.follows => self.window.select(&self.shown, self.window.at),
            Command::Follow => self.follow(),
            Command::Hold => self.hold(seen),
            Command::Wrap => self.manner.wraps = !self.manner.wraps,
            Command::Fold => self.manner.is_raw = !self.manner.is_raw,
            Command::OpenLine => return self.open_line(seen),
            Command::ChooseFields => return self.ask(Asked::Fields),
            Command::FullScreen => self.is_full = !self.is_full,
            Command::ShowPatterns | Command::CompareRevisions => {
                self.folded = Some(Folded::new(command == Command::CompareRevisions));
            }
            Command::ShowLanes => return self.show_lanes(seen),
            Command::ToggleVolume => self.shows_volume = Some(self.picture.is_none()),
            Command::ToggleTimestamps => self.manner.with_time = !self.manner.with_time,
            Command::NextMatch | Command::PreviousMatch => {
                return self.next_match(command == Command::NextMatch, seen);
            }
            Command::NextError | Command::PreviousError => {
                return self.next_error(command == Command::NextError, seen);
            }
            Command::PreviousContainer => {
                let target = LogTarget { previous: !self.target.previous, ..self.target.clone() };
                return Outcome::Ask(Effect::Go(Destination::Logs(target)));
            }
            Command::CopyName => return self.copy_line(seen),
            Command::CopyCommand => return Outcome::Ask(Effect::Copy(self.command_line(seen))),
            Command::Save => return self.save(seen),
            Command::Back => return self.let_go(),
            _ => return Outcome::Ignored,
        }
        Outcome::Redraw
    }

    /// Shows the newest revision beside the others, or all in one list again.
    fn show_lanes(&mut self, seen: &Seen<'_>) -> Outcome {
        self.wants_lanes = !self.wants_lanes;
        let revisions = self.store(seen).map_or(0, |store| store.streams().revisions().len());
        match (self.wants_lanes, revisions) {
            (true, 0 | 1) => {
                self.wants_lanes = false;
                notice("only one revision speaks: there is nothing to stand beside it")
            }
            _ => Outcome::Redraw,
        }
    }

    /// Moves the selection; whether the command was one that moves.
    fn moves(&mut self, command: Command) -> bool {
        let (at, page) = (self.window.at, self.window.page().saturating_sub(1).max(1));
        let to = match command {
            Command::SelectLast => {
                self.follow();
                return true;
            }
            Command::SelectNext => at.saturating_add(1),
            Command::SelectPrevious => at.saturating_sub(1),
            Command::SelectFirst => 0,
            Command::PageDown => at.saturating_add(page),
            Command::PageUp => at.saturating_sub(page),
            Command::HalfPageDown => at.saturating_add(page.div_ceil(2)),
            Command::HalfPageUp => at.saturating_sub(page.div_ceil(2)),
            Command::ScrollLeft => {
                self.shift = self.shift.saturating_sub(SHIFT);
                return true;
            }
            Command::ScrollRight => {
                self.shift += SHIFT;
                return true;
            }
            _ => return false,
        };
        // Down from the newest line there is nothing, and no reason to stop following.
        if !(self.window.follows && to >= at) {
            self.window.select(&self.shown, to);
        }
        true
    }

    /// Stays with the newest line, and shows what was held back.
    fn follow(&mut self) {
        self.held = None;
        self.window.follow();
    }

    /// Stands still: lines go on arriving, and are counted and not shown.
    fn hold(&mut self, seen: &Seen<'_>) {
        if self.held.take().is_none()
            && let Some(store) = self.store(seen)
        {
            self.held = Some(HeldBack { from: store.end(), delivered: store.counts().delivered });
        }
    }

    fn ask(&self, asked: Asked) -> Outcome {
        let typed = |needle: Option<&Needle>| needle.map(|needle| needle.typed().to_owned()).unwrap_or_default();
        let text = match asked {
            Asked::Search => typed(self.search.as_ref().map(|search| &search.needle)),
            Asked::Include => typed(self.filters.include.as_ref()),
            Asked::Exclude => typed(self.filters.exclude.as_ref()),
            Asked::Fields => self.fields.names.join(" "),
            _ => String::new(),
        };
        Outcome::Ask(Effect::Prompt(Prompt { asked, about: String::new(), text, change: None }))
    }

    /// Looks for something from the selected line back, since that is where one comes from when one follows.
    pub(super) fn look_for(&mut self, text: &str, seen: &Seen<'_>) -> Result<(), String> {
        let Some(needle) = Needle::parse(text)? else {
            self.search = None;
            return Ok(());
        };
        self.search = Some(Search { needle, hits: Index::default() });
        if let Some(store) = self.store(seen) {
            self.catch_up(store);
            if let Some(hit) = self.hit(store, true).or_else(|| self.hit(store, false)) {
                self.window.select(&self.shown, hit);
            }
        }
        Ok(())
    }

    /// The position of the nearest hit at or before the selected line, or after it.
    fn hit(&self, store: &LogStore, back: bool) -> Option<usize> {
        let hits = &self.search.as_ref()?.hits;
        let selected = *self.shown.ids().get(self.window.at)?;
        let found = match (hits.position(store, selected), back) {
            (Ok(at), _) | (Err(at), false) => Some(at),
            (Err(at), true) => at.checked_sub(1),
        }?;
        self.shown.position(store, *hits.ids().get(found)?).ok()
    }

    fn next_match(&mut self, forward: bool, seen: &Seen<'_>) -> Outcome {
        let (Some(store), Some(search)) = (self.store(seen), &self.search) else { return Outcome::Ignored };
        let hits = &search.hits;
        let Some(selected) = self.shown.ids().get(self.window.at) else { return Outcome::Ignored };
        let next = match (hits.position(store, *selected), forward) {
            (Ok(at), true) => Some(at + 1),
            (Err(at), true) => Some(at),
            (Ok(at) | Err(at), false) => at.checked_sub(1),
        };
        let found = next.and_then(|next| hits.ids().get(next)).and_then(|id| self.shown.position(store, *id).ok());
        match found {
            Some(position) => self.window.select(&self.shown, position),
            None => return notice(if forward { "no further match" } else { "no match before this line" }),
        }
        Outcome::Redraw
    }

    fn next_error(&mut self, forward: bool, seen: &Seen<'_>) -> Outcome {
        let Some(store) = self.store(seen) else { return Outcome::Ignored };
        let ids = self.shown.ids();
        let is_error =
            |position: &usize| store.line(ids[*position]).is_some_and(|record| record.level >= Some(Level::Error));
        let at = self.window.at.min(ids.len());
        // Who follows stands at the end, where nothing comes after: the last error is the one that is meant.
        let from_end = || self.window.follows.then(|| (0..ids.len()).rev().find(is_error)).flatten();
        let found =
            if forward { (at + 1..ids.len()).find(is_error).or_else(from_end) } else { (0..at).rev().find(is_error) };
        if let Some(position) = found {
            self.window.select(&self.shown, position);
            return Outcome::Redraw;
        }
        let others = (0..ids.len()).filter(is_error).count();
        let side = if forward { "after" } else { "before" };
        notice(&match others {
            0 => "no line is an error".to_owned(),
            _ => format!("no error {side} this line; {others} in all"),
        })
    }

    /// Goes to the first line at a moment or later. What was said before the lines that are kept is asked for.
    pub(super) fn go_to(&mut self, text: &str, seen: &Seen<'_>) -> Outcome {
        let Some(at) = moment::parse(text, seen.now) else {
            return match text.trim() {
                "" => Outcome::Redraw,
                _ => Outcome::Ask(Effect::Again(format!("{text:?} is no moment: write 03:10, 03:10:22 or 5m ago"))),
            };
        };
        let Some(store) = self.store(seen) else { return Outcome::Redraw };
        let position = self.shown.position_of_time(store, at);
        self.goal = None;
        let earliest = store.earliest().filter(|earliest| *earliest > at);
        let is_asked = self.target.query().reaches(at);
        match earliest {
            Some(_) if !is_asked && !self.target.previous => {
                Outcome::Ask(Effect::Go(Destination::Logs(self.target.clone().around(at))))
            }
            Some(earliest) => {
                self.window.select(&self.shown, 0);
                let counts = store.counts();
                let why = if counts.delivered > counts.kept as u64 {
                    "what came before is not kept"
                } else {
                    "nothing was said before"
                };
                notice(&format!("the lines begin at {}: {why}", earliest.strftime("%H:%M:%S")))
            }
            None => {
                self.window.stand(&self.shown, position, usize::from(self.height / 3));
                Outcome::Redraw
            }
        }
    }

    /// Gives fields columns of their own, or takes them away where none is named.
    pub(super) fn choose_fields(&mut self, text: &str, seen: &Seen<'_>) -> Result<(), String> {
        if let Some(store) = self.store(seen) {
            self.fields = Fields::parse(text, &fields::known(&self.shown, store))?;
        }
        Ok(())
    }

    /// Shows the selected line field by field, or as one line again.
    fn open_line(&mut self, seen: &Seen<'_>) -> Outcome {
        let Some(id) = self.window.selected else { return Outcome::Ignored };
        let Some(record) = self.store(seen).and_then(|store| store.line(id)) else { return Outcome::Ignored };
        if !self.opened.remove(&id) {
            if self.readings.read(id, &record).is_none() {
                return notice("this line is neither JSON nor logfmt: w breaks it where it is long");
            }
            self.opened.insert(id);
        }
        // Lines that come would push it away while it is read.
        self.window.select(&self.shown, self.window.at);
        Outcome::Redraw
    }

    fn copy_line(&self, seen: &Seen<'_>) -> Outcome {
        let record = self.window.selected.and_then(|id| self.store(seen)?.line(id));
        record.map_or(Outcome::Ignored, |record| Outcome::Ask(Effect::Copy(record.text.to_owned())))
    }

    /// The command line that shows the same.
    fn command_line(&self, seen: &Seen<'_>) -> String {
        use crate::domain::kind::Kind;
        let object = &self.target.object;
        let place = seen.session.place_of(object);
        let which = if object.kind == Kind::Pod {
            format!("--pod {}", quoted(&object.name))
        } else {
            format!("--workload {}", quoted(&object.kind_and_name()))
        };
        let (service, context, namespace) =
            (quoted(&place.service), quoted(&object.cluster.0), quoted(&object.namespace));
        let mut line = format!("midwatch logs {service} --context {context} -n {namespace} {which}");
        if let Some(container) = &self.target.container {
            line.extend([" --container ", &quoted(container)]);
        }
        line + if self.target.previous { " --previous" } else { " --follow" }
    }

    /// Every line that is kept, by time, whatever is shown of them.
    fn save(&self, seen: &Seen<'_>) -> Outcome {
        let Some(store) = self.store(seen) else { return Outcome::Ignored };
        let mut all = Index::default();
        all.update(store, store.end(), &|_: &Record<'_>| true);
        let mut text = String::new();
        for record in all.ids().iter().filter_map(|id| store.line(*id)) {
            let facts = store.streams().get(record.stream).map(|stream| &stream.facts);
            let (pod, container) = facts.map_or(("", ""), |facts| (&*facts.pod, &*facts.container));
            text.extend([&*record.at.to_string(), " ", pod, " ", container, " ", record.text, "\n"]);
        }
        Outcome::Ask(Effect::Save { about: format!("{}.log", self.target.object.name), text })
    }

    /// Lets go of one thing after the other before the view itself is left.
    fn let_go(&mut self) -> Outcome {
        if self.is_full {
            self.is_full = false;
        } else if !self.opened.is_empty() {
            self.opened.clear();
        } else if self.search.take().is_some() {
        } else if !self.filters.is_empty() {
            self.filters = super::Filters::default();
            self.choose_again();
        } else {
            return Outcome::Ignored;
        }
        self.columns = Columns::default();
        Outcome::Redraw
    }
}

/// Whether a command only changes how lines look, so that one stays where one goes.
fn is_about_looks(command: Command) -> bool {
    use Command::{Fold, FullScreen, ShowLanes, ToggleTimestamps, ToggleVolume, Wrap};
    matches!(command, Wrap | Fold | FullScreen | ShowLanes | ToggleTimestamps | ToggleVolume)
}

fn notice(words: &str) -> Outcome {
    Outcome::Ask(Effect::Notice(Health::Attention, words.to_owned()))
}
