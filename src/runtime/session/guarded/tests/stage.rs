//! A session with a guarded shift on a cluster of its own, and a clock that a test moves.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use super::cluster::Cluster;
use crate::clients::kubernetes::test_support::reader;
use crate::domain::audit::Event;
use crate::domain::condition::{Condition, Truth};
use crate::domain::guard::{Course, Guard, OnExit, Verdict};
use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::domain::object::{ClusterName, Meta, ObjectRef};
use crate::domain::operation::{OperationEvent, OperationId};
use crate::domain::platform::Service;
use crate::domain::pod::Pod;
use crate::domain::problem::Problem;
use crate::domain::route::{Backend, HttpRoute, Rule};
use crate::domain::row::Row;
use crate::domain::time::Clock;
use crate::domain::update::{Liveness, SourceId, Update};
use crate::operations::audit::{read, this_process};
use crate::operations::confirm::Proof;
use crate::operations::guard::End;
use crate::operations::verify::Patience;
use crate::runtime::clusters::Handle;
use crate::runtime::guarded::drive::Errand;
use crate::runtime::guarded::{GuardEvent, Phase};
use crate::runtime::ledger::Ledger;
use crate::runtime::session::Session;
use crate::runtime::wait::Wait;
use crate::state::SPLIT_KINDS;
use crate::targets::alertmanager::Alertmanagers;
use crate::targets::requests::Counters;

/// How many times something is waited for before a test is taken to have failed.
const ENOUGH: usize = 20_000;

pub(super) struct Stage {
    pub(super) session: Session,
    pub(super) cluster: Arc<Cluster>,
    pub(super) id: OperationId,
    /// What was told of the guarded shift.
    pub(super) told: Vec<GuardEvent>,
    /// What was told of the change that begins it.
    pub(super) changes: Vec<OperationEvent>,
    now: Arc<Mutex<Timestamp>>,
    folder: TempDir,
    is_canary_ready: bool,
}

fn cluster() -> ClusterName {
    ClusterName("it".into())
}

/// The route.
pub(super) fn route() -> ObjectRef {
    ObjectRef { cluster: cluster(), kind: Kind::HttpRoute, namespace: "staging".into(), name: "chat".into() }
}

fn meta(name: &str) -> Meta {
    Meta {
        namespace: "staging".into(),
        name: name.into(),
        labels: vec![("arm".into(), name.into()), ("app.kubernetes.io/name".into(), "chat".into())].into(),
        generation: 1,
        ..Meta::default()
    }
}

impl Stage {
    /// Before anything is wished for.
    pub(super) fn new() -> Self {
        let now = Arc::new(Mutex::new("2026-11-21T03:12:00Z".parse::<Timestamp>().unwrap()));
        let told = Arc::clone(&now);
        let clock = Clock::new(move || *told.lock().unwrap());
        let (plane, folder) = (Arc::new(Cluster::new()), TempDir::new().unwrap());
        let mut session = Session::offline(clock.clone());
        session.ledger = Arc::new(Ledger::new(folder.path().join("audit"), this_process(clock.now()), clock));
        let handle = Handle {
            reader: reader("http://127.0.0.1:1"),
            plane: Arc::clone(&plane) as _,
            alertmanagers: Alertmanagers::default(),
            counters: Counters::default(),
        };
        session.clusters.insert(cluster(), handle);
        session.arm_always();
        let mut stage = Self {
            session,
            cluster: plane,
            id: OperationId(0),
            told: Vec::new(),
            changes: Vec::new(),
            now,
            folder,
            is_canary_ready: true,
        };
        stage.list();
        stage
    }

    /// Proposes one with two weights.
    pub(super) fn propose(&mut self, on_exit: OnExit) {
        let course = Course::new(vec![20, 50], SignedDuration::from_mins(3), Guard::default(), on_exit).unwrap();
        let intent = Intent::GuardedShift { target: route(), arm: "chat-canary".into(), course: Box::new(course) };
        let patience = Patience { stable: Duration::ZERO, every: Duration::from_millis(1), ..Patience::default() };
        self.id = self.session.propose(intent, Wait::For(patience), "it looks well".into());
    }

    /// Proposes a shift by hand.
    pub(super) fn shift(&mut self, percent: u8) {
        self.shift_arm("chat-canary", percent);
    }

    /// Proposes one of either arm.
    pub(super) fn shift_arm(&mut self, arm: &str, percent: u8) {
        let intent = Intent::Shift { target: route(), arm: arm.into(), percent };
        self.id = self.session.propose(intent, Wait::No, "it looks well".into());
    }

    /// Why nothing could be planned.
    pub(super) async fn refused(&mut self) -> Problem {
        self.changes.clear();
        let is_refused = |stage: &Self| matches!(stage.changes.last(), Some(OperationEvent::Failed { .. }));
        self.until("that to be refused", is_refused).await;
        let Some(OperationEvent::Failed { problem, .. }) = self.changes.pop() else { panic!("that was no refusal") };
        problem
    }

    /// One that is proposed, with a yes that was not heard by the change so far.
    pub(super) async fn confirmed(on_exit: OnExit) -> Self {
        let mut stage = Self::new();
        stage.propose(on_exit);
        stage.confirm().await;
        stage
    }

    /// Says yes to what is proposed.
    pub(super) async fn confirm(&mut self) {
        self.until("a plan", |stage| stage.session.drives[&stage.id].plan.is_some()).await;
        self.say_yes();
        assert_eq!(self.phase(), Phase::Confirmed);
    }

