#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::domain::argo::{Pause, Weights};
use crate::domain::condition::Truth;
use crate::domain::health::Health;
use crate::domain::kind::Kind;
use crate::domain::workload::ReplicaSet;
use crate::state::health::assess;
use crate::state::tests::fixture::*;

/// A canary of five pods at its first gate, with one new pod, since ten minutes.
fn canary(change: impl FnOnce(&mut Workload, &mut Argo)) -> Workload {
    let mut workload = rolling(workload("chat", 5), 1);
    workload.conditions[0] = condition("Progressing", Truth::Unknown, "RolloutPaused", 600);
    let mut argo = Argo {
        phase: Word::Paused,
        message: "CanaryPauseStep".into(),
        steps: [
            CanaryStep::Weight(20),
            CanaryStep::Pause(None),
            CanaryStep::Analysis,
            CanaryStep::Weight(60),
            CanaryStep::Pause(Some(jiff::SignedDuration::from_mins(30))),
        ]
        .into(),
        step: Some(1),
        pauses: [Pause { reason: "CanaryPauseStep".into(), since: Some(ago(600)) }].into(),
        is_held: true,
        current: "hash2".into(),
        stable: "hash1".into(),
        most: 100,
        ..Argo::default()
    };
    change(&mut workload, &mut argo);
    workload.argo = Some(Box::new(argo));
    workload
}

/// A pod or a ReplicaSet of a Deployment, marked as one of a Rollout.
fn marked(meta: &mut crate::domain::object::Meta, number: i64) {
    meta.labels = labels(&[("rollouts-pod-template-hash", &format!("hash{number}"))]);
}

fn pods(old: usize, new: impl IntoIterator<Item = Pod>) -> Vec<Pod> {
    let mut all: Vec<Pod> = (0..old).map(|id| pod("chat", 1, id)).collect();
    for pod in &mut all {
        marked(&mut pod.meta, 1);
    }
    all.extend(new.into_iter().map(|mut pod| {
        marked(&mut pod.meta, 2);
        pod
    }));
    all
}

fn sets() -> [ReplicaSet; 2] {
    [(1, "1.4.1"), (2, "1.5.0")].map(|(number, version)| {
        let mut set = replica_set("chat", number, version);
        marked(&mut set.meta, number);
        set
    })
}

fn judged(workload: &Workload, pods: &[Pod]) -> (RolloutStatus, Health, String) {
    let sets = sets();
    let mut family = Family::alone(Kind::Rollout, workload);
    family.pods = pods.iter().collect();
    family.replica_sets = sets.iter().collect();
    let status = crate::state::rollouts::status(&family, NOW);
    let verdict = assess(&family, &status, None, NOW);
    (status, verdict.health, verdict.reason.to_string())
}

/// Where it stands and how it is, with a good pod of the new revision.
fn told(workload: &Workload) -> (Phase, String, Health) {
    let (status, health, _) = judged(workload, &pods(4, [pod("chat", 2, 9)]));
    (status.phase, status.progress.to_string(), health)
}

#[test]
fn a_gate_that_waits_is_told_with_its_step_and_is_no_illness() {
    let workload = canary(|_, _| {});
    let (status, health, reason) = judged(&workload, &pods(4, [pod("chat", 2, 9)]));
    assert_eq!(status.phase, Phase::Waiting);
    assert_eq!(status.progress, "step 2 of 5, 20 %, waits for a release since 22:03");
    assert_eq!((health, reason.as_str()), (Health::Waiting, "waits for release, step 2 of 5"));
    assert!(status.needs_attention() && !status.is_done && status.deadline.is_none());
    let delivery = status.delivery.unwrap();
    assert_eq!((delivery.step, delivery.desired_weight, delivery.weight), (Some((2, 5)), Some(20), Some(20)));
    assert_eq!((delivery.revision.as_str(), delivery.stable.as_str()), ("hash2", "hash1"));
    assert_eq!(delivery.gate.unwrap().name(), "hash2/2");
}

#[test]
fn what_its_controller_has_not_seen_or_done_yet_moves() {
    let unseen = canary(|workload, _| workload.meta.generation = 2);
    assert_eq!(told(&unseen), (Phase::Progressing, "not yet seen by its controller".into(), Health::Moving));
    let released = canary(|_, argo| argo.pauses = Box::default());
    assert_eq!(
        told(&released),
        (Phase::Progressing, "step 2 of 5, 20 %, its gate was released".into(), Health::Moving)
    );
}

#[test]
fn a_pause_with_a_length_needs_nobody() {
    let timed = canary(|_, argo| argo.step = Some(4));
    assert_eq!(
        told(&timed),
        (Phase::Progressing, "step 5 of 5, 60 %, goes on by itself at 22:33".into(), Health::Moving)
    );
    let (status, ..) = judged(&timed, &pods(4, [pod("chat", 2, 9)]));
    assert!(!status.needs_attention() && status.deadline.is_none());
}

#[test]
fn a_pause_by_hand_is_another_hold_than_a_gate() {
    let held = canary(|workload, _| workload.is_paused = true);
    let words = "step 2 of 5, 20 %, held by hand, and its gate waits since 22:03";
    assert_eq!(told(&held), (Phase::Paused, words.into(), Health::Attention));
    let moving = canary(|workload, argo| {
        workload.is_paused = true;
        argo.pauses = Box::default();
    });
    assert_eq!(told(&moving), (Phase::Paused, "step 2 of 5, 20 %, held by hand".into(), Health::Attention));
}

