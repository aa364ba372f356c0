//! What a plan says, as lines: the part of the review that scrolls.

use crate::domain::intent::Verb;
use crate::domain::operation::{Mark, Proposal};
use crate::domain::plan::{DiffLine, Goal, Plan};
use crate::domain::text::Text;
use crate::tui::look::Look;
use crate::tui::paint::{Span, cells, shorten, span, wrap};
use crate::tui::theme::Role;

/// The width of the words before each fact.
const LABEL: usize = 18;

/// Lines of spans.
pub(super) type Lines = Vec<Vec<Span<'static>>>;

/// Everything that the plan says, wrapped to a width. What must be seen comes first: warnings, and where anything follows by
/// itself the change that it follows, and how.
pub(super) fn lines(proposal: &Proposal, look: &Look, width: usize) -> Lines {
    let plan = &proposal.plan;
    let mut lines = Lines::new();
    if let Some(against) = &proposal.against {
        fact(&mut lines, "Seen now", &[span(Role::Bad, format!("{} {against}", look.glyphs.attention))], width);
    }
    if !plan.course.is_empty() {
        steps(&mut lines, plan, width);
    }
    for (at, words) in plan.course.iter().enumerate() {
        let label = if at == 0 { "By itself" } else { "" };
        fact(&mut lines, label, &[span(if at == 0 { Role::Title } else { Role::Text }, words.to_string())], width);
    }
    for warning in &plan.warnings {
        let glyph = look.glyphs.attention;
        fact(&mut lines, "Beware", &[span(Role::Attention, format!("{glyph} {warning}"))], width);
    }
    if !lines.is_empty() {
        lines.push(Vec::new());
    }
    if plan.course.is_empty() {
        steps(&mut lines, plan, width);
        lines.push(Vec::new());
    }
    fact(&mut lines, "Touches", &[span(Role::Text, plan.touches.to_string())], width);
    listed(&mut lines, "Restores", &plan.restores, Role::Text, width);
    listed(&mut lines, "Does not restore", &plan.does_not_restore, Role::Attention, width);
    alerts(&mut lines, plan, width);
    checks(&mut lines, proposal, look, width);
    fact(&mut lines, "Verified by", &[span(Role::Text, verified_by(plan))], width);
    if let Some(way_back) = &plan.way_back {
        let warns =
            plan.way_back_warns().map(|words| span(Role::Attention, format!("{} {words}", look.glyphs.attention)));
        let command = span(Role::Information, plan.confirmed(way_back, ""));
        fact(&mut lines, "Way back", &[command].into_iter().chain(warns).collect::<Vec<_>>(), width);
    }
    calls(&mut lines, plan, width);
    difference(&mut lines, plan, width);
    lines
}

/// The steps with what is now and what will be.
fn steps(lines: &mut Lines, plan: &Plan, width: usize) {
    let longest =
        plan.steps.iter().flat_map(|step| [cells(&step.before), cells(&step.after)]).max().unwrap_or_default();
    if longest >= width / 3 {
        return steps_apart(lines, plan, width);
    }
    let side = (longest + 1).max(6);
    let what = width.saturating_sub(2 * (side + 2) + 3);
    lines.push(vec![
        span(Role::Muted, fit("What happens", what + 3)),
        span(Role::Muted, fit("now", side + 2)),
        span(Role::Muted, "then"),
    ]);
    for (index, step) in plan.steps.iter().enumerate() {
        let object = step.call.target().short();
        let whole = format!("{}  {object}", step.what);
        // Where there is no room for both, the object has a line of its own, and words go on in the next one.
        let is_apart = cells(&whole) >= what;
        let mut said = wrap(if is_apart { &step.what } else { &whole }, what.saturating_sub(1)).into_iter();
        lines.push(vec![
            span(Role::Text, fit(&(index + 1).to_string(), 3)),
            span(Role::Text, fit(&said.next().unwrap_or_default(), what)),
            span(Role::Bad, fit(&step.before, side + 2)),
            span(Role::Fine, step.after.to_string()),
        ]);
        let apart = is_apart.then(|| object.clone());
        lines.extend(said.chain(apart).map(|words| vec![span(Role::Text, fit(&format!("   {words}"), width))]));
    }
    goes_on(lines, plan, width);
}

/// The steps where what is now and what will be are too long to stand beside them: each on lines of its own, so that
/// nothing of what is confirmed is cut.
fn steps_apart(lines: &mut Lines, plan: &Plan, width: usize) {
    lines.push(vec![span(Role::Muted, "What happens")]);
    for (index, step) in plan.steps.iter().enumerate() {
        let whole = format!("{}  {}", step.what, step.call.target().short());
        for (at, words) in wrap(&whole, width.saturating_sub(3)).into_iter().enumerate() {
            let number = if at == 0 { (index + 1).to_string() } else { String::new() };
            lines.push(vec![span(Role::Text, fit(&number, 3)), span(Role::Text, words)]);
        }
        for (label, role, value) in [("now", Role::Bad, &step.before), ("then", Role::Fine, &step.after)] {
            for (at, words) in wrap(value, width.saturating_sub(9)).into_iter().enumerate() {
                let label = if at == 0 { label } else { "" };
                lines.push(vec![span(Role::Muted, fit(&format!("   {label}"), 9)), span(role, words)]);
            }
        }
    }
    goes_on(lines, plan, width);
}

