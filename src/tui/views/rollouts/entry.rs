//! One line of the table of rollouts, and what is said below it: the steps, the weights, who began it.

use jiff::Timestamp;

use crate::domain::analysis::AnalysisRun;
use crate::domain::argo::Argo;
use crate::domain::change::{Change, ChangeClass, Edge};
use crate::domain::health::Health;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::rollout::{Delivery, Phase, Rollout};
use crate::domain::row::Row;
use crate::domain::service::ServiceId;
use crate::domain::text::Text;
use crate::domain::traffic::{ArmRole, Split, percent};
use crate::state::{Family, history};
use crate::tui::paint::{Span, cells, span, wrap};
use crate::tui::theme::Role;
use crate::tui::views::ground::Ground;
use crate::tui::views::joined::Joined;
use crate::tui::widgets::table::{Cell, Column, cell};
use crate::tui::widgets::{delivery, rollout, words};

use super::INDENT;

pub(super) const COLUMNS: [Column; 11] = [
    Column::words("", 1, 1),
    Column::words("WORKLOAD", 14, 40).named(),
    Column::words("SERVICE", 8, 24).named().rank(6),
    Column::words("ENV", 4, 16).rank(2),
    Column::words("STATUS", 34, 80),
    Column::number("UPDATED", 7, 9),
    Column::number("READY", 5, 9).rank(3),
    Column::words("VERSION", 15, 28).rank(4),
    Column::number("DEADLINE", 8, 8).rank(1),
    Column::number("SINCE", 5, 6).rank(5),
    Column::words("CHANGE CAUSE", 12, 40).rank(7),
];

/// A width below which environments are told by their short names.
const NARROW: u16 = 128;

/// Between two pieces of a line.
const GAP: &str = "   ";

/// From this width on there is a column for the change cause.
const CAUSED: u16 = 190;

/// A line of the table.
pub(super) struct Entry {
    /// The workload, or the route.
    pub(super) object: ObjectRef,
    pub(super) service: ServiceId,
    /// The workload whose pods it is about; none for a route.
    pub(super) pods_of: Option<ObjectRef>,
    pub(super) health: Health,
    /// When the controller gives up, or goes on by itself.
    pub(super) ends: Option<Timestamp>,
    /// How it was delivered when it was drawn.
    pub(super) delivery: Option<Delivery>,
    /// How its traffic was split then.
    pub(super) splits: Vec<Split>,
    pub(super) cells: Vec<Cell<'static>>,
    /// What is said below it.
    pub(super) below: Vec<Vec<Span<'static>>>,
}

/// The name of an environment, as long as there is room for.
fn environment(service: &ServiceId, width: u16) -> String {
    let name = &service.environment;
    if width < NARROW { words::short_environment(name).to_owned() } else { name.to_string() }
}

