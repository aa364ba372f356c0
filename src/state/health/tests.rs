use super::*;
use crate::domain::condition::Condition;
use crate::domain::kind::Kind;
use crate::domain::workload::{ReplicaSet, Strategy};
use crate::state::rollouts::status;
use crate::state::tests::fixture::*;

/// How a Deployment is with these pods, of which the second revision is the newest.
fn judged(workload: &Workload, pods: &[Pod]) -> (Health, String) {
    let sets: [ReplicaSet; 2] = [replica_set("chat", 1, "1.4.1"), replica_set("chat", 2, "1.5.0")];
    let mut family = Family::alone(Kind::Deployment, workload);
    family.replica_sets = sets.iter().collect();
    family.pods = pods.iter().collect();
    let verdict = assess(&family, &status(&family, NOW), None, NOW);
    (verdict.health, verdict.reason.to_string())
}

fn with(mut workload: Workload, change: impl FnOnce(&mut Workload)) -> Workload {
    change(&mut workload);
    workload
}

fn fine(count: usize) -> Vec<Pod> {
    (10..10 + count).map(|id| pod("chat", 1, id)).collect()
}

fn and(mut pods: Vec<Pod>, more: impl IntoIterator<Item = Pod>) -> Vec<Pod> {
    pods.extend(more);
    pods
}

fn oom(id: usize) -> Pod {
    crashing(pod("chat", 1, id), "OOMKilled", 14)
}

#[test]
fn a_complete_workload_is_judged_by_its_pods() {
    let ready = |ready| with(workload("chat", 4), |workload| workload.ready = ready);
    let young_one = young(waiting(pod("chat", 1, 1), "ContainerCreating"));
    for (workload, pods, health, reason) in [
        (ready(4), fine(4), Health::Healthy, "healthy"),
        (ready(2), and(fine(2), [oom(1), oom(2)]), Health::Attention, "CrashLoopBackOff: OOMKilled, 2 of 4 pods"),
        (ready(0), vec![oom(1), oom(2)], Health::Bad, "CrashLoopBackOff: OOMKilled, 2 of 2 pods"),
        (ready(0), vec![unready(pod("chat", 1, 1))], Health::Bad, "no pod ready"),
        (ready(0), vec![], Health::Bad, "no pod ready"),
        (ready(0), vec![young_one.clone()], Health::Moving, "starting: 0 of 4 pods ready"),
        (ready(3), and(fine(3), [young_one]), Health::Moving, "starting: 3 of 4 pods ready"),
        (ready(3), and(fine(3), [unready(pod("chat", 1, 1))]), Health::Attention, "3 of 4 pods ready"),
        (
            ready(1),
            and(fine(1), (1..4).map(|id| unschedulable(pod("chat", 1, id), "0/3 nodes are available"))),
            Health::Attention,
            "3 pods unschedulable: 0/3 nodes are available",
        ),
        (
            ready(0),
            vec![unschedulable(pod("chat", 1, 1), "0/3 nodes are available")],
            Health::Bad,
            "1 pod unschedulable: 0/3 nodes are available",
        ),
        (
            ready(4),
            and(fine(3), [ended(pod("chat", 1, 1), "OOMKilled", 5, 60)]),
            Health::Attention,
            "restarted 5 times: OOMKilled, 1 of 4 pods",
        ),
        (ready(4), and(fine(3), [ended(pod("chat", 1, 1), "OOMKilled", 5, 3_600)]), Health::Healthy, "healthy"),
        (ready(4), and(fine(3), [ended(pod("chat", 1, 1), "OOMKilled", 1, 60)]), Health::Healthy, "healthy"),
        (
            with(ready(0), |workload| {
                workload.desired = 0;
                workload.current = 0;
            }),
            vec![],
            Health::Healthy,
            "scaled to 0",
        ),
    ] {
        assert_eq!(judged(&workload, &pods), (health, reason.to_owned()));
    }
}

