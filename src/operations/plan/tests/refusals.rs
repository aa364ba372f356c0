//! What makes no sense is refused, with what to do instead.

use super::*;
use crate::operations::fake::objects::{autoscaler, pod, revision};

fn deployment() -> Snapshot {
    with_history(Kind::Deployment, workload(Kind::Deployment, "1.5.0"))
}

fn scale(kind: Kind, to: Size) -> Intent {
    Intent::Scale { target: target(kind), to }
}

fn set_image(container: Option<&str>, image: &str) -> Intent {
    Intent::SetImage { target: target(Kind::Deployment), container: container.map(Into::into), image: image.into() }
}

#[test]
fn a_paused_rollout_has_to_be_resumed_before_its_template_changes() {
    let paused = with(deployment(), json!({ "spec": { "paused": true } }));
    for intent in [
        rollback(Kind::Deployment, None),
        Intent::Restart { target: target(Kind::Deployment) },
        set_image(None, "registry.example/chat:1.5.1"),
    ] {
        let said = refused(&intent, &paused);
        assert!(said.starts_with("Impossible: cannot"), "{said}");
        assert!(
            said.contains("resume it first: midwatch resume chat-service --workload deployment/chat-service"),
            "{said}"
        );
    }
}

#[test]
fn a_pin_is_a_hash_a_name_or_a_clear_beginning_of_one() {
    for kind in Kind::BUILT_IN_WORKLOADS {
        let snapshot = with_history(kind, workload(kind, "1.5.0"));
        for pin in ["older", "chat-service-older", "olde"] {
            let plan = made(&rollback(kind, Some(pin)), &snapshot);
            assert_eq!(plan.title, "Roll back chat-service to 1.4.0", "{kind} {pin}");
        }
        let said = refused(&rollback(kind, Some("nosuch")), &snapshot);
        assert!(said.contains("no revision nosuch is kept (kept: "), "{said}");
        assert!(refused(&rollback(kind, Some("6")), &snapshot).contains("no revision 6"), "numbers change");
        let said = refused(&rollback(kind, Some("chat-service-bad")), &snapshot);
        assert!(said.starts_with("NothingToDo: chat-service has the template of"), "{said}");
    }
}

#[test]
fn a_pin_that_could_mean_two_revisions_means_none() {
    let mut snapshot = deployment();
    snapshot.revisions.push(revision(Kind::Deployment, 4, "older2", "1.3.0"));
    let said = refused(&rollback(Kind::Deployment, Some("olde")), &snapshot);
    assert!(said.contains("more than one revision begins with olde (give more letters)"), "{said}");
}

#[test]
fn without_an_earlier_revision_there_is_nothing_to_roll_back_to() {
    let mut snapshot = deployment();
    snapshot.revisions.retain(|revision| revision["metadata"]["name"] == "chat-service-bad");
    let said = refused(&rollback(Kind::Deployment, None), &snapshot);
    assert!(said.contains("no earlier revision is kept (raise spec.revisionHistoryLimit, or set an image)"), "{said}");
}

/// The releases of a Deployment: hash, tag, when it was made, the numbers that it had and the one that it has.
fn releases(current: &str, releases: &[(&str, &str, &str, &str, i64)]) -> Snapshot {
    let mut snapshot = snapshot(workload(Kind::Deployment, current));
    snapshot.revisions = releases
        .iter()
        .map(|(hash, tag, made, had, number)| {
            let mut object = revision(Kind::Deployment, *number, hash, tag);
            let meta = json!({ "creationTimestamp": made, "annotations": {
                "deployment.kubernetes.io/revision-history": had,
            } });
            merge(&mut object["metadata"], meta);
            object
        })
        .collect();
    snapshot
}

const A: (&str, &str, &str, &str, i64) = ("aaaa", "1.4.2", "2026-11-21T01:00:00Z", "", 1);
const B: (&str, &str, &str, &str, i64) = ("bbbb", "1.5.0", "2026-11-21T02:00:00Z", "", 2);
const OLDEST: (&str, &str, &str, &str, i64) = ("oooo", "1.4.1", "2026-11-20T01:00:00Z", "", 0);
/// The first one, gone back to.
const BACK: (&str, &str, &str, &str, i64) = ("aaaa", "1.4.2", "2026-11-21T01:00:00Z", "1", 3);

