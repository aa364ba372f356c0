//! How the sections of a service share the screen: one below the other, or in two columns where it is wide.

use ratatui::layout::Rect;

use super::facts::Facts;
use super::numbers::{self, HEIGHT, Panel, TALL};
use super::page::{Line, Section, Wish, share, window};
use super::sections::{self, Detail};
use super::{KINDS, Key, ServiceView, object_of, traffic};
use crate::domain::change::ChangeClass;
use crate::domain::health::Health;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::rollout::Revision;
use crate::domain::service::Service;
use crate::tui::paint::{cells, span};
use crate::tui::theme::Role;
use crate::tui::views::ground::Ground;
use crate::tui::widgets::table::{Cell, Column, Widths};
use crate::tui::widgets::{sources, timeline};

/// From this width on there are two columns.
const WIDE: u16 = 150;

/// What of a service is shown first, where there is no room for everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Side {
    /// Its pods, and what changed.
    #[default]
    Front,
    /// Its revisions and events.
    Back,
    /// Its charts.
    Charts,
}

/// What charts are called where there is no room for them.
const CHARTS: &str = "Charts";

/// Where each section stands.
#[derive(Clone, Copy, Debug, Default)]
struct Areas {
    release: Rect,
    guarded: Rect,
    traffic: Rect,
    numbers: Rect,
    pods: Rect,
    revisions: Rect,
    events: Rect,
    changes: Rect,
}

/// How many lines each section could use, its heading included.
struct Lengths {
    release: u16,
    guarded: u16,
    traffic: u16,
    numbers: u16,
    /// Whether there are numbers of which charts could be drawn.
    has_charts: bool,
    pods: u16,
    revisions: u16,
    events: u16,
    changes: u16,
    /// Whether in two columns something would be cut, which nobody wants where everything fits one below the other.
    is_cut: bool,
}

impl ServiceView {
    /// Builds the sections for an area: what is visible, and nothing else.
    pub(super) fn lay_out(&mut self, facts: &Facts<'_>, service: &Service, ground: &Ground<'_>, area: Rect) {
        let (look, now) = (ground.look, ground.now);
        self.splits = self.joined.splits(&service.id, ground.state).to_vec();
        self.switches = self.joined.switches(&service.id, ground.state).to_vec();
        self.deliveries = facts.deliveries();
        let is_doubted = service.verdict.health == Health::Unknown;
        let most = (area.height / 3).max(4);
        let release = [Detail::Guards, Detail::Trouble, Detail::Row]
            .map(|detail| sections::workloads(facts, ground.state, detail, is_doubted, look, now))
            .into_iter()
            .enumerate()
            .find(|(index, lines)| *index == 2 || lines.len() < usize::from(most))
            .map(|(_, lines)| lines)
            .unwrap_or_default();
        let revisions: Vec<(&ObjectRef, &Revision)> = facts
            .parts
            .iter()
            .flat_map(|part| part.revisions.iter().map(move |revision| (&part.object, revision)))
            .collect();
        // Events have a section of their own.
        let changes = ground.timeline.of(&service.id).filter(|change| change.class != ChangeClass::Event);
        let changes: Vec<Line> = timeline::of_service(changes, now).into_iter().map(Line::Words).collect();
        let traffic = traffic::lines(&self.splits, service, ground);
        let events = sections::events(&facts.events, now);
        // Of more pods than there are lines not all have room in any case.
        let may_fit = area.width >= WIDE && facts.pods.len() <= usize::from(area.height);
        let is_cut = may_fit && is_cut(area.width, facts, service, ground, [&events, &changes]);
        let lengths = Lengths {
            is_cut,
            release: lines(release.len()).min(most),
            guarded: if self.guarded.is_empty() { 0 } else { lines(self.guarded.len()) },
            traffic: if traffic.is_empty() { 0 } else { lines(traffic.len()).min(most) },
            numbers: Panel::height(area, ground, service),
            has_charts: ground.board.numbers(&service.id).is_some(),
            pods: lines(facts.pods.len().max(1)),
            revisions: if revisions.is_empty() { 0 } else { lines(revisions.len()) },
            events: lines(facts.events.len().max(1)),
            changes: lines(changes.len().max(1)),
        };
        let mut body = area;
        let mut areas = areas(body, &lengths, Side::Front);
        self.hidden = areas.hidden(&lengths);
        self.sides = sides(&self.hidden);
        self.turned = self.turned.min(self.sides.len() - 1);
        if !self.hidden.is_empty() {
            // The last line says what stands on the other sides.
            body.height = body.height.saturating_sub(1);
            areas = self::areas(body, &lengths, self.sides[self.turned]);
            self.hidden = areas.hidden(&lengths);
        }
        self.settle_cursor(facts, &revisions, areas);
        self.panel.settle(ground, service, areas.numbers);
        let doubts = sources::doubts(ground.state, &service.id.cluster, &[Kind::Event], now);
        let note = doubts.into_iter().next().map(|(_, doubt)| doubt).unwrap_or_default();
        let none = if note.is_empty() { "none that the cluster still keeps" } else { "not known" };
        self.sections = vec![
            self.release(release, areas.release),
            told("Guarded shift", String::new(), std::mem::take(&mut self.guarded), "", areas.guarded),
            self.table(3, "Traffic", traffic::note(ground.state), &traffic::ARMS, (traffic, 0), areas.traffic),
            self.pods(facts, is_doubted, ground, areas.pods, service),
            self.revisions(facts, &revisions, ground, areas.revisions, service),
            told("Events", note, events, none, areas.events),
            told("What changed", String::new(), changes, "nothing that is known of", areas.changes),
        ];
    }

