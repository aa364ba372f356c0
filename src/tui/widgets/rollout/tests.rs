use super::*;
use crate::domain::rollout::StuckSignal;
use crate::domain::text::Text;

const NOW: Timestamp = Timestamp::constant(1_700_000_000, 0);

fn status(phase: Phase) -> RolloutStatus {
    RolloutStatus {
        phase,
        progress: "2 of 4 updated".into(),
        updated: 2,
        desired: 4,
        old_left: 2,
        deadline: None,
        signals: Vec::new(),
        is_done: false,
        delivery: None,
    }
}

fn revision(number: i64, version: &str, standing: Standing) -> Revision {
    Revision {
        number: Some(number),
        name: format!("chat-{number}").into(),
        hash: Text::default(),
        images: Vec::new(),
        version: version.into(),
        change_cause: Text::default(),
        created: None,
        ready: 0,
        desired: 0,
        standing,
    }
}

#[test]
fn what_holds_a_rollout_up_is_said_before_the_deadline() {
    let signal = StuckSignal::Pods { count: 2, of: 2, reason: "CrashLoopBackOff: OOMKilled".into() };
    let stuck = RolloutStatus { signals: vec![signal], ..status(Phase::Stuck) };
    assert_eq!(told(&stuck, NOW), "stuck: CrashLoopBackOff: OOMKilled, 2 of 2 new pods");
    assert_eq!(told(&status(Phase::Progressing), NOW), "rolling out: 2 of 4 updated");
    assert_eq!(told(&status(Phase::Failed), NOW), "past its deadline: 2 of 4 updated");
}

#[test]
fn a_stable_rollout_with_too_few_ready_pods_is_not_well() {
    assert_eq!(health(&status(Phase::Stable), 3), Health::Attention);
    assert_eq!(health(&status(Phase::Stable), 4), Health::Healthy);
    assert_eq!(health(&status(Phase::Stuck), 4), Health::Bad);
}

#[test]
fn a_step_is_told_by_version_or_else_by_number() {
    let revisions = |from: &str| vec![revision(5, "1.5.0", Standing::Current), revision(4, from, Standing::Previous)];
    assert_eq!(step(&revisions("1.4.1"), "→").as_deref(), Some("1.4.1 → 1.5.0"));
    assert_eq!(step(&revisions("1.5.0"), "→").as_deref(), Some("1.5.0 4 → 5"));
    assert_eq!(step(&revisions("1.4.1")[..1], "→"), None);
}

#[test]
fn a_countdown_ticks_by_minutes_and_near_its_end_by_seconds() {
    let after =
        |seconds| ticks_at(NOW + SignedDuration::from_secs(seconds), NOW).map(|at| at.duration_since(NOW).as_secs());
    assert_eq!(after(500), Some(21));
    assert_eq!(after(40), Some(1));
    assert_eq!(after(0), None);
    let near = RolloutStatus { deadline: Some(NOW + SignedDuration::from_secs(40)), ..status(Phase::Stuck) };
    assert_eq!(deadline(&near, NOW, "–"), "40 s");
    assert_eq!(deadline(&near, NOW + SignedDuration::from_secs(99), "–"), "passed");
    assert_eq!(deadline(&status(Phase::Failed), NOW, "–"), "passed");
    assert_eq!(deadline(&status(Phase::Waiting), NOW, "–"), "–");
}
