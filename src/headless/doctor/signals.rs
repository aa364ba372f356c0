//! The servers of alerts: whether they answer, and how they are reached.

use crate::domain::kind::Kind;
use crate::domain::metric::Measure;
use crate::domain::signal::SignalId;
use crate::runtime::Session;
use crate::state::MetricServer;

use super::super::alerts::await_signals;
use super::super::reading::read;
use super::Finding;

/// Looks at each server that is asked for alerts.
pub(super) async fn examine(session: &mut Session) -> Vec<Finding> {
    let area = "signals";
    read(session, &[Kind::Service]).await;
    await_signals(session).await;
    let servers = session.state().alert_servers();
    let mut findings: Vec<Finding> = servers
        .map(|(kind, id, server)| {
            let subject = format!("{} {id}", kind.word());
            match &server.problem {
                Some(problem) => Finding::problem(area, subject, problem),
                None => Finding::fine(area, subject, format!("answers; alerts of {}", id.cluster)),
            }
        })
        .collect();
    findings.extend(session.state().metric_servers().flat_map(|(id, server)| numbers(id, server)));
    if findings.is_empty() {
        let says = "nobody is asked: no Service is called alertmanager or prometheus";
        findings.push(Finding::note(area, "alerts", says, "name one under [alertmanager.NAME] in the configuration"));
    }
    findings
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