    /// Follows what is there: the order of the keys is that of the screen.
    fn settle_cursor(&mut self, facts: &Facts<'_>, revisions: &[(&ObjectRef, &Revision)], areas: Areas) {
        // What is not on the screen cannot be selected.
        let parts = facts.parts.iter().map(|part| Key::Workload(part.object.clone()));
        let pods = facts.pods.iter().filter(|_| areas.pods.height > 1).map(|member| {
            let part = &facts.parts[member.part].object;
            Key::Pod { pod: object_of(part, &member.pod.meta.name), part: part.clone() }
        });
        let revisions = revisions
            .iter()
            .filter(|_| areas.revisions.height > 1)
            .map(|(workload, revision)| Key::Revision { workload: (*workload).clone(), name: revision.name.clone() });
        self.keys = parts.chain(pods).chain(revisions).collect();
        let keys = &self.keys;
        self.cursor.settle(
            keys.len(),
            usize::from(areas.pods.height),
            |key| keys.iter().position(|other| other == key),
            |index| keys[index].clone(),
        );
    }

    /// The position of the selection among so many keys after the first ones.
    fn selected(&self, first: usize, len: usize) -> Option<usize> {
        self.cursor.index().checked_sub(first).filter(|index| *index < len)
    }

    fn release(&mut self, mut lines: Vec<Line>, area: Rect) -> Section {
        let room = usize::from(area.height.saturating_sub(1));
        let is_selected = |line: &Line| matches!(line, Line::Row(key, _) if self.cursor.selected() == Some(key));
        let selected = lines.iter().position(is_selected);
        let all = lines.len();
        let visible = window(&mut self.tops[0], all, room, selected);
        let more = all - visible.len();
        lines.truncate(visible.end);
        lines.drain(..visible.start);
        self.table(0, "Release", String::new(), &sections::WORKLOADS, (lines, more), area)
    }

    fn pods(
        &mut self,
        facts: &Facts<'_>,
        is_doubted: bool,
        ground: &Ground<'_>,
        area: Rect,
        service: &Service,
    ) -> Section {
        let len = facts.pods.len();
        let selected = self.selected(facts.parts.len(), len);
        let visible = window(&mut self.tops[1], len, usize::from(area.height.saturating_sub(1)), selected);
        let rows = facts.pods[visible.clone()].iter();
        let told = ground.board.numbers(&service.id).filter(|numbers| numbers.knows_pods());
        let mut lines: Vec<Line> =
            rows.map(|member| sections::pod(facts, member, is_doubted, told, ground.look, ground.now)).collect();
        if len == 0 {
            let doubts = sources::doubts(ground.state, &service.id.cluster, &KINDS[4..], ground.now);
            let words = doubts.into_iter().next().map_or_else(|| "none".to_owned(), |(_, words)| words);
            lines.push(Line::Words(vec![span(Role::Muted, words)]));
        }
        let ready = facts.pods.iter().filter(|member| member.health == Health::Healthy).count();
        let note = match (len, ready == len) {
            (0 | 1, _) => String::new(),
            (_, true) => format!("{len}, all well"),
            (_, false) => format!("{len}, worst first"),
        };
        let columns: &[Column] = if told.is_some() { &sections::MEASURED_PODS } else { &sections::PODS };
        self.table(1, "Pods", note, columns, (lines, len - visible.len()), area)
    }

