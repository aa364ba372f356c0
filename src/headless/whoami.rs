//! `midwatch whoami`: who each cluster says we are, and which of midwatch's roles that is.

use serde_json::json;

use crate::domain::object::ClusterName;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::update::Identity;
use crate::runtime::Session;

use super::Exit;
use super::answer::{Asked, nothing, print};
use super::output::text::join;
use super::output::{Item, Listing};
use super::reading::{judge, read_identities};

/// Shows who we are.
pub(super) async fn whoami(session: &mut Session, asked: Asked<'_>) -> Result<Exit, Problem> {
    read_identities(session).await;
    let mut reading = judge(session, &[], &[]);
    let mut items = Vec::new();
    for (cluster, inventory) in session.state().clusters() {
        match inventory.identity() {
            Some(Ok(identity)) => items.push(item(session, cluster, identity)),
            Some(Err(problem)) if inventory.heard().is_some() => reading.problems.push(problem.clone()),
            _ => {}
        }
    }
    if items.is_empty() && reading.exit == Exit::Done {
        reading.exit = Exit::Denied;
    }
    reading.problems.iter().for_each(super::complain);
    if items.is_empty() {
        return nothing(asked.format, &reading);
    }
    print(session, asked.format, &Listing { kind: "Identity", header: &["USER", "GROUPS", "ROLES"], items }, &reading)
}

fn item(session: &Session, cluster: &ClusterName, identity: &Identity) -> Item {
    let roles = session.policy().roles_of(identity);
    let shown = if session.policy().is_configured() { join(&roles) } else { Text::default() };
    Item {
        cluster: cluster.clone(),
        key: cluster.to_string(),
        cells: vec![identity.user.clone(), join(&identity.groups), shown],
        json: json!({
            "cluster": cluster,
            "user": identity.user,
            "groups": identity.groups,
            "rolesConfigured": session.policy().is_configured(),
            "roles": roles,
        }),
    }
}
