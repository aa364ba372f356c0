//! Plans for Rollouts of Argo, from objects that a real controller left.

use insta::assert_snapshot;

use super::*;
use crate::domain::argo::Gate;
use crate::domain::object::ObjectRef;
use crate::operations::fake::recorded::{named, place, seen};

/// An intent about the Rollout at a place.
type Wanted = fn(ObjectRef) -> Intent;

fn release(target: ObjectRef) -> Intent {
    Intent::Release { target, gate: None }
}

fn skip(target: ObjectRef) -> Intent {
    Intent::Skip { target, step: None }
}

fn promote(target: ObjectRef) -> Intent {
    Intent::PromoteFull { target }
}

fn abort(target: ObjectRef) -> Intent {
    Intent::Abort { target }
}

fn retry(target: ObjectRef) -> Intent {
    Intent::Retry { target }
}

fn pause(target: ObjectRef) -> Intent {
    Intent::Pause { target }
}

fn resume(target: ObjectRef) -> Intent {
    Intent::Resume { target }
}

fn restart(target: ObjectRef) -> Intent {
    Intent::Restart { target }
}

fn rollback(target: ObjectRef) -> Intent {
    Intent::Rollback { target, to: None }
}

fn set_image(target: ObjectRef) -> Intent {
    Intent::SetImage { target, container: None, image: "registry.example/messaging/feed-service:2.2.0".into() }
}

fn scale(target: ObjectRef) -> Intent {
    Intent::Scale { target, to: Size::Replicas(8) }
}

fn of(snapshot: &Snapshot, wanted: Wanted) -> Result<Plan, NoPlan> {
    plan(&wanted(named(snapshot)), snapshot, &place(snapshot))
}

fn pictures(all: &[(&str, Wanted)]) -> String {
    let pictures: Vec<String> =
        all.iter().map(|(at, wanted)| format!("== at {at}\n{}", picture(&of(&seen(at), *wanted).unwrap()))).collect();
    pictures.join("\n\n")
}

/// Why there is no plan, in one line.
fn no_plan(snapshot: &Snapshot, wanted: Wanted) -> String {
    let none = of(snapshot, wanted).unwrap_err();
    format!("{:?}: {}", none.failure, none.problem)
}

#[test]
fn plans_at_a_gate() {
    let verbs: [Wanted; 8] = [release, skip, promote, abort, pause, restart, scale, rollback];
    assert_snapshot!(pictures(&verbs.map(|wanted| ("gate", wanted))));
}

#[test]
fn plans_elsewhere_on_the_way() {
    assert_snapshot!(pictures(&[
        ("second-gate", release as Wanted),
        ("timed", release),
        ("inconclusive", release),
        ("inconclusive", skip),
        ("preview", release),
        ("preview", abort),
        ("preview", promote),
        ("held", release),
        ("held", abort),
        ("held", resume),
        ("aborted", retry),
        ("aborted", promote),
        ("aborted", rollback),
        ("promoted", set_image),
        ("promoted", rollback),
        ("switched", rollback),
    ]));
}

#[test]
fn what_makes_no_sense_at_a_place_is_refused() {
    let cases: [(&str, Wanted, &str); 13] = [
        ("stable", release, "NothingToDo: feed-service waits at no gate"),
        ("stable", skip, "NothingToDo: feed-service has no rollout under way"),
        ("stable", abort, "NothingToDo: feed-service has no rollout under way"),
        ("stable", promote, "NothingToDo: feed-service has no rollout under way"),
        ("stable", retry, "NothingToDo: feed-service has no rollout under way"),
        ("gate", retry, "NothingToDo: feed-service is not aborted"),
        ("gate", resume, "Impossible: cannot resume rollout/feed-service in production: nobody paused it by hand"),
        ("aborted", abort, "NothingToDo: feed-service is aborted already"),
        ("aborted", release, "Impossible: cannot release rollout/feed-service in production: it was aborted"),
        ("aborted", skip, "Impossible: cannot skip step rollout/feed-service in production: it was aborted"),
        ("preview", skip, "Impossible: cannot skip step rollout/login-service in production: it has no steps"),
        ("held", pause, "NothingToDo: feed-service is paused already"),
        ("held", rollback, "Impossible: cannot roll back rollout/feed-service in production: its rollout is paused"),
    ];
    for (at, wanted, why) in cases {
        let said = no_plan(&seen(at), wanted);
        assert!(said.starts_with(why), "{at}: {said}");
    }
}

