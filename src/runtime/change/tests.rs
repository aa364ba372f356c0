#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::domain::kind::Kind;
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::plan::{Access, Call};
use crate::domain::update::Identity;
use crate::operations::audit::{read as read_journal, this_process};
use crate::operations::ports::{Answer as Said, Earnest, Review};

/// A cluster with one Deployment, in a namespace whose label a test chooses.
struct Cluster {
    deployment: Mutex<Value>,
    /// What a read of the namespace finds.
    namespace: Result<Value, ReadError>,
    is_away: AtomicBool,
}

impl Cluster {
    fn new(namespace: Result<Value, ReadError>) -> Self {
        let deployment = json!({
            "metadata": { "uid": "uid-1", "generation": 1 },
            "spec": { "replicas": 2, "selector": { "matchLabels": { "app": "chat" } }, "template": { "spec": {
                "containers": [{ "name": "chat", "image": "chat:1" }],
            } } },
            "status": { "observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2 },
        });
        Self { deployment: Mutex::new(deployment), namespace, is_away: AtomicBool::new(false) }
    }

    /// Does what somebody else might do at any time.
    fn set_image(&self, image: &str) {
        self.deployment.lock().unwrap()["spec"]["template"]["spec"]["containers"][0]["image"] = json!(image);
    }

    fn image(&self) -> String {
        self.deployment.lock().unwrap()["spec"]["template"]["spec"]["containers"][0]["image"].to_string()
    }
}

impl ControlPlane for Cluster {
    fn get<'a>(&'a self, object: &'a ObjectRef) -> BoxFuture<'a, Result<Value, ReadError>> {
        let seen = match object.kind {
            _ if self.is_away.load(Ordering::SeqCst) => {
                Err(ReadError::Failed(Problem::new("cannot be reached", "", "")))
            }
            Kind::Namespace => self.namespace.clone(),
            _ => Ok(self.deployment.lock().unwrap().clone()),
        };
        async { seen }.boxed()
    }

    fn list<'a>(&'a self, _: Kind, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<Vec<Value>, ReadError>> {
        async { Ok(Vec::new()) }.boxed()
    }

    fn identity(&self) -> BoxFuture<'_, Result<Identity, Problem>> {
        async { Ok(Identity { user: "alice".into(), groups: Vec::new() }) }.boxed()
    }

    fn review<'a>(&'a self, _: &'a Access) -> BoxFuture<'a, Review> {
        async { Review::Allowed }.boxed()
    }

    fn send<'a>(&'a self, call: &'a Call, earnest: Earnest, _: &'a str) -> BoxFuture<'a, Said> {
        let Call::Patch { operations, .. } = call else { panic!("only patches are sent here") };
        let patch: json_patch::Patch = serde_json::from_value(json!(operations)).unwrap();
        let mut deployment = self.deployment.lock().unwrap();
        let mut changed = deployment.clone();
        let said = match json_patch::patch(&mut changed, &patch) {
            Ok(()) => Said::Accepted(changed.clone()),
            Err(error) => Said::Conflict(error.to_string().into()),
        };
        if earnest == Earnest::ForReal && matches!(said, Said::Accepted(_)) {
            *deployment = changed;
        }
        async { said }.boxed()
    }
}

/// A change under way, and both its ends.
struct Stage {
    cluster: Arc<Cluster>,
    orders: mpsc::Sender<Order>,
    events: mpsc::UnboundedReceiver<OperationEvent>,
    folder: TempDir,
}

/// Begins to set the image `chat:2`.
fn begin(namespace: Result<Value, ReadError>) -> Stage {
    let clock = Clock::fixed("2026-11-21T03:12:00Z".parse().unwrap());
    let (cluster, folder) = (Arc::new(Cluster::new(namespace)), TempDir::new().unwrap());
    let target = ObjectRef {
        cluster: ClusterName("prod-eu".into()),
        kind: Kind::Deployment,
        namespace: "blue".into(),
        name: "chat".into(),
    };
    let plane: Arc<dyn ControlPlane> = Arc::clone(&cluster) as _;
    let change = Change {
        intent: Intent::SetImage { target, container: None, image: "chat:2".into() },
        reason: "incident 42".into(),
        asked: clock.now(),
        service: "chat".into(),
        rules: EnvironmentRules::default(),
        traffic: traffic::Limits::default(),
        priorities: Priorities::default(),
        plane,
        policy: Arc::new(Policy::NotConfigured),
        armed: watch::Sender::new(Armed::Always).subscribe(),
        ledger: Arc::new(Ledger::new(folder.path().join("audit"), this_process(clock.now()), clock.clone())),
        action: ActionId::parse("a-1").unwrap(),
        clock,
        wait: Wait::No,
        own: None,
        yes: Yes::said().1,
        sightings: Arc::default(),
        evidence: None,
    };
    let (orders, ordered) = mpsc::channel(4);
    let (report, events) = mpsc::unbounded_channel();
    tokio::spawn(change.run(ordered, Box::new(move |event| drop(report.send(event)))));
    Stage { cluster, orders, events, folder }
}

