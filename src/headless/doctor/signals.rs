//! The servers of alerts: whether they answer, and how they are reached.

use crate::domain::kind::Kind;
use crate::domain::rule::RuleState;
use crate::domain::signal::{SignalId, SignalKind};
use crate::runtime::Session;

use super::super::alerts::await_alerts;
use super::super::reading::read;
use super::Finding;

/// Looks at each server that is asked for alerts.
pub(super) async fn examine(session: &mut Session) -> Vec<Finding> {
    let area = "signals";
    read(session, &[Kind::Service]).await;
    await_alerts(session).await;
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
    if findings.is_empty() {
        let says = "nobody is asked: no Service is called alertmanager or prometheus";
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
