use super::*;
use crate::domain::guard::{Course, Guard, OnExit};
use crate::domain::kind::Kind;
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::operation::OperationId;
use crate::domain::service::ServiceId;
use crate::tui::theme::glyphs::UNICODE;

/// 2023-11-14 22:13:20 UTC.
const NOW: Timestamp = Timestamp::constant(1_700_000_000, 0);

fn at(seconds: i64) -> Timestamp {
    NOW + SignedDuration::from_secs(seconds)
}

fn look(verdict: Verdict) -> Look {
    let sample = |requests, errors| Sample {
        requests: Some(requests),
        errors: Some(errors),
        p95: Some(0.121),
        pods: Some(Pods { ready: 1, all: 1 }),
        restarts: 0,
    };
    Look {
        at: at(-12),
        canary: sample(1_204.4, 96.3),
        stable: sample(4_816.0, 4.8),
        verdict,
        window: SignedDuration::from_mins(2),
        begins_before: false,
    }
}

/// A guarded shift of chat at its second weight of four.
fn guarded(phase: Phase) -> Guarded {
    let cluster = ClusterName("prod-eu".into());
    let name = || "chat".into();
    Guarded {
        id: OperationId(1),
        route: ObjectRef {
            cluster: cluster.clone(),
            kind: Kind::HttpRoute,
            namespace: "production".into(),
            name: name(),
        },
        service: ServiceId { cluster, environment: "production".into(), name: name() },
        arm: "chat-canary".into(),
        course: Course::new(vec![5, 20, 50, 100], Course::HOLD, Guard::default(), OnExit::Back).expect("a course"),
        progress: (2, 4),
        percent: 20,
        phase,
        look: None,
        held_up: None,
        trouble: None,
        last: "holds 20 %".into(),
        at: at(-50),
    }
}

fn holding(until: i64) -> Guarded {
    guarded(Phase::Holding { since: at(until - 180), until: at(until) })
}

fn text(spans: &[Span<'_>]) -> String {
    spans.iter().map(|span| span.text.as_ref()).collect()
}

#[test]
fn weights_stand_in_a_row_with_the_present_one_marked() {
    let row = |of: &Guarded| text(&course(of, &UNICODE));
    assert_eq!(row(&holding(130)), "step 2 of 4   ✓ 5 %  ›  ▸ 20 %  ›  50 %  ›  100 %");
    let back = guarded(Phase::GoingBack { why: "worse".into() });
    assert_eq!(row(&back), "step 2 of 4   5 %  ›  ✗ 20 %  ›  50 %  ›  100 %", "nothing of it is left");
    let ended = |end| Guarded { progress: (4, 4), percent: 100, ..guarded(Phase::Ended { end, left: None }) };
    assert_eq!(row(&ended(End::Reached(100))), "step 4 of 4   ✓ 5 %  ›  ✓ 20 %  ›  ✓ 50 %  ›  ✓ 100 %");
    assert_eq!(row(&ended(End::WentBack("worse".into()))), "step 4 of 4   5 %  ›  20 %  ›  50 %  ›  ✗ 100 %");
}

#[test]
fn where_it_is_counts_down_to_what_comes_next() {
    let words = |of: &Guarded| told(of, NOW);
    assert_eq!(words(&holding(130)), (Role::Text, "holds 20 %, 50 % in 2 min".to_owned()));
    assert_eq!(words(&holding(-1)), (Role::Text, "held 20 % for long enough, looks once more".to_owned()));
    let last = Guarded { progress: (4, 4), percent: 100, ..holding(40) };
    assert_eq!(words(&last), (Role::Text, "holds 100 %, done in 40 s".to_owned()));
    let blind = Guarded { held_up: Some("not enough data: 12 of 100 requests seen".into()), ..holding(-30) };
    let waits = "stays at 20 %: not enough data: 12 of 100 requests seen".to_owned();
    assert_eq!(words(&blind), (Role::Attention, waits));
    let back = guarded(Phase::GoingBack { why: "worse than stable".into() });
    assert_eq!(words(&back), (Role::Bad, "goes back to stable: worse than stable".to_owned()));
}

#[test]
fn both_arms_are_told_with_what_that_says() {
    let verdict = Verdict::Breach("fails 8.0 %, stable 0.1 % (1204 requests)".into());
    let mut of = holding(130);
    let unseen: Vec<String> = panel(&of, &UNICODE, NOW).iter().map(|line| text(line)).collect();
    assert_eq!(unseen[2..], ["guard default has not looked yet"]);
    of.look = Some(look(verdict));
    let seen: Vec<String> = panel(&of, &UNICODE, NOW).iter().map(|line| text(line)).collect();
    assert_eq!(
        seen[2..],
        [
            "█ stable   0.10 % failed of 4,816 requests   p95 121 ms   ready 1/1",
            "▒ canary   8.00 % failed of 1,204 requests   p95 121 ms   ready 1/1",
            "worse than stable: fails 8.0 %, stable 0.1 % (1204 requests)   seen 12 s ago",
        ]
    );
    if let Some(look) = &mut of.look {
        look.begins_before = true;
    }
    let mixed: Vec<String> = panel(&of, &UNICODE, NOW).iter().map(|line| text(line)).collect();
    assert_eq!(mixed[5..], ["over 2 min, begins before the change"], "part of it is of the weight before");
    let silent = Look { canary: Sample::default(), ..look(Verdict::NotEnough("nobody counts its requests".into())) };
    let [_, canary] = arms(&silent, &UNICODE);
    assert_eq!(text(&canary), "▒ canary        – failed of – requests   p95 –   ready –");
}

#[test]
fn what_could_not_be_let_go_of_is_said() {
    let left = Some("its lease could not be released: forbidden".into());
    let of = guarded(Phase::Ended { end: End::Reached(100), left });
    let lines = panel(&of, &UNICODE, NOW);
    assert_eq!(text(&lines[lines.len() - 1]), "▲ its lease could not be released: forbidden");
}

#[test]
fn other_views_tell_it_in_one_line() {
    assert_eq!(status(&holding(130), NOW).text, "guarding chat: holds 20 %, 50 % in 2 min");
}
