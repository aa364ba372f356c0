//! The servers of alerts: whether they answer, and how they are reached.

use crate::domain::kind::Kind;
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
                None => Finding::fine(area, subject, format!("answers; alerts of {}", id.cluster)),
            }
        })
        .collect();
    if findings.is_empty() {
        let says = "nobody is asked: no Service that you may see is called alertmanager or prometheus";
        findings.push(Finding::note(area, "alerts", says, "name one under [alertmanager.NAME] in the configuration"));
    }
    findings
}