#[test]
fn a_weight_is_not_set_by_hand() {
    let snapshot = seen("gate");
    let shift = Intent::Shift { target: named(&snapshot), arm: "feed-service-canary".into(), percent: 50 };
    let said = refused(&shift, &snapshot);
    assert!(said.contains("its steps say how much goes to the new revision"), "{said}");
}

#[test]
fn what_its_controller_has_not_seen_waits() {
    let mut unseen = seen("gate");
    unseen.target["metadata"]["generation"] = json!(99);
    for wanted in [release as Wanted, skip, promote, abort] {
        let said = no_plan(&unseen, wanted);
        assert!(said.contains("has not seen its newest specification (try again in a moment)"), "{said}");
    }
}

#[test]
fn a_gate_that_is_named_is_released_and_no_other_one() {
    let (first, second) = (seen("gate"), seen("second-gate"));
    let gate = crate::operations::argo::of(&first.target).gate().unwrap();
    let named_gate = Gate::named(&gate.name()).unwrap();
    for gate in [gate, named_gate] {
        let intent = Intent::Release { target: named(&first), gate: Some(gate) };
        assert!(plan(&intent, &first, &place(&first)).is_ok());
        let said = refused(&intent, &second);
        assert!(said.starts_with("Conflict: ") && said.contains("it waits at gate 64cf69cfd4/4 now"), "{said}");
        let said = refused(&intent, &seen("promoted"));
        assert!(said.starts_with("Conflict: ") && said.contains("it waits at gate 64cf69cfd4/2 no more"), "{said}");
    }
    let step = |step| Intent::Skip { target: named(&first), step: Some(step) };
    assert!(plan(&step(1), &first, &place(&first)).is_ok());
    assert!(refused(&step(3), &first).starts_with("Conflict: "), "another step");
}

#[test]
fn a_gate_that_was_released_a_moment_ago_is_not_skipped_as_well() {
    let mut snapshot = seen("gate");
    snapshot.target["status"].as_object_mut().unwrap().shift_remove("pauseConditions");
    assert!(no_plan(&snapshot, release).starts_with("NothingToDo: "), "it waits no more");
    let said = no_plan(&snapshot, skip);
    assert!(said.starts_with("Conflict: ") && said.contains("released a moment ago"), "{said}");
}

#[test]
fn a_template_of_another_workload_is_changed_there() {
    let mut snapshot = seen("stable");
    let spec = snapshot.target["spec"].as_object_mut().unwrap();
    spec.shift_remove("template");
    spec.insert("workloadRef".into(), json!({ "apiVersion": "apps/v1", "kind": "Deployment", "name": "feed" }));
    for wanted in [set_image as Wanted, rollback] {
        let said = no_plan(&snapshot, wanted);
        assert!(said.contains("it uses the template of Deployment/feed"), "{said}");
        assert!(said.contains("--workload deployment/feed"), "{said}");
    }
}

