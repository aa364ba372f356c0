//! Overview: what is broken, worst first; what is well, folded; and what changed lately.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use ratatui::layout::Rect;

use super::joined::Joined;
use super::{Hint, Seen, View};
use crate::domain::health::Health;
use crate::domain::service::{Service, ServiceId};
use crate::state::ServiceBoard;
use crate::tui::command::{Command, Context};
use crate::tui::effect::{Asked, Destination, Effect, Outcome};
use crate::tui::paint::{Painter, Span, span};
use crate::tui::theme::Role;
use crate::tui::views::{LOGIN_SAYS, closer, propose};
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::filter::Filter;
use crate::tui::widgets::table::{self, Cell, Widths};
use crate::tui::widgets::{rollout, sources, timeline, words};

mod columns;
mod login;

use columns::{cells_of, columns_for};

/// The order holds for so long after the cursor moved: rows must not slip away under a finger.
const HOLD: SignedDuration = SignedDuration::from_secs(10);

/// How long a newly bad service is announced.
const ANNOUNCED: SignedDuration = SignedDuration::from_mins(2);

/// The services of all environments.
#[derive(Default)]
pub struct Overview {
    cursor: Cursor<ServiceId>,
    order: Vec<ServiceId>,
    widths: Widths,
    filter: Filter,
    faults_only: bool,
    moved: Option<Timestamp>,
    /// Whether the selection is to stay where it is: somebody chose it, or everything is read.
    is_placed: bool,
    announced: Option<(Timestamp, Vec<ServiceId>)>,
    /// The revision of the board up to which newly bad services were announced.
    known: Option<u64>,
    joined: Joined,
    /// Whether the requests of what is selected were split, by nobody but people, when it was drawn.
    can_be_shifted: bool,
}

impl Overview {
    /// Orders anew, unless the cursor has just moved; services that have gone go, and new ones come last until then.
    fn reorder(&mut self, seen: &Seen<'_>) {
        let wanted: Vec<&Service> = seen.board.services().iter().filter(|service| self.shows(service)).collect();
        let holds = self.moved.is_some_and(|moved| seen.now.duration_since(moved) < HOLD);
        if holds {
            let shown: HashSet<&ServiceId> = wanted.iter().map(|service| &service.id).collect();
            self.order.retain(|id| shown.contains(id));
            let held: HashSet<&ServiceId> = self.order.iter().collect();
            let new = wanted.iter().map(|service| &service.id).filter(|id| !held.contains(id));
            let new: Vec<ServiceId> = new.cloned().collect();
            self.order.extend(new);
        } else {
            self.order = wanted.into_iter().map(|service| service.id.clone()).collect();
        }
    }

    fn shows(&self, service: &Service) -> bool {
        let health = service.verdict.health;
        (!self.faults_only || health != Health::Healthy)
            && self.filter.takes_all(&[
                &service.id.name,
                &service.id.environment,
                &service.verdict.reason,
                health.word(),
            ])
    }

    /// Notes which services have become bad since the last time.
    fn announce(&mut self, seen: &Seen<'_>) {
        // What is bad once everything was read for the first time was so before: it is seen, not announced.
        if seen.board.is_complete() && (self.known.is_some() || is_read(seen)) {
            if let Some(known) = self.known {
                let new = seen.board.newly_bad(known);
                if !new.is_empty() {
                    self.announced = Some((seen.now, new));
                }
            }
            self.known = Some(seen.board.revision());
        }
        if self.announced.as_ref().is_some_and(|(at, _)| seen.now.duration_since(*at) > ANNOUNCED) {
            self.announced = None;
        }
    }