#[test]
fn a_rollback_that_is_asked_for_twice_does_not_bring_the_bad_release_back() {
    let intent = rollback(Kind::Deployment, None);
    assert_eq!(made(&intent, &releases("1.5.0", &[A, B])).title, "Roll back chat-service to 1.4.2");
    let back = releases("1.4.2", &[BACK, B]);
    let said = refused(&intent, &back);
    assert!(said.contains("1.4.2 was gone back to already, from bbbb (1.5.0)"), "{said}");
    assert!(said.contains("named with --to: forth again bbbb (1.5.0)"), "{said}");
    let again = made(&rollback(Kind::Deployment, Some("bbbb")), &back);
    assert!(again.warnings[0].contains("1.5.0 came after what runs now"), "{:?}", again.warnings);
    // Nor does it go back behind the good one, unless that is named: by its hash or by its version.
    let further = releases("1.4.2", &[OLDEST, BACK, B]);
    let said = refused(&intent, &further);
    assert!(said.contains("--to: further back oooo (1.4.1); forth again bbbb (1.5.0)"), "{said}");
    for name in ["oooo", "1.4.1"] {
        assert_eq!(made(&rollback(Kind::Deployment, Some(name)), &further).title, "Roll back chat-service to 1.4.1");
    }
    let said = refused(&rollback(Kind::Deployment, Some("1.3.0")), &further);
    assert!(said.contains("no revision 1.3.0 is kept (kept: aaaa (1.4.2), bbbb (1.5.0), oooo (1.4.1))"), "{said}");
}

/// Every manager's last write of the template.
fn written(at: &str) -> Value {
    let fields = json!({ "f:spec": { "f:template": { "f:spec": {} } } });
    let status = json!({ "f:status": { "f:replicas": {} } });
    json!([
        { "manager": "ci-deploy", "time": "2026-11-21T02:00:00Z", "fieldsV1": fields },
        { "manager": "midwatch", "time": at, "fieldsV1": fields },
        { "manager": "kube-controller-manager", "time": "2026-11-21T03:12:00Z", "fieldsV1": status },
    ])
}

#[test]
fn a_second_rollback_says_that_it_goes_behind_the_first() {
    let intent = rollback(Kind::Deployment, Some("oooo"));
    let earlier = rollback(Kind::Deployment, None);
    let mut back = releases("1.4.2", &[OLDEST, BACK, B]);
    let bare = "this goes back behind 1.4.2, to which chat-service was rolled back";
    assert_eq!(made(&intent, &back).warnings, [bare]);
    back.target["metadata"]["managedFields"] = written("2026-11-21T03:09:40Z");
    let plan = made(&intent, &back);
    assert_eq!(plan.warnings, [format!("{bare} 2 min ago").as_str()]);
    // A minute later the same plan is still the same: what was agreed to has not changed.
    back.taken += jiff::SignedDuration::from_mins(1);
    assert_eq!(made(&intent, &back).hash(), plan.hash());
    // The first rollback, one to what was left, and one from a release that came after all others.
    let none: [&str; 0] = [];
    assert_eq!(made(&earlier, &releases("1.5.0", &[OLDEST, A, B])).warnings, none);
    assert!(!made(&rollback(Kind::Deployment, Some("bbbb")), &back).warnings.join(" ").contains("goes back behind"));
    let fixed = ("cccc", "1.6.0", "2026-11-21T03:00:00Z", "", 4);
    assert_eq!(made(&earlier, &releases("1.6.0", &[OLDEST, BACK, B, fixed])).warnings, none);
    // Going forth again to what had been left is no rollback.
    let forth = ("bbbb", "1.5.0", "2026-11-21T02:00:00Z", "2", 4);
    assert_eq!(made(&earlier, &releases("1.5.0", &[OLDEST, BACK, forth])).warnings, none);
}

#[test]
fn a_rollback_that_was_restarted_since_is_one_and_its_time_is_not_made_up() {
    let mut snapshot = releases("1.4.2", &[OLDEST, BACK, B]);
    let restart = json!({ "annotations": { "kubectl.kubernetes.io/restartedAt": "2026-11-21T03:00:00Z" } });
    merge(&mut snapshot.target["spec"]["template"]["metadata"], restart.clone());
    snapshot.target["metadata"]["managedFields"] = written("2026-11-21T03:00:00Z");
    let mut restarted = revision(Kind::Deployment, 9, "rrrr", "1.4.2");
    restarted["metadata"]["creationTimestamp"] = json!("2026-11-21T03:00:00Z");
    merge(&mut restarted["spec"]["template"]["metadata"], restart);
    snapshot.revisions.push(restarted);
    let said = made(&rollback(Kind::Deployment, Some("oooo")), &snapshot).warnings;
    assert_eq!(said, ["this goes back behind 1.4.2, to which chat-service was rolled back"]);
}

