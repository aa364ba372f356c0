//! How a guarded shift is said: its weights in a row, where it is, what both arms were seen to do, and whose guard stands
//! on a route that is not ours.

use jiff::{SignedDuration, Timestamp};

use super::words;
use crate::domain::guard::{Pods, Sample, Verdict};
use crate::domain::health::Health;
use crate::domain::lease::Standing;
use crate::domain::metric::Unit;
use crate::domain::moment;
use crate::runtime::{End, Guarded, Look, Phase};
use crate::state::GuardLease;
use crate::tui::look;
use crate::tui::paint::{Span, span};
use crate::tui::theme::{Glyphs, Role};

/// Its weights in a row: those that are done, the present one marked, those ahead.
pub fn course(of: &Guarded, glyphs: &Glyphs) -> Vec<Span<'static>> {
    let (at, all) = of.progress;
    let is_back =
        matches!(of.phase, Phase::GoingBack { .. }) || of.end().is_some_and(|end| !matches!(end, End::Reached(_)));
    let is_done = matches!(of.end(), Some(End::Reached(_)));
    let gap = if glyphs.trail == glyphs.current { "   ".to_owned() } else { format!("  {}  ", glyphs.trail) };
    let mut spans = vec![span(Role::Muted, format!("step {at} of {all}   "))];
    for (index, weight) in of.course.weights().iter().enumerate() {
        if index > 0 {
            spans.push(span(Role::Muted, gap.clone()));
        }
        spans.push(match index + 1 {
            step if is_done || (step < at && !is_back) => span(Role::Muted, format!("{} {weight} %", glyphs.yes)),
            step if step == at && is_back => span(Role::Bad, format!("{} {weight} %", glyphs.no)),
            step if step == at => span(Role::Accent, format!("{} {weight} %", glyphs.current)),
            _ => span(if is_back { Role::Faint } else { Role::Text }, format!("{weight} %")),
        });
    }
    spans
}

/// Where it is, in words, and how loud that is.
pub fn told(of: &Guarded, now: Timestamp) -> (Role, String) {
    let percent = of.percent;
    match &of.phase {
        Phase::Proposed => (Role::Muted, "waits for a yes".to_owned()),
        Phase::Confirmed => (Role::Text, "begins; nothing was sent so far".to_owned()),
        Phase::Shifting => (Role::Text, format!("sets {percent} %")),
        Phase::Holding { .. } => match (&of.held_up, of.left(now)) {
            (Some(why), _) => (Role::Attention, format!("stays at {percent} %: {why}")),
            (None, Some(left)) if left.is_positive() => {
                (Role::Text, format!("holds {percent} %, {} in {}", next(of), moment::span(left)))
            }
            (None, _) => (Role::Text, format!("held {percent} % for long enough, looks once more")),
        },
        Phase::GoingBack { why } => match &of.trouble {
            Some(trouble) => (Role::Bad, format!("not back at stable yet: {}", trouble.why)),
            None => (Role::Bad, format!("goes back to stable: {why}")),
        },
        Phase::Ending => (Role::Text, "over, lets go of the route".to_owned()),
        Phase::Ended { end, .. } => (look::Look::loudness(health_of(end)), end.words().to_string()),
    }
}

/// What comes after the weight that is held.
fn next(of: &Guarded) -> String {
    match of.course.weights().get(of.progress.0) {
        Some(weight) => format!("{weight} %"),
        None => "done".to_owned(),
    }
}

/// How well it ended.
pub fn health_of(end: &End) -> Health {
    match end {
        End::Reached(_) => Health::Healthy,
        End::Stuck(_) => Health::Bad,
        End::WentBack(_) | End::InterruptedWentBack(_) | End::InterruptedHeld(_) | End::NotBegun(_) => {
            Health::Attention
        }
    }
}

/// What both arms were seen to do, one line each.
pub fn arms(look: &Look, glyphs: &Glyphs) -> [Vec<Span<'static>>; 2] {
    [
        arm(glyphs.bar, "stable", &look.stable, glyphs, Role::Text),
        arm(glyphs.shade, "canary", &look.canary, glyphs, loudness(&look.verdict)),
    ]
}