impl Stage {
    /// The next plan that is proposed, and what was told before it.
    async fn proposed(&mut self) -> (Plan, Vec<OperationEvent>) {
        let mut before = Vec::new();
        loop {
            match self.events.recv().await {
                Some(OperationEvent::Proposed(proposal)) => return (*proposal.plan, before),
                Some(event) => before.push(event),
                None => panic!("it ended: {before:?}"),
            }
        }
    }

    /// Waits until it is told that nothing was confirmed.
    async fn refused(&mut self) {
        loop {
            match self.events.recv().await.expect("it goes on") {
                OperationEvent::NotConfirmed { .. } => return,
                OperationEvent::Preparing => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Says yes to a plan.
    async fn confirm(&self, plan: &Plan) {
        let proof = Proof { plan: plan.hash(), typed: "chat".to_owned(), reason: "incident 42".into() };
        self.orders.send(Order::Confirm(proof)).await.unwrap();
    }

    fn recorded(&self) -> Vec<String> {
        let entries = read_journal(&self.folder.path().join("audit")).unwrap_or_default();
        let word = |event: &Event| match event {
            Event::Outcome { result, .. } => format!("{result:?}"),
            Event::Intent(_) => "intent".to_owned(),
            Event::Verdict { .. } => "verdict".to_owned(),
            other => format!("{other:?}"),
        };
        entries.iter().map(|entry| word(&entry.as_ref().unwrap().event)).collect()
    }
}

#[tokio::test]
async fn the_label_of_the_namespace_makes_the_environment_though_nothing_was_listed() {
    let labelled = |label: &str| Ok(json!({ "metadata": { "labels": { "environment": label } } }));
    let forbidden = Err(ReadError::Forbidden(Problem::new("forbidden", "", "")));
    for (namespace, environment, is_protected) in [
        (labelled("staging"), "staging", false),
        (labelled("production"), "production", true),
        (forbidden, "blue", true),
        (Ok(json!({})), "blue", true),
    ] {
        let (plan, _) = begin(namespace).proposed().await;
        assert_eq!((plan.environment.as_str(), plan.is_protected), (environment, is_protected));
    }
}

#[tokio::test]
async fn a_plan_that_was_overtaken_is_made_anew_and_never_forced() {
    let mut stage = begin(Ok(json!({})));
    let (first, _) = stage.proposed().await;
    stage.cluster.set_image("chat:9");
    stage.confirm(&first).await;
    loop {
        match stage.events.recv().await.expect("it goes on") {
            OperationEvent::Overtaken { .. } => break,
            OperationEvent::StepStarted { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(stage.cluster.image(), "\"chat:9\"");
    // Who still says yes to the plan that was overtaken is not heard.
    stage.confirm(&first).await;
    stage.orders.send(Order::Refresh).await.unwrap();
    let (second, before) = stage.proposed().await;
    assert!(
        matches!(before.as_slice(), [OperationEvent::NotConfirmed { .. }, OperationEvent::Preparing]),
        "nothing was sent meanwhile: {before:?}"
    );
    assert_ne!(second.hash(), first.hash());
    stage.confirm(&second).await;
    while let Some(event) = stage.events.recv().await {
        assert!(!matches!(event, OperationEvent::Failed { .. }), "{event:?}");
    }
    assert_eq!(stage.cluster.image(), "\"chat:2\"");
    assert_eq!(stage.recorded(), ["intent", "Rejected", "intent", "Applied", "verdict"]);
}

#[tokio::test]
async fn a_cluster_that_is_away_for_a_moment_ends_no_review() {
    let mut stage = begin(Ok(json!({})));
    let (first, _) = stage.proposed().await;
    stage.cluster.is_away.store(true, Ordering::SeqCst);
    stage.orders.send(Order::Refresh).await.unwrap();
    stage.refused().await;
    // Nothing can be said yes to meanwhile, and nobody waits for an answer that does not come.
    stage.confirm(&first).await;
    stage.refused().await;
    stage.cluster.is_away.store(false, Ordering::SeqCst);
    stage.orders.send(Order::Refresh).await.unwrap();
    let (second, _) = stage.proposed().await;
    assert_eq!(second.hash(), first.hash());
    assert_eq!(stage.recorded(), Vec::<String>::new());
}