#[test]
fn an_analysis_that_does_not_decide_waits_for_a_decision() {
    let undecided = canary(|_, argo| {
        argo.step = Some(2);
        argo.pauses = [Pause { reason: "InconclusiveAnalysisRun".into(), since: Some(ago(60)) }].into();
    });
    let words = "step 3 of 5, 20 %, its analysis was inconclusive, waits for a decision since 22:12";
    assert_eq!(told(&undecided), (Phase::Waiting, words.into(), Health::Waiting));
}

#[test]
fn an_aborted_one_says_why_and_hurts_only_if_pods_are_missing() {
    let aborted = |ready| {
        canary(move |workload, argo| {
            workload.ready = ready;
            workload.updated = 0;
            argo.is_aborted = true;
            argo.phase = Word::Degraded;
            argo.step = Some(0);
            argo.message =
                "RolloutAborted: Rollout aborted update to revision 2: Metric \"errors\" assessed Failed".into();
        })
    };
    let (status, health, reason) = judged(&aborted(5), &pods(5, []));
    assert_eq!((status.phase, health), (Phase::Aborted, Health::Attention));
    assert_eq!(reason, "rollout aborted: update to revision 2: Metric \"errors\" assessed Failed");
    assert_eq!(status.delivery.unwrap().gate, None);
    let mut short = pods(5, []);
    short[0] = unready(short[0].clone());
    let (_, health, reason) = judged(&aborted(4), &short);
    assert_eq!(health, Health::Bad, "{reason}");
    assert!(reason.starts_with("rollout aborted, 4 of 5 pods ready"), "{reason}");
    // The stable pods come back: that takes a moment.
    let (_, health, _) = judged(&aborted(4), &pods(4, [young(unready(pod("chat", 1, 9)))]));
    assert_eq!(health, Health::Attention);
}

#[test]
fn one_that_is_past_its_deadline_is_bad_only_where_pods_are_missing() {
    let late = |ready| {
        canary(move |workload, argo| {
            workload.ready = ready;
            workload.conditions[0] = condition("Progressing", Truth::False, "ProgressDeadlineExceeded", 60);
            argo.phase = Word::Degraded;
            argo.pauses = Box::default();
            argo.is_held = false;
        })
    };
    let (status, health, reason) = judged(&late(5), &pods(5, [crashing(pod("chat", 2, 9), "OOMKilled", 4)]));
    assert_eq!((status.phase, health), (Phase::Failed, Health::Attention));
    assert!(reason.starts_with("rollout failed: past its deadline, 1 of 5 updated: CrashLoopBackOff: "), "{reason}");
    assert_eq!(judged(&late(4), &pods(4, [crashing(pod("chat", 2, 9), "OOMKilled", 4)])).1, Health::Bad);
}

#[test]
fn new_pods_that_do_not_come_up_are_told_before_the_deadline() {
    let moving = canary(|workload, argo| {
        workload.conditions[0] = condition("Progressing", Truth::True, "ReplicaSetUpdated", 60);
        argo.phase = Word::Progressing;
        argo.step = Some(0);
        argo.pauses = Box::default();
        argo.is_held = false;
    });
    let (status, health, _) = judged(&moving, &pods(4, [pod("chat", 2, 9)]));
    assert_eq!((status.phase, status.progress.as_str()), (Phase::Progressing, "step 1 of 5, 20 %, 1 of 5 updated"));
    assert_eq!((health, status.left(NOW).unwrap().as_secs()), (Health::Moving, 540));
    let (status, health, _) = judged(&moving, &pods(4, [crashing(pod("chat", 2, 9), "OOMKilled", 4)]));
    assert_eq!((status.phase, health), (Phase::Stuck, Health::Bad));
}

#[test]
fn weights_are_those_that_are_set_where_something_routes() {
    let routed = canary(|_, argo| {
        argo.is_routed = true;
        argo.most = 1000;
        argo.steps = [CanaryStep::Weight(250), CanaryStep::Pause(None)].into();
        argo.weights = Some(Weights { canary: 100, stable: 900, is_verified: Some(false) });
    });
    let delivery = judged(&routed, &pods(5, [pod("chat", 2, 9)])).0.delivery.unwrap();
    assert_eq!((delivery.desired_weight, delivery.weight, delivery.is_verified), (Some(25), Some(10), Some(false)));
}

#[test]
fn a_preview_waits_for_its_release_and_has_no_weights() {
    let preview = canary(|_, argo| {
        argo.strategy = Strategy::BlueGreen;
        argo.steps = Box::default();
        argo.step = None;
        argo.pauses = [Pause { reason: "BlueGreenPause".into(), since: Some(ago(600)) }].into();
    });
    let (status, ..) = judged(&preview, &pods(5, [pod("chat", 2, 9)]));
    assert_eq!(
        (status.phase, status.progress.as_str()),
        (Phase::Waiting, "the preview waits for a release since 22:03")
    );
    let delivery = status.delivery.unwrap();
    assert_eq!((delivery.step, delivery.weight, delivery.desired_weight), (None, None, None));
    assert_eq!(delivery.gate.unwrap().name(), "hash2");
}

#[test]
fn a_template_of_another_workload_has_its_version_from_the_replica_set() {
    let borrowed = canary(|workload, argo| {
        workload.images = Box::default();
        argo.template_of = "Deployment/chat".into();
    });
    let sets = sets();
    let mut family = Family::alone(Kind::Rollout, &borrowed);
    family.replica_sets = sets.iter().collect();
    assert_eq!(family.version(), "1.5.0");
    assert_eq!(family.current_replica_set().map(ReplicaSet::hash), Some("hash2"));
}
