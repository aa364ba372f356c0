//! Rolling back: the template of an earlier revision, pinned by identity, also in the middle of a failing rollout.

use serde_json::Value;

use crate::domain::actor::Permission;
use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::domain::moment::span;
use crate::domain::object::ObjectRef;
use crate::domain::plan::{Call, Goal, Plan, Step};
use crate::domain::text::Text;
use crate::domain::workload::image_name;

use super::super::converge::is_finished;
use super::super::converge::is_ready;
use super::super::read::{Snapshot, is_controlled_by};
use super::revisions::{self, Revision};
use super::{
    Draft, NoPlan, Place, Wish, command_line, difference, replace, require_not_paused, require_workload, template,
    test, test_uid, text,
};

/// Plans the way back.
pub(super) fn plan(wish: Wish<'_>, to: Option<&Text>, snapshot: &Snapshot, place: &Place) -> Result<Plan, NoPlan> {
    require_workload(wish)?;
    require_not_paused(wish, snapshot, place)?;
    let target = wish.target;
    let all = revisions::all(target, snapshot);
    let pinned = |pin: &Text| Intent::Rollback { target: target.clone(), to: Some(pin.clone()) };
    let leaving = all.iter().find(|revision| is_current(revision, snapshot));
    let way_back = leaving.map(|revision| command_line::of(&pinned(&revision.pin), place).into());
    let replaced = all.iter().find(|revision| !is_current(revision, snapshot)).map(|revision| revision.pin.clone());
    let later: Vec<&Revision<'_>> =
        all.iter().filter(|revision| revisions::is_later(revision, &all, snapshot)).collect();
    let further = leaving.filter(|_| !later.is_empty()).map(|leaving| further_back(target, leaving, &later, snapshot));
    let later: Vec<Text> = later.into_iter().map(|revision| revision.pin.clone()).collect();
    let wanted = revisions::wanted(wish, to, all, snapshot)?;
    let current = template::current(snapshot);

    let draft = Draft {
        title: format!("Roll back {} to {}", target.name, wanted.version()),
        steps: [template_step(target, snapshot, &wanted)].into_iter().chain(broken_pods(target, snapshot)).collect(),
        goal: Goal::Template(wanted.template.clone()),
        needs: needs(target, snapshot, &wanted, replaced.as_ref()),
    };
    let mut plan = draft.into_plan(Wish { intent: &pinned(&wanted.pin), target }, snapshot, place);
    plan.intent = wish.intent.clone();
    template::fill(&mut plan, snapshot, &wanted.template);
    plan.restores = vec![difference::summary(current, &wanted.template)];
    plan.does_not_restore = left_alone(&wanted.template);
    plan.touches = touches(snapshot);
    plan.way_back = way_back;
    let direction = if later.contains(&wanted.pin) {
        Some(format!("{} came after what runs now, and was left by going back: this runs it again", wanted.version()))
    } else {
        further
    };
    drop(plan.warnings.splice(0..0, direction.map(Text::from)));
    Ok(plan)
}

/// That what runs now was itself gone back to, from releases that came later: who asks twice, because the first time did
/// not seem to help, goes further back each time. A template that was written anew since does not tell when that was.
fn further_back(target: &ObjectRef, leaving: &Revision<'_>, later: &[&Revision<'_>], snapshot: &Snapshot) -> String {
    let is_as_it_was = later.iter().any(|later| leaving.came_before(later));
    let written = template::written(snapshot).filter(|_| is_as_it_was);
    let since = written.map(|at| format!(" {} ago", span(snapshot.asked.duration_since(at)))).unwrap_or_default();
    format!("this goes back behind {}, to which {} was rolled back{since}", leaving.version(), target.name)
}

/// Whether a revision has the template that is wished for now.
fn is_current(revision: &Revision<'_>, snapshot: &Snapshot) -> bool {
    template::is_same(&revision.template, template::current(snapshot))
}

/// The patch that puts the template back. The change cause goes with it, or the next revision would be mislabelled.
pub(super) fn template_step(target: &ObjectRef, snapshot: &Snapshot, wanted: &Revision<'_>) -> Step {
    let current = template::current(snapshot);
    let mut operations =
        vec![test_uid(snapshot), test("/spec/template", current), replace("/spec/template", &wanted.template)];
    operations.extend(template::change_cause(snapshot, &format!("rollback to {} by midwatch", wanted.pin)));
    Step {
        what: format!("template of revision {}", wanted.number).into(),
        before: image_of(current),
        after: image_of(&wanted.template),
        call: Call::Patch { object: target.clone(), subresource: None, operations },
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
    if target.kind != Kind::StatefulSet || spec["podManagementPolicy"] == "Parallel" || template::is_on_delete(snapshot)
    {
        return Vec::new();
    }
    let bad = &snapshot.target["status"]["updateRevision"];
    let is_broken = |pod: &&Value| {
        is_controlled_by(pod, &snapshot.target)
            && pod["metadata"]["labels"]["controller-revision-hash"] == *bad
            && !is_ready(pod)
            && !bad.is_null()
    };
    snapshot.pods.iter().filter(is_broken).map(|pod| delete_step(target, pod, bad)).collect()
}

/// The step that deletes one broken pod.
fn delete_step(target: &ObjectRef, pod: &Value, revision: &Value) -> Step {
    Step {
        what: "delete this broken pod, which blocks the others".into(),
        before: "not ready".into(),
        after: "made anew".into(),
        call: Call::DeleteBroken {
            object: ObjectRef { kind: Kind::Pod, name: text(&pod["metadata"]["name"]), ..target.clone() },
            uid: text(&pod["metadata"]["uid"]),
            revision: text(revision),
            version: None,
        },
    }
}

/// Going from a rollout that has not finished back to what it replaces is stopping it; anything else is more.
fn needs(target: &ObjectRef, snapshot: &Snapshot, wanted: &Revision<'_>, replaced: Option<&Text>) -> Vec<Permission> {
    let still_runs = wanted.object["status"]["replicas"].as_i64().is_some_and(|pods| pods > 0)
        || wanted.pin == text(&snapshot.target["status"]["currentRevision"]);
    let is_replaced = still_runs || replaced == Some(&wanted.pin);
    if is_replaced && !is_finished(target.kind, &snapshot.target) {
        vec![Permission::Deploy, Permission::Rollback]
    } else {
        vec![Permission::Rollback]
    }
}

/// How much moves.
pub(super) fn touches(snapshot: &Snapshot) -> Text {
    let (updated, pods) = (template::updated(snapshot), template::pods(snapshot));
    format!("1 service; {updated} of {pods} pods of the revision that goes").into()
}

/// What a template does not hold.
pub(super) fn left_alone(template: &Value) -> Vec<Text> {
    let mut left = difference::configuration_of(template);
    left.push("number of pods".into());
    left.push("databases and anything outside the cluster".into());
    left
}
