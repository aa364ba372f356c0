//! The servers of alerts: whether they answer, and how they are reached.

use crate::domain::kind::Kind;
use crate::domain::metric::Measure;
use crate::domain::rule::RuleState;
use crate::domain::signal::{SignalId, SignalKind};
use crate::runtime::Session;
use crate::state::MetricServer;

use super::super::reading::read;
use super::super::signals::{PATIENCE, await_all};
use super::Finding;

/// Looks at each server that is asked for alerts.
pub(super) async fn examine(session: &mut Session) -> Vec<Finding> {
    let area = "signals";
    read(session, &[Kind::Service]).await;
    drop(await_all(session, PATIENCE).await);
    let servers = session.state().alert_servers();
    let mut findings: Vec<Finding> = servers
        .map(|(kind, id, server)| {
            let subject = format!("{} {id}", kind.word());
            match &server.problem {
                Some(problem) => Finding::problem(area, subject, problem),
                None if kind == SignalKind::Midwatch => own_rules(session, id, subject),
                None => Finding::fine(area, subject, format!("answers; alerts of {}", id.cluster)),
            }
        })
        .collect();
    findings.extend(session.state().metric_servers().flat_map(|(id, server)| numbers(id, server)));
    if findings.is_empty() {
        let says = "nobody is asked: no Service that you may see is called alertmanager or prometheus";
        findings.push(Finding::note(area, "alerts", says, "name one under [alertmanager.NAME] in the configuration"));
    }
    findings
}

/// Whether midwatch evaluates the rules of the configuration, and why it does not.
fn own_rules(session: &Session, id: &SignalId, subject: String) -> Finding {
    let area = "signals";
    let told = session.state().rule_servers().find(|(kind, of, _)| *kind == SignalKind::Midwatch && *of == id);
    let rules = told.map(|(.., server)| server.rules.as_slice()).unwrap_or_default();
    let failing = rules.iter().filter(|rule| rule.problem.is_some()).count();
    match rules.iter().find(|rule| rule.state == RuleState::None).and_then(|rule| rule.problem.as_ref()) {
        Some(why) => {
            Finding::note(area, subject, why.as_str(), "[rules] evaluate = \"always\" has them evaluated all the same")
        }
        None if failing > 0 => {
            let says = format!("{failing} of {} rules cannot be evaluated", rules.len());
            Finding::mend(area, subject, says, "midwatch rules says why")
        }
        None => Finding::fine(area, subject, format!("evaluates {} rules of the configuration", rules.len())),
    }
}

/// What a server knows of numbers: each family that found series, with what it misses; or that none did.
fn numbers(id: &SignalId, server: &MetricServer) -> Vec<Finding> {
    let area = "signals";
    let subject = |family: &str| format!("numbers by {family}, {id}");
    let mut findings = Vec::new();
    for found in server.found.iter().filter(|found| !found.measures.is_empty()) {
        let words =
            |measures: &mut dyn Iterator<Item = Measure>| measures.map(Measure::word).collect::<Vec<_>>().join(", ");
        let has = words(&mut found.measures.iter().copied());
        findings.push(match found.missing.first() {
            None => Finding::fine(area, subject(&found.family), format!("has {has}")),
            Some((_, why)) => {
                let missing = words(&mut found.missing.iter().map(|(measure, _)| *measure));
                Finding::note(area, subject(&found.family), format!("has {has}; not {missing}: {why}"), "")
            }
        });
    }
    let without: Vec<&str> =
        server.found.iter().filter(|found| found.measures.is_empty()).map(|found| found.family.as_str()).collect();
    if !without.is_empty() {
        let (says, cure) = if findings.is_empty() && server.problem.is_none() {
            ("found no series; so no service has numbers", "give it templates under [metrics.family.NAME]")
        } else {
            ("found no series", "")
        };
        findings.push(Finding::note(area, subject(&without.join(", ")), says, cure));
    }
    findings.extend(server.problems.iter().map(|problem| Finding::problem(area, subject("a template"), problem)));
    findings
}
