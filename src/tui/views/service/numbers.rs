//! The numbers of a service: one line of them, charts where there is room, and those of its pods and revisions.

use jiff::{SignedDuration, Timestamp};
use ratatui::layout::Rect;

use super::facts::Facts;
use crate::domain::change::Change;
use crate::domain::limits::Limit;
use crate::domain::metric::{Demand, Focus, Grid, Measure, Points, Unit};
use crate::domain::rollout::Revision;
use crate::domain::service::Service;
use crate::state::{Line, Numbers};
use crate::tui::paint::{Painter, Span, cells, span};
use crate::tui::theme::Role;
use crate::tui::views::ground::Ground;
use crate::tui::widgets::chart::{self, Chart};
use crate::tui::widgets::limited::{failures, role_of};
use crate::tui::widgets::table::{Cell, cell};
use crate::tui::widgets::words;

/// How high a chart is, with its title and its axis.
pub(super) const HEIGHT: u16 = 6;

/// The same where there is room for more.
pub(super) const TALL: u16 = 10;

/// The body must be so high before charts get room, and so high before they get more of it.
const ROOMY: [u16; 2] = [30, 46];

/// The width that a chart would like to have.
const WIDTH: u16 = 36;

/// The numbers as they stand on the screen.
#[derive(Default)]
pub(super) struct Panel {
    pub(super) area: Rect,
    line: Vec<Span<'static>>,
    charts: Vec<Chart>,
    /// The moments that can be read, with charts or without.
    grid: Option<Grid>,
    /// The moment that is read.
    pub(super) cursor: Option<Timestamp>,
    /// Whether the same time a week ago is shown too.
    pub(super) compares: bool,
}

impl Panel {
    /// How many lines it takes; none where nobody tells numbers.
    pub(super) fn height(body: Rect, ground: &Ground<'_>, service: &Service) -> u16 {
        match ground.board.numbers(&service.id) {
            Some(_) if body.height >= ROOMY[1] => 1 + TALL,
            Some(_) if body.height >= ROOMY[0] => 1 + HEIGHT,
            Some(_) => 1,
            None => u16::from(ground.board.has_numbers()),
        }
    }

    /// Takes in what is known now.
    pub(super) fn settle(&mut self, ground: &Ground<'_>, service: &Service, area: Rect) {
        self.area = area;
        let numbers = ground.board.numbers(&service.id);
        let measures = [Measure::Requests, Measure::P95, Measure::P99, Measure::Cpu, Measure::Memory];
        self.grid = numbers.and_then(|numbers| measures.iter().find_map(|measure| Some(numbers.line(*measure)?.grid)));
        // What has grown older than what is shown can be read no more.
        self.cursor = self.cursor.filter(|at| self.grid.is_some_and(|grid| grid.index(*at).is_some()));
        self.charts = match numbers {
            Some(numbers) if area.height > HEIGHT => self.charts_of(numbers, ground, service),
            _ => Vec::new(),
        };
        self.line = match numbers {
            Some(numbers) => self.told(numbers, ground, service),
            None => vec![span(Role::Title, "Numbers"), span(Role::Muted, "   no series is about it")],
        };
    }

    fn charts_of(&self, numbers: &Numbers, ground: &Ground<'_>, service: &Service) -> Vec<Chart> {
        let bounds = ground.state.limits().of(&service.id.environment);
        let before = self.before(ground, service);
        let began = |change: &Change| Some((change.at, change.begins()?.to_string()));
        let marks: Vec<(Timestamp, String)> = ground.timeline.of(&service.id).filter_map(began).collect();
        let (ratio, before_any) = (numbers.error_ratio(), before.is_some());
        let of = |measure| (numbers.line(measure), before.and_then(|before| before.line(measure)).cloned());
        let (requests, p95, p99) = (of(Measure::Requests), of(Measure::P95), of(Measure::P99));
        let errors = (ratio.as_ref(), before.and_then(Numbers::error_ratio));
        let none = Limit::default();
        let told = [
            ("Requests", Unit::PerSecond, none, requests),
            ("Error ratio", Unit::Ratio, bounds.error_ratio, errors),
            ("Latency p95", Unit::Seconds, bounds.latency, p95),
            ("Latency p99", Unit::Seconds, none, p99),
            ("CPU", Unit::Cores, none, of(Measure::Cpu)),
            ("Memory", Unit::Bytes, none, of(Measure::Memory)),
        ];
        let charts = told.into_iter().filter_map(|(title, unit, limit, (line, before))| {
            let line: &Line = line?;
            Some(Chart {
                title,
                unit,
                points: line.points.clone(),
                // What was asked for and is not known is shown as such.
                before: before
                    .map(|before: Line| before.points)
                    .or_else(|| before_any.then(|| Points::gaps(line.points.len()))),
                grid: line.grid,
                limits: limits(limit),
                marks: marks.clone(),
                age: line.age(ground.now).map(|age| format!("{} old", words::duration(age))),
            })
        });
        charts.collect()
    }

