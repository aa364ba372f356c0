//! Rolling back: the template of an earlier revision, pinned by identity, also in the middle of a failing rollout.

use serde_json::{Value, json};

use crate::domain::actor::Permission;
use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::plan::{Call, Goal, Plan, Step};
use crate::domain::text::Text;
use crate::domain::workload::image_name;

use super::super::read::Snapshot;
use super::revisions::{self, Revision};
use super::{NoPlan, Place, command_line, difference, draft, pod_ref, replace, set, test, test_uid, text, warnings};

/// Plans the way back.
pub(super) fn plan(
    intent: &Intent,
    target: &ObjectRef,
    to: Option<&Text>,
    snapshot: &Snapshot,
    place: &Place,
) -> Result<Plan, NoPlan> {
    refuse(target, snapshot)?;
    let all = revisions::all(target, snapshot);
    let leaving = all.iter().find(|revision| is_current(revision, snapshot)).map(|revision| revision.pin.clone());
    let wanted = revisions::wanted(target, to, all, snapshot)?;
    let pinned = Intent::Rollback { target: target.clone(), to: Some(wanted.pin.clone()) };
    let current = revisions::current_template(snapshot);

    let mut steps = vec![template_step(target, snapshot, &wanted)];
    steps.extend(broken_pods(target, snapshot));
    let title = format!("Roll back {} to {}", target.name, wanted.version());
    let mut plan = draft(&pinned, snapshot, place, steps, title);
    plan.intent = intent.clone();
    plan.needs = needs(target, snapshot);
    plan.difference = difference::of(current, &wanted.template);
    plan.restores = vec![difference::summary(current, &wanted.template)];
    plan.does_not_restore = left_alone(&wanted.template);
    plan.touches = touches(snapshot).into();
    plan.then = then(snapshot);
    plan.warnings.extend(warnings::of_template(target, snapshot));
    plan.goal = Goal::Template(wanted.template);
    plan.way_back = leaving.map(|pin| {
        let back = Intent::Rollback { target: target.clone(), to: Some(pin) };
        command_line::of(&back, place).into()
    });
    Ok(plan)
}

/// What cannot be rolled back at all.
fn refuse(target: &ObjectRef, snapshot: &Snapshot) -> Result<(), NoPlan> {
    if !Kind::WORKLOADS.contains(&target.kind) {
        return Err(NoPlan::impossible(
            format!("cannot roll back {target}"),
            "only deployments, stateful sets and daemon sets have revisions",
            "",
        ));
    }
    if snapshot.target["spec"]["paused"] == true {
        return Err(NoPlan::impossible(
            format!("cannot roll back {}", target.name),
            "its rollout is paused, so a new template would not be rolled out",
            format!("resume it first: midwatch resume {} -n {}", target.name, target.namespace),
        ));
    }
    Ok(())
}

/// Whether a revision has the template that is wished for now.
fn is_current(revision: &Revision<'_>, snapshot: &Snapshot) -> bool {
    revisions::is_same(&revision.template, revisions::current_template(snapshot))
}

/// The patch that puts the template back. The change cause goes with it, or the next revision would be mislabelled.
fn template_step(target: &ObjectRef, snapshot: &Snapshot, wanted: &Revision<'_>) -> Step {
    let current = revisions::current_template(snapshot);
    let mut operations =
        vec![test_uid(snapshot), test("/spec/template", current), replace("/spec/template", &wanted.template)];
    if target.kind == Kind::Deployment {
        let cause = json!(format!("rollback to {} by midwatch", wanted.pin));
        if snapshot.target["metadata"]["annotations"].is_object() {
            operations.push(set("/metadata/annotations/kubernetes.io~1change-cause", &cause));
        } else {
            operations.push(set("/metadata/annotations", &json!({ "kubernetes.io/change-cause": cause })));
        }
    }
    Step {
        what: format!("template of revision {}", wanted.number).into(),
        object: target.clone(),
        before: image_of(current),
        after: image_of(&wanted.template),
        call: Call::Patch { subresource: None, operations },
    }
}

/// The first image of a template, without its registry.
fn image_of(template: &Value) -> Text {
    let image = template["spec"]["containers"][0]["image"].as_str().unwrap_or_default();
    Text::from_untrusted(image_name(image))
}

/// A StatefulSet that starts its pods in order waits for a broken one for ever, whatever its template says. So the
/// broken pod has to go as well; its successor has the restored template.
fn broken_pods(target: &ObjectRef, snapshot: &Snapshot) -> Vec<Step> {
    let spec = &snapshot.target["spec"];
    if target.kind != Kind::StatefulSet
        || spec["podManagementPolicy"] == "Parallel"
        || spec["updateStrategy"]["type"] == "OnDelete"
    {
        return Vec::new();
    }
    let bad = &snapshot.target["status"]["updateRevision"];
    let is_broken = |pod: &&Value| {
        pod["metadata"]["labels"]["controller-revision-hash"] == *bad && !is_ready(pod) && !bad.is_null()
    };
    snapshot.pods.iter().filter(is_broken).map(|pod| delete_step(target, pod, bad)).collect()
}

/// Whether a pod says of itself that it is ready.
fn is_ready(pod: &Value) -> bool {
    pod["status"]["conditions"]
        .as_array()
        .is_some_and(|all| all.iter().any(|condition| condition["type"] == "Ready" && condition["status"] == "True"))
}

/// The step that deletes one broken pod.
fn delete_step(target: &ObjectRef, pod: &Value, revision: &Value) -> Step {
    Step {
        what: "delete this broken pod, which blocks the others".into(),
        object: pod_ref(target, pod),
        before: "not ready".into(),
        after: "made anew".into(),
        call: Call::DeleteBroken { uid: text(&pod["metadata"]["uid"]), revision: text(revision) },
    }
}

/// Leaving a rollout that has not finished is stopping it; returning from one that has is more.
fn needs(target: &ObjectRef, snapshot: &Snapshot) -> Vec<Permission> {
    if super::super::converge::is_complete(target.kind, &snapshot.target) {
        vec![Permission::Rollback]
    } else {
        vec![Permission::Deploy, Permission::Rollback]
    }
}

/// How much moves.
fn touches(snapshot: &Snapshot) -> String {
    let status = &snapshot.target["status"];
    let updated = status["updatedReplicas"].as_i64().or_else(|| status["updatedNumberScheduled"].as_i64());
    let pods = snapshot.target["spec"]["replicas"].as_i64().or_else(|| status["desiredNumberScheduled"].as_i64());
    let count = updated.unwrap_or_default();
    let plural = if count == 1 { "pod has" } else { "pods have" };
    format!("1 service; {count} of {} {plural} the revision that goes", pods.unwrap_or(1))
}

/// What is waited for.
fn then(snapshot: &Snapshot) -> Text {
    let status = &snapshot.target["status"];
    let pods = snapshot.target["spec"]["replicas"].as_i64().or_else(|| status["desiredNumberScheduled"].as_i64());
    let pods = pods.unwrap_or(1);
    if snapshot.target["spec"]["updateStrategy"]["type"] == "OnDelete" {
        return "nothing moves until pods are deleted: its update strategy is OnDelete".into();
    }
    format!("then wait until {pods} of {pods} have it and are ready").into()
}

/// What a template does not hold.
fn left_alone(template: &Value) -> Vec<Text> {
    let mut left = difference::configuration_of(template);
    left.push("number of pods".into());
    left.push("databases and anything outside the cluster".into());
    left
}
