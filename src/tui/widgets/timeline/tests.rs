use super::*;
use crate::domain::kind::Kind;
use crate::domain::object::{ClusterName, ObjectRef};

const NOW: Timestamp = Timestamp::constant(1_700_000_000, 0);

fn change(class: ChangeClass, service: &str, what: &str, minutes_ago: i64) -> Change {
    Change {
        at: NOW - SignedDuration::from_mins(minutes_ago),
        times: 1,
        class,
        object: ObjectRef {
            cluster: ClusterName("prod-eu".into()),
            kind: Kind::Deployment,
            namespace: "production".into(),
            name: service.into(),
        },
        environment: "production".into(),
        service: Some(service.into()),
        what: what.into(),
        edge: None,
        aim: None,
        is_vague: false,
        why: None,
        by: None,
    }
}

fn picked(changes: &[Change], room: usize) -> Vec<&str> {
    pick(changes, room, NOW).into_iter().map(|change| change.what.as_str()).collect()
}

#[test]
fn what_somebody_did_is_not_pushed_out_by_what_repeats() {
    use ChangeClass::{Event, Rollout, Scale};
    let mut changes: Vec<Change> =
        (0..9).map(|number| change(Event, "chat", &format!("noise {number}"), number)).collect();
    changes.push(change(Rollout, "chat", "rollout 1.5.0 began", 30));
    changes.push(change(Scale, "task", "scaled 2 → 4", 40));
    changes.push(change(Rollout, "task", "old", 60 * 50));
    assert_eq!(picked(&changes, 4), ["noise 0", "noise 1", "rollout 1.5.0 began", "scaled 2 → 4"]);
    assert_eq!(picked(&changes, 3), ["noise 0", "rollout 1.5.0 began", "scaled 2 → 4"]);
    assert_eq!(picked(&changes, 2), ["rollout 1.5.0 began", "scaled 2 → 4"]);
    assert_eq!(picked(&changes, 11).len(), 11, "room that is left goes to noise");
    assert!(picked(&changes, 0).is_empty());
}

#[test]
fn what_was_done_long_ago_takes_only_what_noise_leaves() {
    use ChangeClass::{Event, Rollout};
    let old = |number: i64| change(Rollout, "task", "old", 60 * (48 + number));
    let changes = [change(Event, "chat", "a", 1), change(Event, "chat", "b", 2), old(0), old(1)];
    assert_eq!(picked(&changes, 2), ["a", "b"]);
    assert_eq!(picked(&changes, 3), ["a", "b", "old"]);
}

#[test]
fn each_service_that_makes_noise_gets_a_line_before_one_gets_two() {
    use ChangeClass::{Restart, Rollout};
    let mut changes = vec![
        change(Restart, "chat", "chat again", 1),
        change(Restart, "chat", "chat", 2),
        change(Restart, "task", "task", 3),
    ];
    changes.extend((0..9).map(|number| change(Rollout, "user", "done", 10 + number)));
    assert_eq!(picked(&changes, 6), ["chat again", "task", "done", "done", "done", "done"]);
}

#[test]
fn a_line_says_how_often_first_and_who_and_why_last() {
    let mut scaled = change(ChangeClass::Scale, "chat", "scaled 4 → 5", 5);
    (scaled.by, scaled.why, scaled.times) = (Some("hpa".into()), Some("cpu above target".into()), 2);
    let text: String = of_service([&scaled].into_iter(), NOW)[0].iter().map(|span| span.text.as_ref()).collect();
    assert_eq!(text, "22:08  2 times  scaled 4 → 5  by hpa  cpu above target");
}
