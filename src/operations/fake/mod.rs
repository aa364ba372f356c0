//! A control plane and a record that do what a test tells them, and remember in which order they were used.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value;

use crate::domain::audit::{ActionId, Event, StepResult};
use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::plan::{Access, Call};
use crate::domain::problem::Problem;
use crate::domain::update::Identity;

use super::audit::{AuditError, Urgency};
use super::authorize::{Arming, Authorized, authorize};
use super::confirm::{Confirmed, Proof, confirm};
use super::execute::Record;
use super::plan::plan;
use super::policy::Policy;
use super::ports::{AlertmanagerReply, Answer, ControlPlane, Earnest, ReadError, Review};
use super::read::Snapshot;
use super::rehearse::rehearse;

pub(super) mod objects;
pub(super) mod recorded;
pub(super) mod traffic;

/// What was done, in order: "intent 1", "send PATCH …", "dry run PATCH …", "get …", "outcome 1 applied".
pub(super) type Diary = Arc<Mutex<Vec<String>>>;

/// A control plane that gives prepared answers. The last answer of each queue stays.
#[derive(Default)]
pub(super) struct Plane {
    pub diary: Diary,
    /// What a read of an object finds.
    pub seen: Mutex<VecDeque<Result<Value, ReadError>>>,
    /// What a call in earnest is answered; accepted without one.
    pub answers: Mutex<VecDeque<Answer>>,
    /// What a dry run is answered; accepted without one.
    pub rehearsals: Mutex<VecDeque<Answer>>,
    /// What its Alertmanagers tell.
    pub replies: Mutex<VecDeque<Vec<AlertmanagerReply>>>,
    /// What is counted for some Services; nobody counts without one.
    pub counts: Mutex<VecDeque<Option<Vec<f64>>>>,
    /// What a list finds, by kind.
    pub lists: Vec<(Kind, Result<Vec<Value>, ReadError>)>,
}

/// Takes the next of some answers, and the last one again and again.
fn next<T: Clone>(queue: &Mutex<VecDeque<T>>) -> Option<T> {
    let mut queue = queue.lock().expect("no test panics while it holds the lock");
    if queue.len() > 1 { queue.pop_front() } else { queue.front().cloned() }
}

fn note(diary: &Diary, what: String) {
    diary.lock().expect("no test panics while it holds the lock").push(what);
}

/// What a diary holds.
pub(super) fn entries(diary: &Diary) -> Vec<String> {
    diary.lock().expect("no test panics while it holds the lock").clone()
}

/// The failure of a read.
pub(super) fn unreadable() -> Result<Value, ReadError> {
    Err(ReadError::Failed(Problem::new("cannot read", "connection refused", "")))
}

impl ControlPlane for Plane {
    fn get<'a>(&'a self, object: &'a ObjectRef) -> BoxFuture<'a, Result<Value, ReadError>> {
        note(&self.diary, format!("get {}", object.kind_and_name()));
        async { next(&self.seen).unwrap_or(Err(ReadError::NotFound)) }.boxed()
    }

    fn list<'a>(
        &'a self,
        kind: Kind,
        _namespace: &'a str,
        selector: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Value>, ReadError>> {
        note(&self.diary, format!("list {} {selector}", kind.plural()));
        let found = self.lists.iter().find(|(listed, _)| *listed == kind).map(|(_, found)| found.clone());
        async { found.unwrap_or_else(|| Ok(Vec::new())) }.boxed()
    }

    fn identity(&self) -> BoxFuture<'_, Result<Identity, Problem>> {
        async { Ok(objects::alice()) }.boxed()
    }

    fn review<'a>(&'a self, access: &'a Access) -> BoxFuture<'a, Review> {
        note(&self.diary, format!("may we {} {}", access.words(), access.object.name));
        async { Review::Allowed }.boxed()
    }

    fn alertmanagers(&self) -> BoxFuture<'_, Vec<AlertmanagerReply>> {
        note(&self.diary, "ask Alertmanager".to_owned());
        async { next(&self.replies).unwrap_or_default() }.boxed()
    }

    fn counted<'a>(&'a self, _services: &'a [ObjectRef]) -> BoxFuture<'a, Option<Vec<f64>>> {
        async { next(&self.counts).flatten() }.boxed()
    }

    fn send<'a>(&'a self, call: &'a Call, earnest: Earnest, _audit_id: &'a str) -> BoxFuture<'a, Answer> {
        let (word, answers) = match earnest {
            Earnest::DryRun => ("dry run", &self.rehearsals),
            Earnest::ForReal => ("send", &self.answers),
        };
        let version = match call {
            Call::DeleteBroken { version: Some(version), .. } => format!(" in version {version}"),
            _ => String::new(),
        };
        note(&self.diary, format!("{word} {}{version}", call.request()));
        async { next(answers).unwrap_or(Answer::Accepted(Value::Null)) }.boxed()
    }
}

/// A record that notes what it is given, or fails for a kind of record.
#[derive(Default)]
pub(super) struct Journal {
    pub diary: Diary,
    /// The beginning of the entry that cannot be written: "intent", "outcome".
    pub fails_at: Option<&'static str>,
    /// How urgent each record was.
    pub urgencies: Mutex<Vec<Urgency>>,
}

impl Record for Journal {
    fn record<'a>(
        &'a self,
        _action: &'a ActionId,
        event: Event,
        urgency: Urgency,
    ) -> BoxFuture<'a, Result<(), AuditError>> {
        async move {
            // A disk takes its time.
            tokio::task::yield_now().await;
            self.write(event, urgency)
        }
        .boxed()
    }
}

impl Journal {
    fn write(&self, event: Event, urgency: Urgency) -> Result<(), AuditError> {
        let entry = match event {
            Event::Intent(intent) => format!("intent {}", intent.step),
            Event::Outcome { step, result, .. } => format!("outcome {step} {}", word(result)),
            other => format!("{other:?}"),
        };
        if self.fails_at.is_some_and(|beginning| entry.starts_with(beginning)) {
            return Err(AuditError::NotDurable {
                doing: "write",
                path: "audit-000001.jsonl".into(),
                source: io::Error::from_raw_os_error(28),
            });
        }
        note(&self.diary, entry);
        self.urgencies.lock().expect("no test panics while it holds the lock").push(urgency);
        Ok(())
    }
}

fn word(result: StepResult) -> &'static str {
    match result {
        StepResult::Applied => "applied",
        StepResult::Rejected => "rejected",
        StepResult::Unknown => "unknown",
        StepResult::NotSent => "not sent",
        StepResult::NotNeeded => "not needed",
    }
}

/// Plans and authorizes what nobody forbids.
pub(super) fn authorized(intent: &Intent, snapshot: &mut Snapshot) -> Authorized {
    let plan = plan(intent, snapshot, &objects::place()).expect("the test's intent makes sense");
    objects::allow(snapshot, &plan);
    authorize(plan, snapshot, &Policy::NotConfigured, Arming::Armed).expect("nobody forbids it")
}

/// Takes an intent through every stage before execution.
pub(super) async fn confirmed(intent: &Intent, snapshot: &mut Snapshot) -> Confirmed {
    let authorized = authorized(intent, snapshot);
    let rehearsed = rehearse(authorized, &Plane::default(), "a-1").await.expect("the fake accepts it");
    let proof = proof_of(rehearsed.plan());
    confirm(rehearsed, &proof, snapshot.taken).expect("the proof suffices")
}

/// A proof that suffices.
pub(super) fn proof_of(plan: &crate::domain::plan::Plan) -> Proof {
    Proof { plan: plan.hash(), typed: plan.service.to_string(), reason: "incident 42".into() }
}
