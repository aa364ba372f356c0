//! Waiting for the first lists, and judging what they are worth: complete, in part, or not to be had at all.

use std::time::Duration;

use crate::domain::kind::Kind;
use crate::domain::object::ClusterName;
use crate::domain::problem::Problem;
use crate::domain::shell::quoted;
use crate::domain::update::Login;
use crate::runtime::Session;
use crate::state::{Freshness, Inventory};

use super::signals::Untold;
use super::{Exit, absorb};

/// How long to wait for the first lists: longer than a login program may take.
const LIMIT: Duration = Duration::from_secs(30);

/// What was read, as far as it could be.
pub(super) struct Reading {
    /// Whether anything of what was asked for is known.
    pub(super) is_any: bool,
    /// What is missing, and why.
    pub(super) problems: Vec<Problem>,
    /// What a script is told.
    pub(super) exit: Exit,
}

impl Reading {
    /// Takes in what servers of signals have not told.
    pub(super) fn miss(&mut self, untold: &Untold) {
        self.problems.extend(untold.problems.iter().cloned());
        if self.exit == Exit::Done {
            self.exit = untold.exit;
        }
    }
}

/// Some kinds and more of them, each once.
pub(super) fn together(kinds: &[Kind], more: impl IntoIterator<Item = Kind>) -> Vec<Kind> {
    let more = more.into_iter().filter(|kind| !kinds.contains(kind));
    kinds.iter().copied().chain(more).collect()
}

/// Reads some kinds of all clusters of a session; what cannot be had is not waited for.
pub(super) async fn read(session: &mut Session, kinds: &[Kind]) {
    wait(session, |inventory| kinds.iter().all(|kind| inventory.freshness(*kind) != Freshness::Loading)).await;
}

/// Waits until each cluster has said who we are, or cannot say it.
pub(super) async fn read_identities(session: &mut Session) {
    wait(session, |inventory| inventory.heard().is_some() && inventory.identity().is_some()).await;
}

/// Waits until something holds of each cluster that can be reached.
async fn wait(session: &mut Session, is_known: impl Fn(&Inventory) -> bool) {
    let waiting = async {
        while !is_settled(session, &is_known) {
            drop(absorb(session).await);
        }
    };
    // What is missing after that is told by who looks at it.
    drop(tokio::time::timeout(LIMIT, waiting).await);
}

/// Whether nothing more is to come of any cluster.
fn is_settled(session: &Session, is_known: &impl Fn(&Inventory) -> bool) -> bool {
    session.cluster_names().iter().all(|name| {
        session.state().cluster(name).is_some_and(|inventory| {
            !inventory.login().is_some_and(Login::is_running) && (is_unreachable(inventory) || is_known(inventory))
        })
    })
}

/// Whether a cluster never answered.
fn is_unreachable(inventory: &Inventory) -> bool {
    inventory.heard().is_none() && inventory.silence().is_some()
}

/// Judges what was read. Of the essential kinds one must be known; without any, that a cluster answers is enough.
pub(super) fn judge(session: &Session, kinds: &[Kind], essential: &[Kind]) -> Reading {
    let mut problems = Vec::new();
    let (mut known, mut failed) = (0, 0);
    for name in session.cluster_names() {
        let heard = session.state().cluster(name).filter(|inventory| inventory.heard().is_some());
        let Some(inventory) = heard else {
            problems.push(unanswered(name, session.state().cluster(name)));
            failed += 1;
            continue;
        };
        let from = problems.len();
        let missing = missing(inventory, kinds, essential, &mut problems);
        known += usize::from(essential.is_empty() || missing.known > 0);
        failed += usize::from(missing.is_late);
        if session.cluster_names().len() > 1 {
            problems[from..].iter_mut().for_each(|problem| *problem = named(name, problem));
        }
    }
    let exit = match (known, failed) {
        (0, 0) => Exit::Denied,
        (0, _) => Exit::Unreachable,
        (_, 0) => Exit::Done,
        (_, _) => Exit::Partly,
    };
    Reading { is_any: known > 0, problems, exit }
}

/// That a cluster was never heard: which one, what was tried, and what to do. A script ends there.
fn unanswered(name: &ClusterName, inventory: Option<&Inventory>) -> Problem {
    let what = format!("context {name} does not answer");
    let next = format!("then again; midwatch doctor --context {} tells more", quoted(&name.0));
    let Some(silence) = inventory.and_then(Inventory::silence) else {
        let why = format!("asked and waited for {} s", LIMIT.as_secs());
        return Problem::new(what, why, format!("check the network, the VPN and the proxy, {next}"));
    };
    let server = inventory.and_then(Inventory::facts).map(|facts| &facts.server);
    // Most of what can go wrong names the server by itself.
    let server = server.filter(|server| !silence.what.contains(server.as_str()));
    let server = server.map(|server| format!("{server}: ")).unwrap_or_default();
    let why = if silence.why.is_empty() { String::new() } else { format!(": {}", silence.why) };
    let hint = if silence.hint.is_empty() { "try".to_owned() } else { format!("{},", silence.hint) };
    Problem::new(what, format!("{server}{}{why}", silence.what), format!("{hint} {next}"))
}

/// What of a cluster is missing.
struct Missing {
    /// How many of the essential kinds are known.
    known: usize,
    /// Whether one of them is late.
    is_late: bool,
}

/// Finds what is missing of a cluster that answers.
fn missing(inventory: &Inventory, kinds: &[Kind], essential: &[Kind], problems: &mut Vec<Problem>) -> Missing {
    let mut missing = Missing { known: 0, is_late: false };
    for kind in kinds {
        let is_essential = essential.contains(kind);
        match inventory.freshness(*kind) {
            Freshness::Live | Freshness::Partial(_) => missing.known += usize::from(is_essential),
            Freshness::NoAccess(_) => {}
            Freshness::Absent(_) if kind.is_custom() && !is_essential => {}
            Freshness::Absent(problem) => problems.push(problem),
            Freshness::Late { problem, .. } => {
                missing.is_late |= is_essential;
                if !problems.contains(&problem) {
                    problems.push(problem);
                }
            }
            Freshness::Loading => {
                missing.is_late |= is_essential;
                let limit = LIMIT.as_secs();
                problems.push(Problem::new(
                    format!("{} are not complete", kind.plural()),
                    format!("no whole list within {limit} s"),
                    "ask for one namespace with -n",
                ));
            }
        }
    }
    // Namespaces are read for the names of environments only, where nobody asks for them.
    // A server without custom kinds forbids them to whoever may not read everything.
    let is_by_the_way = |kind: Kind| matches!(kind, Kind::Namespace | Kind::Lease) || kind.is_custom();
    let asked = kinds.iter().copied().filter(|kind| !is_by_the_way(*kind) || essential.contains(kind));
    problems.extend(inventory.closed(asked));
    missing
}

/// A problem of one of several clusters.
fn named(cluster: &ClusterName, problem: &Problem) -> Problem {
    Problem { what: format!("{cluster}: {}", problem.what).into(), ..problem.clone() }
}
