#![expect(clippy::unwrap_used, reason = "tests")]

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::domain::audit::{ActionId, Field, Intent, Left, Origin, StepResult};
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::plan::{Access, Call};
use crate::domain::target::Target;
use crate::domain::time::Clock;
use crate::domain::update::Identity;
use crate::operations::audit::{Urgency, this_process};
use crate::operations::execute::Record;
use crate::operations::ports::{Answer, Earnest, ReadError, Review};

/// A cluster that only shows one object.
struct Shows(Result<Value, ReadError>);

impl ControlPlane for Shows {
    fn get<'a>(&'a self, _object: &'a ObjectRef) -> BoxFuture<'a, Result<Value, ReadError>> {
        async { self.0.clone() }.boxed()
    }

    fn list<'a>(&'a self, _: Kind, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<Vec<Value>, ReadError>> {
        async { Ok(Vec::new()) }.boxed()
    }

    fn identity(&self) -> BoxFuture<'_, Result<Identity, Problem>> {
        async { Err(Problem::new("nobody", "", "")) }.boxed()
    }

    fn review<'a>(&'a self, _: &'a Access) -> BoxFuture<'a, Review> {
        async { Review::Unknown("".into()) }.boxed()
    }

    fn send<'a>(&'a self, _: &'a Call, _: Earnest, _: &'a str) -> BoxFuture<'a, Answer> {
        panic!("looking back sends nothing")
    }
}

fn clock() -> Clock {
    Clock::fixed("2026-11-21T03:12:00Z".parse().unwrap())
}

fn target() -> ObjectRef {
    let cluster = ClusterName("prod-eu".into());
    ObjectRef { cluster, kind: Kind::Deployment, namespace: "production".into(), name: "chat".into() }
}

/// The intent of a step that removes `paused`.
fn resume() -> Event {
    let fields = vec![Field { path: "/spec/paused".to_owned(), before: Some("old".to_owned()), after: None }];
    let footprint = Footprint { object: Target::Object(target()), uid: "uid-1".into(), left: Left::Fields(fields) };
    Event::Intent(Box::new(Intent {
        what: "Resume chat".into(),
        command_line: "".into(),
        target: "deployment/chat in production (prod-eu)".into(),
        environment: "production".into(),
        identity: "alice".into(),
        groups: Vec::new(),
        role: "".into(),
        reason: "".into(),
        plan: json!({ "footprints": [footprint] }),
        step: 1,
        steps: 1,
    }))
}

/// A journal in which a process left a change open.
async fn left_open(folder: &TempDir, origin: Origin) -> Arc<Ledger> {
    let path = folder.path().join("audit");
    let earlier = Ledger::new(path.clone(), origin, clock());
    earlier.record(&ActionId::parse("a-1").unwrap(), resume(), Urgency::Ordinary).await.unwrap();
    Arc::new(Ledger::new(path, this_process(clock().now()), clock()))
}

/// A process of this machine that has ended.
fn gone() -> Origin {
    let mut origin = this_process(clock().now());
    origin.started += 1;
    origin
}

fn planes(shows: Result<Value, ReadError>) -> Planes {
    let plane: Arc<dyn ControlPlane> = Arc::new(Shows(shows));
    [(target().cluster, plane)].into()
}

/// What is told first.
async fn told(ledger: &Arc<Ledger>, planes: Planes) -> Vec<Reconciliation> {
    let (outbox, mut inbox) = mpsc::channel(8);
    let task = tokio::spawn(keep_recalling(Arc::clone(ledger), planes, outbox, PAUSE));
    let message = inbox.recv().await;
    task.abort();
    let Some(Message::Recalled(found)) = message else { panic!("{message:?}") };
    found
}

#[tokio::test]
async fn what_was_left_open_is_looked_at_recorded_and_told_once() {
    let folder = TempDir::new().unwrap();
    let ledger = left_open(&folder, gone()).await;
    let resumed = || planes(Ok(json!({ "metadata": { "uid": "uid-1" }, "spec": {} })));
    let found = told(&ledger, resumed()).await;
    assert_eq!(found[0].result, Some(StepResult::Applied));
    assert_eq!(
        found[0].words(),
        "applied: Resume chat, deployment/chat in production (prod-eu), in the middle of which an earlier session ended \
         (it is as the step makes it)"
    );
    assert_eq!(ledger.history().unwrap().actions[0].word(), "applied");
    assert_eq!(told(&ledger, resumed()).await, []);
}

#[tokio::test]
async fn what_cannot_be_looked_at_is_told_as_such_and_stays_open() {
    let folder = TempDir::new().unwrap();
    let ledger = left_open(&folder, gone()).await;
    let silent = planes(Err(ReadError::Failed(Problem::new("prod-eu does not answer", "", ""))));
    for planes in [silent, Planes::new()] {
        assert_eq!(told(&ledger, planes).await[0].result, None);
        assert_eq!(ledger.history().unwrap().actions[0].word(), "unfinished");
    }
}

#[tokio::test]
async fn a_cluster_that_answers_later_is_looked_at_again() {
    struct Later(std::sync::atomic::AtomicBool, Shows);
    impl ControlPlane for Later {
        fn get<'a>(&'a self, object: &'a ObjectRef) -> BoxFuture<'a, Result<Value, ReadError>> {
            if self.0.swap(true, std::sync::atomic::Ordering::Relaxed) {
                return self.1.get(object);
            }
            async { Err(ReadError::Failed(Problem::new("not yet", "", ""))) }.boxed()
        }

        fn list<'a>(&'a self, kind: Kind, one: &'a str, two: &'a str) -> BoxFuture<'a, Result<Vec<Value>, ReadError>> {
            self.1.list(kind, one, two)
        }

        fn identity(&self) -> BoxFuture<'_, Result<Identity, Problem>> {
            self.1.identity()
        }

        fn review<'a>(&'a self, access: &'a Access) -> BoxFuture<'a, Review> {
            self.1.review(access)
        }

        fn send<'a>(&'a self, call: &'a Call, how: Earnest, id: &'a str) -> BoxFuture<'a, Answer> {
            self.1.send(call, how, id)
        }
    }
    let folder = TempDir::new().unwrap();
    let ledger = left_open(&folder, gone()).await;
    let gone = Shows(Ok(json!({ "metadata": { "uid": "uid-1" }, "spec": {} })));
    let plane: Arc<dyn ControlPlane> = Arc::new(Later(false.into(), gone));
    let (outbox, mut inbox) = mpsc::channel(8);
    tokio::spawn(keep_recalling(ledger, [(target().cluster, plane)].into(), outbox, Duration::ZERO));
    let mut results = Vec::new();
    while let Some(Message::Recalled(found)) = inbox.recv().await {
        results.extend(found.iter().map(|one| one.result));
    }
    assert_eq!(results, [None, Some(StepResult::Applied)]);
}

#[tokio::test]
async fn what_may_still_run_is_left_alone() {
    let elsewhere = Origin { host: "another".into(), ..this_process(clock().now()) };
    for origin in [this_process(clock().now()), elsewhere] {
        let folder = TempDir::new().unwrap();
        let ledger = left_open(&folder, origin).await;
        assert_eq!(told(&ledger, Planes::new()).await, []);
    }
}

#[test]
fn a_journal_that_was_never_begun_is_an_empty_one() {
    let folder = TempDir::new().unwrap();
    let ledger = Ledger::new(folder.path().join("audit"), gone(), clock());
    assert_eq!(ledger.history(), Ok(History::default()));
    assert!(!folder.path().join("audit").exists(), "reading makes nothing");
}