#[test]
fn kinds_whose_revisions_tell_no_numbers_are_known_by_their_age() {
    for kind in [Kind::StatefulSet, Kind::DaemonSet] {
        let mut snapshot = snapshot(workload(kind, "1.4.2"));
        let made_at = |number, hash, tag, at: &str| {
            let mut object = revision(kind, number, hash, tag);
            object["metadata"]["creationTimestamp"] = json!(at);
            object
        };
        snapshot.revisions = vec![
            made_at(1, "oooo", "1.4.1", "2026-11-20T01:00:00Z"),
            made_at(4, "aaaa", "1.4.2", "2026-11-21T01:00:00Z"),
            made_at(3, "bbbb", "1.5.0", "2026-11-21T02:00:00Z"),
        ];
        let said = made(&rollback(kind, Some("1.4.1")), &snapshot).warnings;
        assert_eq!(said, ["this goes back behind 1.4.2, to which chat-service was rolled back"], "{kind}");
    }
}

#[test]
fn from_a_new_release_one_goes_back_to_the_last_one_that_was_kept() {
    let fixed = ("cccc", "1.6.0", "2026-11-21T03:00:00Z", "", 4);
    let plan = made(&rollback(Kind::Deployment, None), &releases("1.6.0", &[BACK, B, fixed]));
    assert_eq!(plan.title, "Roll back chat-service to 1.4.2");
    assert!(!plan.warnings.iter().any(|warning| warning.contains("came after")), "{:?}", plan.warnings);
}

#[test]
fn what_was_only_restarted_is_no_other_release() {
    for (release, kept) in [("1.5.0", vec![A, B]), ("1.4.2", vec![BACK, B])] {
        let mut snapshot = releases(release, &kept);
        let restart = json!({ "annotations": { "kubectl.kubernetes.io/restartedAt": "2026-11-21T03:00:00Z" } });
        merge(&mut snapshot.target["spec"]["template"]["metadata"], restart.clone());
        let mut restarted = revision(Kind::Deployment, 9, "rrrr", release);
        restarted["metadata"]["creationTimestamp"] = json!("2026-11-21T03:00:00Z");
        merge(&mut restarted["spec"]["template"]["metadata"], restart);
        snapshot.revisions.push(restarted);
        let intent = rollback(Kind::Deployment, None);
        if release == "1.5.0" {
            assert_eq!(made(&intent, &snapshot).title, "Roll back chat-service to 1.4.2");
        } else {
            assert!(refused(&intent, &snapshot).contains("1.4.2 was gone back to already"));
        }
    }
}

#[test]
fn what_is_so_already_is_nothing_to_do() {
    let deployment = deployment();
    let paused = with(deployment.clone(), json!({ "spec": { "paused": true } }));
    let pod = with(snapshot(pod("chat-service-1", "r", true)), json!({ "metadata": { "deletionTimestamp": "now" } }));
    let mut scaled = deployment.clone();
    scaled.autoscalers = vec![autoscaler()];
    let on = target(Kind::Deployment);
    for (intent, snapshot) in [
        (Intent::Pause { target: on.clone() }, &paused),
        (Intent::Resume { target: on }, &deployment),
        (scale(Kind::Deployment, Size::Replicas(4)), &deployment),
        (scale(Kind::Deployment, Size::Bounds { min: 2, max: 6 }), &scaled),
        (set_image(Some("chat"), "registry.example/chat:1.5.0"), &deployment),
        (Intent::Evict { target: target(Kind::Pod) }, &pod),
    ] {
        let said = refused(&intent, snapshot);
        assert!(said.starts_with("NothingToDo: "), "{said}");
    }
}

