//! What stands around the table of alerts: how many page, who does not answer, what ends soon, and the selected alert.

use super::{role_of, told_before};
use crate::domain::alert::{Alert, Priority};
use crate::domain::moment::moment;
use crate::domain::problem::Problem;
use crate::state::RelatedAlert;
use crate::tui::paint::{Span, span};
use crate::tui::theme::Role;
use crate::tui::views::Seen;
use crate::tui::widgets::{facts, words};

/// How many page, by priority.
pub(super) fn heading(seen: &Seen<'_>) -> Vec<Span<'static>> {
    let (alerts, state) = (seen.board.alerts(), seen.session.state());
    let counts: Vec<String> = Priority::ALL
        .into_iter()
        .filter_map(|priority| {
            Some(state.firing(priority)).filter(|count| *count > 0).map(|count| format!("{count} {priority}"))
        })
        .collect();
    let is_asked = state.alert_servers().next().is_some();
    let words = match (counts.is_empty(), is_asked) {
        (false, _) => format!("{} firing", counts.join(", ")),
        (true, true) => "No alert fires".to_owned(),
        (true, false) => "Nobody is asked for alerts".to_owned(),
    };
    let mut spans = vec![span(Role::Title, words)];
    let quiet = alerts.iter().filter(|one| !one.alert.standing.is_loud()).count();
    if quiet > 0 {
        spans.push(span(Role::Muted, format!("   {quiet} pending, silenced or inhibited")));
    }
    spans
}

/// Who does not answer and what was told before; and which silences are about to end.
pub(super) fn notes(seen: &Seen<'_>) -> Vec<(Role, String)> {
    let state = seen.session.state();
    let glyph = seen.look.glyphs.attention;
    let silent = state.alert_servers().filter_map(|(_, _, server)| {
        let Problem { what, why, hint, .. } = server.problem.as_ref()?;
        let age = server.heard.map_or_else(
            || "nothing was told yet".to_owned(),
            |heard| format!("what it told is {} old", words::age(heard, seen.now)),
        );
        // A long reason is cut; how old what one looks at is must not be.
        Some((Role::Attention, format!("{glyph} {what}, {age}: {why}. {hint}")))
    });
    let ending = state.ending_silences(seen.now).map(|silence| {
        let loud = state.loud_after(silence);
        let first = loud.first().map_or("", |alert| alert.name.as_str());
        let more = if loud.len() > 1 { format!(" and {} more page", loud.len() - 1) } else { " pages".to_owned() };
        let until = moment(silence.ends, seen.now);
        (Role::Attention, format!("{glyph} the silence by {} ends at {until}: then {first}{more} again", silence.by))
    });
    silent.chain(ending).collect()
}

/// Where nobody is asked: how that is changed.
pub(super) fn help(seen: &Seen<'_>) -> Option<&'static str> {
    seen.session.state().alert_servers().next().is_none().then_some(
        "No Service that you may see is called alertmanager or prometheus. Name one under [alertmanager.NAME] in the configuration.",
    )
}

/// What an alert is in a word: whether somebody is at it counts for more than that it is quiet.
pub(super) fn standing(alert: &Alert, seen: &Seen<'_>) -> &'static str {
    seen.session.state().standing_of(alert)
}

/// What is told of the selected alert.
pub(super) fn detail(one: &RelatedAlert, seen: &Seen<'_>, width: usize) -> Vec<Vec<Span<'static>>> {
    let alert = &one.alert;
    let mut lines = vec![vec![
        span(Role::Title, alert.name.to_string()),
        span(role_of(alert.priority), format!("   {}", alert.priority)),
        span(Role::Muted, format!("   {}", seen.session.state().alert_since(alert, seen.now))),
    ]];
    let room = width.saturating_sub(12);
    let mut fact = |name: &str, role: Role, text: &str, most: usize| {
        lines.extend(facts::fact(name, 12, role, text, room).into_iter().take(most));
    };
    if let Some(silence) = seen.session.state().quieted_by(alert) {
        let why = silence.acknowledgement().unwrap_or(&silence.comment);
        let why = if why.is_empty() { String::new() } else { format!(": {why}") };
        fact("quiet", Role::Information, &format!("{}{why}", silence.words(seen.now)), 2);
    }
    if let Some(service) = &one.service {
        let before = told_before(seen.timeline, alert, service).map(|told| format!("   {told}")).unwrap_or_default();
        fact("service", Role::Text, &format!("{}, {}{before}", service.name, service.environment), 2);
    }
    if !alert.summary().is_empty() {
        fact("says", Role::Text, alert.summary(), 2);
    }
    if let Some(own) = alert.evaluated {
        let role = if own.no_data.is_some() { Role::Attention } else { Role::Muted };
        fact("rule", role, &own.words(), 1);
    }
    if let Some(runbook) = alert.runbook() {
        fact("runbook", Role::Information, runbook, 1);
    }
    let labels: Vec<String> = alert.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    fact("labels", Role::Muted, &labels.join("  "), 2);
    lines
}
