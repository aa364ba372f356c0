//! What the world said: the only way by which facts enter the state.

use jiff::Timestamp;

use super::alert::Alert;
use super::change::Change;
use super::kind::Kind;
use super::logs::Complaints;
use super::metric::Measured;
use super::object::{ClusterName, ObjectRef};
use super::problem::Problem;
use super::row::Row;
use super::rule::Rule;
use super::signal::{SignalId, SignalKind};
use super::silence::Silence;
use super::text::Text;
use super::writing::Writing;

/// A source of facts: one kind in one cluster, in one namespace or in all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId {
    /// The cluster.
    pub cluster: ClusterName,
    /// The kind that is read.
    pub kind: Kind,
    /// The namespace; none when all are read at once.
    pub namespace: Option<Text>,
}

/// How a source is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Liveness {
    /// It is connecting, or has begun to list.
    Loading,
    /// Its list is complete and its watch is open.
    Live,
    /// Nothing has been heard since then; what is shown is that old.
    Late {
        /// When it was last heard.
        since: Timestamp,
        /// Why, and what is being done.
        problem: Problem,
    },
    /// It may not be read; what would have to be allowed is said in the problem.
    NoAccess(Problem),
    /// It cannot be read at all: the server does not know it.
    Absent(Problem),
}

/// What is known about a cluster as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterFacts {
    /// The address of its API server.
    pub server: Text,
    /// The namespace that its context names.
    pub namespace: Text,
    /// Whether the server's certificate is not checked.
    pub is_insecure: bool,
    /// Whether midwatch may write to it at all.
    pub is_writable: bool,
    /// In whose name requests are made, if not in one's own.
    pub impersonating: Option<Text>,
    /// The proxy on the way, if there is one.
    pub proxy: Option<Text>,
}

/// Who the server says we are.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Identity {
    /// The user's name.
    pub user: Text,
    /// The groups.
    pub groups: Vec<Text>,
}

/// How a cluster's login program is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// What it has said in this run, for example the code to enter in a browser.
    pub said: Vec<Text>,
    /// How far it is.
    pub stage: LoginStage,
}

/// How far a login program is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginStage {
    /// It runs, or will with the first request; a person may have to act on what it says.
    Running,
    /// It gave a credential.
    Ready,
    /// It gave none.
    Failed(Problem),
}

impl Login {
    /// Whether it is still to be waited for.
    pub fn is_running(&self) -> bool {
        self.stage == LoginStage::Running
    }
}

/// One fact, or many of one source that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    /// A list begins; what it does not name by its end is gone.
    ListBegan(SourceId),
    /// These objects are as follows.
    Applied(SourceId, Vec<Row>),
    /// These objects are gone; namespace and name each.
    Gone(SourceId, Vec<(Text, Text)>),
    /// The list is complete.
    ListEnded(SourceId),
    /// How a source is doing.
    Source(SourceId, Liveness),
    /// When a cluster was last heard.
    Heard(ClusterName, Timestamp),
    /// A cluster does not answer.
    Silent(ClusterName, Problem),
    /// What is known about a cluster.
    Cluster(ClusterName, ClusterFacts),
    /// Who we are there; a problem where the server would not say.
    Identity(ClusterName, Result<Identity, Problem>),
    /// How its login program is doing.
    Login(ClusterName, Login),
    /// Who wrote an object, and when.
    Written(ObjectRef, Vec<Writing>),
    /// What midwatch changed from this machine by its journal, oldest first; all that is known of it.
    Recorded(Vec<Change>),
    /// All rules that a server evaluates, or midwatch against it, as they stood at a moment; or why they are not told.
    Rules(SignalKind, SignalId, Timestamp, Result<Vec<Rule>, Problem>),
    /// All alerts that a server knows, as it answered at a moment; or why it did not.
    Alerts(SignalKind, SignalId, Timestamp, Result<Vec<Alert>, Problem>),
    /// All silences that an Alertmanager keeps, or why it did not tell them.
    Silences(SignalId, Result<Vec<Silence>, Problem>),
    /// What the logs of the pods behind a Service said lately; none where nobody tells.
    Complaints(ObjectRef, Option<Complaints>),
    /// What a server said about numbers at a moment; or why it said nothing.
    Metrics(SignalId, Timestamp, Result<Measured, Problem>),
}
