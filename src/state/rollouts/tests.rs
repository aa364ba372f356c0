#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::domain::condition::Condition;
use crate::state::tests::fixture::*;

/// A Deployment of five pods, after something was done to it.
fn deployment(change: impl FnOnce(&mut Workload)) -> RolloutStatus {
    let mut workload = rolling(workload("chat", 5), 5);
    change(&mut workload);
    status(&Family::alone(Kind::Deployment, &workload), NOW)
}

fn told(status: &RolloutStatus) -> (Phase, &str, bool) {
    (status.phase, status.progress.as_str(), status.is_done)
}

#[test]
fn a_deployment_is_judged_in_kubectls_order() {
    let past = |workload: &mut Workload| {
        workload.conditions[0] = condition("Progressing", Truth::False, "ProgressDeadlineExceeded", 60);
    };
    let unseen = deployment(|workload| {
        workload.meta.generation = 2;
        past(workload);
    });
    assert_eq!(told(&unseen), (Phase::Progressing, "not yet seen by its controller", false));
    let failed = deployment(|workload| {
        workload.updated = 3;
        past(workload);
    });
    assert_eq!(told(&failed), (Phase::Failed, "3 of 5 updated", false));
    assert_eq!(failed.deadline, None, "there is nothing left to wait for");
    let updating = deployment(|workload| workload.updated = 3);
    assert_eq!(told(&updating), (Phase::Progressing, "3 of 5 updated", false));
    assert_eq!(updating.left(NOW).unwrap().as_secs(), 540);
    let one_left = deployment(|workload| workload.current = 6);
    assert_eq!(told(&one_left), (Phase::Progressing, "1 old pod left", false));
    assert_eq!(one_left.old_left, 1);
    let unavailable = deployment(|workload| workload.available = 3);
    assert_eq!(told(&unavailable), (Phase::Progressing, "3 of 5 available", false));
    assert_eq!(told(&deployment(|_| {})), (Phase::Stable, "5 of 5 updated", true));
}

#[test]
fn pausing_is_said_and_does_not_hide_a_failure() {
    let paused = deployment(|workload| {
        workload.is_paused = true;
        workload.updated = 2;
    });
    assert_eq!(told(&paused), (Phase::Paused, "2 of 5 updated", false));
    let failed = deployment(|workload| {
        workload.is_paused = true;
        workload.conditions[0] = condition("Progressing", Truth::False, "ProgressDeadlineExceeded", 60);
    });
    assert_eq!(failed.phase, Phase::Failed);
    assert!(failed.needs_attention() && paused.needs_attention());
}

#[test]
fn pods_that_fail_after_a_complete_rollout_are_no_rollout() {
    let complete = |change: fn(&mut Workload)| {
        let mut workload = workload("chat", 5);
        change(&mut workload);
        status(&Family::alone(Kind::Deployment, &workload), NOW)
    };
    assert_eq!(told(&complete(|workload| workload.available = 2)), (Phase::Stable, "5 of 5 updated", false));
    let grown = complete(|workload| workload.desired = 8);
    assert_eq!((grown.phase, grown.is_done), (Phase::Stable, false), "it is scaled, not rolled out");
}

