//! The clusters that are read: whether they answer, who we are there, and how far the way is to be trusted.

use crate::domain::object::ClusterName;
use crate::domain::text::Text;
use crate::runtime::Session;
use crate::state::Inventory;

use super::super::reading::{read, read_identities};
use super::Finding;
use crate::domain::kind::Kind;

/// Asks each cluster.
pub(super) async fn examine(session: &mut Session) -> Vec<Finding> {
    read_identities(session).await;
    read(session, &[Kind::Namespace]).await;
    let mut findings = Vec::new();
    for name in session.cluster_names() {
        match session.state().cluster(name) {
            Some(inventory) => findings.extend(cluster(name, inventory)),
            None => findings.push(Finding::mend("cluster", &name.0, "does not answer", "try again")),
        }
    }
    findings
}

fn cluster(name: &ClusterName, inventory: &Inventory) -> Vec<Finding> {
    let area = "cluster";
    let mut findings = Vec::new();
    let server = inventory.facts().map(|facts| facts.server.to_string()).unwrap_or_default();
    match (inventory.heard(), inventory.silence()) {
        (None, Some(problem)) => return vec![Finding::problem(area, &name.0, problem)],
        (None, None) => return vec![Finding::mend(area, &name.0, format!("{server} does not answer"), "try again")],
        (Some(_), _) => findings.push(Finding::fine(area, &name.0, format!("{server} answers"))),
    }
    match inventory.identity() {
        Some(Ok(who)) => {
            let groups: Vec<&str> = who.groups.iter().map(Text::as_str).collect();
            let says = format!("you are {} in {}", who.user, groups.join(", "));
            findings.push(Finding::fine(area, format!("{name} identity"), says));
        }
        Some(Err(problem)) => findings.push(Finding::problem(area, format!("{name} identity"), problem)),
        None => {
            let cure = "a role file cannot work without it";
            findings.push(Finding::mend(area, format!("{name} identity"), "the server did not say who we are", cure));
        }
    }
    if let Some(facts) = inventory.facts() {
        let subject = format!("{name} connection");
        let proxy = facts.proxy.as_ref().map(|proxy| format!(", through {proxy}")).unwrap_or_default();
        let whom = facts.impersonating.as_ref().map(|whom| format!(", in the name of {whom}")).unwrap_or_default();
        let writable = if facts.is_writable { "may be changed" } else { "read-only" };
        let says = |tls: &str| format!("{tls}{proxy}{whom}, {writable}");
        findings.push(if facts.is_insecure {
            let cure = "give the kubeconfig the cluster's certificate authority instead of insecure-skip-tls-verify";
            Finding::mend(area, subject, says("the server's certificate is not checked"), cure)
        } else if facts.server.starts_with("http://") {
            Finding::note(area, subject, says("not encrypted, on this machine"), "")
        } else {
            Finding::fine(area, subject, says("the server's certificate is checked"))
        });
    }
    findings
}
