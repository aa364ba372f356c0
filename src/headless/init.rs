//! `midwatch init`: a configuration file from what the clusters hold.

use std::path::Path;

use crate::cli::Init;
use crate::config::init::{Discovered, DiscoveredCluster, DiscoveredNamespace, describe};
use crate::config::trust;
use crate::domain::kind::Kind;
use crate::domain::object::ClusterName;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::runtime::Session;
use crate::state::{ESSENTIAL, Inventory, ServiceBoard};

use super::answer::{Asked, nothing};
use super::reading::{judge, read};
use super::services::KINDS;
use super::{Exit, complain, output, say};

/// Writes the file, or prints it. A file that is there stays as it is.
pub(super) async fn init(session: &mut Session, asked: Asked<'_>, args: Init, file: &Path) -> Result<Exit, Problem> {
    let there =
        || Problem::new(format!("{} is there already", file.display()), "it stays as it is", "midwatch init --stdout");
    if !args.stdout && file.exists() {
        return Err(there());
    }
    read(session, &KINDS).await;
    let reading = judge(session, &KINDS, &ESSENTIAL);
    reading.problems.iter().for_each(complain);
    if !reading.is_any {
        return nothing(asked.format, &reading);
    }
    let text = describe(&discover(session));
    if args.stdout {
        return output::ended(output::print_text(&text), reading.exit);
    }
    trust::write_new(file, &text).map_err(|fault| {
        Problem::new("the configuration was not written", fault.to_string(), "midwatch init --stdout")
    })?;
    say(&format!("midwatch: wrote {}; look through it, and try midwatch config check", file.display()));
    Ok(reading.exit)
}

/// What the clusters hold.
fn discover(session: &Session) -> Discovered {
    let mut board = ServiceBoard::default();
    board.refresh(session.state(), session.clock().now());
    let clusters = session.state().clusters().filter(|(_, inventory)| inventory.heard().is_some());
    let described = clusters.map(|(name, inventory)| DiscoveredCluster {
        name: name.clone(),
        namespaces: namespaces(session, name, inventory),
        services: board.services().iter().filter(|service| service.id.cluster == *name).count(),
    });
    Discovered { clusters: described.collect() }
}

/// The namespaces of a cluster; where those may not be listed, the ones that its workloads are in.
fn namespaces(session: &Session, cluster: &ClusterName, inventory: &Inventory) -> Vec<DiscoveredNamespace> {
    let listed = inventory.rows(Kind::Namespace).rows().map(|row| row.meta().name.clone());
    let mut names: Vec<Text> = listed.collect();
    if names.is_empty() {
        let rows = ESSENTIAL.iter().flat_map(|kind| inventory.rows(*kind).rows());
        names = rows.map(|row| row.meta().namespace.clone()).collect();
    }
    names.sort();
    names.dedup();
    let place = |name: &Text| session.state().place(cluster, name);
    names.iter().map(|name| DiscoveredNamespace { name: name.clone(), place: place(name) }).collect()
}
