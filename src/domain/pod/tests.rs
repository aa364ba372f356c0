#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn waits(role: Role, reason: &str) -> Container {
    let state = ContainerState::Waiting { reason: reason.into(), message: Text::default() };
    Container { role, state, ..Container::default() }
}

fn runs(role: Role, ready: bool) -> Container {
    Container { role, ready, state: ContainerState::Running { since: None }, ..Container::default() }
}

fn ended(role: Role, exit_code: i32, reason: &str) -> Container {
    let end = Termination { exit_code, reason: reason.into(), ..Termination::default() };
    Container { role, state: ContainerState::Terminated(end), ..Container::default() }
}

#[test]
fn the_status_is_the_word_that_kubectl_shows() {
    use Role::{Init, Main, Sidecar};
    for (phase, containers, status) in [
        ("Running", vec![runs(Main, true)], "Running"),
        ("Pending", vec![waits(Main, "ContainerCreating")], "ContainerCreating"),
        ("Running", vec![waits(Main, "CrashLoopBackOff"), runs(Main, true)], "CrashLoopBackOff"),
        ("Running", vec![runs(Main, true), waits(Main, "ImagePullBackOff")], "ImagePullBackOff"),
        ("Succeeded", vec![ended(Main, 0, "Completed")], "Completed"),
        ("Failed", vec![ended(Main, 1, "Error")], "Error"),
        ("Failed", vec![ended(Main, 137, "")], "Error"),
        // A job is done and its proxy is not: it goes on for ever.
        ("Running", vec![ended(Main, 0, "Completed"), runs(Main, true)], "NotReady"),
        ("Pending", vec![waits(Init, "PodInitializing"), waits(Main, "PodInitializing")], "Init:0/1"),
        ("Pending", vec![ended(Init, 0, "Completed"), runs(Init, false), waits(Main, "PodInitializing")], "Init:1/2"),
        ("Pending", vec![ended(Init, 1, "Error"), waits(Main, "PodInitializing")], "Init:Error"),
        ("Pending", vec![waits(Init, "CrashLoopBackOff"), waits(Main, "PodInitializing")], "Init:CrashLoopBackOff"),
        ("Pending", vec![runs(Sidecar, true), waits(Main, "PodInitializing")], "PodInitializing"),
        ("Running", vec![ended(Init, 0, "Completed"), runs(Main, true)], "Running"),
        ("Running", vec![waits(Sidecar, "CrashLoopBackOff"), runs(Main, true)], "CrashLoopBackOff"),
    ] {
        let pod = Pod { phase: phase.into(), containers: containers.clone().into(), ..Pod::default() };
        assert_eq!(pod.status(), status, "{containers:?}");
        assert!(status.ends_with(pod.status_word()) || pod.status_word() == "Init", "{}", pod.status_word());
    }
}

#[test]
fn what_goes_and_what_was_turned_away_says_so() {
    let going = Meta { deleted: Some(Timestamp::UNIX_EPOCH), ..Meta::default() };
    let pod = Pod { meta: going.clone(), phase: "Running".into(), ..Pod::default() };
    assert_eq!(pod.status(), "Terminating");
    let done = Pod { meta: going, phase: "Succeeded".into(), ..Pod::default() };
    assert_eq!(done.status(), "Succeeded");
    let evicted = Pod { phase: "Failed".into(), reason: "Evicted".into(), ..Pod::default() };
    assert_eq!(evicted.status(), "Evicted");
}

#[test]
fn of_a_pod_that_was_there_before_only_the_last_ends_are_known() {
    let at = |second| Timestamp::from_second(second).unwrap();
    let restarted = |restarts, second| Container {
        restarts,
        last: Some(Box::new(Termination { at: Some(at(second)), ..Termination::default() })),
        ..runs(Role::Main, true)
    };
    let pod = |created| Pod {
        meta: Meta { created: Some(at(created)), ..Meta::default() },
        containers: [restarted(7, 95), restarted(2, 40), runs(Role::Main, true)].into(),
        ..Pod::default()
    };
    assert_eq!(pod(90).restarts_since(at(90)), 9, "all of a young one");
    assert_eq!(pod(10).restarts_since(at(90)), 1);
    let down = Container { restarts: 1, ..ended(Role::Main, 1, "Error") };
    let pod = Pod { containers: [down].into(), ..pod(10) };
    assert_eq!(pod.restarts_since(at(90)), 0, "nobody knows when");
}
