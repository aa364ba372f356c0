//! What the sections of a service say: workloads, pods and revisions as rows, events and what guards a workload as words.

use jiff::Timestamp;

use super::facts::{EventGroup, Facts, Member, Part};
use super::numbers;
use super::page::Line;
use super::{Key, object_of};
use crate::domain::argo;
use crate::domain::health::Health;
use crate::domain::object::ObjectRef;
use crate::domain::pod::Pod;
use crate::domain::rollout::{Phase, Revision, RolloutStatus, Standing};
use crate::domain::row::Row;
use crate::domain::text::Text;
use crate::domain::workload::{Manager, Strategy, image_name};
use crate::state::{Numbers, State};
use crate::tui::look::Look;
use crate::tui::paint::{Span, cells, span};
use crate::tui::theme::Role;
use crate::tui::widgets::table::{Cell, Column, cell};
use crate::tui::widgets::{delivery, rollout, words};

/// The width that the steps of a canary may take: that of a small window.
const STEPS: usize = 62;

/// The columns of workloads.
pub(super) const WORKLOADS: [Column; 7] = [
    Column::words("", 1, 1),
    Column::words("", 22, 48).named(),
    Column::words("VERSION", 15, 32),
    Column::number("UPDATED", 7, 9),
    Column::number("READY", 5, 9),
    Column::number("DEADLINE", 8, 8).rank(1),
    Column::number("SINCE", 5, 6).rank(3),
];

/// The columns of pods where nobody tells numbers.
pub(super) const PODS: [Column; 8] = [
    Column::words("", 1, 1),
    Column::words("", 18, 56).named(),
    Column::words("REVISION", 8, 20).rank(2),
    Column::words("STATUS", 28, 64),
    Column::number("READY", 5, 5),
    Column::number("RESTARTS", 8, 8).rank(1),
    Column::words("NODE", 8, 32).rank(4).named(),
    Column::number("AGE", 5, 6).rank(3),
];

/// The same with what each of them uses.
pub(super) const MEASURED_PODS: [Column; 10] = [
    PODS[0],
    PODS[1],
    PODS[2],
    PODS[3],
    PODS[4],
    PODS[5],
    Column::number("CPU", 5, 6).rank(3),
    Column::number("MEM", 5, 6).rank(3),
    PODS[6],
    PODS[7],
];

/// The columns of revisions where nobody tells numbers.
pub(super) const REVISIONS: [Column; 8] = [
    Column::words("", 1, 1),
    Column::words("", 12, 24).named(),
    Column::words("VERSION", 7, 24),
    Column::words("", 7, 8),
    Column::number("PODS", 5, 7),
    Column::words("IMAGES", 10, 40).rank(3).named(),
    Column::words("CHANGE CAUSE", 12, 48).rank(2),
    Column::number("AGE", 5, 6).rank(1),
];

/// The same with what each of them is asked and how much of it fails: the new one against the old one.
pub(super) const MEASURED_REVISIONS: [Column; 11] = [
    REVISIONS[0],
    REVISIONS[1],
    REVISIONS[2],
    REVISIONS[3],
    REVISIONS[4],
    Column::number("RATE", 6, 8).rank(2),
    Column::number("ERRORS", 7, 8).rank(1),
    Column::number("P95", 6, 7).rank(2),
    REVISIONS[5],
    REVISIONS[6],
    REVISIONS[7],
];

/// How much is said about each workload, from its row alone to everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Detail {
    Row,
    Trouble,
    Guards,
}