#[test]
fn a_verb_for_the_wrong_kind_is_impossible() {
    let daemons = with_history(Kind::DaemonSet, workload(Kind::DaemonSet, "1.5.0"));
    let sets = with_history(Kind::StatefulSet, workload(Kind::StatefulSet, "1.5.0"));
    let pod = snapshot(pod("chat-service-1", "r", true));
    for (intent, snapshot, why) in [
        (scale(Kind::DaemonSet, Size::Replicas(2)), &daemons, "a daemon set has one pod on each node"),
        (scale(Kind::Pod, Size::Replicas(2)), &pod, "only deployments, stateful sets and Rollouts can be scaled"),
        (Intent::Pause { target: target(Kind::StatefulSet) }, &sets, "only the rollout of a deployment"),
        (Intent::Resume { target: target(Kind::DaemonSet) }, &daemons, "only the rollout of a deployment"),
        (rollback(Kind::Pod, None), &pod, "rollback is for deployments, stateful sets and daemon sets"),
        (Intent::Restart { target: target(Kind::Pod) }, &pod, "restart is for deployments"),
        (Intent::Evict { target: target(Kind::StatefulSet) }, &sets, "only pods can be evicted"),
    ] {
        let said = refused(&intent, snapshot);
        assert!(said.starts_with("Impossible: ") && said.contains(why), "{said}");
    }
}

#[test]
fn an_autoscaler_is_told_its_bounds_and_never_fought() {
    let mut snapshot = deployment();
    snapshot.autoscalers = vec![autoscaler()];
    let said = refused(&scale(Kind::Deployment, Size::Replicas(8)), &snapshot);
    assert!(said.contains("autoscaler chat-hpa chooses 2 to 6 pods and would put it back"), "{said}");
    assert!(
        said.contains("--min and --max: midwatch scale chat-service") && said.contains("--min 8 --max 8"),
        "{said}"
    );

    // Nothing at all is within no bounds, and no fewer than are wanted become the floor.
    let said = refused(&scale(Kind::Deployment, Size::Replicas(0)), &snapshot);
    assert!(said.contains("take the autoscaler away first") && !said.contains("--min"), "{said}");
    let said = refused(&scale(Kind::Deployment, Size::Replicas(5)), &snapshot);
    assert!(said.contains("--min 5 --max 6"), "{said}");

    // It is switched off while there are no pods; a number switches it on.
    let off = with(snapshot.clone(), json!({ "spec": { "replicas": 0 } }));
    let plan = made(&scale(Kind::Deployment, Size::Replicas(3)), &off);
    assert!(plan.warnings.contains(&"autoscaler chat-hpa goes on choosing 2 to 6 pods".into()), "{:?}", plan.warnings);

    // The one of another workload has no say.
    snapshot.autoscalers[0]["spec"]["scaleTargetRef"]["name"] = json!("other");
    made(&scale(Kind::Deployment, Size::Replicas(8)), &snapshot);
    let said = refused(&scale(Kind::Deployment, Size::Bounds { min: 2, max: 8 }), &snapshot);
    assert!(said.contains("no autoscaler chooses its number of pods (give a number with --replicas)"), "{said}");
    snapshot.gaps = vec![Problem::new("no access: horizontalpodautoscalers", "", "")];
    let said = refused(&scale(Kind::Deployment, Size::Bounds { min: 2, max: 8 }), &snapshot);
    assert!(said.contains("not everything could be read: no access: horizontalpodautoscalers"), "{said}");
}

#[test]
fn bounds_must_be_a_range() {
    let mut snapshot = deployment();
    snapshot.autoscalers = vec![autoscaler()];
    for (min, max) in [(5, 4), (0, 0)] {
        let said = refused(&scale(Kind::Deployment, Size::Bounds { min, max }), &snapshot);
        assert!(said.starts_with("Invalid: ") && said.contains(&format!("{min} to {max} is no range")), "{said}");
    }
}

#[test]
fn a_container_has_to_be_known_and_clear() {
    let said = refused(&set_image(Some("caht"), "x:1"), &deployment());
    assert!(said.starts_with("NotFound: ") && said.contains("it has no container caht (did you mean chat?)"), "{said}");
    let said = refused(&set_image(Some("sidecar"), "x:1"), &deployment());
    assert!(said.contains("(there are: chat, migrate)"), "{said}");
    let mut two = deployment();
    let containers = two.target["spec"]["template"]["spec"]["containers"].as_array_mut().unwrap();
    containers.push(json!({ "name": "proxy", "image": "envoy:1" }));
    let said = refused(&set_image(None, "x:1"), &two);
    assert!(said.starts_with("Invalid: "), "{said}");
    assert!(said.contains("it has more than one container (name one; there are: chat, proxy, migrate)"), "{said}");
    for image in ["", "a b"] {
        let said = refused(&set_image(None, image), &deployment());
        assert!(said.starts_with("Invalid: ") && said.contains("is no image"), "{said}");
    }
}