#[test]
fn a_rollback_says_whether_it_is_at_once() {
    let snapshot = seen("promoted");
    let plan = of(&snapshot, rollback).unwrap();
    assert!(plan.warnings[0].starts_with("NOT AT ONCE"), "{:?}", plan.warnings);
    assert_eq!(plan.needs, [Permission::Rollback]);

    let window = with(snapshot, json!({ "spec": { "rollbackWindow": { "revisions": 1 } } }));
    let plan = of(&window, rollback).unwrap();
    assert_eq!(plan.then, "fast, without steps and gates: it is within the rollback window");

    // The pods of a blue/green that was just replaced are still there.
    let at = |time: &str| of(&Snapshot { taken: time.parse().unwrap(), ..seen("switched") }, rollback).unwrap();
    assert_eq!(at("2026-11-26T07:22:40Z").then, "fast, without steps and gates: its pods are kept until 07:22:54");
    assert!(at("2026-11-26T07:23:00Z").warnings[0].starts_with("NOT AT ONCE"));

    let plan = of(&seen("aborted"), rollback).unwrap();
    assert!(plan.then.starts_with("at once: 2.0.0 is the stable revision"), "{}", plan.then);
    assert_eq!(plan.needs, [Permission::Deploy, Permission::Rollback]);
}

/// What the server would make of the plan's patches, the status in its own place.
fn applied(plan: &Plan, object: &Value) -> Result<Value, json_patch::PatchError> {
    let mut object = object.clone();
    for step in &plan.steps {
        let Call::Patch { operations, .. } = &step.call else { panic!("a patch") };
        let patch: json_patch::Patch = serde_json::from_value(json!(operations)).unwrap();
        json_patch::patch(&mut object, &patch)?;
    }
    Ok(object)
}

#[test]
fn two_presses_open_one_gate() {
    for at in ["gate", "second-gate", "timed", "preview", "inconclusive"] {
        let snapshot = seen(at);
        let (one, other) = (of(&snapshot, release).unwrap(), of(&snapshot, release).unwrap());
        assert_eq!(one.hash(), other.hash());
        let after = applied(&one, &snapshot.target).unwrap();
        assert!(applied(&other, &after).is_err(), "{at}: its controller has not gone on yet");
        // At the next gate all is as before, except for the step and since when it waits.
        let mut next = snapshot.target.clone();
        next["status"]["pauseConditions"][0]["startTime"] = json!("2026-11-26T07:40:00Z");
        assert!(applied(&other, &next).is_err(), "{at}: it waits at another gate");
    }
}

#[test]
fn a_patch_of_the_status_hits_the_revision_that_was_seen() {
    let cases: [(&str, Wanted); 5] =
        [("gate", release), ("gate", skip), ("gate", promote), ("gate", abort), ("aborted", retry)];
    for (at, wanted) in cases {
        let snapshot = seen(at);
        let plan = of(&snapshot, wanted).unwrap();
        let Call::Patch { subresource, .. } = &plan.steps[0].call else { panic!("a patch") };
        assert_eq!(*subresource, Some("status"), "on the object itself it would do nothing");
        applied(&plan, &snapshot.target).unwrap();
        for (path, value) in [("uid", json!("another")), ("currentPodHash", json!("another"))] {
            let mut moved = snapshot.target.clone();
            let part = if path == "uid" { "metadata" } else { "status" };
            moved[part][path] = value;
            assert!(applied(&plan, &moved).is_err(), "{at} {path}");
        }
        let mut later = snapshot.target.clone();
        merge(&mut later, json!({ "metadata": { "resourceVersion": "9" }, "status": { "readyReplicas": 1 } }));
        assert!(applied(&plan, &later).is_ok(), "what moves by itself does not matter");
    }
}

#[test]
fn what_is_asked_of_the_cluster_covers_what_is_sent() {
    for at in ["gate", "held", "aborted", "preview", "promoted"] {
        let snapshot = seen(at);
        let verbs: [Wanted; 11] =
            [release, skip, promote, abort, retry, pause, resume, restart, rollback, set_image, scale];
        for wanted in verbs {
            let Ok(plan) = of(&snapshot, wanted) else { continue };
            let target = named(&snapshot);
            let mut asked = Access::needed(plan.intent.verb(), &target, None);
            asked.extend(Access::needed(crate::domain::intent::Verb::Resume, &target, None));
            for access in &plan.access {
                assert!(asked.contains(access), "{at} {}: {}", plan.intent.verb(), access.words());
            }
        }
    }
}
