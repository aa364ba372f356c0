//! What arrives at a session, and what a face is told of it.

use serde_json::Value;

use crate::domain::audit::{History, Reconciliation};
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::operation::{OperationEvent, OperationId};
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::update::Update;
use crate::state::Changed;

use super::evidence::{Archive, Question};
use super::guarded::GuardEvent;
use super::signals::Offer;

/// What arrives at a session.
#[derive(Debug)]
pub enum Message {
    /// The world said.
    Update(Update),
    /// A change goes on.
    Operation(OperationId, OperationEvent),
    /// A whole object was read.
    Object(ObjectRef, Result<Value, Problem>),
    /// The journal was read.
    History(Result<History, Problem>),
    /// What earlier sessions left open was looked at.
    Recalled(Vec<Reconciliation>),
    /// The lease of a guarded shift was lost.
    LeaseLost(OperationId, Text),
    /// The lease of a guarded shift was released, or why it was not.
    LeaseReleased(OperationId, Option<Problem>),
    /// Services were looked for where servers of signals usually live.
    Offers(ClusterName, Vec<Offer>),
    /// What is believed of a service is wanted, for evidence.
    Question(Box<Question>),
    /// Evidence that somebody asked for was made, or could not be.
    Evidence(Box<Result<Archive, Problem>>),
}

/// What happened besides facts while messages were taken in.
#[derive(Debug, Default)]
pub struct Absorbed {
    /// What of the state moved.
    pub changed: Changed,
    /// How changes went on.
    pub operations: Vec<(OperationId, OperationEvent)>,
    /// How guarded shifts went on.
    pub guarded: Vec<(OperationId, GuardEvent)>,
    /// Whole objects that were read.
    pub objects: Vec<(ObjectRef, Result<Value, Problem>)>,
    /// What earlier sessions left open; there the first time, although it may be empty.
    pub recalled: Option<Vec<Reconciliation>>,
    /// Whether the journal was read anew.
    pub history: bool,
    /// Whether logs went on.
    pub logs: bool,
    /// Evidence that somebody asked for.
    pub evidence: Vec<Result<Archive, Problem>>,
    /// What login programs have said since the last time; it moves the state as well.
    pub said: Vec<Text>,
}

impl Absorbed {
    /// Whether nothing happened.
    pub fn is_nothing(&self) -> bool {
        let told = self.operations.is_empty() && self.guarded.is_empty() && self.objects.is_empty();
        let told = told && self.evidence.is_empty();
        let heard = self.recalled.is_some() || self.history || self.logs;
        self.changed.is_nothing() && told && !heard
    }
}
