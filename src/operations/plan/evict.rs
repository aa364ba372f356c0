//! Evicting: one pod is asked to go, within its disruption budget.

use serde_json::Value;

use crate::domain::actor::Permission;
use crate::domain::kind::Kind;
use crate::domain::plan::{Call, Goal, Plan, Step};
use crate::domain::text::Text;

use super::super::read::Snapshot;
use super::{Draft, NoPlan, Place, Wish, cannot, text, warnings};

/// Plans the eviction.
pub(super) fn plan(wish: Wish<'_>, snapshot: &Snapshot, place: &Place) -> Result<Plan, NoPlan> {
    let (target, pod) = (wish.target, &snapshot.target);
    if target.kind != Kind::Pod {
        return Err(NoPlan::impossible(
            cannot(wish),
            "only pods can be evicted",
            "restart replaces all pods of a workload",
        ));
    }
    if !pod["metadata"]["deletionTimestamp"].is_null() {
        return Err(NoPlan::nothing_to_do(format!("{} is going already", target.name), "it was asked to go before"));
    }
    let uid = text(&pod["metadata"]["uid"]);
    let phase = text(&pod["status"]["phase"]);
    let step = Step {
        what: "ask this pod to go".into(),
        before: if phase.is_empty() { "there".into() } else { phase },
        after: "gone".into(),
        call: Call::Evict { object: target.clone(), uid: uid.clone() },
    };
    let draft = Draft {
        title: format!("Evict {}", target.name),
        steps: vec![step],
        goal: Goal::Gone(uid),
        needs: vec![Permission::Deploy],
    };
    let mut plan = draft.into_plan(wish, snapshot, place);
    plan.then = then(pod);
    plan.touches = touches(pod);
    plan.does_not_restore = scratch(pod);
    plan.warnings.extend(warnings::of_budgets(&pod["metadata"]["labels"], snapshot));
    plan.warnings.extend(warning_of_origin(pod));
    Ok(plan)
}

/// The controller that made a pod: its kind and its name.
fn controller(pod: &Value) -> Option<(Text, Text)> {
    let owners = pod["metadata"]["ownerReferences"].as_array()?;
    let owner = owners.iter().find(|owner| owner["controller"] == true)?;
    Some((text(&owner["kind"]), text(&owner["name"])))
}

/// Whether a pod only mirrors one that a node runs on its own.
fn is_mirror(pod: &Value) -> bool {
    pod["metadata"]["annotations"]["kubernetes.io/config.mirror"].is_string()
}

/// What is waited for.
fn then(pod: &Value) -> Text {
    let seconds = pod["spec"]["terminationGracePeriodSeconds"].as_i64().unwrap_or(30);
    format!("then wait until it is gone; it has {seconds} s to end").into()
}

/// How much moves.
fn touches(pod: &Value) -> Text {
    let node = text(&pod["spec"]["nodeName"]);
    let place = if node.is_empty() { String::new() } else { format!(" on node {node}") };
    match controller(pod) {
        Some((kind, name)) if !is_mirror(pod) => format!("1 pod{place}; {kind} {name} makes it anew").into(),
        _ => format!("1 pod{place}").into(),
    }
}

/// What is lost with the pod: volumes that live no longer than it.
fn scratch(pod: &Value) -> Vec<Text> {
    let volumes = pod["spec"]["volumes"].as_array().into_iter().flatten();
    volumes
        .filter(|volume| !volume["emptyDir"].is_null())
        .map(|volume| format!("what is in its volume {}", text(&volume["name"])).into())
        .collect()
}

/// What its origin makes of an eviction.
fn warning_of_origin(pod: &Value) -> Option<Text> {
    if is_mirror(pod) {
        return Some(
            "its node runs it on its own: the node's file has to be changed, an eviction does not stop it".into(),
        );
    }
    match controller(pod) {
        None => Some("nobody makes it anew: it has no controller".into()),
        Some((kind, name)) if kind == "DaemonSet" => {
            Some(format!("DaemonSet {name} makes it anew on the same node, also on one that is cordoned").into())
        }
        Some((kind, name)) if kind == "Job" => Some(format!("Job {name} may count it as a failure").into()),
        Some(_) => None,
    }
}
