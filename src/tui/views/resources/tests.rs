#![expect(clippy::unwrap_used, reason = "tests")]

use insta::assert_snapshot;

use super::*;
use crate::domain::pod::{ContainerState, Termination};
use crate::domain::problem::Problem;
use crate::domain::update::{Liveness, Update};
use crate::tui::effect::Destination;
use crate::tui::test_support::{Stage, ago, cluster, labels, meta, owner, pod, source};
use crate::tui::views::propose;

fn pods() -> Resources {
    Resources::new(Kind::Pod, None, "")
}

/// A pod that ends again and again.
fn looping(name: &str) -> Row {
    let mut pod = pod("production", name);
    pod.containers[0].ready = false;
    pod.containers[0].restarts = 17;
    pod.containers[0].state = ContainerState::Waiting { reason: "CrashLoopBackOff".into(), message: Text::default() };
    pod.containers[0].last = Some(Box::new(Termination {
        reason: "OOMKilled".into(),
        exit_code: 137,
        at: Some(ago(180)),
        ..Default::default()
    }));
    pod.conditions = Box::default();
    Row::Pod(Box::new(pod))
}

fn stage() -> Stage {
    let mut stage = Stage::new();
    let hostile = "chat\u{1b}[31m-\u{202e}red\u{200b}-漢字-".to_owned() + &"x".repeat(200);
    let rows = vec![
        Row::Pod(Box::new(pod("production", "auth-service-7d9f8b6c5d-4xk2p"))),
        looping("chat-service-596cfc544f-rkmhz"),
        Row::Pod(Box::new(pod("staging", &hostile))),
        Row::Pod(Box::new(pod(&"a-very-long-namespace-".repeat(3), "short"))),
    ];
    stage.list(Kind::Pod, rows);
    stage
}

#[test]
fn pods_at_every_size() {
    let mut stage = stage();
    for (width, height) in [(80, 19), (120, 35), (200, 55)] {
        let drawn = stage.draw(&mut pods(), width, height);
        assert_snapshot!(format!("pods_{width}"), drawn.trim_end());
    }
}

#[test]
fn an_empty_table_says_why() {
    let mut stage = Stage::new();
    stage.source(Kind::Pod, Liveness::Loading);
    assert_snapshot!("loading", stage.draw(&mut pods(), 80, 8).trim_end());

    let problem =
        Problem::new("no access: pods in payments", "RBAC: no rule allows list", "ask for a Role that allows it");
    stage.source(Kind::Pod, Liveness::NoAccess(problem));
    assert_snapshot!("no_access", stage.draw(&mut pods(), 80, 8).trim_end());

    let mut stage = Stage::new();
    stage.list(Kind::Pod, Vec::new());
    assert_snapshot!("none", stage.draw(&mut Resources::new(Kind::Pod, Some("payments"), ""), 80, 8).trim_end());
}

#[test]
fn a_filter_that_matches_nothing_says_so_and_goes_with_escape() {
    let mut stage = stage();
    let mut view = Resources::new(Kind::Pod, None, "no-such-thing");
    let drawn = stage.draw(&mut view, 80, 8);
    assert!(drawn.contains("none of 4 pods match no-such-thing"), "{drawn}");
    assert_eq!(view.handle(Command::Back, &stage.seen()), Outcome::Redraw);
    assert!(stage.draw(&mut view, 120, 8).contains("auth-service"));
    assert_eq!(view.handle(Command::Back, &stage.seen()), Outcome::Ignored, "without a filter it goes back");
}

#[test]
fn a_late_source_says_since_when_and_why() {
    let mut stage = stage();
    let problem = Problem::new("the watch was refused", "", "");
    stage.source(Kind::Pod, Liveness::Late { since: ago(600), problem });
    let drawn = stage.draw(&mut pods(), 120, 8);
    assert!(drawn.lines().next().unwrap().contains("late since 22:03: the watch was refused"), "{drawn}");
}

#[test]
fn only_visible_rows_are_built() {
    let mut stage = Stage::new();
    let rows = (0..100_000).map(|index| Row::Pod(Box::new(pod("production", &format!("pod-{index:06}"))))).collect();
    stage.list(Kind::Pod, rows);
    let mut view = pods();
    let drawn = stage.draw(&mut view, 160, 40);
    assert!(drawn.starts_with(" Pods   all namespaces   100,000"), "{drawn}");
    assert!(view.visible.len() <= 40 + 1);
    view.handle(Command::SelectLast, &stage.seen());
    assert!(stage.draw(&mut view, 160, 40).contains("pod-099999"));
    assert!(view.visible.len() <= 40 + 1);
}

#[test]
fn the_selection_stays_with_its_object() {
    let mut stage = stage();
    let mut view = pods();
    stage.draw(&mut view, 120, 20);
    view.handle(Command::SelectNext, &stage.seen());
    stage.draw(&mut view, 120, 20);
    let selected = view.cursor.selected().unwrap().clone();
    stage.tell(Update::Applied(source(Kind::Pod), vec![Row::Pod(Box::new(pod("a", "earlier")))]));
    stage.draw(&mut view, 120, 20);
    assert_eq!(view.cursor.selected(), Some(&selected));
    stage.tell(Update::Gone(source(Kind::Pod), vec![(selected.namespace.clone(), selected.name.clone())]));
    stage.draw(&mut view, 120, 20);
    assert_ne!(view.cursor.selected(), Some(&selected), "what stands in its row is selected instead");
}

#[test]
fn only_what_needs_a_person_can_be_shown() {
    let mut stage = stage();
    let mut view = pods();
    view.handle(Command::FaultsOnly, &stage.seen());
    let drawn = stage.draw(&mut view, 120, 20);
    assert!(
        drawn.contains("1 of 4") && drawn.contains("CrashLoopBackOff") && !drawn.contains("auth-service"),
        "{drawn}"
    );
}

