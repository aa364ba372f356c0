//! Restarting: new pods of the same template, told apart from the old ones by a mark of the time.

use serde_json::json;

use crate::domain::actor::Permission;
use crate::domain::plan::{Call, Goal, Plan, Step};
use crate::domain::text::Text;

use super::super::converge::is_finished;
use super::super::read::Snapshot;
use super::{
    Draft, NoPlan, Place, Wish, require_not_paused, require_workload, segment, set, template, test, test_uid, text,
};

/// The annotation of the template that makes its pods new ones; kubectl's own.
pub(in crate::operations) const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

/// Plans new pods.
pub(super) fn plan(wish: Wish<'_>, snapshot: &Snapshot, place: &Place) -> Result<Plan, NoPlan> {
    require_workload(wish)?;
    require_not_paused(wish, snapshot, place)?;
    let target = wish.target;
    let current = template::current(snapshot);
    let annotations = &current["metadata"]["annotations"];
    // The moment of the wish: a plan that is made anew while somebody reads it must not be another one for that.
    let stamp = snapshot.asked.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let path = "/spec/template/metadata/annotations";
    let mark = if annotations.is_object() {
        set(&format!("{path}/{}", segment(RESTARTED_AT)), &json!(stamp))
    } else {
        set(path, &json!({ RESTARTED_AT: stamp }))
    };
    let before = annotations[RESTARTED_AT].as_str().map_or_else(|| "never".into(), Text::from_untrusted);
    let step = Step {
        what: "mark of the restart".into(),
        before,
        after: stamp.as_str().into(),
        // The whole template is tested: new pods of another one would be a release, not a restart.
        call: Call::Patch {
            object: target.clone(),
            subresource: None,
            operations: vec![test_uid(snapshot), test("/spec/template", current), mark],
        },
    };
    let mut after = current.clone();
    after["metadata"]["annotations"][RESTARTED_AT] = json!(stamp);

    let draft = Draft {
        title: format!("Restart {}", target.name),
        steps: vec![step],
        goal: Goal::Restarted(stamp.into()),
        needs: vec![Permission::Deploy],
    };
    let mut plan = draft.into_plan(wish, snapshot, place);
    template::fill(&mut plan, snapshot, &after);
    plan.touches = touches(snapshot);
    if !is_finished(target.kind, &snapshot.target) {
        let image = text(&current["spec"]["containers"][0]["image"]);
        plan.warnings
            .push(format!("a rollout is under way: all pods become those of the newest revision, {image}").into());
    }
    Ok(plan)
}

/// How much moves.
fn touches(snapshot: &Snapshot) -> Text {
    let pods = template::pods(snapshot);
    if template::is_on_delete(snapshot) {
        "1 service; no pod until it is deleted".into()
    } else if pods == 1 {
        "1 service; its only pod is replaced".into()
    } else {
        format!("1 service; all {pods} pods are replaced").into()
    }
}
