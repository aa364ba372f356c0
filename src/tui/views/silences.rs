//! Silences: what is kept quiet, by whom, why, how much longer, and what becomes loud then.

use ratatui::layout::Rect;

use super::{Hint, Seen, View, propose};
use crate::domain::alert::Alert;
use crate::domain::health::Health;
use crate::domain::intent::Intent;
use crate::domain::moment::{length, moment};
use crate::domain::object::ClusterName;
use crate::domain::silence::{Silence, SilenceState, short};
use crate::domain::text::Text;
use crate::state::Changed;
use crate::tui::command::{Command, Context};
use crate::tui::effect::{Asked, Effect, Outcome, Prompt};
use crate::tui::paint::{Painter, Span, span};
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::facts;
use crate::tui::widgets::filter::Filter;
use crate::tui::widgets::table::{self, Cell, Column, Widths, cell};
use crate::tui::widgets::words;

const COLUMNS: [Column; 8] = [
    Column::words("", 1, 1),
    Column::words("STATE", 7, 8),
    Column::words("LEFT", 6, 12),
    Column::words("ENDS", 6, 14).rank(3),
    Column::words("BY", 6, 18),
    Column::number("HIDES", 5, 5),
    Column::words("MATCHERS", 20, 60).named(),
    Column::words("WHY", 12, 80).rank(2),
];

/// The lines below the table that tell about the selected silence.
const DETAIL: u16 = 8;

/// The lines above the rows: the heading, air, and the names of the columns.
const ABOVE: u16 = 3;

type Key = (ClusterName, Text);

/// The inventory of silences.
#[derive(Default)]
pub struct Silences {
    cursor: Cursor<Key>,
    /// The silences that are shown, as positions in the list of the state.
    shown: Vec<usize>,
    visible: Vec<Vec<Cell<'static>>>,
    widths: Widths,
    filter: Filter,
    is_placed: bool,
    /// The silence of which it was asked how long it is to last.
    asked_about: Option<Key>,
}

fn key(silence: &Silence) -> Key {
    (silence.cluster.clone(), silence.id.clone())
}