/// The line of a rollout; of a finished one with when that was.
pub(super) fn of_rollout(
    rollout: &Rollout,
    finished: Option<Timestamp>,
    ground: &Ground<'_>,
    joined: &mut Joined,
    width: u16,
) -> Entry {
    let (state, glyphs) = (ground.state, ground.look.glyphs);
    let status = &rollout.status;
    let family = state.family(&rollout.workload);
    let workload = family.as_ref().map(|family| family.workload);
    let ready = workload.map_or(0, |workload| workload.ready);
    let is_doubted =
        ground.board.find(&rollout.service).is_some_and(|service| service.verdict.health == Health::Unknown);
    let is_quiet = finished.is_some();
    let is_steering = rollout.workload.kind == Kind::Rollout;
    let splits = if is_steering { joined.splits(&rollout.service, state).to_vec() } else { Vec::new() };
    let worse = if is_quiet { None } else { worse(&rollout.service, &splits, ground) };
    let health = match rollout::health(status, ready) {
        _ if is_doubted => Health::Unknown,
        health if worse.is_some() => health.min(Health::Attention),
        health => health,
    };
    let (glyph, role) = ground.look.health(health);
    let quiet = |role: Role| if is_quiet { Role::Muted } else { role };
    let since = finished.or_else(|| family.as_ref().and_then(Family::began));
    let told = if is_quiet { "finished".to_owned() } else { rollout::told(status, ground.now) };
    let revisions = family.as_ref().map(history).unwrap_or_default();
    let version = rollout::step(&revisions, glyphs.arrow).unwrap_or_else(|| rollout.version.to_string());
    let share = |have: i32| {
        cell(quiet(if have < status.desired { role } else { Role::Text }), format!("{have}/{}", status.desired))
    };
    let cells = vec![
        cell(role, glyph),
        cell(quiet(Role::Title), rollout.workload.name.to_string()),
        cell(Role::Muted, rollout.service.name.to_string()),
        cell(Role::Muted, environment(&rollout.service, width)),
        cell(quiet(role), told),
        share(status.updated),
        share(ready),
        cell(quiet(Role::Text), version),
        cell(
            if status.deadline.is_some() || status.phase == Phase::Failed { Role::Attention } else { Role::Muted },
            rollout::deadline(status, ground.now, glyphs.dash),
        ),
        cell(Role::Muted, since.map_or_else(|| glyphs.dash.to_owned(), |since| words::moment(since, ground.now))),
        cell(Role::Muted, workload.map_or_else(String::new, |workload| workload.change_cause.to_string())),
    ];
    let delivery = status.delivery.clone();
    let argo = workload.and_then(|workload| workload.argo.as_deref());
    let mut below = match (&delivery, argo) {
        (Some(delivery), Some(argo)) if !is_quiet => {
            let arms =
                delivery::preview(argo, &revisions).unwrap_or_else(|| delivery::weights(delivery, seen_of(&splits)));
            below(rollout, delivery, argo, arms, ground, role, width)
        }
        _ => Vec::new(),
    };
    below.extend(worse.iter().flat_map(|words| warned(words, ground, width)));
    Entry {
        object: rollout.workload.clone(),
        service: rollout.service.clone(),
        pods_of: Some(rollout.workload.clone()),
        health,
        ends: status.goes_on().or(status.deadline),
        delivery,
        splits,
        cells,
        below,
    }
}

/// The steps in a row; the weights or the preview, the analysis, and who began it.
fn below(
    rollout: &Rollout,
    of: &Delivery,
    argo: &Argo,
    arms: Vec<Span<'static>>,
    ground: &Ground<'_>,
    role: Role,
    width: u16,
) -> Vec<Vec<Span<'static>>> {
    let mut lines = Vec::new();
    if let Some(head) = delivery::head(of, argo) {
        let room = usize::from(width.saturating_sub(INDENT)).saturating_sub(head.len());
        let mut steps = vec![span(Role::Muted, head)];
        steps.extend(delivery::track(argo, role, ground.look.glyphs, room));
        lines.push(steps);
    }
    let analysis = of.analysis.as_ref().map(|analysis| {
        let run = ObjectRef { kind: Kind::AnalysisRun, name: analysis.name.clone(), ..rollout.workload.clone() };
        delivery::analysis(analysis, run_of(&run, ground), ground.now)
    });
    let began = began_by(&rollout.workload, ground, width < CAUSED);
    lines.extend(flowed([arms, analysis.unwrap_or_default(), began], usize::from(width.saturating_sub(INDENT))));
    lines
}

