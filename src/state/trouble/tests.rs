use super::*;
use crate::state::tests::fixture::*;

#[test]
fn pods_are_counted_by_reason_most_frequent_first() {
    let pods = [
        pod("chat", 1, 1),
        waiting(pod("chat", 1, 2), "ImagePullBackOff"),
        crashing(pod("chat", 1, 3), "OOMKilled", 5),
        crashing(pod("chat", 1, 4), "OOMKilled", 9),
        crashing(pod("chat", 1, 5), "Error", 2),
        waiting(pod("chat", 1, 6), "ContainerCreating"),
    ];
    let tally = Tally::of(&pods, NOW);
    assert_eq!((tally.total, tally.ready, tally.overdue), (6, 1, 5));
    let reasons: Vec<_> = tally.troubles.iter().map(|trouble| (trouble.count, trouble.reason.as_str())).collect();
    assert_eq!(
        reasons,
        [(2, "CrashLoopBackOff: OOMKilled"), (1, "CrashLoopBackOff: exit 137"), (1, "ImagePullBackOff")]
    );
}

#[test]
fn a_crash_loop_is_called_the_same_at_each_of_its_moments() {
    let waits = crashing(pod("chat", 1, 1), "OOMKilled", 5);
    let runs = ended(unready(pod("chat", 1, 1)), "OOMKilled", 5, 30);
    let creates = ended(waiting(pod("chat", 1, 1), "ContainerCreating"), "OOMKilled", 5, 30);
    let mut ends = waits.clone();
    let last = ends.containers[0].last.as_deref().cloned().expect("it has ended before");
    ends.containers[0].state = crate::domain::pod::ContainerState::Terminated(last);
    for pod in [waits, runs, creates, ends] {
        let tally = Tally::of([&pod], NOW);
        let reasons: Vec<_> = tally.troubles.iter().map(|trouble| trouble.reason.as_str()).collect();
        assert_eq!(reasons, ["CrashLoopBackOff: OOMKilled"], "{pod:?}");
    }
    let pulls = ended(waiting(pod("chat", 1, 1), "ImagePullBackOff"), "OOMKilled", 5, 30);
    assert_eq!(Tally::of([&pulls], NOW).troubles[0].reason, "ImagePullBackOff", "that is another matter");
    let long_ago = ended(unready(pod("chat", 1, 1)), "OOMKilled", 5, 3_600);
    assert!(Tally::of([&long_ago], NOW).troubles.is_empty());
}

#[test]
fn pods_that_go_or_have_ended_do_not_count() {
    let mut going = crashing(pod("chat", 1, 1), "OOMKilled", 5);
    going.meta.deleted = Some(NOW);
    let mut evicted = unready(pod("chat", 1, 2));
    evicted.phase = "Failed".into();
    assert_eq!(Tally::of([&going, &evicted], NOW), Tally::default());
}

#[test]
fn refusals_are_told_without_what_every_message_says() {
    for (message, told) in [
        (
            "pods \"chat-1\" is forbidden: exceeded quota: compute, requested: cpu=1, used: cpu=9",
            "exceeded quota: compute",
        ),
        (
            "admission webhook \"policy\" denied the request: no latest",
            "admission webhook \"policy\" denied the request: no latest",
        ),
    ] {
        assert_eq!(refusal(message), told);
    }
}