impl Silences {
    fn selected<'a>(&self, seen: &Seen<'a>) -> Option<&'a Silence> {
        let (cluster, id) = self.cursor.selected()?;
        seen.session.state().silence(cluster, id).map(|silence| &**silence)
    }

    /// Begins to extend the silence that was asked about: another one may be selected by now.
    fn extend(&mut self, text: &str, seen: &Seen<'_>) -> Outcome {
        let asked = self.asked_about.as_ref();
        let Some(silence) = asked.and_then(|(cluster, id)| seen.session.state().silence(cluster, id)) else {
            return notice("that silence is gone".to_owned());
        };
        match text.trim().parse::<jiff::SignedDuration>() {
            Ok(length) => {
                let silence = silence.reference();
                Outcome::Ask(Effect::Propose(Intent::ExtendSilence { silence, lasting: length.into() }))
            }
            Err(_odd) => Outcome::Ask(Effect::Again(format!("{text:?} is no length of time: write 2h or 30m"))),
        }
    }

    fn heading(&self, seen: &Seen<'_>) -> Vec<Span<'static>> {
        let state = seen.session.state();
        let active = state.silences().iter().filter(|silence| silence.state(seen.now) == SilenceState::Active);
        let (mut all, mut acknowledged) = (0, 0);
        for silence in active {
            all += 1;
            acknowledged += usize::from(silence.acknowledgement().is_some());
        }
        let words = match all {
            0 => "Nothing is kept quiet".to_owned(),
            _ => words::count(all, "active silence", "active silences"),
        };
        let mut spans = vec![span(Role::Title, words)];
        if acknowledged > 0 {
            spans.push(span(Role::Muted, format!("   {acknowledged} of them say that somebody is on it")));
        }
        let ending = state.ending_silences(seen.now).count();
        if ending > 0 {
            let words = words::count(ending, "ends", "end");
            let glyph = seen.look.glyphs.attention;
            spans.push(span(Role::Attention, format!("   {glyph} {words} within 15 min, and alerts page again")));
        }
        let untold = state.untold_silences().next();
        spans.extend(untold.map(|(id, _)| span(Role::Attention, format!("   {id} does not tell its own"))));
        spans.extend(self.filter.told());
        spans
    }

    fn areas(area: Rect) -> (Rect, Rect) {
        let detail = if area.height >= 18 { DETAIL } else { 0 };
        let table = Rect { height: area.height - detail, ..area };
        (table, Rect { y: table.bottom(), height: detail, ..area })
    }

    /// What is told of the selected silence.
    fn detail(&self, seen: &Seen<'_>, width: usize) -> Vec<Vec<Span<'static>>> {
        let Some(silence) = self.selected(seen) else { return Vec::new() };
        let state = seen.session.state();
        let word = if silence.acknowledgement().is_some() { "Acknowledgement" } else { "Silence" };
        let mut lines = vec![vec![
            span(Role::Title, format!("{word} {}", short(&silence.id))),
            span(Role::Muted, format!("   {}", silence.state(seen.now).word())),
        ]];
        let room = width.saturating_sub(12);
        let mut fact = |name: &str, role: Role, text: &str, most: usize| {
            lines.extend(facts::fact(name, 12, role, text, room).into_iter().take(most));
        };
        fact("matchers", Role::Text, &silence.matchers_in_words(), 2);
        let (from, until) = (moment(silence.starts, seen.now), moment(silence.ends, seen.now));
        let servers: Vec<&str> = silence.servers.iter().map(Text::as_str).collect();
        fact("by", Role::Text, &format!("{}, {from} to {until}, kept by {}", silence.by, servers.join(", ")), 1);
        fact("why", Role::Text, &silence.comment, 1);
        let hides: Vec<&Alert> =
            state.alerts().iter().map(|alert| &**alert).filter(|alert| silence.quiets(alert)).collect();
        fact("hides", Role::Text, &named(&hides), 1);
        if silence.state(seen.now) == SilenceState::Active {
            let loud: Vec<&Alert> = state.loud_after(silence).into_iter().map(|alert| &**alert).collect();
            let role = if silence.ends_soon(seen.now) && !loud.is_empty() { Role::Attention } else { Role::Muted };
            fact("then loud", role, &named(&loud), 1);
        }
        lines
    }
}

/// Alerts by name, and how many.
fn named(alerts: &[&Alert]) -> String {
    let names: Vec<&str> = alerts.iter().take(6).map(|alert| alert.name.as_str()).collect();
    match alerts.len() {
        0 => "nothing".to_owned(),
        count @ 1..=6 => format!("{}: {}", words::count(count, "alert", "alerts"), names.join(", ")),
        count => format!("{count} alerts: {} and more", names.join(", ")),
    }
}

fn notice(words: String) -> Outcome {
    Outcome::Ask(Effect::Notice(Health::Attention, words))
}

fn cells_of(silence: &Silence, seen: &Seen<'_>) -> Vec<Cell<'static>> {
    let (glyphs, state) = (seen.look.glyphs, seen.session.state());
    let phase = silence.state(seen.now);
    let warns = silence.ends_soon(seen.now) && !state.loud_after(silence).is_empty();
    let hides = state.alerts().iter().filter(|alert| silence.quiets(alert)).count();
    let (glyph, role) = match phase {
        _ if warns => (glyphs.attention, Role::Attention),
        SilenceState::Active => (glyphs.quiet, Role::Text),
        SilenceState::Pending => (glyphs.moving, Role::Information),
        SilenceState::Expired => (" ", Role::Muted),
    };
    let quiet = if phase == SilenceState::Expired { Role::Muted } else { Role::Text };
    let left = match phase {
        SilenceState::Expired => "over".to_owned(),
        _ => length(silence.left(seen.now)),
    };
    let state =
        if silence.acknowledgement().is_some() && phase == SilenceState::Active { "on it" } else { phase.word() };
    let why = silence.acknowledgement().filter(|why| !why.is_empty()).unwrap_or(&silence.comment).to_owned();
    vec![
        cell(role, glyph),
        cell(role, state),
        cell(if warns { Role::Attention } else { quiet }, left),
        cell(Role::Muted, moment(silence.ends, seen.now)),
        cell(quiet, silence.by.to_string()),
        cell(if hides > 0 { quiet } else { Role::Muted }, hides.to_string()),
        cell(if quiet == Role::Text { Role::Title } else { quiet }, silence.matchers_in_words()),
        cell(Role::Muted, why),
    ]
}

impl View for Silences {
    fn context(&self) -> Context {
        Context::Table
    }

    fn trail(&self, seen: &Seen<'_>) -> Vec<Span<'static>> {
        let mark = seen.look.glyphs.trail;
        vec![span(Role::Muted, format!("Alerts {mark} ")), span(Role::Title, "Silences")]
    }

    fn tab(&self) -> Command {
        Command::Alerts
    }

    fn depends_on(&self, changed: Changed) -> bool {
        changed.touches_alerts()
    }

    fn handle(&mut self, command: Command, seen: &Seen<'_>) -> Outcome {
        let (shown, all) = (&self.shown, seen.session.state().silences());
        if self.cursor.moves(command, shown.len(), |index| key(&all[shown[index]])) {
            self.is_placed = true;
            return Outcome::Redraw;
        }
        match self.filter.handle(command) {
            Outcome::Ignored => {}
            outcome => return outcome,
        }
        let Some(silence) = self.selected(seen) else { return Outcome::Ignored };
        match command {
            Command::CopyName => Outcome::Ask(Effect::Copy(silence.id.to_string())),
            Command::Silence => {
                Outcome::Ask(Effect::Compose { cluster: silence.cluster.clone(), matchers: silence.matchers.clone() })
            }
            Command::ExtendSilence => {
                let about = format!("silence {}", short(&silence.id));
                self.asked_about = Some(key(silence));
                Outcome::Ask(Effect::Prompt(Prompt {
                    asked: Asked::Length,
                    about,
                    text: "2h".to_owned(),
                    change: None,
                }))
            }
            Command::ExpireSilence => {
                Outcome::Ask(Effect::Propose(Intent::ExpireSilence { silence: silence.reference() }))
            }
            _ => Outcome::Ignored,
        }
    }

    fn answer(&mut self, asked: Asked, text: &str, seen: &Seen<'_>) -> Outcome {
        match asked {
            Asked::Filter => {
                self.filter = Filter::parse(text);
                Outcome::Redraw
            }
            Asked::Length => self.extend(text, seen),
            _ => Outcome::Ignored,
        }
    }

    fn click(&mut self, _x: u16, y: u16, seen: &Seen<'_>) -> Outcome {
        let row = y.checked_sub(ABOVE).map(usize::from).filter(|row| *row < self.visible.len());
        let at = row.and_then(|row| self.shown.get(self.cursor.top() + row));
        let Some(silence) = at.and_then(|at| seen.session.state().silences().get(*at)) else {
            return Outcome::Ignored;
        };
        self.cursor.select(key(silence));
        self.is_placed = true;
        Outcome::Redraw
    }

    fn settle(&mut self, seen: &Seen<'_>, area: Rect) {
        let all = seen.session.state().silences();
        let filter = &self.filter;
        let takes = |silence: &Silence| {
            filter.takes_all(&[
                silence.state(seen.now).word(),
                &silence.by,
                &silence.matchers_in_words(),
                &silence.comment,
            ])
        };
        self.shown = (0..all.len()).filter(|at| takes(&all[*at])).collect();
        // What has ended since it was told goes to the end, behind what is still there.
        self.shown.sort_by_key(|at| all[*at].state(seen.now));
        if !self.is_placed {
            self.cursor.restart();
        }
        let (table, _) = Self::areas(area);
        let shown = &self.shown;
        self.cursor.settle(
            shown.len(),
            usize::from(table.height.saturating_sub(ABOVE + 1)),
            |wanted| shown.iter().position(|at| key(&all[*at]) == *wanted),
            |index| key(&all[shown[index]]),
        );
        let rows = self.shown[self.cursor.window(self.shown.len())].iter();
        self.visible = rows.map(|at| cells_of(&all[*at], seen)).collect();
        self.widths.fit(&COLUMNS, area.width.saturating_sub(2), self.visible.iter().map(Vec::as_slice));
    }

    fn render(&self, painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>) {
        let (top, bottom) = Self::areas(area);
        let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..top };
        painter.spans(inner.x, top.y, inner.width, &self.heading(seen));
        let mut y = top.y + 2;
        if self.visible.is_empty() {
            return;
        }
        table::header(painter, Rect { y, height: 1, ..inner }, &COLUMNS, &self.widths, None);
        let selected = self.cursor.index().checked_sub(self.cursor.top());
        for (index, cells) in self.visible.iter().enumerate() {
            y += 1;
            let line = Rect { y, height: 1, ..inner };
            table::row(painter, line, &COLUMNS, &self.widths, cells, Some(index) == selected);
        }
        let more = self.shown.len() - self.visible.len();
        if more > 0 && y + 1 < top.bottom() {
            painter.text(inner.x + 3, y + 1, inner.width, Role::Faint, &format!("{more} more"));
        }
        let begins = bottom.y.min(y + 2).max(top.y);
        for (line, y) in self.detail(seen, inner.width.into()).iter().zip(begins + 1..bottom.bottom()) {
            painter.spans(inner.x, y, inner.width, line);
        }
    }

    fn hints(&self, seen: &Seen<'_>) -> Vec<Hint> {
        if self.shown.is_empty() {
            return vec![Hint::new(Command::Filter, "filter"), Hint::new(Command::Alerts, "alerts")];
        }
        vec![
            propose::hint(Command::ExtendSilence, "extend", seen),
            propose::hint(Command::ExpireSilence, "end", seen),
            propose::hint(Command::Silence, "silence again", seen),
            Hint::new(Command::Filter, "filter"),
            Hint::new(Command::Alerts, "alerts"),
        ]
    }
}

#[cfg(test)]
mod tests;