/// The workloads with what is said about each.
pub(super) fn workloads(
    facts: &Facts<'_>,
    state: &State,
    detail: Detail,
    is_doubted: bool,
    look: &Look,
    now: Timestamp,
) -> Vec<Line> {
    let mut lines = Vec::new();
    for part in &facts.parts {
        let Some(cells) = part_cells(part, state, is_doubted, look, now) else { continue };
        lines.push(Line::Row(Key::Workload(part.object.clone()), cells));
        let Some(status) = &part.status else { continue };
        if detail >= Detail::Trouble && part.is_moving() {
            let role = if is_doubted { Role::Muted } else { look.health(rollout::health(status, status.desired)).1 };
            let told = rollout::told(status, now);
            let mut said = vec![span(role, format!("   {told}"))];
            if status.old_left > 0 && status.delivery.is_none() && !told.contains(" old pod") {
                let old = words::count(usize::try_from(status.old_left).unwrap_or(0), "old pod", "old pods");
                said.push(span(Role::Muted, format!("; {old} left")));
            }
            lines.push(Line::Words(said));
            lines.extend(steps(part, status, role, look));
        }
        if detail >= Detail::Guards {
            lines.push(Line::Words(guards(part, look)));
        }
    }
    lines
}

/// The steps of a delivered workload in a row, and its weight.
fn steps(part: &Part<'_>, status: &RolloutStatus, role: Role, look: &Look) -> Option<Line> {
    let (of, argo) = (status.delivery.as_ref()?, part.family.as_ref()?.workload.argo.as_deref()?);
    let mut line = vec![span(Role::Muted, format!("   {}", delivery::head(of, argo)?))];
    line.extend(delivery::track(argo, role, look.glyphs, STEPS));
    Some(Line::Words(line))
}

/// The cells of a workload; of what is no workload only what is known.
fn part_cells(
    part: &Part<'_>,
    state: &State,
    is_doubted: bool,
    look: &Look,
    now: Timestamp,
) -> Option<Vec<Cell<'static>>> {
    let dash = look.glyphs.dash;
    let name = part.object.kind_and_name();
    let (Some(family), Some(status)) = (&part.family, &part.status) else {
        let row = state.find(&part.object)?;
        let ready = part.pods.iter().filter(|pod| pod.is_ready()).count();
        let done = match row {
            Row::Job(job) => format!("{} of {} done", job.succeeded, job.completions),
            _ => dash.to_owned(),
        };
        let age = row.meta().created.map_or_else(|| dash.to_owned(), |created| words::age(created, now));
        return Some(vec![
            cell(Role::Muted, look.glyphs.dot),
            cell(Role::Text, name),
            cell(Role::Text, done),
            cell(Role::Muted, dash),
            cell(Role::Text, format!("{ready}/{}", part.pods.len())),
            cell(Role::Muted, dash),
            cell(Role::Muted, age),
        ]);
    };
    let workload = family.workload;
    let health = if is_doubted { Health::Unknown } else { rollout::health(status, workload.ready) };
    let (glyph, role) = look.health(health);
    let version = match rollout::step(&part.revisions, look.glyphs.arrow).filter(|_| part.is_moving()) {
        Some(step) => cell(role, step),
        None => cell(Role::Text, workload.version().to_string()),
    };
    let share = |have: i32, want: i32| cell(if have < want { role } else { Role::Text }, format!("{have}/{want}"));
    let since = family.began().map_or_else(|| dash.to_owned(), |began| words::moment(began, now));
    Some(vec![
        cell(role, glyph),
        cell(Role::Text, name),
        version,
        share(status.updated, status.desired),
        share(workload.ready, status.desired),
        cell(
            if status.deadline.is_some() || status.phase == Phase::Failed { Role::Attention } else { Role::Muted },
            rollout::deadline(status, now, dash),
        ),
        cell(Role::Muted, since),
    ])
}