    /// The numbers of a week ago, where they are looked at and anything is known of them.
    fn before<'a>(&self, ground: &Ground<'a>, service: &Service) -> Option<&'a Numbers> {
        let known = |numbers: &&Numbers| {
            let has_points =
                |measure: &Measure| numbers.line(*measure).is_some_and(|line| line.points.last().is_some());
            Measure::ALL.iter().any(has_points)
        };
        ground.board.numbers_before(&service.id).filter(|_| self.compares).filter(known)
    }

    /// Draws the line, and the charts side by side.
    pub(super) fn render(&self, painter: &mut Painter<'_>) {
        let area = self.area;
        if area.height == 0 {
            return;
        }
        painter.spans(area.x, area.y, area.width, &self.line);
        let room = Rect { y: area.y + 1, height: area.height - 1, ..area };
        let shown = self.shown();
        let Ok(count) = u16::try_from(shown) else { return };
        if count == 0 || room.height < chart::LEAST.1 {
            return;
        }
        let width = (room.width.saturating_sub(3 * (count - 1))) / count;
        for (chart, x) in self.charts.iter().take(shown).zip((room.x..).step_by(usize::from(width + 3))) {
            let cursor = self.cursor.and_then(|at| chart.grid.index(at));
            chart::render(painter, Rect { x, width, ..room }, chart, cursor);
        }
    }

    /// How many charts there is room for.
    fn shown(&self) -> usize {
        self.charts.len().min(usize::from(((self.area.width + 3) / (WIDTH + 3)).max(1)))
    }

    /// Moves the moment that is read; whether there is anything to read.
    pub(super) fn read(&mut self, later: bool) -> bool {
        let Some(grid) = self.grid else { return false };
        let index = self.cursor.and_then(|at| grid.index(at));
        let next = match (index, later) {
            (None, true) => None,
            (None, false) => Some(grid.len.saturating_sub(2)),
            (Some(index), false) => Some(index.saturating_sub(1)),
            (Some(index), true) => Some(index + 1).filter(|next| *next + 1 < grid.len),
        };
        self.cursor = next.map(|next| grid.at(next));
        true
    }
}

/// The limits as values with how loud they are.
fn limits(limit: Limit) -> Vec<(f64, Role)> {
    let levels = [(limit.attention, Role::Attention), (limit.bad, Role::Bad)];
    levels.into_iter().filter_map(|(threshold, role)| Some((threshold?.get(), role))).collect()
}

