//! The lease of a guard: taking it is a step of the plan that begins a guarded shift. Renewing and releasing it are part
//! of what was said yes to then; that it is released is recorded as it was recorded that it was taken.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::audit::Urgency;
use super::super::execute::{Record, in_cluster};
use super::super::policy::{Decision, Policy};
use super::super::ports::{Answer, ControlPlane, Earnest, ReadError};
use super::End;
use crate::domain::actor::Permission;
use crate::domain::audit::{ActionId, Event, Footprint, Intent, StepResult, VerdictResult};
use crate::domain::lease::{About, Lease};
use crate::domain::object::{Meta, ObjectRef};
use crate::domain::plan::{Call, Step};
use crate::domain::problem::Problem;
use crate::domain::target::Target;
use crate::domain::text::Text;

/// Reads a lease as a server gives it.
pub fn read(lease: &Value) -> Lease {
    let text = |value: &Value| Text::from_untrusted(value.as_str().unwrap_or_default());
    let moment = |value: &Value| value.as_str().and_then(|at| at.parse().ok());
    let (meta, spec) = (&lease["metadata"], &lease["spec"]);
    Lease {
        meta: Meta {
            namespace: text(&meta["namespace"]),
            name: text(&meta["name"]),
            uid: text(&meta["uid"]),
            ..Meta::default()
        },
        holder: text(&spec["holderIdentity"]),
        lasts: jiff::SignedDuration::from_secs(spec["leaseDurationSeconds"].as_i64().unwrap_or_default()),
        taken: moment(&spec["acquireTime"]),
        renewed: moment(&spec["renewTime"]),
        about: About::read(|key| text(&meta["annotations"][key])),
    }
}

/// The call that takes the lease of a route, over from whoever left it where there is one.
pub fn take(route: &ObjectRef, about: &About, left: Option<&Value>) -> Call {
    let lease = Lease::of(route);
    let annotations: Map<String, Value> =
        about.annotations().into_iter().map(|(key, value)| (key, json!(value))).collect();
    let transitions = left.map_or(0, |left| left["spec"]["leaseTransitions"].as_i64().unwrap_or_default() + 1);
    let labels: Map<String, Value> =
        Lease::LABELS.map(|(key, value)| (key.to_owned(), json!(value))).into_iter().collect();
    let body = json!({
        "apiVersion": lease.kind.api_version(),
        "kind": lease.kind.name(),
        "metadata": { "name": lease.name, "namespace": lease.namespace, "labels": labels, "annotations": annotations },
        "spec": { "leaseDurationSeconds": Lease::LASTS.as_secs(), "leaseTransitions": transitions },
    });
    let over = left.map(|left| Text::from_untrusted(left["metadata"]["resourceVersion"].as_str().unwrap_or_default()));
    Call::TakeLease { object: lease, body, over }
}

/// What the lease says that a plan takes.
pub fn said_by(body: &Value) -> About {
    About::read(|key| Text::from_untrusted(body["metadata"]["annotations"][key].as_str().unwrap_or_default()))
}

/// The step with who takes the lease, and when; any other step as it is.
pub fn stamped<'a>(step: &'a Step, holder: &ActionId, at: Timestamp) -> Cow<'a, Step> {
    let mut step = Cow::Borrowed(step);
    if matches!(step.call, Call::TakeLease { .. })
        && let Call::TakeLease { body, .. } = &mut step.to_mut().call
    {
        body["spec"]["holderIdentity"] = json!(holder.as_str());
        body["spec"]["acquireTime"] = json!(micros(at));
        body["spec"]["renewTime"] = json!(micros(at));
    }
    step
}

/// The operations that take a lease over in the version in which it was left.
pub fn taking_over(body: &Value, version: &Text) -> Vec<Value> {
    vec![
        json!({ "op": "test", "path": "/metadata/resourceVersion", "value": version }),
        json!({ "op": "add", "path": "/metadata/labels", "value": body["metadata"]["labels"] }),
        json!({ "op": "add", "path": "/metadata/annotations", "value": body["metadata"]["annotations"] }),
        json!({ "op": "replace", "path": "/spec", "value": body["spec"] }),
    ]
}

/// The call that renews a lease and says how far its guard is. It hits only a lease that is still held.
pub fn renewal(lease: &ObjectRef, holder: &ActionId, about: &About, at: Timestamp) -> Call {
    let annotations = about.annotations().into_iter().map(|(key, value)| {
        json!({ "op": "add", "path": format!("/metadata/annotations/{}", key.replace('/', "~1")), "value": value })
    });
    let test = json!({ "op": "test", "path": "/spec/holderIdentity", "value": holder.as_str() });
    let renew = json!({ "op": "add", "path": "/spec/renewTime", "value": micros(at) });
    let operations = [test, renew].into_iter().chain(annotations).collect();
    Call::Patch { object: lease.clone(), subresource: None, operations }
}

