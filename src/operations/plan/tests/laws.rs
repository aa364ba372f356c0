//! What holds for every plan: its patches hit only what was seen, and the way back leads back.

use proptest::prelude::*;

use super::*;

/// What the server would make of the plan's patches of the target.
fn applied(plan: &Plan, object: &Value) -> Result<Value, json_patch::PatchError> {
    let mut object = object.clone();
    for step in &plan.steps {
        if let Call::Patch { subresource, operations, .. } = &step.call {
            let patch: json_patch::Patch = serde_json::from_value(json!(operations)).unwrap();
            if subresource.is_some() {
                let mut scale = scale_of(&object);
                json_patch::patch(&mut scale, &patch)?;
                object["spec"]["replicas"] = scale["spec"]["replicas"].clone();
            } else {
                json_patch::patch(&mut object, &patch)?;
            }
        }
    }
    Ok(object)
}

/// The scale of a workload as its server writes it: a 0 is left out.
fn scale_of(object: &Value) -> Value {
    let replicas = object["spec"]["replicas"].as_i64().unwrap();
    let spec = if replicas == 0 { json!({}) } else { json!({ "replicas": replicas }) };
    json!({ "metadata": { "uid": object["metadata"]["uid"] }, "spec": spec })
}

/// The intent whose command is the way back of another one.
fn undoing(intent: &Intent, before: &Value) -> Intent {
    let target = intent.object().unwrap().clone();
    match intent {
        Intent::Rollback { .. } | Intent::Restart { .. } | Intent::Evict { .. } => {
            let pin = if target.kind == Kind::Deployment { "bad" } else { "chat-service-bad" };
            Intent::Rollback { target, to: Some(pin.into()) }
        }
        Intent::Pause { .. } => Intent::Resume { target },
        Intent::Resume { .. } => Intent::Pause { target },
        Intent::Scale { .. } => {
            let count = before["spec"]["replicas"].as_u64().and_then(|count| u32::try_from(count).ok()).unwrap();
            Intent::Scale { target, to: Size::Replicas(count) }
        }
        Intent::SetImage { .. } => {
            let image = before["spec"]["template"]["spec"]["containers"][0]["image"].as_str().unwrap().into();
            Intent::SetImage { target, container: Some("chat".into()), image }
        }
        other => panic!("{} is about no object", other.verb()),
    }
}

/// A snapshot whose newest template has these odds and ends.
fn with_template(kind: Kind, replicas: u32, env: &[(String, String)], annotations: Option<Vec<String>>) -> Snapshot {
    let mut snapshot = with_history(kind, workload(kind, "1.5.0"));
    let mut template = snapshot.target["spec"]["template"].clone();
    template["spec"]["containers"][0]["env"] =
        env.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    match annotations {
        None => {
            template["metadata"].as_object_mut().unwrap().shift_remove("annotations");
            snapshot.target["metadata"].as_object_mut().unwrap().shift_remove("annotations");
        }
        Some(keys) => template["metadata"]["annotations"] = keys.into_iter().map(|key| (key, json!("x"))).collect(),
    }
    for revision in &mut snapshot.revisions {
        if revision["metadata"]["name"] != "chat-service-bad" {
            continue;
        }
        let mut kept = template.clone();
        if kind == Kind::Deployment {
            kept["metadata"]["labels"]["pod-template-hash"] = json!("bad");
            revision["spec"]["template"] = kept;
        } else {
            kept["$patch"] = json!("replace");
            revision["data"]["spec"]["template"] = kept;
        }
    }
    snapshot.target["spec"]["template"] = template;
    if kind != Kind::DaemonSet {
        snapshot.target["spec"]["replicas"] = json!(replicas);
    }
    snapshot
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn the_way_back_leads_back(
        kind in prop::sample::select(Kind::BUILT_IN_WORKLOADS.to_vec()),
        replicas in prop::sample::select(vec![0_u32, 1, 4]),
        env in prop::collection::vec(("[A-Z]{1,8}", ".{0,12}"), 0..4),
        annotations in prop::option::of(prop::collection::vec("[a-z/~.]{1,12}", 0..3)),
    ) {
        let before = with_template(kind, replicas, &env, annotations);
        for intent in intents(kind) {
            let there = made(&intent, &before);
            let mut after = before.clone();
            after.target = applied(&there, &before.target).unwrap();
            prop_assert_ne!(&after.target["spec"], &before.target["spec"], "{:?} changes something", &intent);

            let undo = undoing(&intent, &before.target);
            if let Some(command) = &there.way_back {
                prop_assert_eq!(command.as_str(), command_line::of(&undo, &place()));
            }
            let back = applied(&made(&undo, &after), &after.target).unwrap();
            prop_assert_eq!(&back["spec"], &before.target["spec"], "{:?}", &intent);
        }
    }
}