    fn revisions(
        &mut self,
        facts: &Facts<'_>,
        revisions: &[(&ObjectRef, &Revision)],
        ground: &Ground<'_>,
        area: Rect,
        service: &Service,
    ) -> Section {
        let len = revisions.len();
        let selected = self.selected(self.keys.len() - len.min(self.keys.len()), len);
        let visible = window(&mut self.tops[2], len, usize::from(area.height.saturating_sub(1)), selected);
        let rows = revisions[visible.clone()].iter();
        let told = ground.board.numbers(&service.id).filter(|numbers| numbers.knows_pods());
        let limit = ground.state.limits().of(&service.id.environment).error_ratio;
        let lines = rows.map(|(workload, of)| {
            let told = told.map(|numbers| numbers::of_revision(facts, numbers, of, limit, ground.look.glyphs.dash));
            sections::revision(workload, of, told, ground.look, ground.now)
        });
        let columns: &[Column] = if told.is_some() { &sections::MEASURED_REVISIONS } else { &sections::REVISIONS };
        let lines = lines.collect();
        self.table(2, "Revisions", String::new(), columns, (lines, len - visible.len()), area)
    }

    /// A section of rows; how many more there are is said below them.
    fn table(
        &mut self,
        index: usize,
        title: &'static str,
        note: String,
        columns: &'static [Column],
        (mut lines, more): (Vec<Line>, usize),
        area: Rect,
    ) -> Section {
        let rows: Vec<&[Cell<'static>]> = lines.iter().filter_map(Line::cells).collect();
        if self.widths[index].given.len() != columns.len() {
            self.widths[index].forget();
        }
        self.widths[index].fit(columns, area.width, rows);
        if more > 0 {
            lines.push(Line::Words(vec![span(Role::Faint, format!("   {more} more"))]));
        }
        Section { area, title, note, columns, widths: self.widths[index].clone(), lines }
    }
}

/// A section of words. With too little room the last line says how many more there are.
fn told(title: &'static str, note: String, mut lines: Vec<Line>, none: &'static str, area: Rect) -> Section {
    if lines.is_empty() {
        lines.push(Line::Words(vec![span(Role::Muted, none)]));
    }
    Section { area, title, note, columns: &[], widths: Widths::default(), lines }
}

/// A heading and so many lines.
fn lines(len: usize) -> u16 {
    u16::try_from(len + 1).unwrap_or(u16::MAX)
}

impl Areas {
    /// The sections that have something to say and no room.
    fn hidden(&self, lengths: &Lengths) -> Vec<&'static str> {
        let sections = [
            ("Traffic", self.traffic, lengths.traffic),
            ("Pods", self.pods, lengths.pods),
            ("Revisions", self.revisions, lengths.revisions),
            ("Events", self.events, lengths.events),
            ("What changed", self.changes, lengths.changes),
        ];
        let hidden = sections.into_iter().filter(|(_, area, length)| *length > 0 && area.height == 0);
        let charts = (lengths.has_charts && self.numbers.height <= HEIGHT).then_some(CHARTS);
        charts.into_iter().chain(hidden.map(|(title, ..)| title)).collect()
    }
}

/// The sides of a service of which so much has no room on the first one.
fn sides(hidden: &[&str]) -> Vec<Side> {
    let has_charts = hidden.contains(&CHARTS);
    let back = (hidden.len() > usize::from(has_charts)).then_some(Side::Back);
    [Side::Front].into_iter().chain(back).chain(has_charts.then_some(Side::Charts)).collect()
}

/// The gap between two columns.
const BETWEEN: u16 = 4;