/// What guards a workload: who owns it, what scales it, what may be disturbed, how it rolls out, why it last did.
fn guards(part: &Part<'_>, look: &Look) -> Vec<Span<'static>> {
    let Some(family) = &part.family else { return Vec::new() };
    let workload = family.workload;
    let mut said: Vec<(Role, String)> = Vec::new();
    if workload.is_paused {
        said.push((Role::Attention, "paused".to_owned()));
    }
    match &workload.manager {
        Some(Manager::ArgoCd(name)) => said.push((Role::Attention, format!("owner Argo CD {name} will undo"))),
        Some(Manager::FluxKustomization(name) | Manager::FluxHelmRelease(name)) => {
            said.push((Role::Attention, format!("owner Flux {name} will undo")));
        }
        Some(Manager::Helm(name)) => said.push((Role::Muted, format!("Helm release {name}"))),
        None => {}
    }
    let strategy = workload.argo.as_ref().map(|argo| argo.strategy);
    said.push(match workload.strategy {
        _ if strategy == Some(argo::Strategy::Canary) => (Role::Muted, "canary".to_owned()),
        _ if strategy.is_some() => (Role::Muted, "blue/green".to_owned()),
        Strategy::RollingUpdate if workload.partition > 0 => {
            (Role::Attention, format!("rolling update above ordinal {}", workload.partition))
        }
        Strategy::RollingUpdate => (Role::Muted, "rolling update".to_owned()),
        Strategy::Recreate => (Role::Attention, "recreate: all pods go before the first new one".to_owned()),
        Strategy::OnDelete => (Role::Attention, "on delete: nothing moves until pods are deleted".to_owned()),
    });
    if let Some(scaler) = part.scaler {
        said.push((Role::Muted, format!("HPA {} to {}, wants {}", scaler.min, scaler.max, scaler.desired)));
    }
    if let Some(budget) = part.budget {
        let role = if budget.allowed > 0 { Role::Muted } else { Role::Attention };
        let may = if budget.allowed > 0 { budget.allowed.to_string() } else { "none".to_owned() };
        said.push((role, format!("budget: {may} may go")));
    }
    if !workload.change_cause.is_empty() {
        said.push((Role::Text, workload.change_cause.to_string()));
    }
    let mut spans = vec![span(Role::Text, "   ")];
    for (index, (role, words)) in said.into_iter().enumerate() {
        if index > 0 {
            spans.push(span(Role::Faint, format!("  {}  ", look.glyphs.dot)));
        }
        spans.push(span(role, words));
    }
    spans
}

/// The row of a pod, with its numbers where somebody tells any.
pub(super) fn pod(
    facts: &Facts<'_>,
    member: &Member<'_>,
    is_doubted: bool,
    told: Option<&Numbers>,
    look: &Look,
    now: Timestamp,
) -> Line {
    let of = member.pod;
    let part = &facts.parts[member.part].object;
    let health = if is_doubted { Health::Unknown } else { member.health };
    let (glyph, role) = look.health(health);
    let is_quiet = member.health == Health::Healthy;
    let (ready, all) = of.readiness();
    let revision = facts.revision_of(member);
    let is_new = revision.is_some_and(|revision| revision.standing == Standing::Current);
    let is_rolling = facts.parts[member.part].is_moving();
    let mut row = vec![
        cell(role, glyph),
        cell(if is_quiet { Role::Text } else { Role::Title }, of.meta.name.to_string()),
        cell(
            if is_new && is_rolling { Role::Attention } else { Role::Muted },
            revision.map_or_else(|| look.glyphs.dash.to_owned(), name_of),
        ),
        cell(if is_quiet { Role::Muted } else { role }, condition_of(of, now)),
        cell(if is_quiet { Role::Text } else { role }, format!("{ready}/{all}")),
        cell(if of.restarts() > 0 { Role::Text } else { Role::Muted }, of.restarts().to_string()),
        cell(Role::Muted, if of.node.is_empty() { look.glyphs.dash.to_owned() } else { of.node.to_string() }),
        cell(
            Role::Muted,
            of.meta.created.map_or_else(|| look.glyphs.dash.to_owned(), |created| words::age(created, now)),
        ),
    ];
    if let Some(told) = told {
        row.splice(6..6, numbers::of_pod(told, &of.meta.name, look.glyphs.dash));
    }
    Line::Row(Key::Pod { pod: object_of(part, &of.meta.name), part: part.clone() }, row)
}

/// The number of a revision, where it is known, and its version.
fn name_of(revision: &Revision) -> String {
    match revision.number {
        Some(number) => format!("{number}  {}", revision.version),
        None => revision.version.to_string(),
    }
}

/// The status of a pod with the reason for it, and how it last ended where that tells more.
pub(super) fn condition_of(pod: &Pod, now: Timestamp) -> String {
    let mut status = pod.status();
    if status == "Running" && !pod.is_ready() {
        status = Text::from("Running, not ready");
    }
    if let Some(condition) = pod.unschedulable() {
        let why = condition.message.split(". ").next().unwrap_or_default().trim_end_matches('.');
        return format!("{status}: {why}");
    }
    let Some(end) = pod.last_termination() else { return status.to_string() };
    let how = end.how();
    let when = end.at.map_or_else(String::new, |at| format!(" {} ago", words::age(at, now)));
    if pod.is_ready() {
        format!("{status}, before that {how}{when}")
    } else if status == how {
        format!("{status}{when}")
    } else {
        format!("{status}: {how}{when}")
    }
}

/// The row of a revision, with the numbers of its pods where somebody tells any.
pub(super) fn revision(
    workload: &ObjectRef,
    revision: &Revision,
    told: Option<[Cell<'static>; 3]>,
    look: &Look,
    now: Timestamp,
) -> Line {
    let (standing, role) = match revision.standing {
        Standing::Current => ("current", Role::Text),
        Standing::Previous => ("previous", Role::Text),
        Standing::Older => ("", Role::Muted),
    };
    let mark = if revision.standing == Standing::Current { look.glyphs.current } else { "" };
    let hash = revision.name.strip_prefix(&*workload.name).map_or(&*revision.name, |rest| rest.trim_start_matches('-'));
    let name = match revision.number {
        Some(number) => format!("{number}  {hash}"),
        None => hash.to_owned(),
    };
    let images: Vec<&str> = revision.images.iter().map(|image| image_name(image)).collect();
    let dash = look.glyphs.dash;
    let mut row = vec![
        cell(Role::Accent, mark),
        cell(role, name),
        cell(role, if revision.version.is_empty() { dash.to_owned() } else { revision.version.to_string() }),
        cell(Role::Muted, standing),
        cell(
            if revision.desired > 0 { role } else { Role::Muted },
            if revision.desired > 0 { format!("{}/{}", revision.ready, revision.desired) } else { dash.to_owned() },
        ),
        cell(Role::Muted, if images.is_empty() { dash.to_owned() } else { images.join(", ") }),
        cell(Role::Muted, revision.change_cause.to_string()),
        cell(Role::Muted, revision.created.map_or_else(|| dash.to_owned(), |created| words::age(created, now))),
    ];
    row.splice(5..5, told.into_iter().flatten());
    Line::Row(Key::Revision { workload: workload.clone(), name: revision.name.clone() }, row)
}

/// The events, those that say the same as one. How often stands before the words, so that it is not what is cut.
pub(super) fn events(told: &[EventGroup], now: Timestamp) -> Vec<Line> {
    let reasons = told.iter().map(|told| cells(&told.reason)).max().unwrap_or_default().min(20);
    let often = |told: &EventGroup| if told.times > 1 { format!("{} times", told.times) } else { String::new() };
    let counts = told.iter().map(|told| often(told).len()).max().unwrap_or_default();
    let line = |told: &EventGroup| {
        let at = told.at.map_or_else(String::new, |at| words::moment(at, now));
        let (reason, gist) = if told.is_warning { (Role::Attention, Role::Text) } else { (Role::Muted, Role::Muted) };
        let mut spans = vec![
            span(Role::Muted, format!("{at:<5}  ")),
            span(reason, format!("{:<reasons$}  ", told.reason)),
            span(gist, told.gist.to_string()),
        ];
        if counts > 0 {
            spans.insert(2, span(gist, format!("{:>counts$}  ", often(told))));
        }
        Line::Words(spans)
    };
    told.iter().map(line).collect()
}

#[cfg(test)]
mod tests;
