//! A cluster with one route between two arms, which takes a lease and weights, and does to a call what a test says.

use std::collections::VecDeque;
use std::sync::Mutex;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::plan::{Access, Call};
use crate::domain::problem::Problem;
use crate::domain::update::Identity;
use crate::operations::guard::lease::taking_over;
use crate::operations::ports::{Answer, ControlPlane, Earnest, ReadError, Review};

/// The cluster.
pub(super) struct Cluster {
    held: Mutex<Held>,
    /// Which calls wait until they are let through.
    gate: watch::Sender<Option<Kind>>,
}

/// What it holds.
struct Held {
    route: Value,
    lease: Option<Value>,
    /// What the next changes of weights are answered, instead of being done.
    answers: VecDeque<Answer>,
    /// Each call in earnest, when it arrives: the weights that it sets, "take", "release". Renewals go their own way.
    asked: Vec<String>,
    /// The weights that were set, one after the other.
    set: Vec<String>,
    /// Whether the gateway takes what is set.
    follows: bool,
    is_away: bool,
    /// How many calls are in flight, and the most at any time.
    in_flight: (usize, usize),
}

impl Cluster {
    /// Everything goes to the stable revision.
    pub(super) fn new() -> Self {
        let backend =
            |name: &str, weight: u64| json!({ "kind": "Service", "name": name, "port": 80, "weight": weight });
        let condition = |about: &str| json!({ "type": about, "status": "True", "observedGeneration": 1 });
        let route = json!({
            "metadata": { "name": "chat", "namespace": "staging", "uid": "uid-route", "generation": 1 },
            "spec": {
                "parentRefs": [{ "name": "edge" }],
                "rules": [{ "backendRefs": [backend("chat-stable", 100), backend("chat-canary", 0)] }],
            },
            "status": { "parents": [{
                "parentRef": { "name": "edge" }, "conditions": [condition("Accepted"), condition("ResolvedRefs")],
            }] },
        });
        let held = Held {
            route,
            lease: None,
            answers: VecDeque::new(),
            asked: Vec::new(),
            set: Vec::new(),
            follows: true,
            is_away: false,
            in_flight: (0, 0),
        };
        Self { held: Mutex::new(held), gate: watch::Sender::new(None) }
    }

    fn with<T>(&self, work: impl FnOnce(&mut Held) -> T) -> T {
        work(&mut self.held.lock().expect("no test panics while it holds the lock"))
    }

    /// The weights of the route, the stable one first.
    pub(super) fn weights(&self) -> [u64; 2] {
        self.with(|held| weights(&held.route))
    }

    /// The weights that were set so far.
    pub(super) fn set(&self) -> Vec<String> {
        self.with(|held| held.set.clone())
    }

    /// The calls that have arrived so far.
    pub(super) fn asked(&self) -> Vec<String> {
        self.with(|held| held.asked.clone())
    }

    /// Who holds the lease; nobody where there is none.
    pub(super) fn holder(&self) -> String {
        let held = self.with(|held| held.lease.clone()).unwrap_or_default();
        held["spec"]["holderIdentity"].as_str().unwrap_or_default().to_owned()
    }

    /// The most calls that were in flight at any time.
    pub(super) fn most_in_flight(&self) -> usize {
        self.with(|held| held.in_flight.1)
    }

    /// Has calls on a kind of object wait, or lets them through.
    pub(super) fn hold(&self, kind: Option<Kind>) {
        self.gate.send_replace(kind);
    }

    /// Says whether the gateway takes what is set.
    pub(super) fn follow(&self, follows: bool) {
        self.with(|held| {
            held.follows = follows;
            held.settle();
        });
    }

    /// Says whether it can be reached.
    pub(super) fn be_away(&self, is_away: bool) {
        self.with(|held| held.is_away = is_away);
    }

    /// Answers the next change of weights so, without doing it.
    pub(super) fn answer(&self, answer: Answer) {
        self.with(|held| held.answers.push_back(answer));
    }

    /// Does to the lease what somebody else might do at any time.
    pub(super) fn meddle(&self, with: impl FnOnce(&mut Option<Value>)) {
        self.with(|held| with(&mut held.lease));
    }

    /// Sets the weights as somebody else might.
    pub(super) fn set_weights(&self, stable: u64, canary: u64) {
        self.with(|held| {
            let backends = &mut held.route["spec"]["rules"][0]["backendRefs"];
            backends[0]["weight"] = json!(stable);
            backends[1]["weight"] = json!(canary);
        });
    }
}

fn weights(route: &Value) -> [u64; 2] {
    [0, 1].map(|at| route["spec"]["rules"][0]["backendRefs"][at]["weight"].as_u64().unwrap_or(1))
}

impl Held {
    /// The gateway says that it has taken the route as it is.
    fn settle(&mut self) {
        if self.follows {
            let generation = self.route["metadata"]["generation"].clone();
            let conditions = &mut self.route["status"]["parents"][0]["conditions"];
            for condition in conditions.as_array_mut().into_iter().flatten() {
                condition["observedGeneration"] = generation.clone();
            }
        }
    }