/// How wide each of two columns is.
fn columns(width: u16) -> (u16, u16) {
    let inner = width.saturating_sub(2);
    let left = inner * 3 / 5;
    (left, inner.saturating_sub(left + BETWEEN))
}

/// Whether in two columns a pod on the left or words on the right would be cut.
fn is_cut(width: u16, facts: &Facts<'_>, service: &Service, ground: &Ground<'_>, words: [&[Line]; 2]) -> bool {
    let (left, right) = columns(width);
    let told = ground.board.numbers(&service.id).filter(|numbers| numbers.knows_pods());
    let table: &[Column] = if told.is_some() { &sections::MEASURED_PODS } else { &sections::PODS };
    let pods = facts.pods.iter().map(|member| sections::pod(facts, member, false, told, ground.look, ground.now));
    let pods: Vec<Line> = pods.collect();
    let mut widths = Widths::default();
    let rows: Vec<&[Cell<'static>]> = pods.iter().filter_map(Line::cells).collect();
    widths.fit(table, left, rows);
    let is_long = |line: &Line| match line {
        Line::Words(spans) => spans.iter().map(|span| cells(&span.text)).sum::<usize>() > usize::from(right),
        Line::Row(..) | Line::Told(_) => false,
    };
    widths.is_cut() || words.into_iter().flatten().any(is_long)
}

/// Where each section stands. Where there is no room for all, each side shows others first.
fn areas(area: Rect, lengths: &Lengths, side: Side) -> Areas {
    let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let release = Wish { rank: 0, least: lengths.release, most: lengths.release };
    let guarded = Wish { rank: 0, least: lengths.guarded, most: lengths.guarded };
    let traffic = Wish { rank: u8::from(side != Side::Front) * 4, least: lengths.traffic, most: lengths.traffic };
    let numbers = match side {
        Side::Charts => Wish { rank: 1, least: 1 + HEIGHT, most: 1 + TALL },
        _ => Wish { rank: u8::from(lengths.numbers > 1), least: lengths.numbers, most: lengths.numbers },
    };
    let ranks = match side {
        Side::Front => [1, 2, 4, 3],
        Side::Back => [4, 3, 1, 2],
        Side::Charts => [2, 1, 4, 3],
    };
    // Beside the arms fewer pods are enough.
    let pods = Wish { rank: ranks[0], least: if lengths.traffic > 0 { 4 } else { 6 }, most: lengths.pods };
    let changes = Wish { rank: ranks[1], least: 4, most: lengths.changes };
    let events = Wish { rank: ranks[2], least: 5, most: lengths.events };
    let revisions = Wish { rank: ranks[3], least: 4, most: lengths.revisions };
    let wishes = [release, guarded, traffic, numbers, pods, revisions, events, changes];
    let all: u16 = wishes.iter().filter(|wish| wish.most > 0).map(|wish| wish.most.saturating_add(1)).sum();
    if area.width < WIDE || lengths.is_cut && all <= area.height + 1 {
        let [release, guarded, traffic, numbers, pods, revisions, events, changes] = stack(inner, wishes);
        return Areas { release, guarded, traffic, numbers, pods, revisions, events, changes };
    }
    let [release, guarded, traffic, numbers] = stack(inner, [release, guarded, traffic, numbers]);
    let above = [release, guarded, traffic, numbers].into_iter().filter(|area| area.height > 0);
    let below = above.map(|area| area.height + 1).sum::<u16>().min(area.height);
    let (first, second) = columns(area.width);
    let left = Rect { y: area.y + below, height: area.height - below, width: first, ..inner };
    let right = Rect { x: left.right() + BETWEEN, width: second, ..left };
    let [pods, revisions] = stack(left, [pods, revisions]);
    let [events, changes] = stack(right, [events, changes]);
    Areas { release, guarded, traffic, numbers, pods, revisions, events, changes }
}

/// Sections one below the other, with an empty line between.
fn stack<const N: usize>(area: Rect, wishes: [Wish; N]) -> [Rect; N] {
    let mut y = area.y;
    let heights = share(area.height, &wishes);
    std::array::from_fn(|index| {
        let height = heights[index];
        let section = Rect { y, height, ..area };
        y += height + u16::from(height > 0);
        section
    })
}
