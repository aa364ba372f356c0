//! Scaling: the number of pods, or the bounds of the autoscaler that chooses it.

use serde_json::{Value, json};

use crate::domain::actor::Permission;
use crate::domain::intent::{Intent, Size};
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::plan::{Call, Goal, Plan, Step};
use crate::domain::text::Text;

use super::super::read::{Snapshot, autoscaler_of};
use super::{Draft, NoPlan, Place, Wish, cannot, command_line, replace, set, template, test, test_uid, text, warnings};

/// Plans another number of pods.
pub(super) fn replicas(wish: Wish<'_>, wanted: u32, snapshot: &Snapshot, place: &Place) -> Result<Plan, NoPlan> {
    require_scalable(wish)?;
    let target = wish.target;
    let current = template::pods(snapshot);
    if current == i64::from(wanted) {
        return Err(NoPlan::nothing_to_do(
            format!("{} has {} already", target.name, counted(current)),
            "scaling would change nothing",
        ));
    }
    let autoscaler = autoscaler_of(target, &snapshot.autoscalers);
    if let Some(autoscaler) = autoscaler {
        refuse_against(autoscaler, wish, wanted, current, place)?;
    }
    let step = Step {
        what: "number of pods".into(),
        before: current.to_string().into(),
        after: wanted.to_string().into(),
        call: Call::Patch {
            object: target.clone(),
            subresource: Some("scale"),
            operations: number_of_pods(snapshot, current, wanted),
        },
    };
    let draft = Draft {
        title: format!("Scale {} from {current} to {wanted}", target.name),
        steps: vec![step],
        goal: Goal::Replicas(wanted),
        needs: vec![Permission::Deploy],
    };
    let mut plan = draft.into_plan(wish, snapshot, place);
    plan.then = format!("then wait until {wanted} of {wanted} are ready").into();
    plan.touches = format!("1 service; {current} → {}", counted(wanted.into())).into();
    plan.warnings.extend(warnings_of(target, wanted, current, snapshot));
    plan.warnings.extend(autoscaler.map(warnings::of_autoscaler));
    plan.way_back = u32::try_from(current).ok().map(|count| undo(target, Size::Replicas(count), place));
    Ok(plan)
}

/// Plans other bounds for the autoscaler.
pub(super) fn bounds(
    wish: Wish<'_>,
    (min, max): (u32, u32),
    snapshot: &Snapshot,
    place: &Place,
) -> Result<Plan, NoPlan> {
    require_scalable(wish)?;
    let target = wish.target;
    if min > max || max == 0 {
        return Err(NoPlan::invalid(
            cannot(wish),
            format!("{min} to {max} is no range"),
            "--min 1 or more, --max no less",
        ));
    }
    let autoscaler = autoscaler_of(target, &snapshot.autoscalers).ok_or_else(|| no_autoscaler(wish, snapshot))?;
    let (least, most) = bounds_of(autoscaler);
    if (least, most) == (min, max) {
        return Err(NoPlan::nothing_to_do(
            format!("{} has {min} to {max} pods already", target.name),
            "scaling would change nothing",
        ));
    }
    let name = text(&autoscaler["metadata"]["name"]);
    let spec = &autoscaler["spec"];
    let mut operations = vec![test("/metadata/uid", &autoscaler["metadata"]["uid"])];
    for (field, wanted) in [("minReplicas", min), ("maxReplicas", max)] {
        let path = format!("/spec/{field}");
        operations.extend(spec.get(field).map(|before| test(&path, before)));
        operations.push(set(&path, &json!(wanted)));
    }
    let step = Step {
        what: format!("bounds of autoscaler {name}").into(),
        before: format!("{least} to {most}").into(),
        after: format!("{min} to {max}").into(),
        call: Call::Patch {
            object: ObjectRef { kind: Kind::HorizontalPodAutoscaler, name, ..target.clone() },
            subresource: None,
            operations,
        },
    };
    let draft = Draft {
        title: format!("Scale {} between {min} and {max}", target.name),
        steps: vec![step],
        goal: Goal::Bounds { min, max },
        needs: vec![Permission::Deploy],
    };
    let mut plan = draft.into_plan(wish, snapshot, place);
    plan.then = "then the autoscaler chooses within them".into();
    plan.touches = format!("1 autoscaler; {} now", counted(template::pods(snapshot))).into();
    plan.warnings.extend(warnings::owner(autoscaler).map(|owner| Text::from(format!("the autoscaler: {owner}"))));
    plan.way_back = Some(undo(target, Size::Bounds { min: least, max: most }, place));
    Ok(plan)
}

