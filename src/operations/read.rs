//! The first stage: everything that a plan rests on, read fresh and whole.

use std::time::Duration;

use futures::future::join_all;
use jiff::Timestamp;
use serde_json::Value;

use crate::domain::environment::EnvironmentRules;
use crate::domain::intent::{Intent, Size, Verb};
use crate::domain::kind::Kind;
use crate::domain::lease::Lease;
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::plan::Access;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::update::Identity;

use super::plan::lease_access;
use super::ports::{ControlPlane, ReadError, Review};

mod backing;

pub use backing::{Backing, query_of};
pub(super) use backing::{SERVICE_NAME, addresses_in, switched};

/// What was read for one intent, at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The object that is to change.
    pub target: Value,
    /// The environment that the label of its namespace names; none where there is no label, or it may not be read.
    pub environment: Option<Text>,
    /// ReplicaSets or ControllerRevisions that the target owns.
    pub revisions: Vec<Value>,
    /// The target's pods.
    pub pods: Vec<Value>,
    /// Autoscalers in the namespace; none where they may not be read.
    pub autoscalers: Vec<Value>,
    /// Disruption budgets in the namespace; none where they may not be read.
    pub budgets: Vec<Value>,
    /// The Services that a change of traffic is about: those that a route names; of a Service itself what it selects now,
    /// and what it is to select.
    pub backings: Vec<Backing>,
    /// The lease by which a guarded shift holds a route, or why nobody can tell; none where there is none.
    pub lease: Option<Result<Value, Problem>>,
    /// For how long that lease has been seen unchanged, by a clock that nobody sets.
    pub lease_unchanged: Duration,
    /// Whether the weights of the route may be set already and nobody has seen that they took: they are watched, although
    /// there is nothing to set.
    pub is_in_doubt: bool,
    /// Whether a guarded shift takes back what it gave to an arm: the other one is the one that it trusts.
    pub takes_back: bool,
    /// Who we are.
    pub identity: Result<Identity, Problem>,
    /// What the cluster says to each call that the intent needs.
    pub reviews: Vec<(Access, Review)>,
    /// What could not be read, and so is not in the plan.
    pub gaps: Vec<Problem>,
    /// When the change was asked for; it stays the same when the world is read anew for it.
    pub asked: Timestamp,
    /// When this was read.
    pub taken: Timestamp,
}

/// Reads what a plan needs for an intent that came up at a moment.
pub async fn read(
    intent: &Intent,
    asked: Timestamp,
    plane: &dyn ControlPlane,
    now: Timestamp,
) -> Result<Snapshot, ReadError> {
    let Some(target_ref) = intent.object() else { return Err(ReadError::NotFound) };
    let target = plane.get(target_ref).await?;
    let selector = selector_of(&target);
    let namespace = target_ref.namespace.as_str();
    let holder = target_ref.kind.holder_of_revisions();
    let of_workload = |kind| holder.map(|_| kind);
    let is_traffic = matches!(target_ref.kind, Kind::HttpRoute | Kind::Service);
    let list = |kind: Option<Kind>, selector| async move {
        match kind {
            Some(kind) => plane.list(kind, namespace, selector).await,
            None => Ok(Vec::new()),
        }
    };
    let (environment, revisions, pods, autoscalers, budgets, identity, lease) = futures::join!(
        environment_of(&target_ref.cluster, &target_ref.namespace, plane),
        list(holder, selector.as_str()),
        list(of_workload(Kind::Pod), selector.as_str()),
        list(of_workload(Kind::HorizontalPodAutoscaler), ""),
        list(Some(Kind::PodDisruptionBudget).filter(|_| !is_traffic), ""),
        plane.identity(),
        lease_on(target_ref, plane),
    );
    let mut gaps = Vec::new();
    let environment = environment.unwrap_or_else(|problem| {
        gaps.push(problem);
        None
    });
    let autoscalers = or_gap(autoscalers, &mut gaps);
    let backings = backing::read(intent, &target, plane, &mut gaps).await;
    let mut needed = access_of(intent, target_ref, &target, &autoscalers);
    if lease.is_some() || matches!(intent, Intent::GuardedShift { .. }) {
        needed.extend(lease_access(&Lease::of(target_ref)));
    }
    let reviews = join_all(needed.iter().map(|access| plane.review(access))).await;
    Ok(Snapshot {
        revisions: owned_by(revisions?, &target),
        pods: or_gap(pods, &mut gaps),
        autoscalers,
        backings,
        lease,
        lease_unchanged: Duration::ZERO,
        is_in_doubt: false,
        takes_back: false,
        budgets: or_gap(budgets, &mut gaps),
        identity,
        reviews: needed.into_iter().zip(reviews).collect(),
        gaps,
        environment,
        target,
        asked,
        taken: now,
    })
}