/// Pieces one after the other, as many in a line as fit.
fn flowed(pieces: [Vec<Span<'static>>; 3], width: usize) -> Vec<Vec<Span<'static>>> {
    let wide = |line: &[Span<'_>]| line.iter().map(|span| cells(&span.text)).sum::<usize>();
    let mut lines: Vec<Vec<Span<'static>>> = Vec::new();
    for piece in pieces.into_iter().filter(|piece| !piece.is_empty()) {
        match lines.last_mut() {
            Some(line) if wide(line) + GAP.len() + wide(&piece) <= width => {
                line.push(span(Role::Muted, GAP));
                line.extend(piece);
            }
            _ => lines.push(piece),
        }
    }
    lines
}

fn run_of<'a>(run: &ObjectRef, ground: &Ground<'a>) -> Option<&'a AnalysisRun> {
    match ground.state.find(run)? {
        Row::AnalysisRun(run) => Some(run),
        _ => None,
    }
}

/// The share of the requests that the new revision was seen to get.
fn seen_of(splits: &[Split]) -> Option<f64> {
    splits.iter().find_map(|split| split.arm(ArmRole::Canary)?.observed)
}

/// Who began the newest rollout of a workload, as far as that is known.
fn began_by(workload: &ObjectRef, ground: &Ground<'_>, says_why: bool) -> Vec<Span<'static>> {
    let is_its = |change: &&Change| {
        change.object == *workload && change.class == ChangeClass::Rollout && change.edge == Some(Edge::Began)
    };
    let began = ground.timeline.changes().iter().filter(is_its).max_by_key(|change| change.at);
    let Some(began) = began else { return Vec::new() };
    let mut words = format!("began {}", words::moment(began.at, ground.now));
    if let Some(by) = &began.by {
        words = format!("{words} by {by}");
    }
    if let Some(why) = began.why.as_ref().filter(|_| says_why) {
        words = format!("{words}: {why}");
    }
    vec![span(Role::Muted, words)]
}

/// The line of a route that splits requests without a rollout that is told of it.
pub(super) fn of_split(service: &ServiceId, split: Split, ground: &Ground<'_>, width: u16) -> Entry {
    let glyphs = ground.look.glyphs;
    let worse = worse(service, std::slice::from_ref(&split), ground);
    let is_calm = split.doubts.is_empty() && worse.is_none();
    let health = if is_calm { Health::Moving } else { Health::Attention };
    let (glyph, role) = ground.look.health(health);
    let version = |role| split.arm(role).map(|arm| arm.version.as_str()).filter(|version| !version.is_empty());
    let version = match (version(ArmRole::Stable), version(ArmRole::Canary)) {
        (Some(stable), Some(canary)) => format!("{stable} {} {canary}", glyphs.arrow),
        _ => glyphs.dash.to_owned(),
    };
    let dash = || cell(Role::Muted, glyphs.dash);
    let cells = vec![
        cell(role, glyph),
        cell(Role::Title, split.router.name.to_string()),
        cell(Role::Muted, service.name.to_string()),
        cell(Role::Muted, environment(service, width)),
        cell(role, shares(&split)),
        dash(),
        dash(),
        cell(Role::Text, version),
        dash(),
        dash(),
        cell(Role::Muted, ""),
    ];
    let mut below = vec![arms(&split)];
    below.extend(split.doubts.iter().chain(&worse).flat_map(|words| warned(words, ground, width)));
    Entry {
        object: split.router.clone(),
        service: service.clone(),
        pods_of: None,
        health,
        ends: None,
        delivery: None,
        cells,
        below,
        splits: vec![split],
    }
}

/// That the canary of one of some splits is worse than the stable revision, as the Overview says it.
fn worse(service: &ServiceId, splits: &[Split], ground: &Ground<'_>) -> Option<Text> {
    let numbers = ground.board.numbers(service);
    splits.iter().find_map(|split| ground.state.worse(split, numbers, ground.now))
}

/// What somebody should look at, in as many lines as it takes.
fn warned(words: &str, ground: &Ground<'_>, width: u16) -> Vec<Vec<Span<'static>>> {
    let words = format!("{} {words}", ground.look.glyphs.attention);
    let lines = wrap(&words, width.saturating_sub(INDENT).into());
    lines.into_iter().map(|line| vec![span(Role::Attention, line)]).collect()
}

/// The shares in a word or two: "splits 90/10, seen 9.8 %".
fn shares(split: &Split) -> String {
    let set: Vec<String> = split.arms.iter().map(|arm| percent(arm.desired)).collect();
    let canary = split.arm(ArmRole::Canary).or(split.arms.last());
    match canary.map(|arm| arm.observed) {
        Some(Some(seen)) => format!("splits {}, seen {} %", set.join("/"), percent(seen)),
        _ => format!("splits {}", set.join("/")),
    }
}

/// Each arm with its share, and who sets them.
fn arms(split: &Split) -> Vec<Span<'static>> {
    let mut spans = vec![span(Role::Muted, "route     ")];
    for (index, arm) in split.arms.iter().enumerate() {
        let gap = if index > 0 { GAP } else { "" };
        let part: Option<&str> = arm.role.map(ArmRole::word);
        let name = part.unwrap_or(&arm.service);
        spans.push(span(Role::Muted, format!("{gap}{name} ")));
        spans.push(span(Role::Text, format!("{} %", percent(arm.desired))));
        if let Some(seen) = arm.observed {
            spans.push(span(Role::Muted, " seen "));
            let role = delivery::seen_role(seen, Some(arm.desired));
            spans.push(span(role, format!("{} %", percent(seen))));
        }
    }
    if split.arms.iter().all(|arm| arm.observed.is_none()) {
        spans.push(span(Role::Muted, format!("{GAP}requests not counted")));
    }
    if let Some(by) = &split.steered_by {
        spans.push(span(Role::Muted, format!("{GAP}set by {by}")));
    }
    spans
}