#[test]
fn a_rollout_is_judged_by_its_new_pods() {
    let rolls = |updated| rolling(workload("chat", 5), updated);
    let pulling = waiting(pod("chat", 2, 1), "ImagePullBackOff");
    let late = |workload: &mut Workload| {
        workload.conditions[0] = condition("Progressing", Truth::False, "ProgressDeadlineExceeded", 60);
    };
    for (workload, pods, health, reason) in [
        (rolls(3), fine(5), Health::Moving, "rolling out: 3 of 5 updated, 9 min left"),
        (
            with(rolls(3), |workload| workload.deadline_seconds = 101),
            fine(5),
            Health::Moving,
            "rolling out: 3 of 5 updated, 41 s left",
        ),
        (
            with(rolls(3), |workload| workload.deadline_seconds = 0),
            fine(5),
            Health::Moving,
            "rolling out: 3 of 5 updated",
        ),
        (
            rolls(1),
            and(fine(5), [pulling.clone(), pod("chat", 2, 2), pod("chat", 2, 3)]),
            Health::Bad,
            "stuck: ImagePullBackOff, 1 of 3 new pods, 9 min to the deadline",
        ),
        (
            with(rolls(1), late),
            and(fine(5), [pulling.clone()]),
            Health::Bad,
            "past its deadline: ImagePullBackOff, 1 of 1 new pods",
        ),
        (with(rolls(2), late), fine(5), Health::Bad, "past its deadline: 2 of 5 updated"),
        (
            with(rolls(2), |workload| workload.is_paused = true),
            fine(5),
            Health::Attention,
            "paused by hand: 2 of 5 updated",
        ),
        (with(rolls(5), |workload| workload.is_paused = true), fine(5), Health::Healthy, "healthy"),
        (rolls(3), and(fine(4), [oom(1)]), Health::Attention, "CrashLoopBackOff: OOMKilled, 1 of 5 pods"),
        (
            with(rolls(3), |workload| workload.ready = 0),
            vec![unready(pod("chat", 2, 1))],
            Health::Bad,
            "no pod ready; rolling out: 3 of 5 updated, 9 min left",
        ),
        (
            with(rolls(3), |workload| workload.ready = 0),
            vec![young(unready(pod("chat", 2, 1)))],
            Health::Moving,
            "rolling out: 3 of 5 updated, 9 min left",
        ),
    ] {
        assert_eq!(judged(&workload, &pods), (health, reason.to_owned()));
    }
}

#[test]
fn refused_pods_are_bad_only_where_nothing_serves() {
    let refused = |ready| {
        with(workload("chat", 4), |workload| {
            workload.ready = ready;
            let message = "pods \"chat\" is forbidden: exceeded quota: compute, requested: cpu=1".into();
            let failure = Condition { message, ..condition("ReplicaFailure", Truth::True, "FailedCreate", 60) };
            workload.conditions = Box::new([workload.conditions[0].clone(), failure]);
        })
    };
    let reason = "cannot create pods: exceeded quota: compute".to_owned();
    assert_eq!(judged(&refused(2), &fine(2)), (Health::Attention, reason.clone()));
    assert_eq!(judged(&refused(0), &[]), (Health::Bad, reason));
    assert_eq!(judged(&refused(4), &fine(4)).0, Health::Healthy, "the controller has not yet taken it back");
}

#[test]
fn pods_that_somebody_must_delete_are_waited_for() {
    let workload = with(workload("chat", 3), |workload| {
        workload.strategy = Strategy::OnDelete;
        workload.updated = 1;
    });
    let family = Family::alone(Kind::DaemonSet, &workload);
    let verdict = assess(&family, &status(&family, NOW), None, NOW);
    assert_eq!(verdict.reason, "waiting: 1 of 3 updated, the rest when their pods are deleted");
}

#[test]
fn trouble_lasts_since_the_first_pod_that_has_it() {
    let workload = with(workload("chat", 3), |workload| workload.ready = 1);
    let mut first = oom(1);
    first.conditions[0].changed = Some(ago(900));
    let pods = and(fine(1), [oom(2), first]);
    let mut family = Family::alone(Kind::Deployment, &workload);
    family.pods = pods.iter().collect();
    assert_eq!(assess(&family, &status(&family, NOW), None, NOW).since, Some(ago(900)));
}

#[test]
fn a_running_job_and_a_bare_pod_are_judged_too() {
    let job = |failed| Job { completions: 3, succeeded: 1, failed, ..Job::default() };
    let said = |verdict: Verdict| (verdict.health, verdict.reason.to_string());
    assert_eq!(said(assess_job(&job(0), &[], NOW)), (Health::Healthy, "runs: 1 of 3 completed".into()));
    assert_eq!(said(assess_job(&job(2), &[], NOW)), (Health::Attention, "2 pods failed, 1 of 3 completed".into()));
    let crashing = oom(1);
    assert_eq!(assess_job(&job(0), &[&crashing], NOW).health, Health::Attention);
    let (well, unwell) = (pod("chat", 1, 1), unready(pod("chat", 1, 2)));
    assert_eq!(said(assess_pods(&[&well], NOW)), (Health::Healthy, "healthy".into()));
    assert_eq!(said(assess_pods(&[&unwell], NOW)), (Health::Bad, "no pod ready".into()));
    assert_eq!(said(assess_pods(&[&well, &unwell], NOW)), (Health::Attention, "1 of 2 pods ready".into()));
    let mut evicted = unready(pod("chat", 1, 3));
    evicted.phase = "Failed".into();
    evicted.reason = "Evicted".into();
    evicted.containers = Box::new([]);
    assert_eq!(said(assess_pods(&[&evicted], NOW)), (Health::Attention, "pod failed: Evicted".into()));
}