    /// Says yes to the plan that there is, whatever comes of it.
    pub(super) fn say_yes(&mut self) {
        let plan = self.session.drives[&self.id].plan.as_ref().unwrap().hash();
        let proof = Proof { plan, typed: "chat".to_owned(), reason: "it looks well".into() };
        self.session.confirm(self.id, proof);
    }

    /// The same while it holds its first weight.
    pub(super) async fn holding(on_exit: OnExit) -> Self {
        let mut stage = Self::confirmed(on_exit).await;
        stage.until("the first weight", |stage| matches!(stage.phase(), Phase::Holding { .. })).await;
        assert_eq!(stage.cluster.weights(), [80, 20]);
        stage
    }

    pub(super) fn phase(&self) -> Phase {
        self.session.guarded_shift(self.id).unwrap().phase.clone()
    }

    pub(super) fn errand(&self) -> Option<Errand> {
        self.session.drives[&self.id].errand
    }

    /// Takes in what happens until something is so.
    pub(super) async fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        for _ in 0..ENOUGH {
            if is_so(self) {
                return;
            }
            tokio::select! {
                absorbed = self.session.absorb() => {
                    let told = absorbed.guarded.into_iter().filter(|(id, _)| *id == self.id);
                    self.told.extend(told.map(|(_, event)| event));
                    self.changes.extend(absorbed.operations.into_iter().map(|(_, event)| event));
                }
                () = tokio::time::sleep(Duration::from_millis(1)) => {}
            }
            self.list();
        }
        panic!("{what} did not come: {:?}, asked {:?}, {:?}", self.phase(), self.cluster.asked(), self.told);
    }

    /// Takes in what happens until it is over.
    pub(super) async fn ended(&mut self) -> End {
        self.until("the end", |stage| stage.session.guarded_shift(stage.id).unwrap().end().is_some()).await;
        self.session.guarded_shift(self.id).unwrap().end().unwrap().clone()
    }

    /// Lets time pass, and has the session look at what is due.
    pub(super) fn pass(&mut self, time: SignedDuration) {
        *self.now.lock().unwrap() += time;
        let mut news = Vec::new();
        self.session.drive(&mut news);
        self.told.extend(news.into_iter().map(|(_, event)| event));
    }

    /// What a look shows.
    pub(super) fn see(&mut self, verdict: &Verdict) {
        let now = *self.now.lock().unwrap();
        let mut drive = self.session.drives.remove(&self.id).unwrap();
        let next = drive.machine.look(verdict, now);
        let mut news = Vec::new();
        self.session.pursue(&mut drive, next, now, &mut news);
        self.told.extend(news.into_iter().map(|(_, event)| event));
        self.session.drives.insert(self.id, drive);
    }

    /// A weight was held for long enough, and the new revision is as good as the stable one.
    pub(super) fn look_good(&mut self) {
        *self.now.lock().unwrap() += SignedDuration::from_mins(4);
        self.see(&Verdict::Pass("0 of 500 requests failed".into()));
    }

    /// Goes on to the second weight, which is planned from now on.
    pub(super) fn go_on(&mut self) {
        self.look_good();
        assert_eq!(self.phase(), Phase::Shifting);
    }

    /// None of the pods of the new revision is ready any more.
    pub(super) fn break_canary(&mut self) {
        self.is_canary_ready = false;
        self.list();
    }

    /// They are ready again.
    pub(super) fn mend_canary(&mut self) {
        self.is_canary_ready = true;
        self.list();
    }

    /// Tells the session how the route and the pods are.
    fn list(&mut self) {
        let [stable, canary] = self.cluster.weights();
        let backend = |service: &str, weight: u64| Backend {
            service: service.into(),
            weight: u32::try_from(weight).unwrap(),
            ..Backend::default()
        };
        let rule = Rule {
            backends: Box::new([backend("chat-stable", stable), backend("chat-canary", canary)]),
            ..Rule::default()
        };
        let route = HttpRoute { meta: meta("chat"), rules: Box::new([rule]), ..HttpRoute::default() };
        let mut rows = vec![(Kind::HttpRoute, Row::HttpRoute(Box::new(route)))];
        for (arm, is_ready) in [("chat-stable", true), ("chat-canary", self.is_canary_ready)] {
            let selector = vec![("arm".into(), arm.into())].into();
            rows.push((
                Kind::Service,
                Row::Service(Box::new(Service { meta: meta(arm), selector, ..Service::default() })),
            ));
            let condition = Condition {
                about: "Ready".into(),
                truth: if is_ready { Truth::True } else { Truth::False },
                ..Condition::default()
            };
            let pod =
                Pod { meta: meta(arm), phase: "Running".into(), conditions: Box::new([condition]), ..Pod::default() };
            rows.push((Kind::Pod, Row::Pod(Box::new(pod))));
        }
        for (kind, row) in rows {
            let source = SourceId { cluster: cluster(), kind, namespace: None };
            let _ = self.session.believe(Update::Applied(source, vec![row]));
        }
        for kind in SPLIT_KINDS {
            let source = SourceId { cluster: cluster(), kind, namespace: None };
            let _ = self.session.believe(Update::Source(source, Liveness::Live));
        }
    }

    /// What the journal holds, in words.
    pub(super) fn recorded(&self) -> Vec<String> {
        let entries = read(&self.folder.path().join("audit")).unwrap_or_default();
        let word = |event: &Event| match event {
            Event::Intent(intent) => format!("intent: {} because {}", intent.what, intent.reason),
            Event::Outcome { result, .. } => format!("{result:?}"),
            Event::Verdict { result, detail } => format!("{result:?}: {detail}"),
            other => format!("{other:?}"),
        };
        entries.iter().map(|entry| word(&entry.as_ref().unwrap().event)).collect()
    }
}