/// One arm: its pattern, its name, and its numbers.
fn arm(mark: &'static str, name: &str, seen: &Sample, glyphs: &Glyphs, loud: Role) -> Vec<Span<'static>> {
    let figure =
        |value: Option<f64>, unit: Unit| value.map_or_else(|| glyphs.dash.to_owned(), |value| unit.figure(value));
    let loud = if loud == Role::Muted { Role::Text } else { loud };
    let mut spans = vec![
        span(Role::Muted, format!("{mark} {name}  ")),
        span(loud, format!("{:>7}", figure(seen.error_ratio(), Unit::Ratio))),
        span(Role::Muted, " failed of "),
        span(Role::Text, seen.requests.map_or_else(|| glyphs.dash.to_owned(), counted)),
        span(Role::Muted, " requests   p95 "),
        span(Role::Text, figure(seen.p95, Unit::Seconds)),
        span(Role::Muted, "   ready "),
        match seen.pods {
            None => span(Role::Text, glyphs.dash),
            Some(Pods { ready, all }) if ready < all || all == 0 => span(Role::Attention, format!("{ready}/{all}")),
            Some(Pods { ready, all }) => span(Role::Text, format!("{ready}/{all}")),
        },
    ];
    if seen.restarts > 0 {
        spans.extend([span(Role::Muted, "   restarts "), span(Role::Attention, seen.restarts.to_string())]);
    }
    spans
}

/// A number of requests, which a rate over a window gives with a fraction.
pub fn counted(requests: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is rounded and not negative")]
    words::thousands(requests.round().max(0.0) as usize)
}

/// How loud a verdict is.
pub fn loudness(verdict: &Verdict) -> Role {
    match verdict {
        Verdict::Pass(_) => Role::Text,
        Verdict::Breach(_) | Verdict::FastBreach(_) => Role::Bad,
        Verdict::BothBad(_) => Role::Attention,
        Verdict::NotEnough(_) => Role::Muted,
    }
}

/// Everything about it in lines: weights, where it is, both arms, what that says, and what is left behind.
pub fn panel(of: &Guarded, glyphs: &Glyphs, now: Timestamp) -> Vec<Vec<Span<'static>>> {
    let (role, words) = told(of, now);
    let mut lines = vec![course(of, glyphs), vec![span(role, words)]];
    if let Some(look) = &of.look {
        lines.extend(arms(look, glyphs));
        let age = now.duration_since(look.at).max(SignedDuration::ZERO);
        lines.push(vec![
            span(loudness(&look.verdict), look.verdict.to_string()),
            span(Role::Muted, format!("   seen {} ago", moment::span(age))),
        ]);
        if look.begins_before {
            lines.push(vec![span(Role::Muted, look.over())]);
        }
    } else if of.end().is_none() {
        lines.push(vec![span(Role::Muted, format!("guard {} has not looked yet", of.course.guard.name))]);
    }
    if of.trouble.is_some() && of.end().is_none() {
        lines.push(vec![span(Role::Attention, "it is tried again until it works; by hand:")]);
        lines.push(vec![span(Role::Information, of.by_hand().to_string())]);
    }
    if let Phase::Ended { left: Some(left), .. } = &of.phase {
        lines.push(vec![span(Role::Attention, format!("{} {left}", glyphs.attention))]);
    }
    lines
}

/// The same in one line, for views of anything else: "guarding chat-service: holds 20 %, 50 % in 2 min".
pub fn status(of: &Guarded, now: Timestamp) -> Span<'static> {
    let (role, words) = told(of, now);
    span(role, format!("guarding {}: {words}", of.service.name))
}

/// Whose guard stands on a route that is not ours, and what can be done.
pub fn of_others(of: &GuardLease<'_>, glyphs: &Glyphs, now: Timestamp) -> Vec<Vec<Span<'static>>> {
    let (role, glyph, then) = match of.standing(now) {
        Standing::Live => (
            Role::Information,
            glyphs.waiting,
            "nobody else shifts it up meanwhile; a weight of 0 ends it and goes back",
        ),
        _ => (Role::Attention, glyphs.attention, "a weight of 0 goes back to stable, a course takes it over"),
    };
    let told = of.told(now);
    // What there is to say of one that is at it has room in one line; of one that was left the clock is a line of its own.
    let mut lines = match told.as_slice() {
        [head, time] if role == Role::Attention => {
            vec![vec![span(role, format!("{glyph} {head}"))], vec![span(role, format!("  {time}"))]]
        }
        _ => vec![vec![span(role, format!("{glyph} {}", told.join(", ")))]],
    };
    lines.push(vec![span(Role::Muted, then)]);
    lines
}

#[cfg(test)]
mod tests;