/// The call that releases a lease of a holder, whoever that is. A lease that was made anew is left alone.
pub fn ending(lease: &ObjectRef, left: &Lease) -> Call {
    let uid =
        (!left.meta.uid.is_empty()).then(|| json!({ "op": "test", "path": "/metadata/uid", "value": left.meta.uid }));
    let operations = [
        json!({ "op": "test", "path": "/spec/holderIdentity", "value": left.holder }),
        json!({ "op": "replace", "path": "/spec/holderIdentity", "value": "" }),
    ];
    let operations = uid.into_iter().chain(operations).collect();
    Call::Patch { object: lease.clone(), subresource: None, operations }
}

/// A moment as a lease takes it: with six digits after the point.
fn micros(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}

/// A lease that a guarded shift of this session holds.
#[derive(Clone, Debug)]
pub struct Held {
    /// The lease.
    pub lease: ObjectRef,
    /// The change that took it.
    pub holder: ActionId,
    /// The environment.
    pub environment: Text,
    /// The command that began it.
    pub command: Text,
    /// Why it was begun.
    pub reason: Text,
}

/// Releases a lease, with a record before and after. One that somebody else holds by now is left to them.
pub async fn release(
    held: &Held,
    policy: &Policy,
    plane: &dyn ControlPlane,
    record: &dyn Record,
) -> Result<(), Problem> {
    let failed = |why: String| {
        let hint = format!("it ends by itself {} s after it was renewed", Lease::LASTS.as_secs());
        Problem::new(format!("{} was not released", held.lease), why, hint)
    };
    let lease = match plane.get(&held.lease).await {
        Ok(lease) => read(&lease),
        Err(ReadError::NotFound) => return Ok(()),
        Err(ReadError::Failed(problem) | ReadError::Forbidden(problem)) => return Err(failed(problem.to_string())),
    };
    if lease.holder != held.holder.as_str() {
        return Ok(());
    }
    let call = ending(&held.lease, &lease);
    let step = Step {
        what: "release the lease".into(),
        before: format!("held by {}", lease.who()).into(),
        after: "free".into(),
        call,
    };
    let note = |event| record.record(&held.holder, event, Urgency::Rollback);
    let intent = intent_of(held, &step, policy, plane).await;
    note(Event::Intent(Box::new(intent))).await.map_err(|error| failed(error.to_string()))?;
    let answer = plane.send(&step.call, Earnest::ForReal, held.holder.as_str()).await;
    let (result, detail) = match answer {
        Answer::Accepted(_) => (StepResult::Applied, Text::from("accepted")),
        Answer::Conflict(why) | Answer::Denied(why) | Answer::Rejected(why) => (StepResult::Rejected, why),
        Answer::NotSent(why) => (StepResult::NotSent, why),
        Answer::Unknown(why) => match plane.get(&held.lease).await.map(|lease| read(&lease).holder) {
            Ok(holder) if holder != held.holder.as_str() => (StepResult::Applied, Text::from("read back: it is free")),
            _ => (StepResult::Unknown, why),
        },
    };
    let outcome = note(Event::Outcome { step: 1, result, detail: detail.clone() }).await;
    if result != StepResult::Applied {
        return Err(failed(detail.to_string()));
    }
    outcome.map_err(|error| failed(error.to_string()))
}

/// Records how a guarded shift ended, as the last word on the change that began it.
pub async fn conclude(held: &Held, end: &End, record: &dyn Record) -> Result<(), Problem> {
    let result = match end {
        End::Reached(_) => VerdictResult::Verified,
        End::WentBack(_) | End::Stuck(_) => VerdictResult::NotConverged,
        End::InterruptedWentBack(_) | End::InterruptedHeld(_) | End::NotBegun(_) => VerdictResult::Accepted,
    };
    let verdict = Event::Verdict { result, detail: end.words() };
    record.record(&held.holder, verdict, Urgency::Rollback).await.map_err(|error| {
        let hint = "the way back has records of its own: midwatch audit";
        Problem::new("how the guarded shift ended was not recorded", error.to_string(), hint)
    })
}

/// What is recorded before a lease is released.
async fn intent_of(held: &Held, step: &Step, policy: &Policy, plane: &dyn ControlPlane) -> Intent {
    let identity = plane.identity().await.unwrap_or_default();
    let role = match policy.decide(&identity, &[Permission::Deploy, Permission::Rollback], &held.environment) {
        Decision::Allowed { role, .. } => role,
        Decision::Denied { held, .. } => held.into_iter().next().unwrap_or_default(),
        Decision::NotConfigured | Decision::Unusable(_) => Text::default(),
    };
    let footprint = super::super::reconcile::footprint(step);
    Intent {
        what: format!("Release the lease of the guard: {}", held.lease).into(),
        command_line: held.command.clone(),
        target: in_cluster(&Target::Object(held.lease.clone())),
        environment: held.environment.clone(),
        identity: identity.user,
        groups: identity.groups,
        role,
        reason: held.reason.clone(),
        plan: json!({ "calls": [step.call.request()], Footprint::MEMBER: [footprint] }),
        step: 1,
        steps: 1,
    }
}

#[cfg(test)]
mod tests;