/// What has no number of pods to choose.
fn require_scalable(wish: Wish<'_>) -> Result<(), NoPlan> {
    let why = match wish.target.kind {
        Kind::Deployment | Kind::StatefulSet | Kind::Rollout => return Ok(()),
        Kind::DaemonSet => "a daemon set has one pod on each node that it is for",
        _ => "only deployments, stateful sets and Rollouts can be scaled",
    };
    Err(NoPlan::impossible(cannot(wish), why, ""))
}

/// Refuses a number that the autoscaler would replace within seconds. One that is switched off, because there are no
/// pods, is switched on by it.
fn refuse_against(autoscaler: &Value, wish: Wish<'_>, wanted: u32, current: i64, place: &Place) -> Result<(), NoPlan> {
    if current == 0 {
        return Ok(());
    }
    let (name, (least, most)) = (text(&autoscaler["metadata"]["name"]), bounds_of(autoscaler));
    let why = format!("autoscaler {name} chooses {least} to {most} pods and would put it back");
    if wanted == 0 {
        return Err(NoPlan::impossible(cannot(wish), why, "take the autoscaler away first if nothing is to run"));
    }
    // What is wanted is the floor: no fewer than that are ever asked for.
    let to = Size::Bounds { min: wanted, max: most.max(wanted) };
    let instead = command_line::of(&Intent::Scale { target: wish.target.clone(), to }, place);
    Err(NoPlan::impossible(cannot(wish), why, format!("set its bounds with --min and --max: {instead}")))
}

/// The operations on the scale. A scale of 0 has no number in it, because its server leaves a 0 out; so its whole wish
/// is tested, which is empty then.
fn number_of_pods(snapshot: &Snapshot, current: i64, wanted: u32) -> Vec<Value> {
    let (path, wanted) = ("/spec/replicas", json!(wanted));
    if current == 0 {
        vec![test_uid(snapshot), test("/spec", &json!({})), set(path, &wanted)]
    } else {
        vec![test_uid(snapshot), test(path, &json!(current)), replace(path, &wanted)]
    }
}

/// What another number of pods may cost.
fn warnings_of(target: &ObjectRef, wanted: u32, current: i64, snapshot: &Snapshot) -> Vec<Text> {
    let spec = &snapshot.target["spec"];
    let mut warnings = Vec::new();
    if wanted == 0 {
        warnings
            .push(format!("OUTAGE: 0 pods, so nothing of {} answers until it is scaled up again", target.name).into());
    }
    if target.kind == Kind::StatefulSet && i64::from(wanted) < current {
        let volumes = if spec["persistentVolumeClaimRetentionPolicy"]["whenScaled"] == "Delete" {
            "THEIR VOLUMES ARE DELETED with them"
        } else {
            "their volumes stay"
        };
        warnings.push(format!("the pods with the highest ordinals go; {volumes}").into());
    }
    if spec["paused"] == true {
        warnings.push("its rollout is paused: each revision is scaled in proportion".into());
    }
    warnings
}

/// Why there are no bounds to set.
fn no_autoscaler(wish: Wish<'_>, snapshot: &Snapshot) -> NoPlan {
    let gaps: Vec<String> = snapshot.gaps.iter().map(ToString::to_string).collect();
    let why = if gaps.is_empty() {
        "no autoscaler chooses its number of pods".to_owned()
    } else {
        format!("no autoscaler of it was seen; not everything could be read: {}", gaps.join("; "))
    };
    NoPlan::impossible(cannot(wish), why, "give a number with --replicas")
}

/// The bounds of an autoscaler; without a lower one it is 1.
fn bounds_of(autoscaler: &Value) -> (u32, u32) {
    let number = |field: &str| autoscaler["spec"][field].as_u64().and_then(|number| u32::try_from(number).ok());
    (number("minReplicas").unwrap_or(1), number("maxReplicas").unwrap_or(1))
}

/// The command that puts a size back.
fn undo(target: &ObjectRef, to: Size, place: &Place) -> Text {
    command_line::of(&Intent::Scale { target: target.clone(), to }, place).into()
}

/// A number of pods in words.
fn counted(pods: i64) -> String {
    if pods == 1 { "1 pod".to_owned() } else { format!("{pods} pods") }
}
