use super::*;
use crate::domain::condition::{Condition, Truth};
use crate::tui::views::fixture::{NOW, ago, crashing};

#[test]
fn a_pod_says_why_and_how_it_last_ended() {
    let pod = crashing("aaaaa", 3);
    assert_eq!(condition_of(&pod, NOW), "CrashLoopBackOff: OOMKilled 60 s ago");
    let mut running = pod.clone();
    running.containers[0].state = crate::domain::pod::ContainerState::Running { since: Some(ago(1)) };
    assert_eq!(condition_of(&running, NOW), "Running, not ready: OOMKilled 60 s ago");
    running.conditions[0].truth = Truth::True;
    assert_eq!(condition_of(&running, NOW), "Running, before that OOMKilled 60 s ago");
}

#[test]
fn a_pod_that_no_node_takes_says_what_the_scheduler_says() {
    let scheduled = Condition {
        about: "PodScheduled".into(),
        truth: Truth::False,
        message: "0/3 nodes are available: 3 Insufficient memory. preemption: none".into(),
        ..Condition::default()
    };
    let pod = Pod { phase: "Pending".into(), conditions: Box::new([scheduled]), ..Pod::default() };
    assert_eq!(condition_of(&pod, NOW), "Pending: 0/3 nodes are available: 3 Insufficient memory");
}