    /// What a call does, in words.
    fn words(&self, call: &Call) -> String {
        match call {
            Call::TakeLease { .. } => "take".to_owned(),
            Call::Patch { object, operations, .. } if object.kind == Kind::HttpRoute => {
                patched(&self.route, operations).map_or_else(|why| why, |route| words(weights(&route)))
            }
            _ => "release".to_owned(),
        }
    }

    fn answer_if_there(&mut self, call: &Call, earnest: Earnest) -> Answer {
        if self.is_away { Answer::NotSent("cannot be reached".into()) } else { self.answer(call, earnest) }
    }

    fn answer(&mut self, call: &Call, earnest: Earnest) -> Answer {
        let is_weights = matches!(call, Call::Patch { object, .. } if object.kind == Kind::HttpRoute);
        if earnest == Earnest::ForReal
            && is_weights
            && let Some(answer) = self.answers.pop_front()
        {
            return answer;
        }
        let done = match call {
            Call::TakeLease { body, over: None, .. } if self.lease.is_none() => Ok(body.clone()),
            Call::TakeLease { body, over: Some(version), .. } => {
                patched(&self.lease.clone().unwrap_or_default(), &taking_over(body, version))
            }
            Call::Patch { operations, .. } if is_weights => patched(&self.route, operations),
            Call::Patch { operations, .. } => patched(&self.lease.clone().unwrap_or_default(), operations),
            other => Err(format!("{} is not expected here", other.request())),
        };
        match done {
            Err(why) => Answer::Conflict(why.into()),
            Ok(object) => {
                if earnest == Earnest::ForReal {
                    self.keep(object.clone(), is_weights);
                }
                Answer::Accepted(object)
            }
        }
    }

    fn keep(&mut self, object: Value, is_weights: bool) {
        if !is_weights {
            self.lease = Some(object);
            return;
        }
        self.set.push(words(weights(&object)));
        let generation = self.route["metadata"]["generation"].as_u64().unwrap_or_default();
        self.route = object;
        self.route["metadata"]["generation"] = json!(generation + 1);
        self.settle();
    }
}

/// Whether a call renews a lease.
fn is_renewal(call: &Call) -> bool {
    let Call::Patch { object, operations, .. } = call else { return false };
    object.kind == Kind::Lease && operations.iter().any(|one| one["path"] == "/spec/renewTime")
}

fn words([stable, canary]: [u64; 2]) -> String {
    format!("{stable} {canary}")
}

fn patched(object: &Value, operations: &[Value]) -> Result<Value, String> {
    let patch: json_patch::Patch = serde_json::from_value(json!(operations)).map_err(|error| error.to_string())?;
    let mut object = object.clone();
    json_patch::patch(&mut object, &patch).map(|()| object).map_err(|error| error.to_string())
}

impl ControlPlane for Cluster {
    fn get<'a>(&'a self, object: &'a ObjectRef) -> BoxFuture<'a, Result<Value, ReadError>> {
        let found = self.with(|held| match object.kind {
            _ if held.is_away => Err(ReadError::Failed(Problem::new("cannot be reached", "", ""))),
            Kind::HttpRoute => Ok(held.route.clone()),
            Kind::Lease => held.lease.clone().ok_or(ReadError::NotFound),
            Kind::Service => Ok(json!({ "spec": { "selector": { "arm": object.name } } })),
            _ => Ok(json!({})),
        });
        async { found }.boxed()
    }

    fn list<'a>(&'a self, kind: Kind, _: &'a str, selector: &'a str) -> BoxFuture<'a, Result<Vec<Value>, ReadError>> {
        let name = selector.rsplit('=').next().unwrap_or_default();
        let pod = json!({
            "metadata": { "name": format!("{name}-1"), "labels": { "arm": name } },
            "spec": { "containers": [{ "image": format!("chat:{name}") }] },
            "status": { "podIP": "10.0.0.1", "conditions": [{ "type": "Ready", "status": "True" }] },
        });
        let found = if kind == Kind::Pod { vec![pod] } else { Vec::new() };
        async { Ok(found) }.boxed()
    }

    fn identity(&self) -> BoxFuture<'_, Result<Identity, Problem>> {
        async { Ok(Identity { user: "alice".into(), groups: Vec::new() }) }.boxed()
    }

    fn review<'a>(&'a self, _: &'a Access) -> BoxFuture<'a, Review> {
        async { Review::Allowed }.boxed()
    }

    fn send<'a>(&'a self, call: &'a Call, earnest: Earnest, _: &'a str) -> BoxFuture<'a, Answer> {
        async move {
            if earnest == Earnest::DryRun || is_renewal(call) {
                return self.with(|held| held.answer_if_there(call, earnest));
            }
            self.with(|held| {
                let words = held.words(call);
                held.asked.push(words);
                held.in_flight.0 += 1;
                held.in_flight.1 = held.in_flight.0.max(held.in_flight.1);
            });
            let kind = call.target().object().map(|object| object.kind);
            let mut gate = self.gate.subscribe();
            drop(gate.wait_for(|held| held.is_none() || *held != kind).await);
            self.with(|held| {
                held.in_flight.0 -= 1;
                held.answer_if_there(call, earnest)
            })
        }
        .boxed()
    }
}