    fn selected<'a>(&self, seen: &Seen<'a>) -> Option<&'a Service> {
        seen.board.find(self.cursor.selected()?)
    }

    /// The heading: how many need somebody, or what has just become bad.
    fn heading(&self, seen: &Seen<'_>) -> Vec<Span<'static>> {
        if let Some((at, new)) = &self.announced {
            let names: Vec<&str> = new.iter().map(|id| id.name.as_str()).collect();
            let glyph = seen.look.glyphs.bad;
            return vec![
                span(Role::Bad, format!("{glyph} newly bad: {}", names.join(", "))),
                span(Role::Muted, format!("   {} ago", words::age(*at, seen.now))),
            ];
        }
        let services = seen.board.services();
        let needing = services.iter().filter(|service| service.verdict.health.needs_somebody()).count();
        if services.is_empty() {
            let words = match (seen.board.is_complete(), seen.troubles().is_empty()) {
                (true, true) => "No services",
                (false, true) => "Reading services",
                (_, false) => "No service can be seen",
            };
            return vec![span(Role::Title, words)];
        }
        let unknown = services.iter().filter(|service| service.verdict.health == Health::Unknown).count();
        let all = words::count(services.len(), "service", "services");
        let words = match (needing, unknown) {
            (0, 0) => format!("All {all} are doing their work or on their way"),
            (0, _) if unknown == services.len() => format!("Nothing is known of {all} now"),
            (0, _) => format!("None of {all} is known to need you"),
            _ => format!("{needing} of {all} need you"),
        };
        let mut spans = vec![span(Role::Title, words)];
        let waiting = services.iter().filter(|service| service.verdict.health == Health::Waiting).count();
        spans.extend(rollout::waiting(waiting, seen.look));
        if unknown > 0 && unknown < services.len() {
            spans.push(span(Role::Attention, format!("   {unknown} unknown")));
        }
        if !seen.board.is_complete() {
            spans.push(span(Role::Attention, "   still reading"));
        }
        if self.faults_only {
            spans.push(span(Role::Muted, "   without those that are well"));
        }
        spans.extend(self.filter.told());
        spans
    }

    /// What stands in each line below the names of the columns: a service, or the two lines before the healthy ones.
    fn rows(&self, board: &ServiceBoard) -> Vec<Option<usize>> {
        let healthy = self.healthy_from(board);
        let mut rows = Vec::new();
        for index in self.cursor.window(self.order.len()) {
            if Some(index) == healthy {
                rows.extend(std::iter::repeat_n(None, if rows.is_empty() { 1 } else { 2 }));
            }
            rows.push(Some(index));
        }
        rows
    }

    /// Where the healthy ones begin.
    fn healthy_from(&self, board: &ServiceBoard) -> Option<usize> {
        let is_healthy =
            |id: &ServiceId| board.find(id).is_some_and(|service| service.verdict.health == Health::Healthy);
        let first = self.order.iter().rposition(|id| !is_healthy(id)).map_or(0, |last| last + 1);
        (first < self.order.len()).then_some(first)
    }
}

impl View for Overview {
    fn context(&self) -> Context {
        Context::Table
    }