/// What follows from the steps.
fn goes_on(lines: &mut Lines, plan: &Plan, width: usize) {
    if !plan.then.is_empty() {
        for line in wrap(&plan.then, width.saturating_sub(3)) {
            lines.push(vec![span(Role::Muted, format!("   {line}"))]);
        }
    }
}

/// A fact behind its label, wrapped.
fn fact(lines: &mut Lines, label: &str, spans: &[Span<'static>], width: usize) {
    let room = width.saturating_sub(LABEL).max(10);
    let mut is_first = true;
    for piece in spans {
        for line in wrap(&piece.text, room) {
            let label = if is_first { label } else { "" };
            lines.push(vec![span(Role::Muted, fit(label, LABEL)), span(piece.role, line)]);
            is_first = false;
        }
    }
}

/// Several things in one fact.
fn listed(lines: &mut Lines, label: &str, items: &[Text], role: Role, width: usize) {
    if !items.is_empty() {
        let words: Vec<&str> = items.iter().map(Text::as_str).collect();
        fact(lines, label, &[span(role, words.join(", "))], width);
    }
}

/// The alerts that become quiet or loud, one a line.
fn alerts(lines: &mut Lines, plan: &Plan, width: usize) {
    let label = if plan.intent.verb() == Verb::ExpireSilence { "Makes loud" } else { "Hides" };
    let spans: Vec<Span<'static>> = plan.alerts.iter().map(|alert| span(Role::Text, alert.to_string())).collect();
    fact(lines, label, &spans, width);
}

/// Each question of permission, and who can grant it.
fn checks(lines: &mut Lines, proposal: &Proposal, look: &Look, width: usize) {
    let spans: Vec<Span<'static>> = proposal
        .checks
        .iter()
        .map(|check| {
            let (glyph, role) = match check.mark {
                Mark::Allowed => (look.glyphs.yes, Role::Fine),
                Mark::Denied => (look.glyphs.no, Role::Bad),
                Mark::Unknown => ("?", Role::Attention),
            };
            let remedy = if check.remedy.is_empty() { String::new() } else { format!(": {}", check.remedy) };
            span(role, format!("{glyph} {}{remedy}", check.what))
        })
        .collect();
    fact(lines, "Allowed", &spans, width);
    fact(lines, "As", &[span(Role::Text, proposal.actor.to_string())], width);
}

/// What has to be seen before it counts as done.
fn verified_by(plan: &Plan) -> String {
    let what = match &plan.goal {
        Goal::Template(_) => "every pod has this template and is ready",
        Goal::Restarted(_) => "every pod was made anew and is ready",
        Goal::Paused(true) => "rolling out is paused",
        Goal::Paused(false) => "rolling out goes on",
        Goal::Replicas(_) => "so many pods exist and are ready",
        Goal::Bounds { .. } => "the autoscaler has these bounds",
        Goal::Weights { .. } => "each parent has taken the weights, requests go where they say",
        Goal::Selector(_) => "its endpoints are the pods that it is to select, and no others",
        Goal::Gone(_) => "the pod is gone",
        Goal::Rollout(goal) => goal.words(),
        Goal::Silenced { .. } => return "each Alertmanager has the silence, and these alerts are quiet".to_owned(),
        Goal::Expired(_) => return "no Alertmanager has the silence any more".to_owned(),
    };
    format!("{what}, and it stays so for a while")
}

/// The exact calls.
fn calls(lines: &mut Lines, plan: &Plan, width: usize) {
    let spans: Vec<_> = plan.steps.iter().map(|step| span(Role::Muted, step.call.request())).collect();
    fact(lines, "Calls", &spans, width);
    fact(lines, "Command", &[span(Role::Information, plan.as_command(""))], width);
}

/// The lines of the template that differ.
fn difference(lines: &mut Lines, plan: &Plan, width: usize) {
    let differs = |line: &&DiffLine| matches!(line, DiffLine::Added(_) | DiffLine::Removed(_));
    let count = plan.difference.iter().filter(differs).count();
    if count == 0 {
        return;
    }
    lines.push(Vec::new());
    lines.push(vec![span(Role::Muted, format!("Template, {count} lines differ"))]);
    for line in &plan.difference {
        let Span { role, text } = differing(line);
        lines.push(vec![span(role, fit(&text, width))]);
    }
}

/// One line of a difference.
pub(super) fn differing(line: &DiffLine) -> Span<'static> {
    match line {
        DiffLine::Same(text) => span(Role::Muted, format!("  {text}")),
        DiffLine::Removed(text) => span(Role::Bad, format!("- {text}")),
        DiffLine::Added(text) => span(Role::Fine, format!("+ {text}")),
        DiffLine::Skipped(count) => span(Role::Muted, format!("  {count} equal lines")),
    }
}

/// Text of exactly a width, cut or filled up.
fn fit(text: &str, width: usize) -> String {
    let room = width.saturating_sub(1);
    let short = shorten(text, room, "..").into_owned();
    let used = cells(&short);
    short + &" ".repeat(width.saturating_sub(used))
}