#[test]
fn a_patch_hits_nothing_but_what_was_seen() {
    for kind in Kind::BUILT_IN_WORKLOADS {
        let snapshot = with_history(kind, workload(kind, "1.5.0"));
        for intent in intents(kind) {
            let plan = made(&intent, &snapshot);
            applied(&plan, &snapshot.target).unwrap();
            let mut other = snapshot.target.clone();
            other["metadata"]["uid"] = json!("another");
            assert!(applied(&plan, &other).is_err(), "{kind} {intent:?}: made anew under the same name");
            let mut moved = snapshot.target.clone();
            match intent.verb() {
                // Setting it twice does no harm.
                crate::domain::intent::Verb::Pause => continue,
                crate::domain::intent::Verb::Scale => moved["spec"]["replicas"] = json!(5),
                _ => moved["spec"]["template"]["spec"]["containers"][0]["image"] = json!("other:1"),
            }
            assert!(applied(&plan, &moved).is_err(), "{kind} {intent:?}: changed by somebody else");
        }
    }
}

#[test]
fn a_patch_does_not_care_about_what_moves_by_itself() {
    for kind in Kind::BUILT_IN_WORKLOADS {
        let snapshot = with_history(kind, workload(kind, "1.5.0"));
        for intent in intents(kind) {
            let plan = made(&intent, &snapshot);
            let mut later = snapshot.target.clone();
            merge(
                &mut later,
                json!({ "metadata": { "generation": 9, "resourceVersion": "77" }, "status": { "readyReplicas": 1 } }),
            );
            assert!(applied(&plan, &later).is_ok(), "{kind} {intent:?}");
        }
    }
}

#[test]
fn without_annotations_nothing_that_somebody_writes_there_is_lost() {
    let kind = Kind::Deployment;
    let mut snapshot = with_history(kind, workload(kind, "1.5.0"));
    snapshot.target["metadata"].as_object_mut().unwrap().shift_remove("annotations");
    let plan = made(&rollback(kind, None), &snapshot);
    let mut later = snapshot.target.clone();
    later["metadata"]["annotations"] = json!({ "theirs": "1" });
    assert_eq!(applied(&plan, &later).unwrap()["metadata"]["annotations"], json!({ "theirs": "1" }));
}

#[test]
fn a_plan_that_is_made_anew_of_an_unchanged_world_is_the_same() {
    for kind in Kind::BUILT_IN_WORKLOADS {
        let snapshot = with_history(kind, workload(kind, "1.5.0"));
        for intent in intents(kind) {
            let later = Snapshot { taken: snapshot.taken + Plan::FRESH, ..snapshot.clone() };
            assert_eq!(made(&intent, &snapshot).hash(), made(&intent, &later).hash(), "{kind} {intent:?}");
        }
    }
}

#[test]
fn an_equal_plan_has_an_equal_hash_and_another_one_has_another() {
    let snapshot = with_history(Kind::Deployment, workload(Kind::Deployment, "1.5.0"));
    let plan = |to| made(&rollback(Kind::Deployment, to), &snapshot).hash();
    assert_eq!(plan(None), plan(None));
    assert_ne!(plan(None), plan(Some("older")));
}
