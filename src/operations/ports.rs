//! What operations need from outside: a control plane to read and to change, and a place to write down what happens.

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value;

use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::plan::{Access, Call};
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::update::Identity;

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq)]
pub enum ReadError {
    /// There is no such object.
    NotFound,
    /// The server knows who asks, and does not let them read it.
    Forbidden(Problem),
    /// Anything else, as a person is told.
    Failed(Problem),
}

/// What a cluster says to the question whether we may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Review {
    /// Yes.
    Allowed,
    /// No, and perhaps why.
    Denied(Text),
    /// It could not be asked.
    Unknown(Text),
}

/// Whether a call is only tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earnest {
    /// The server does everything but keep the change.
    DryRun,
    /// The server keeps the change.
    ForReal,
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It was accepted; this is the object as it is now, or would be.
    Accepted(Value),
    /// The object is not as the call expected it.
    Conflict(Text),
    /// The server does not let us.
    Denied(Text),
    /// The server refused it for another reason.
    Rejected(Text),
    /// Nothing was sent.
    NotSent(Text),
    /// It was sent, and no trustworthy answer came.
    Unknown(Text),
}

/// An Alertmanager of a cluster, as it answered when it was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertmanagerReply {
    /// As the configuration calls it.
    pub server: Text,
    /// Its address, or the path by which the cluster's API leads to it.
    pub at: Text,
    /// The Service behind which it is, where the cluster has to allow the way to it.
    pub behind: Option<ObjectRef>,
    /// What it told, or why it did not.
    pub told: Result<AlertmanagerData, ReadError>,
}

/// What an Alertmanager keeps, whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlertmanagerData {
    /// Its alerts.
    pub alerts: Vec<Value>,
    /// Its silences.
    pub silences: Vec<Value>,
}

/// A cluster, as far as changing it goes. Reads are of full objects as JSON, fresh at that moment.
pub trait ControlPlane: Send + Sync {
    /// Reads one object.
    fn get<'a>(&'a self, object: &'a ObjectRef) -> BoxFuture<'a, Result<Value, ReadError>>;

    /// Reads the objects of a kind in a namespace that match a label selector; an empty one matches all.
    fn list<'a>(
        &'a self,
        kind: Kind,
        namespace: &'a str,
        selector: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Value>, ReadError>>;

    /// Asks the Alertmanagers of the cluster for their alerts and silences; none where none is known.
    fn alertmanagers(&self) -> BoxFuture<'_, Vec<AlertmanagerReply>> {
        async { Vec::new() }.boxed()
    }

    /// Asks how many requests each of some Services has been sent so far, by whoever counts them; none where nobody does.
    fn counted<'a>(&'a self, services: &'a [ObjectRef]) -> BoxFuture<'a, Option<Vec<f64>>> {
        let _ = services;
        async { None }.boxed()
    }

    /// Asks who we are.
    fn identity(&self) -> BoxFuture<'_, Result<Identity, Problem>>;

    /// Asks whether we may.
    fn review<'a>(&'a self, access: &'a Access) -> BoxFuture<'a, Review>;

    /// Sends a call, once. `audit_id` goes with it, so that the server's own record can be joined to ours.
    fn send<'a>(&'a self, call: &'a Call, earnest: Earnest, audit_id: &'a str) -> BoxFuture<'a, Answer>;
}