/// A number of the line: how early it falls away, its word, and how it reads.
type Figure = (u8, Vec<Span<'static>>);

impl Panel {
    /// All numbers in one line, as many as there is room for: those at the moment that is read, or the newest.
    fn told(&self, numbers: &Numbers, ground: &Ground<'_>, service: &Service) -> Vec<Span<'static>> {
        let bounds = ground.state.limits().of(&service.id.environment);
        let ratio = numbers.error_ratio();
        let none = Limit::default();
        let of = |measure| numbers.line(measure);
        let told = [
            (0, "requests", Unit::PerSecond, none, of(Measure::Requests)),
            (0, "errors", Unit::Ratio, bounds.error_ratio, ratio.as_ref()),
            (4, "p50", Unit::Seconds, none, of(Measure::P50)),
            (1, "p95", Unit::Seconds, bounds.latency, of(Measure::P95)),
            (2, "p99", Unit::Seconds, none, of(Measure::P99)),
            (5, "cpu", Unit::Cores, none, of(Measure::Cpu)),
            (6, "memory", Unit::Bytes, none, of(Measure::Memory)),
            (7, "fullest", Unit::Ratio, none, of(Measure::Saturation)),
        ];
        let mut figures: Vec<Figure> = Vec::new();
        for (rank, word, unit, limit, line) in told {
            let Some((line, value)) = line.and_then(|line| Some((line, self.value(line)?))) else { continue };
            let figure = span(role_of(limit, value), unit.figure(value));
            figures.push((rank, vec![span(Role::Muted, format!("  {word} ")), figure]));
            if word == "errors" && self.charts.is_empty() {
                let (role, spark) = failures(&line.points, limit, ground.look.glyphs);
                figures.push((3, vec![span(role, format!(" {spark}"))]));
            }
        }
        let mut spans = vec![span(Role::Title, "Numbers")];
        spans.extend(self.cursor.map(|at| span(Role::Accent, format!(" at {}", words::clock(at)))));
        let old = numbers.read().filter(|read| ground.now.duration_since(*read) > SignedDuration::from_mins(1));
        let age = old.map(|read| span(Role::Attention, format!("   {} old", words::age(read, ground.now))));
        let lacks = self.compares && self.before(ground, service).is_none();
        let lacks = lacks.then(|| span(Role::Attention, "   no data a week ago"));
        let used = |spans: &[Span<'_>]| spans.iter().map(|span| cells(&span.text)).sum::<usize>();
        let room =
            usize::from(self.area.width).saturating_sub(used(&spans) + used(age.as_slice()) + used(lacks.as_slice()));
        while figures.iter().map(|(_, figure)| used(figure)).sum::<usize>() > room {
            let Some(last) = (0..figures.len()).max_by_key(|at| figures[*at].0) else { break };
            figures.remove(last);
        }
        spans.extend(figures.into_iter().flat_map(|(_, figure)| figure).chain(age).chain(lacks));
        spans
    }

    /// The value of a line at the moment that is read, or its newest one.
    fn value(&self, line: &Line) -> Option<f64> {
        match self.cursor {
            Some(at) => line.points.get(line.grid.index(at)?),
            None => line.points.last(),
        }
    }
}

/// What is to be asked for while this service is looked at.
pub(super) fn demand(service: &Service, compares: bool) -> Demand {
    let focus = Focus { compares, ..Focus::on(std::iter::once(service), &Measure::ALL) };
    Demand { everything: false, focus: Some(focus), every: None }
}

/// The cells of a pod: cores, and bytes.
pub(super) fn of_pod(numbers: &Numbers, pod: &str, dash: &'static str) -> [Cell<'static>; 2] {
    [Measure::Cpu, Measure::Memory]
        .map(|measure| figure(numbers.of_pod(pod, measure), measure.unit(), Role::Text, dash))
}

/// The cells of a revision: how often it is asked, how much of that fails, and how long it takes.
pub(super) fn of_revision(
    facts: &Facts<'_>,
    numbers: &Numbers,
    revision: &Revision,
    limit: Limit,
    dash: &'static str,
) -> [Cell<'static>; 3] {
    let pods = facts.pods.iter().filter(|member| facts.revision_of(member).is_some_and(|of| of.name == revision.name));
    let together = numbers.of_pods(pods.map(|member| &member.pod.meta.name));
    let ratio = together.error_ratio().and_then(|line| line.points.last());
    let loud = ratio.map_or(Role::Text, |ratio| role_of(limit, ratio));
    [
        figure(together.last(Measure::Requests), Unit::PerSecond, Role::Text, dash),
        figure(ratio, Unit::Ratio, loud, dash),
        figure(together.last(Measure::P95), Unit::Seconds, Role::Text, dash),
    ]
}

fn figure(value: Option<f64>, unit: Unit, role: Role, dash: &'static str) -> Cell<'static> {
    value.map_or_else(|| cell(Role::Faint, dash), |value| cell(role, unit.figure(value)))
}