#[test]
fn new_pods_tell_that_a_rollout_is_stuck_before_its_deadline_does() {
    let workload = rolling(workload("chat", 3), 1);
    let old = replica_set("chat", 1, "1.4.1");
    let mut new = replica_set("chat", 2, "1.5.0");
    let fine = pod("chat", 2, 9);
    let pulling = |reason| waiting(pod("chat", 2, 1), reason);
    let looping = |seconds_ago| ended(unready(pod("chat", 2, 1)), "OOMKilled", 4, seconds_ago);
    for (pods, signal) in [
        (vec![pulling("ImagePullBackOff"), fine.clone()], "ImagePullBackOff, 1 of 2 new pods"),
        (vec![pulling("ErrImagePull")], "ErrImagePull, 1 of 1 new pods"),
        (vec![pulling("CreateContainerConfigError")], "CreateContainerConfigError, 1 of 1 new pods"),
        (vec![crashing(pod("chat", 2, 1), "OOMKilled", 2)], "CrashLoopBackOff: OOMKilled, 1 of 1 new pods"),
        (
            vec![unschedulable(pod("chat", 2, 1), "0/3 nodes are available: 3 Insufficient cpu. preemption: none")],
            "1 new pod unschedulable: 0/3 nodes are available: 3 Insufficient cpu",
        ),
        (vec![looping(30)], "CrashLoopBackOff: OOMKilled, 1 of 1 new pods"),
        (vec![looping(3_600)], "restarted 4 times, 1 of 1 new pods"),
    ] {
        let mut family = Family::alone(Kind::Deployment, &workload);
        family.replica_sets = vec![&old, &new];
        family.pods = pods.iter().collect();
        let status = status(&family, NOW);
        let said: Vec<_> = status.signals.iter().map(ToString::to_string).collect();
        assert_eq!((status.phase, said), (Phase::Stuck, vec![signal.to_owned()]));
    }
    let old_trouble = crashing(pod("chat", 1, 1), "OOMKilled", 9);
    let mut family = Family::alone(Kind::Deployment, &workload);
    family.replica_sets = vec![&old, &new];
    family.pods = vec![&old_trouble, &fine];
    assert_eq!(status(&family, NOW).phase, Phase::Progressing, "an old pod does not hold up the new ones");
    let refused = Condition {
        message: "pods \"chat\" is forbidden: exceeded quota: compute, requested: cpu=1".into(),
        ..condition("ReplicaFailure", Truth::True, "FailedCreate", 60)
    };
    new.conditions = Box::new([refused]);
    let mut family = Family::alone(Kind::Deployment, &workload);
    family.replica_sets = vec![&new];
    assert_eq!(status(&family, NOW).signals, [StuckSignal::CannotCreate("exceeded quota: compute".into())]);
}

#[test]
fn without_replica_sets_new_pods_are_told_by_their_images() {
    let mut workload = rolling(workload("chat", 3), 1);
    workload.images = Box::new(["registry.example/chat:1.5.0".into()]);
    let (old, new) = (crashing(pod("chat", 1, 1), "OOMKilled", 9), pod("chat", 2, 1));
    let mut family = Family::alone(Kind::Deployment, &workload);
    family.pods = vec![&old, &new];
    let names: Vec<_> = family.new_pods().map(|pod| pod.meta.name.as_str()).collect();
    assert_eq!(names, ["chat-hash2-1"]);
}

#[test]
fn a_stateful_set_knows_partitions_and_deletion() {
    let rolled = |change: fn(&mut Workload)| {
        let mut workload = workload("db", 5);
        workload.conditions = Box::new([]);
        workload.current_revision = "db-1".into();
        workload.update_revision = "db-2".into();
        workload.updated = 2;
        change(&mut workload);
        status(&Family::alone(Kind::StatefulSet, &workload), NOW)
    };
    assert_eq!(told(&rolled(|_| {})), (Phase::Progressing, "2 of 5 updated", false));
    let held = rolled(|workload| workload.partition = 3);
    assert_eq!(told(&held), (Phase::Waiting, "2 of 5 updated, the rest held by partition 3", true));
    let moving = rolled(|workload| {
        workload.partition = 2;
        workload.ready = 4;
    });
    assert_eq!(told(&moving), (Phase::Progressing, "2 of 5 updated", false));
    let by_hand = rolled(|workload| workload.strategy = Strategy::OnDelete);
    assert_eq!(told(&by_hand), (Phase::Waiting, "2 of 5 updated, the rest when their pods are deleted", false));
    let last = rolled(|workload| {
        workload.updated = 5;
        workload.ready = 4;
    });
    assert_eq!(told(&last), (Phase::Progressing, "4 of 5 ready", false));
    let done = rolled(|workload| {
        workload.current_revision = "db-2".into();
        workload.updated = 5;
    });
    assert_eq!(told(&done), (Phase::Stable, "5 of 5 updated", true));
    let unseen = rolled(|workload| workload.meta.generation = 2);
    assert_eq!(unseen.phase, Phase::Progressing);
}

#[test]
fn a_daemon_set_is_done_when_all_are_updated_and_available() {
    let rolled = |updated, available, strategy| {
        let workload = Workload { updated, available, strategy, ..workload("agent", 3) };
        let status = status(&Family::alone(Kind::DaemonSet, &workload), NOW);
        (status.phase, status.is_done)
    };
    assert_eq!(rolled(1, 3, Strategy::RollingUpdate), (Phase::Progressing, false));
    assert_eq!(rolled(1, 3, Strategy::OnDelete), (Phase::Waiting, false));
    assert_eq!(rolled(3, 2, Strategy::RollingUpdate), (Phase::Stable, false));
    assert_eq!(rolled(3, 3, Strategy::RollingUpdate), (Phase::Stable, true));
}