#[test]
fn a_favourite_that_is_not_named_says_so() {
    let mut stage = stage();
    stage.settings.favourites = vec!["staging".into()];
    let mut view = pods();
    assert!(matches!(view.handle(Command::Favourite2, &stage.seen()), Outcome::Ask(Effect::Notice(..))));
    view.handle(Command::Favourite1, &stage.seen());
    let drawn = stage.draw(&mut view, 120, 20);
    assert!(drawn.starts_with(" Pods   staging   1"), "{drawn}");
    assert!(!drawn.contains("NAMESPACE"), "{drawn}");
}

#[test]
fn several_clusters_are_told_apart() {
    let mut stage = stage();
    let other = crate::domain::object::ClusterName("prod-us".into());
    let source = crate::domain::update::SourceId { cluster: other, ..source(Kind::Pod) };
    stage.tell(Update::Applied(source, vec![Row::Pod(Box::new(pod("production", "auth-service-7d9f8b6c5d-4xk2p")))]));
    let drawn = stage.draw(&mut pods(), 160, 20);
    assert!(drawn.contains("CLUSTER") && drawn.contains("prod-us: loading"), "{drawn}");
}

#[test]
fn opening_goes_to_what_lies_behind() {
    let object = |kind: Kind, name: &str| ObjectRef {
        cluster: cluster(),
        kind,
        namespace: "production".into(),
        name: name.into(),
    };
    let pods = |namespace: Option<&str>, filter: &str| Destination::Resources {
        kind: Kind::Pod,
        namespace: namespace.map(ToOwned::to_owned),
        filter: filter.to_owned(),
    };
    let mut stage = Stage::new();
    let workload = crate::domain::workload::Workload {
        meta: meta("production", "chat"),
        selector: labels(&[("app", "chat"), ("tier", "backend")]),
        ..Default::default()
    };
    let node = crate::domain::platform::Node { meta: meta("", "node-1"), ..Default::default() };
    let job = crate::domain::platform::Job { meta: meta("production", "nightly-1"), ..Default::default() };
    stage.list(Kind::Deployment, vec![Row::Deployment(Box::new(workload))]);
    stage.list(Kind::Node, vec![Row::Node(Box::new(node))]);
    stage.list(Kind::Job, vec![Row::Job(Box::new(job))]);
    let mut own = pod("production", "nightly-1-abc");
    own.meta.owner = Some(owner(Kind::Job, "production", "nightly-1"));
    stage.list(Kind::Pod, vec![Row::Pod(Box::new(own))]);
    for (kind, to) in [
        (Kind::Deployment, pods(Some("production"), "-l app=chat,tier=backend")),
        (Kind::Node, pods(None, "node:=node-1")),
        (Kind::Job, pods(Some("production"), "owner:=nightly-1")),
        (Kind::Pod, Destination::Describe(object(Kind::Pod, "nightly-1-abc"))),
    ] {
        let mut view = Resources::new(kind, None, "");
        stage.draw(&mut view, 120, 20);
        assert_eq!(view.handle(Command::Open, &stage.seen()), Outcome::Ask(Effect::Go(to)), "{kind}");
    }
    let mut behind = Resources::new(Kind::Pod, Some("production"), "owner:=nightly-1");
    assert!(stage.draw(&mut behind, 120, 20).contains("nightly-1-abc"));
}

#[test]
fn there_is_no_shell_and_that_is_said() {
    let mut stage = stage();
    let mut view = pods();
    stage.draw(&mut view, 120, 20);
    view.handle(Command::SelectNext, &stage.seen());
    let Outcome::Ask(Effect::CopyInstead { text, because }) = view.handle(Command::Scale, &stage.seen()) else {
        panic!("nothing was copied")
    };
    assert_eq!(because, "there is no shell here");
    assert_eq!(text, "kubectl --context prod-eu -n production exec -it auth-service-7d9f8b6c5d-4xk2p -- sh");
}

#[test]
fn no_key_of_the_table_changes_anything_by_itself() {
    let mut stage = stage();
    let mut view = pods();
    stage.draw(&mut view, 120, 20);
    for command in Command::all().filter(|command| command.works_in(Context::Table)) {
        let outcome = view.handle(command, &stage.seen());
        let is_proposal = matches!(outcome, Outcome::Ask(Effect::Propose(_)));
        assert_eq!(is_proposal, command == Command::Evict, "{}", command.name());
    }
}

#[test]
fn a_number_that_was_asked_for_one_workload_is_not_taken_by_another_one() {
    let mut stage = Stage::new();
    let row = |name: &str| {
        let meta = meta("production", name);
        Row::Deployment(Box::new(crate::domain::workload::Workload { meta, ..Default::default() }))
    };
    stage.list(Kind::Deployment, vec![row("auth-service"), row("chat-service")]);
    let mut view = Resources::new(Kind::Deployment, None, "");
    stage.draw(&mut view, 120, 20);
    let Outcome::Ask(Effect::Prompt(prompt)) = view.handle(Command::Scale, &stage.seen()) else { panic!("not asked") };
    // While somebody types, the workload goes, and another one stands in its row.
    stage.list(Kind::Deployment, vec![row("chat-service")]);
    stage.draw(&mut view, 120, 20);
    let Outcome::Ask(Effect::Propose(intent)) = propose::answered("0", prompt.change.unwrap(), stage.session.guards())
    else {
        panic!("no wish")
    };
    assert_eq!(intent.object().unwrap().name, "auth-service", "which the plan will not find");
}