/// The lease by which a guarded shift holds a route.
async fn lease_on(route: &ObjectRef, plane: &dyn ControlPlane) -> Option<Result<Value, Problem>> {
    if route.kind != Kind::HttpRoute {
        return None;
    }
    match plane.get(&Lease::of(route)).await {
        Ok(lease) => Some(Ok(lease)),
        Err(ReadError::NotFound) => None,
        Err(ReadError::Failed(problem) | ReadError::Forbidden(problem)) => Some(Err(problem)),
    }
}

/// The label of a namespace that names its environment, read now: the namespaces need not be listed, and may
/// have been relabelled. For who may not read the namespace its name decides, which protects unless it says otherwise.
pub(super) async fn environment_of(
    cluster: &ClusterName,
    namespace: &Text,
    plane: &dyn ControlPlane,
) -> Result<Option<Text>, Problem> {
    let namespace = ObjectRef {
        cluster: cluster.clone(),
        kind: Kind::Namespace,
        namespace: Text::default(),
        name: namespace.clone(),
    };
    match plane.get(&namespace).await {
        Ok(object) => {
            let label = object["metadata"]["labels"][EnvironmentRules::LABEL].as_str();
            Ok(label.filter(|label| !label.is_empty()).map(Text::from_untrusted))
        }
        Err(ReadError::NotFound | ReadError::Forbidden(_)) => Ok(None),
        Err(ReadError::Failed(problem)) => Err(problem),
    }
}

/// Keeps what could be read and notes what could not: a missing right to see budgets must not stop a rollback.
fn or_gap(read: Result<Vec<Value>, ReadError>, gaps: &mut Vec<Problem>) -> Vec<Value> {
    read.unwrap_or_else(|error| {
        if let ReadError::Failed(problem) | ReadError::Forbidden(problem) = error {
            gaps.push(problem);
        }
        Vec::new()
    })
}

/// The calls that an intent may need to be allowed.
fn access_of(intent: &Intent, target: &ObjectRef, object: &Value, autoscalers: &[Value]) -> Vec<Access> {
    let scaler = match intent {
        Intent::Scale { to: Size::Bounds { .. }, .. } => autoscaler_of(target, autoscalers),
        _ => None,
    };
    let scaler = scaler.and_then(|found| found["metadata"]["name"].as_str());
    let mut needed = Access::needed(intent.verb(), target, scaler);
    // What changes where a Rollout stands ends a pause by hand as well, which is not in its status.
    if target.kind == Kind::Rollout && object["spec"]["paused"] == true {
        let resumed = Access::needed(Verb::Resume, target, None);
        needed.extend(resumed.into_iter().filter(|access| !needed.contains(access)).collect::<Vec<_>>());
    }
    needed
}

/// The autoscaler that owns the number of pods of a workload.
pub(super) fn autoscaler_of<'a>(target: &ObjectRef, autoscalers: &'a [Value]) -> Option<&'a Value> {
    autoscalers.iter().find(|autoscaler| {
        let scaled = &autoscaler["spec"]["scaleTargetRef"];
        scaled["kind"] == target.kind.name() && scaled["name"] == target.name.as_str()
    })
}

/// The target's own label selector, as a query spells it.
fn selector_of(target: &Value) -> String {
    let selector = &target["spec"]["selector"];
    let equal = selector["matchLabels"].as_object().into_iter().flatten();
    let mut parts: Vec<String> =
        equal.filter_map(|(key, value)| value.as_str().map(|value| format!("{key}={value}"))).collect();
    for expression in selector["matchExpressions"].as_array().into_iter().flatten() {
        let key = expression["key"].as_str().unwrap_or_default();
        let values: Vec<&str> =
            expression["values"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        parts.push(match expression["operator"].as_str().unwrap_or_default() {
            "In" => format!("{key} in ({})", values.join(",")),
            "NotIn" => format!("{key} notin ({})", values.join(",")),
            "DoesNotExist" => format!("!{key}"),
            _ => key.to_owned(),
        });
    }
    parts.join(",")
}

/// Of the objects that match the selector, those that the target really controls.
fn owned_by(objects: Vec<Value>, target: &Value) -> Vec<Value> {
    objects.into_iter().filter(|object| is_controlled_by(object, target)).collect()
}

/// Whether the target is the controller of an object, by identity: labels can match by accident.
pub(super) fn is_controlled_by(object: &Value, target: &Value) -> bool {
    let uid = &target["metadata"]["uid"];
    let owners = object["metadata"]["ownerReferences"].as_array();
    uid.is_string()
        && owners.is_some_and(|owners| owners.iter().any(|owner| owner["controller"] == true && owner["uid"] == *uid))
}

#[cfg(test)]
mod tests;
