//! Whole plans: every verb for every kind, and the middle of a failing rollout. Read a changed picture before taking it.

use insta::assert_snapshot;

use super::*;
use crate::operations::fake::objects::{autoscaler, pod};

/// The plans of one kind, one after another.
fn pictures(kind: Kind) -> String {
    let snapshot = if kind == Kind::Pod {
        snapshot(pod("chat-service-1", "chat-service-bad", true))
    } else {
        with_history(kind, workload(kind, "1.5.0"))
    };
    let all: Vec<String> = intents(kind).iter().map(|intent| picture(&made(intent, &snapshot))).collect();
    all.join("\n\n")
}

#[test]
fn plans_for_a_deployment() {
    assert_snapshot!(pictures(Kind::Deployment));
}

#[test]
fn plans_for_a_stateful_set() {
    assert_snapshot!(pictures(Kind::StatefulSet));
}

#[test]
fn plans_for_a_daemon_set() {
    assert_snapshot!(pictures(Kind::DaemonSet));
}

#[test]
fn plan_for_a_pod() {
    assert_snapshot!(pictures(Kind::Pod));
}

#[test]
fn rollbacks_in_the_middle_of_a_failing_rollout() {
    let all = Kind::BUILT_IN_WORKLOADS.map(|kind| {
        let mut snapshot = with_history(kind, failing(kind, "1.5.0"));
        snapshot.pods =
            vec![pod("chat-service-2", "chat-service-good", true), pod("chat-service-3", "chat-service-bad", false)];
        picture(&made(&rollback(kind, None), &snapshot))
    });
    assert_snapshot!(all.join("\n\n"));
}

#[test]
fn resuming_and_scaling_by_bounds_and_up_from_nothing() {
    let kind = Kind::Deployment;
    let target = target(kind);
    let paused = with(with_history(kind, failing(kind, "1.5.0")), json!({ "spec": { "paused": true } }));
    let mut scaled = with_history(kind, workload(kind, "1.5.0"));
    scaled.autoscalers = vec![autoscaler()];
    let none = with(with_history(kind, workload(kind, "1.5.0")), json!({ "spec": { "replicas": 0 } }));
    let all = [
        picture(&made(&Intent::Resume { target: target.clone() }, &paused)),
        picture(&made(&Intent::Scale { target: target.clone(), to: Size::Bounds { min: 3, max: 9 } }, &scaled)),
        picture(&made(&Intent::Scale { target, to: Size::Replicas(3) }, &none)),
    ];
    assert_snapshot!(all.join("\n\n"));
}