    fn trail(&self, _seen: &Seen<'_>) -> Vec<Span<'static>> {
        Vec::new()
    }

    fn tab(&self) -> Command {
        Command::Overview
    }

    fn shows_services(&self) -> bool {
        true
    }

    fn handle(&mut self, command: Command, seen: &Seen<'_>) -> Outcome {
        let order = &self.order;
        if self.cursor.moves(command, order.len(), |index| order[index].clone()) {
            self.moved = Some(seen.now);
            self.is_placed = true;
            return Outcome::Redraw;
        }
        match self.filter.handle(command) {
            Outcome::Ignored => {}
            outcome => return outcome,
        }
        if command == Command::FaultsOnly {
            self.faults_only = !self.faults_only;
            return Outcome::Redraw;
        }
        let Some(service) = self.selected(seen) else { return Outcome::Ignored };
        // Whatever is done with it, it stays selected.
        self.is_placed = true;
        match command {
            Command::Open => Outcome::Ask(Effect::Go(Destination::Service(service.id.clone()))),
            Command::CopyName => Outcome::Ask(Effect::Copy(service.id.name.to_string())),
            Command::ShowChanges => closer::changes(&service.id, seen),
            Command::Evidence => closer::evidence(&service.id),
            _ if closer::is_look(command) => closer::on_service(command, service, seen),
            _ => propose::on_service(command, service, seen),
        }
    }

    fn answer(&mut self, asked: Asked, text: &str, _seen: &Seen<'_>) -> Outcome {
        if asked != Asked::Filter {
            return Outcome::Ignored;
        }
        self.filter = Filter::parse(text);
        self.moved = None;
        Outcome::Redraw
    }

    fn click(&mut self, _x: u16, y: u16, seen: &Seen<'_>) -> Outcome {
        let row = usize::from(y).checked_sub(3);
        let index = row.and_then(|row| self.rows(seen.board).get(row).copied().flatten());
        let Some(id) = index.and_then(|index| self.order.get(index)) else { return Outcome::Ignored };
        let again = self.cursor.selected() == Some(id);
        self.cursor.select(id.clone());
        self.moved = Some(seen.now);
        self.is_placed = true;
        if again { self.handle(Command::Open, seen) } else { Outcome::Redraw }
    }

    fn settle(&mut self, seen: &Seen<'_>, area: Rect) {
        self.announce(seen);
        self.reorder(seen);
        let height = usize::from(areas(area, self.order.len()).0.height).saturating_sub(3);
        // Two rows go to the line before the healthy ones, one to how many more there are.
        let height = height.saturating_sub(3);
        if !self.is_placed {
            self.cursor.restart();
            self.is_placed = is_read(seen);
        }
        let order = &self.order;
        self.cursor.settle(
            order.len(),
            height,
            |key| order.iter().position(|id| id == key),
            |index| order[index].clone(),
        );
        let splits = self.cursor.selected().map(|id| self.joined.splits(id, seen.session.state()));
        self.can_be_shifted = splits.is_some_and(|splits| splits.iter().any(|split| split.steered_by.is_none()));
        let rows: Vec<Vec<Cell<'_>>> = self.order[self.cursor.window(self.order.len())]
            .iter()
            .filter_map(|id| seen.board.find(id))
            .map(|service| cells_of(service, seen, area.width))
            .collect();
        let columns = columns_for(area.width, seen.board.has_numbers());
        self.widths.fit(columns, area.width.saturating_sub(2), rows.iter().map(Vec::as_slice));
    }

    fn render(&self, painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>) {
        let (top, bottom) = areas(area, self.order.len());
        let inner = Rect { x: top.x + 1, width: top.width.saturating_sub(2), ..top };
        let end = painter.spans(inner.x, top.y, inner.width, &self.heading(seen));
        let order = "worst first, then longest";
        if end + 30 < inner.right() {
            painter.right(inner.right(), top.y, 30, Role::Muted, order);
        }
        let troubles = seen.troubles();
        if self.order.is_empty() {
            // Nothing else needs the room.
            let glyphs = painter.glyphs();
            let others = troubles.iter().filter(|trouble| trouble.what != LOGIN_SAYS);
            let told: Vec<_> = others.flat_map(|trouble| sources::told(trouble, glyphs, inner.width.into())).collect();
            for ((role, line), y) in told.iter().zip(area.y + 2..area.bottom()) {
                painter.text(inner.x, y, inner.width, *role, line);
            }
            if troubles.is_empty() && !seen.board.services().is_empty() {
                let words =
                    if self.filter.is_empty() { "No service needs you" } else { "No service matches the filter" };
                painter.text(inner.x, area.y + 2, inner.width, Role::Muted, words);
            }
            let y = area.y.saturating_add(2 + u16::try_from(told.len()).unwrap_or(u16::MAX));
            login::render(painter, Rect { y, height: area.bottom().saturating_sub(y), ..inner }, seen);
            return;
        }
        if let Some(first) = troubles.first() {
            let more = if troubles.len() > 1 { format!("   and {} more", troubles.len() - 1) } else { String::new() };
            let glyph = painter.glyphs().attention;
            painter.text(inner.x, top.y + 1, inner.width, Role::Attention, &format!("{glyph} {first}{more}"));
        }
        let columns = columns_for(area.width, seen.board.has_numbers());
        table::header(painter, Rect { y: top.y + 2, ..inner }, columns, &self.widths, None);
        let rows = self.rows(seen.board);
        for (at, y) in (0..rows.len()).zip(top.y + 3..top.bottom()) {
            let Some(index) = rows[at] else {
                if let Some(Some(first)) = rows.get(at + 1) {
                    let well = self.order.len() - first;
                    painter.text(inner.x, y, inner.width, Role::Muted, &format!("{well} healthy"));
                }
                continue;
            };
            let Some(service) = seen.board.find(&self.order[index]) else { continue };
            let line = Rect { y, height: 1, ..inner };
            let (cells, is_selected) = (cells_of(service, seen, area.width), index == self.cursor.index());
            table::row(painter, line, columns, &self.widths, &cells, is_selected);
        }
        let y = top.y.saturating_add(3 + u16::try_from(rows.len()).unwrap_or(u16::MAX));
        let below = self.order.len() - self.cursor.window(self.order.len()).end;
        if below > 0 && y < top.bottom() {
            painter.text(inner.x + 3, y, inner.width, Role::Faint, &format!("{below} more"));
        }
        timeline::render(painter, bottom, seen);
    }

    fn hints(&self, seen: &Seen<'_>) -> Vec<Hint> {
        let mut hints = Vec::new();
        if let Some(service) = self.selected(seen) {
            hints.extend([Hint::new(Command::Open, "open"), Hint::new(Command::ShowLogs, "logs")]);
            let back = propose::hint(Command::RollBack, "roll back", seen);
            let mut on = propose::hints_of_service(service, self.can_be_shifted, seen);
            // Where something is wrong, going back is offered before going on.
            let at = if service.verdict.health <= Health::Attention { 0 } else { on.len() };
            on.insert(at, back);
            hints.extend(on);
            hints.push(propose::hint(Command::Restart, "restart", seen));
        }
        hints.push(Hint::new(Command::Filter, "filter"));
        hints.push(Hint::new(Command::FaultsOnly, "faults only"));
        hints.push(Hint::new(Command::ShowChanges, "changes"));
        hints
    }

    fn wakes_at(&self, seen: &Seen<'_>) -> Option<Timestamp> {
        let holds_until = self.moved.map(|moved| moved + HOLD).filter(|at| *at > seen.now);
        let announced_until = self.announced.as_ref().map(|(at, _)| *at + ANNOUNCED);
        let rollouts = seen.board.rollouts().iter();
        let countdown = rollouts.filter_map(|moving| rollout::ticks_at(moving.status.deadline?, seen.now)).min();
        [holds_until, announced_until, countdown].into_iter().flatten().min()
    }
}

/// Whether everything that a verdict is made of was read once. Who pages and what the numbers say comes last, and
/// decides what is bad.
fn is_read(seen: &Seen<'_>) -> bool {
    seen.board.is_complete() && seen.session.knows_signals() && seen.board.has_heard(seen.session.state())
}

/// The table above, and what changed below: it also gets what so many services do not need.
fn areas(area: Rect, services: usize) -> (Rect, Rect) {
    let needed = u16::try_from(services).unwrap_or(u16::MAX).saturating_add(7);
    let below = match area.height {
        0..=15 => 0,
        16..=30 => area.height / 3,
        _ => (area.height * 2 / 5).max(area.height.saturating_sub(needed)),
    };
    let above = area.height - below;
    (
        Rect { height: above.saturating_sub(u16::from(below > 0)), ..area },
        Rect { y: area.y + above, height: below, ..area },
    )
}

#[cfg(test)]
mod tests;
