//! A Rollout in words: how it is delivered, its steps one by one, and its revisions with the analyses of each.

use super::Page;
use crate::domain::analysis::AnalysisRun;
use crate::domain::argo::{Argo, Strategy};
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::rollout::{Delivery, Revision};
use crate::domain::row::Row;
use crate::state::{Family, history, status};
use crate::tui::paint::span;
use crate::tui::theme::{Glyphs, Role};
use crate::tui::views::Seen;
use crate::tui::widgets::{delivery, words};

/// The sections of a Rollout.
pub(super) fn of_rollout(page: &mut Page, object: &ObjectRef, seen: &Seen<'_>) {
    let Some(family) = seen.session.state().family(object) else { return };
    let Some(argo) = family.workload.argo.as_deref() else { return };
    let glyphs = seen.look.glyphs;
    if let Some(of) = status(&family, page.now).delivery {
        told(page, &of, argo);
    }
    steps(page, argo, glyphs);
    revisions(page, &family, argo, object, seen);
}

/// Where it stands.
fn told(page: &mut Page, of: &Delivery, argo: &Argo) {
    page.heading("Delivery");
    let strategy = match of.strategy {
        Strategy::Canary => "canary",
        Strategy::BlueGreen => "blue/green",
    };
    page.pair("strategy", Role::Text, strategy);
    page.pair("template of", Role::Text, &argo.template_of);
    if let Some(gate) = &of.gate {
        let role = if gate.ends.is_none() { Role::Attention } else { Role::Text };
        page.pair("gate", role, &delivery::waits(gate, page.now));
    }
    if argo.is_aborted {
        page.pair("aborted", Role::Attention, if argo.message.is_empty() { "yes" } else { &argo.message });
    }
    let share = |share: Option<u32>| share.map(|share| format!("{share} %")).unwrap_or_default();
    page.pair("weight wanted", Role::Text, &share(of.desired_weight));
    page.pair("weight set", Role::Text, &share(of.weight));
    if of.is_verified == Some(false) {
        page.pair("", Role::Attention, "not verified in the data plane");
    }
    page.pair("stable via", Role::Text, &argo.services.stable);
    page.pair("new one via", Role::Text, &argo.services.canary);
}

/// The steps, one a line.
fn steps(page: &mut Page, argo: &Argo, glyphs: &Glyphs) {
    if argo.steps.is_empty() {
        return;
    }
    page.heading("Steps");
    let at = argo.step.map_or(0, |step| usize::try_from(step).unwrap_or(usize::MAX));
    for (index, step) in argo.steps.iter().enumerate() {
        let (mark, role) = match index {
            _ if argo.is_aborted => (" ", Role::Muted),
            _ if index < at || argo.is_fully_promoted() => (glyphs.yes, Role::Muted),
            _ if index == at => (glyphs.current, Role::Title),
            _ => (" ", Role::Text),
        };
        let number = format!("  {mark} {:>2}  ", index + 1);
        page.lines.push(vec![span(Role::Muted, number), span(role, delivery::label(step, argo.most))]);
    }
}

/// The revisions, newest first, each with its analyses.
fn revisions(page: &mut Page, family: &Family<'_>, argo: &Argo, object: &ObjectRef, seen: &Seen<'_>) {
    let revisions = history(family);
    if revisions.is_empty() {
        return;
    }
    page.heading("Revisions");
    for revision in &revisions {
        let part = part(revision, argo);
        let role = if part.is_empty() { Role::Muted } else { Role::Text };
        let number = revision.number.map(|number| number.to_string()).unwrap_or_default();
        let pods = if revision.desired > 0 {
            format!("{}/{} ready", revision.ready, revision.desired)
        } else {
            "no pods".to_owned()
        };
        let age = revision.created.map(|at| format!("{} ago", words::age(at, page.now))).unwrap_or_default();
        page.lines.push(vec![
            span(Role::Muted, format!("  {number:>4}  ")),
            span(role, format!("{:<12}  {:<8}  ", revision.version, part)),
            span(if revision.desired > 0 { role } else { Role::Muted }, format!("{pods:<14}")),
            span(Role::Muted, format!("{}  {age}  {}", revision.hash, revision.change_cause)),
        ]);
        for run in runs(object, family, seen).filter(|run| run.meta.revision_hash() == Some(&revision.hash)) {
            analysis(page, run);
        }
    }
}

/// Which part a revision plays; empty for one that serves nobody.
fn part(revision: &Revision, argo: &Argo) -> &'static str {
    let (new, old) = match argo.strategy {
        Strategy::Canary => ("canary", "stable"),
        Strategy::BlueGreen => ("preview", "active"),
    };
    let serving = if argo.active.is_empty() { &argo.stable } else { &argo.active };
    match &revision.hash {
        hash if hash.is_empty() => "",
        hash if hash == serving => old,
        hash if *hash == argo.current => new,
        _ => "",
    }
}

/// The analyses of a Rollout, the newest first.
fn runs<'a>(object: &ObjectRef, family: &Family<'_>, seen: &'a Seen<'_>) -> impl Iterator<Item = &'a AnalysisRun> {
    let cluster = seen.session.state().cluster(&object.cluster);
    let uid = family.workload.meta.uid.clone();
    let rows = cluster.into_iter().flat_map(|cluster| cluster.rows(Kind::AnalysisRun).rows_in(&object.namespace));
    let mut runs: Vec<&AnalysisRun> = rows
        .filter_map(|row| match row {
            Row::AnalysisRun(run) if run.meta.owner_uid() == Some(&uid) => Some(&**run),
            _ => None,
        })
        .collect();
    runs.sort_by_key(|run| std::cmp::Reverse(run.meta.created));
    runs.into_iter()
}

/// An analysis with its metrics and their last measurements.
fn analysis(page: &mut Page, run: &AnalysisRun) {
    let mut line = vec![
        span(Role::Muted, "        analysis "),
        span(Role::Text, format!("{}  ", run.meta.name)),
        span(delivery::phase_role(&run.phase), run.phase.to_string()),
    ];
    if !run.message.is_empty() {
        line.push(span(Role::Muted, format!("  {}", run.message)));
    }
    page.lines.push(line);
    for metric in &run.metrics {
        let mut line = vec![
            span(Role::Muted, format!("          {}  ", metric.name)),
            span(delivery::phase_role(&metric.phase), format!("{}  ", metric.phase)),
        ];
        line.extend(delivery::measured(metric, page.now));
        line.push(span(
            Role::Muted,
            format!(
                "  measured {}",
                if metric.count == 1 { "once".to_owned() } else { format!("{} times", metric.count) }
            ),
        ));
        page.lines.push(line);
    }
}
