use super::*;
use crate::domain::row::Row;
use crate::domain::workload::Workload;
use crate::tui::test_support::{Stage, meta};

/// A world with chat-service in two environments, of which staging's has no pod.
fn stage() -> Stage {
    let service = |namespace: &str, name: &str, desired, ready| {
        let meta = meta(namespace, name);
        Row::Deployment(Box::new(Workload {
            meta,
            desired,
            ready,
            available: ready,
            observed_generation: 1,
            ..Workload::default()
        }))
    };
    let mut stage = Stage::new();
    let rows = [
        service("production", "chat-service", 0, 0),
        service("staging", "chat-service", 1, 0),
        service("production", "postgres", 0, 0),
    ];
    stage.list(Kind::Deployment, rows.into());
    for kind in [Kind::StatefulSet, Kind::DaemonSet, Kind::ReplicaSet, Kind::Pod, Kind::Job, Kind::Event] {
        stage.list(kind, Vec::new());
    }
    stage.board.refresh(stage.session.state(), stage.now);
    stage
}

fn typed(text: &str) -> Palette {
    Palette { input: Input::new(text.to_owned()), chosen: 0 }
}

/// Where a line leads when enter is pressed.
fn leads(text: &str, stage: &Stage) -> Picked {
    typed(text).handle(Command::Accept, &stage.seen())
}

fn service(environment: &str, name: &str) -> Picked {
    let cluster = crate::tui::test_support::cluster();
    let id = crate::domain::service::ServiceId { cluster, environment: environment.into(), name: name.into() };
    Picked::Go(Destination::Service(id))
}

#[test]
fn services_are_offered_with_their_environment_and_open() {
    let stage = stage();
    let names = |text: &str| {
        let found = offers::matching(text, &stage.seen());
        found.into_iter().map(|offer| offer.name).take(2).collect::<Vec<_>>()
    };
    assert_eq!(names("chat"), ["chat-service, staging", "chat-service, production"], "the one that is broken first");
    assert_eq!(names("chat prod"), ["chat-service, production"]);
    assert_eq!(leads("chat", &stage), service("staging", "chat-service"));
    assert_eq!(leads("chat prod", &stage), service("production", "chat-service"));
    assert_eq!(leads("chat-service production", &stage), service("production", "chat-service"));
    assert_eq!(leads("chat-service, production", &stage), service("production", "chat-service"));
    let mut palette = typed("chat p");
    assert_eq!(palette.handle(Command::Complete, &stage.seen()), Picked::Nothing);
    assert_eq!(palette.input.value(), "chat-service production ");
    assert_eq!(palette.handle(Command::Accept, &stage.seen()), service("production", "chat-service"));
}

#[test]
fn what_has_a_name_of_its_own_is_not_taken_by_a_service() {
    let stage = stage();
    let pods = Picked::Go(Destination::Resources { kind: Kind::Pod, namespace: None, filter: String::new() });
    assert_eq!(leads("po", &stage), pods);
    assert_eq!(leads("postg", &stage), service("production", "postgres"));
    assert!(matches!(leads("pdos production", &stage), Picked::Say(_)), "the namespace would be lost");
    assert_eq!(leads("", &stage), Picked::Close);
}

#[test]
fn kinds_go_by_every_name_with_namespace_and_filter() {
    let pods = |namespace: Option<&str>, filter: &str| {
        Some(Picked::Go(Destination::Resources {
            kind: Kind::Pod,
            namespace: namespace.map(ToOwned::to_owned),
            filter: filter.to_owned(),
        }))
    };
    assert_eq!(run("po"), pods(None, ""));
    assert_eq!(run("pods production"), pods(Some("production"), ""));
    assert_eq!(run("pod /chat"), pods(None, "chat"));
    assert_eq!(run("pod app=chat"), pods(None, "-l app=chat"));
}

#[test]
fn a_view_is_not_taken_by_a_kind_of_its_name() {
    for view in [Command::Rollouts, Command::Alerts, Command::Logs, Command::Audit, Command::Overview] {
        assert_eq!(run(view.name()), Some(Picked::Run(view)));
    }
    let argo = |namespace: Option<&str>| {
        let namespace = namespace.map(ToOwned::to_owned);
        Some(Picked::Go(Destination::Resources { kind: Kind::Rollout, namespace, filter: String::new() }))
    };
    assert_eq!(run(Kind::Rollout.short()), argo(None));
    assert_eq!(run("rollouts production"), argo(Some("production")));
}

#[test]
fn arming_takes_a_length_of_time() {
    assert_eq!(run("arm 15m"), Some(Picked::Arm(SignedDuration::from_mins(15))));
    assert_eq!(run("arm"), Some(Picked::Arm(ARMED)));
    assert_eq!(run("arm 40d"), run("arm later"), "a length that is none arms nothing");
    assert!(matches!(run("arm -5m"), Some(Picked::Say(_))));
}

#[test]
fn what_has_no_name_gets_the_nearest_one() {
    assert_eq!(run("deploymnets"), None);
    let stage = stage();
    assert!(unknown("deploymnets", &stage.seen()).contains("deployments"));
    assert!(unknown("caht-service", &stage.seen()).contains("chat-service"));
}
