//! What somebody is told before saying yes, one thing at a time.

use super::*;
use crate::domain::object::ClusterName;
use crate::operations::fake::objects::{autoscaler, budget, pod};

/// What a plan for these members of the target warns of.
fn warned(intent: &Intent, members: Value) -> String {
    let kind = intent.object().unwrap().kind;
    let snapshot = with(with_history(kind, workload(kind, "1.5.0")), members);
    made(intent, &snapshot).warnings.join("\n")
}

fn scale(kind: Kind, count: u32) -> Intent {
    Intent::Scale { target: target(kind), to: Size::Replicas(count) }
}

#[test]
fn whoever_owns_the_workload_is_named() {
    let intent = rollback(Kind::Deployment, None);
    for (meta, words) in [
        (
            json!({ "annotations": { "argocd.argoproj.io/tracking-id": "chat:apps/Deployment:p/c" } }),
            "Argo CD application chat",
        ),
        (json!({ "labels": { "kustomize.toolkit.fluxcd.io/name": "apps" } }), "Flux kustomization apps"),
        (json!({ "labels": { "helm.toolkit.fluxcd.io/name": "chat" } }), "Flux release chat"),
        (json!({ "annotations": { "meta.helm.sh/release-name": "chat" } }), "Helm release chat"),
    ] {
        let said = warned(&intent, json!({ "metadata": meta }));
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(warned(&intent, json!({})), "");
}

#[test]
fn the_owner_of_an_autoscaler_is_named_with_its_bounds() {
    let mut snapshot = with_history(Kind::Deployment, workload(Kind::Deployment, "1.5.0"));
    snapshot.autoscalers = vec![autoscaler()];
    snapshot.autoscalers[0]["metadata"]["labels"] = json!({ "kustomize.toolkit.fluxcd.io/name": "apps" });
    let intent = Intent::Scale { target: target(Kind::Deployment), to: Size::Bounds { min: 3, max: 6 } };
    let said = made(&intent, &snapshot).warnings.join("\n");
    assert!(said.starts_with("the autoscaler: Flux kustomization apps"), "{said}");
}

#[test]
fn strategies_that_hurt_are_named() {
    let (deployment, set) = (rollback(Kind::Deployment, None), rollback(Kind::StatefulSet, None));
    for (intent, spec, words) in [
        (&deployment, json!({ "strategy": { "type": "Recreate" } }), "strategy Recreate: all pods stop"),
        (&deployment, json!({ "revisionHistoryLimit": 1 }), "revisionHistoryLimit 1: there may be no way back"),
        (&set, json!({ "updateStrategy": { "type": "OnDelete" } }), "OnDelete: nothing moves until pods are deleted"),
        (
            &set,
            json!({ "updateStrategy": { "rollingUpdate": { "partition": 2 } } }),
            "partition 2: pods below ordinal 2",
        ),
    ] {
        let said = warned(intent, json!({ "spec": spec }));
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn an_autoscaler_and_a_spent_budget_are_named() {
    let mut snapshot = with_history(Kind::Deployment, workload(Kind::Deployment, "1.5.0"));
    snapshot.autoscalers = vec![autoscaler()];
    snapshot.budgets = vec![budget(0)];
    snapshot.gaps = vec![Problem::new("no access: pods", "", "")];
    assert_eq!(
        made(&rollback(Kind::Deployment, None), &snapshot).warnings,
        [
            "not checked: no access: pods",
            "autoscaler chat-hpa goes on choosing 2 to 6 pods",
            "disruption budget chat-pdb allows no disruption now",
        ]
    );
    snapshot.budgets = vec![budget(1)];
    snapshot.gaps.clear();
    assert_eq!(made(&rollback(Kind::Deployment, None), &snapshot).warnings.len(), 1, "a budget with room says nothing");
}

#[test]
fn a_budget_is_matched_by_its_whole_selector() {
    let evict = Intent::Evict { target: target(Kind::Pod) };
    let said = |selector: Value| {
        let mut snapshot = snapshot(pod("chat-service-1", "r1", true));
        snapshot.budgets = vec![budget(0)];
        snapshot.budgets[0]["spec"]["selector"] = selector;
        !made(&evict, &snapshot).warnings.is_empty()
    };
    let expression = |operator: &str, values: Value| json!({ "matchExpressions": [{ "key": "app", "operator": operator, "values": values }] });
    assert!(said(json!({ "matchLabels": { "app": "chat" } })));
    assert!(said(json!({})), "an empty selector selects everything");
    assert!(!said(Value::Null), "an absent one nothing");
    assert!(said(expression("In", json!(["chat", "mail"]))));
    assert!(said(expression("Exists", Value::Null)));
    assert!(!said(expression("NotIn", json!(["chat"]))));
    assert!(!said(expression("DoesNotExist", Value::Null)));
    assert!(!said(json!({ "matchLabels": { "app": "chat", "tier": "db" } })));
}

#[test]
fn scaling_to_nothing_is_said_loudly_and_volumes_are_not_forgotten() {
    assert!(warned(&scale(Kind::Deployment, 0), json!({})).starts_with("OUTAGE: 0 pods"));
    assert_eq!(warned(&scale(Kind::Deployment, 2), json!({})), "");
    let down = scale(Kind::StatefulSet, 2);
    assert_eq!(warned(&down, json!({})), "the pods with the highest ordinals go; their volumes stay");
    let policy = json!({ "spec": { "persistentVolumeClaimRetentionPolicy": { "whenScaled": "Delete" } } });
    assert!(warned(&down, policy.clone()).contains("THEIR VOLUMES ARE DELETED"));
    assert_eq!(warned(&scale(Kind::StatefulSet, 6), policy), "");
    assert!(warned(&scale(Kind::Deployment, 6), json!({ "spec": { "paused": true } })).contains("rollout is paused"));
}

#[test]
fn an_image_without_a_version_is_named() {
    let set = |image: &str| Intent::SetImage { target: target(Kind::DaemonSet), container: None, image: image.into() };
    for image in ["chat", "registry.example:5000/chat", "chat:latest"] {
        assert!(warned(&set(image), json!({})).contains("names no fixed version"), "{image}");
    }
    for image in ["chat:1.5.1", "chat@sha256:0123", "chat:latest@sha256:0123"] {
        let image = format!("registry.example/{image}");
        assert_eq!(warned(&set(&image), json!({})), "", "{image}");
    }
}

#[test]
fn an_image_that_lost_its_registry_is_said_with_what_was_probably_meant() {
    let said = |present: &str, image: &str| {
        let mut snapshot = with_history(Kind::Deployment, workload(Kind::Deployment, "1.5.0"));
        snapshot.target["spec"]["template"]["spec"]["containers"][0]["image"] = json!(present);
        let intent = Intent::SetImage { target: target(Kind::Deployment), container: None, image: image.into() };
        made(&intent, &snapshot).warnings.join("\n")
    };
    let here = "registry.example/messaging/chat:1.5.0";
    for (image, meant) in [
        ("chat-service:9", "registry.example/messaging/chat-service:9"),
        ("other/chat:9", "registry.example/other/chat:9"),
    ] {
        let words = format!("{image} names no registry, the present image does: was {meant} meant?");
        assert_eq!(said(here, image), words);
    }
    assert_eq!(said("localhost:5000/chat:1", "chat:9").split(' ').nth(9), Some("localhost:5000/chat:9"));
    for (present, image) in [
        (here, "registry.example/messaging/chat:9"),
        (here, "localhost/chat:9"),
        (here, "mirror:5000/chat:9"),
        ("messaging/chat:1.5.0", "chat:9"),
        ("docker.io/library/chat:1.5.0", "chat:9"),
    ] {
        assert_eq!(said(present, image), "", "{present} {image}");
    }
}

#[test]
fn changing_the_template_during_a_rollout_is_said() {
    let snapshot = with_history(Kind::Deployment, failing(Kind::Deployment, "1.5.0"));
    let said = made(&Intent::Restart { target: target(Kind::Deployment) }, &snapshot).warnings.join("\n");
    assert_eq!(
        said,
        "a rollout is under way: all pods become those of the newest revision, registry.example/chat:1.5.0"
    );
    let pause = made(&Intent::Pause { target: target(Kind::Deployment) }, &snapshot);
    assert_eq!(pause.warnings, ["pods of both revisions go on serving for as long as it is paused"]);
}

#[test]
fn who_makes_an_evicted_pod_anew_is_said() {
    let evict = Intent::Evict { target: target(Kind::Pod) };
    let said = |members: Value| {
        let plan = made(&evict, &with(snapshot(pod("chat-service-1", "r1", true)), members));
        format!("{}: {}", plan.touches, plan.warnings.join("\n"))
    };
    let owner =
        |kind: &str| json!({ "metadata": { "ownerReferences": [{ "controller": true, "kind": kind, "name": "x" }] } });
    assert_eq!(said(json!({})), "1 pod on node node-3; StatefulSet chat-service makes it anew: ");
    assert!(
        said(owner("DaemonSet")).ends_with("DaemonSet x makes it anew on the same node, also on one that is cordoned")
    );
    assert!(said(owner("Job")).ends_with("Job x may count it as a failure"));
    let alone = json!({ "metadata": { "ownerReferences": null } });
    assert_eq!(said(alone), "1 pod on node node-3: nobody makes it anew: it has no controller");
    let mirror = json!({ "metadata": { "annotations": { "kubernetes.io/config.mirror": "abc" } } });
    assert!(said(mirror).contains("its node runs it on its own"));
}

#[test]
fn an_ordered_set_loses_its_broken_pod_only_where_that_helps() {
    let steps = |spec: Value, pods: Vec<Value>| {
        let kind = Kind::StatefulSet;
        let mut snapshot = with(with_history(kind, failing(kind, "1.5.0")), json!({ "spec": spec }));
        snapshot.pods = pods;
        let plan = made(&rollback(kind, None), &snapshot);
        let access: Vec<String> = plan.access.iter().map(Access::words).collect();
        (plan.steps.len(), access.join(", "))
    };
    let pods =
        || vec![pod("chat-service-3", "chat-service-bad", false), pod("chat-service-2", "chat-service-bad", true)];
    let both = "patch statefulsets in production, delete pods in production".to_owned();
    let patch = "patch statefulsets in production".to_owned();
    assert_eq!(steps(json!({}), pods()), (2, both));
    assert_eq!(steps(json!({ "podManagementPolicy": "Parallel" }), pods()), (1, patch.clone()));
    assert_eq!(steps(json!({ "updateStrategy": { "type": "OnDelete" } }), pods()), (1, patch.clone()));
    assert_eq!(steps(json!({}), vec![pod("chat-service-3", "chat-service-good", false)]), (1, patch.clone()));
    let mut strange = pod("chat-service-3", "chat-service-bad", false);
    strange["metadata"]["ownerReferences"][0]["uid"] = json!("uid-other");
    assert_eq!(steps(json!({}), vec![strange]), (1, patch.clone()), "labels match by accident");
    let mut adopted = pod("chat-service-3", "chat-service-bad", false);
    adopted["metadata"]["ownerReferences"][0]["controller"] = json!(false);
    assert_eq!(steps(json!({}), vec![adopted]), (1, patch), "another one is its controller");
}

#[test]
fn nothing_is_promised_of_a_set_that_waits_for_deletes() {
    let kind = Kind::StatefulSet;
    let on_delete = json!({ "spec": { "updateStrategy": { "type": "OnDelete" } } });
    let snapshot = with(with_history(kind, workload(kind, "1.5.0")), on_delete);
    assert!(made(&rollback(kind, None), &snapshot).then.starts_with("nothing moves until pods are deleted"));
    let restart = made(&Intent::Restart { target: target(kind) }, &snapshot);
    assert_eq!(restart.touches, "1 service; no pod until it is deleted");
}

#[test]
fn only_ending_a_rollout_needs_less_than_rolling_back() {
    let needs =
        |object: Value, to: Option<&str>, kind: Kind| made(&rollback(kind, to), &with_history(kind, object)).needs;
    let (either, rolling_back) = ([Permission::Deploy, Permission::Rollback], [Permission::Rollback]);
    for kind in Kind::BUILT_IN_WORKLOADS {
        assert_eq!(needs(failing(kind, "1.5.0"), None, kind), either, "{kind}");
        assert_eq!(
            needs(failing(kind, "1.5.0"), Some("older"), kind),
            rolling_back,
            "{kind}: further back than it came"
        );
        assert_eq!(needs(workload(kind, "1.5.0"), None, kind), rolling_back, "{kind}");
    }
    let mut crashed = workload(Kind::Deployment, "1.5.0");
    merge(&mut crashed, json!({ "status": { "availableReplicas": 0, "readyReplicas": 0 } }));
    assert_eq!(needs(crashed, None, Kind::Deployment), rolling_back, "it had finished before its pods failed");
}

#[test]
fn a_hostile_name_stays_one_word_of_the_command() {
    let hostile = ObjectRef {
        cluster: ClusterName("it's; rm -rf $HOME".into()),
        kind: Kind::Deployment,
        namespace: "production".into(),
        name: "chat-service".into(),
    };
    let intent = Intent::SetImage { target: hostile, container: Some("--write".into()), image: "`id`".into() };
    assert_eq!(
        command_line::of(&intent, &place()),
        "midwatch set-image chat-service --workload deployment/chat-service -n production \
         --context 'it'\\''s; rm -rf $HOME' --container=--write --image '`id`'"
    );
    let empty = Intent::Evict { target: ObjectRef { cluster: ClusterName::default(), ..target(Kind::Pod) } };
    assert_eq!(command_line::of(&empty, &place()), "midwatch evict chat-service-1 -n production --context ''");
}
