use jiff::SignedDuration;

use super::*;
use crate::domain::change::{Change, ChangeClass};
use crate::domain::condition::{Condition, Truth};
use crate::domain::guard::{Guard, Guards, Pods};
use crate::domain::health::Health;
use crate::domain::lease::{About, Lease};
use crate::domain::metric::{Grid, Measure, Measured, Points, Question, Reading, Series};
use crate::domain::object::{Labels, Meta};
use crate::domain::platform::{EndpointSlice, Service};
use crate::domain::pod::{Pod, Termination};
use crate::domain::route::{Backend, ParentStatus, Rule, Steering};
use crate::domain::signal::SignalId;
use crate::domain::update::{Liveness, Update};
use crate::domain::workload::Workload;
use crate::state::tests::fixture::*;
use crate::state::{ServiceBoard, Timeline, brief};

mod judged;
mod leased;

/// The labels of an arm's pods: the service is chat in both.
fn of_arm(arm: &str) -> Labels {
    labels(&[("app", "chat"), ("arm", arm)])
}

/// A Deployment, its pods and its Service, of which so many pods are ready.
fn arm(name: &str, version: &str, pods: usize, ready: usize) -> Vec<Row> {
    let set = format!("{name}-hash");
    let workload = Workload {
        meta: Meta { labels: labels(&[("app", "chat")]), ..meta(name) },
        template_labels: of_arm(name),
        images: Box::new([format!("registry.example/chat:{version}").into()]),
        ..workload(name, 2)
    };
    let pod = |id: usize| {
        let mut pod = pod(name, 1, id);
        pod.meta =
            Meta { labels: of_arm(name), owner: Some(owner(Kind::ReplicaSet, &set)), ..meta(&format!("{name}-{id}")) };
        pod.containers[0].image = format!("registry.example/chat:{version}").into();
        Row::Pod(Box::new(if id < ready { pod } else { unready(pod) }))
    };
    let service = Service { meta: meta(name), selector: of_arm(name), ..Service::default() };
    let mut rows = vec![Row::Deployment(Box::new(workload)), Row::Service(Box::new(service))];
    rows.extend((0..pods).map(pod));
    rows
}

fn backend(service: &str, weight: u32) -> Backend {
    Backend { service: service.into(), weight, ..Backend::default() }
}

fn rule(backends: &[(&str, u32)]) -> Rule {
    Rule { backends: backends.iter().map(|(service, weight)| backend(service, *weight)).collect(), ..Rule::default() }
}

/// A route that its only parent takes.
fn route(rules: Vec<Rule>) -> HttpRoute {
    let holds = |about| condition(about, Truth::True, "", 60);
    HttpRoute {
        meta: meta("chat"),
        parents: Box::new(["edge".into()]),
        rules: rules.into(),
        status: Box::new([ParentStatus {
            parent: "edge".into(),
            conditions: Box::new([holds("Accepted"), holds("ResolvedRefs")]),
            observed_generation: 1,
        }]),
        ..HttpRoute::default()
    }
}

/// Three pods of 1.4.1 and one of 1.5.0 behind a route.
fn chat(route: HttpRoute) -> State {
    let mut rows = arm("chat", "1.4.1", 3, 3);
    rows.extend(arm("chat-canary", "1.5.0", 1, 1));
    rows.push(Row::HttpRoute(Box::new(route)));
    world(rows)
}

fn id(name: &str) -> ServiceId {
    ServiceId { cluster: cluster(), environment: "production".into(), name: name.into() }
}

/// The one split of chat.
fn split(state: &State) -> Split {
    let mut splits = state.splits(&id("chat"));
    assert_eq!(splits.len(), 1, "{splits:?}");
    splits.remove(0)
}

fn said(split: &Split) -> Vec<&str> {
    split.doubts.iter().map(Text::as_str).collect()
}

#[test]
fn a_route_to_two_services_of_one_service_is_its_split() {
    let state = chat(route(vec![rule(&[("chat-canary", 10), ("chat", 90)])]));
    let split = split(&state);
    assert_eq!(split.router, reference(Kind::HttpRoute, "chat"));
    let arms: Vec<_> = split.arms.iter().map(|arm| (arm.role, arm.service.as_str(), arm.version.as_str())).collect();
    let wanted = [(Some(ArmRole::Stable), "chat", "1.4.1"), (Some(ArmRole::Canary), "chat-canary", "1.5.0")];
    assert_eq!(arms, wanted, "the stable one first");
    let numbers: Vec<_> = split.arms.iter().map(|arm| (arm.desired, arm.ready, arm.observed)).collect();
    assert_eq!(numbers, [(90.0, 3, None), (10.0, 1, None)], "nobody counts");
    assert!(split.doubts.is_empty(), "{:?}", split.doubts);
    assert!(state.splits(&id("store")).is_empty());
    let elsewhere = ServiceId { environment: "staging".into(), ..id("chat") };
    assert!(state.splits(&elsewhere).is_empty());
}

#[test]
fn a_route_to_one_service_splits_nothing() {
    let state = chat(route(vec![rule(&[("chat", 1)])]));
    assert!(state.splits(&id("chat")).is_empty());
    // One Service on two of its ports is one arm.
    let state = chat(route(vec![rule(&[("chat", 1), ("chat", 1)])]));
    assert!(state.splits(&id("chat")).is_empty());
}

#[test]
fn slices_say_how_many_are_ready_before_pods_do() {
    let mut state = chat(route(vec![rule(&[("chat", 90), ("chat-canary", 10)])]));
    for (name, family, ready) in [("a", "IPv4", 2), ("b", "IPv4", 1), ("c", "IPv6", 3)] {
        let meta = Meta { labels: labels(&[("kubernetes.io/service-name", "chat")]), ..meta(name) };
        let slice = EndpointSlice { meta, address_type: family.into(), ready, total: ready };
        say(&mut state, Row::EndpointSlice(Box::new(slice)), NOW);
    }
    assert_eq!(split(&state).arms[0].ready, 3, "two families name each pod twice");
}

#[test]
fn what_is_not_as_it_seems_is_said() {
    let mut header = rule(&[("chat-canary", 1)]);
    header.is_selective = true;
    let mut api = rule(&[("chat", 50), ("chat-canary", 50)]);
    api.name = "api".into();
    let mut odd = route(vec![header, rule(&[("chat", 9), ("chat-canary", 1)]), api, rule(&[("chat", 1)])]);
    odd.meta.generation = 2;
    odd.parents = Box::new(["edge".into(), "mesh".into()]);
    let split_of = split(&chat(odd.clone()));
    assert_eq!(
        said(&split_of),
        [
            "its weights add up to 10, not to 100",
            "rule 1 (by header, method or query) never reaches the split: all of it goes to chat-canary",
            "rule api splits differently: chat 50 %, chat-canary 50 %",
            "rule 4 never reaches the split: all of it goes to chat",
            "edge has not seen it as it is now",
            "mesh has not said whether it takes it",
        ]
    );
    let mut refused = route(vec![rule(&[("chat", 90), ("chat-canary", 10)])]);
    refused.steered_by = Some(Steering::Flagger("chat".into()));
    let message = "no listener of this name".into();
    refused.status[0].conditions[0] =
        Condition { message, ..condition("Accepted", Truth::False, "NoMatchingParent", 5) };
    let split_of = split(&chat(refused));
    assert_eq!(said(&split_of), ["edge does not accept it: no listener of this name"]);
}

#[test]
fn an_arm_that_fails_what_it_gets_is_said() {
    let mut rows = arm("chat", "1.4.1", 2, 2);
    rows.extend(arm("chat-canary", "1.5.0", 1, 0));
    rows.push(Row::HttpRoute(Box::new(route(vec![rule(&[("chat", 85), ("chat-canary", 10), ("chat-next", 5)])]))));
    let state = world(rows);
    let split_of = split(&state);
    assert_eq!(
        said(&split_of),
        ["chat-canary gets 10 % and has no ready pod", "there is no Service chat-next in production"]
    );
}

#[test]
fn without_words_the_newer_version_is_the_canary() {
    let mut rows = arm("chat-a", "1.4.1", 1, 1);
    rows.extend(arm("chat-b", "1.5.0", 1, 1));
    rows.push(Row::HttpRoute(Box::new(route(vec![rule(&[("chat-b", 10), ("chat-a", 90)])]))));
    let mut state = world(rows);
    assert!(split(&state).arm(ArmRole::Canary).is_none(), "both were made in the same moment");
    let mut set = replica_set("chat-b", 1, "1.5.0");
    set.meta = Meta { created: Some(ago(60)), ..meta("chat-b-hash") };
    say(&mut state, Row::ReplicaSet(Box::new(set)), NOW);
    assert_eq!(split(&state).arm(ArmRole::Canary).map(|arm| arm.service.as_str()), Some("chat-b"));
}

fn tell(state: &mut State, by_pod: bool, told: &[(&[(&str, &str)], f64)]) {
    let grid = Grid::before(NOW, SignedDuration::from_secs(30), 1);
    let series = told.iter().map(|(pairs, value)| {
        let mut points = Points::gaps(1);
        points.set(0, *value);
        Series { labels: labels(pairs), points }
    });
    let question = Question { family: usize::from(!by_pod), measure: Measure::Requests, by_pod, is_before: false };
    let reading = Reading { question, grid, series: series.collect::<Vec<_>>().into(), left_out: 0 };
    let measured = Measured { readings: vec![reading], ..Measured::default() };
    let _ = state
        .apply(Update::Metrics(SignalId { cluster: cluster(), name: "prometheus".into() }, NOW, Ok(measured)), NOW);
}

#[test]
fn the_observed_share_is_what_is_counted_by_pod_or_better_by_the_gateway() {
    let mut state = chat(route(vec![rule(&[("chat", 90), ("chat-canary", 10)])]));
    let of = |name: &'static str| [("namespace", "production"), ("pod", name)];
    tell(&mut state, true, &[(&of("chat-0"), 20.0), (&of("chat-1"), 40.0), (&of("chat-canary-0"), 20.0)]);
    let observed = |state: &State| split(state).arms.iter().map(|arm| arm.observed).collect::<Vec<_>>();
    assert_eq!(observed(&state), [Some(75.0), Some(25.0)]);
    let chat = [("service", "production-chat-http-80@kubernetesgateway")];
    tell(&mut state, false, &[(&chat, 45.0)]);
    assert_eq!(observed(&state), [Some(100.0), Some(0.0)], "what was sent nothing has no series");
    let canary = [("service", "production-chat-canary-http-80@kubernetesgateway")];
    tell(&mut state, false, &[(&chat, 45.0), (&canary, 5.0)]);
    assert_eq!(observed(&state), [Some(90.0), Some(10.0)]);
    tell(&mut state, false, &[(&chat, 0.0), (&canary, 0.0)]);
    assert_eq!(observed(&state), [None, None], "of no requests there is no share");
}

#[test]
fn two_services_of_the_same_pods_are_no_arms() {
    let mut rows = arm("chat", "1.4.1", 2, 2);
    let twin = Service { meta: meta("chat-canary"), selector: of_arm("chat"), ..Service::default() };
    rows.push(Row::Service(Box::new(twin)));
    rows.push(Row::HttpRoute(Box::new(route(vec![rule(&[("chat", 100), ("chat-canary", 0)])]))));
    assert!(world(rows).splits(&id("chat")).is_empty());
}

#[test]
fn a_rollout_says_which_of_its_services_is_which() {
    let mut rows = arm("chat-a", "1.5.0", 1, 1);
    rows.extend(arm("chat-b", "1.4.1", 1, 1));
    rows.push(Row::HttpRoute(Box::new(route(vec![rule(&[("chat-a", 10), ("chat-b", 90)])]))));
    let services = crate::domain::argo::Services { stable: "chat-b".into(), canary: "chat-a".into() };
    let argo = crate::domain::argo::Argo { services, ..Default::default() };
    let rollout = Workload { argo: Some(Box::new(argo)), ..workload("chat", 1) };
    rows.push(Row::Rollout(Box::new(rollout)));
    let state = world(rows);
    assert_eq!(split(&state).arm(ArmRole::Canary).map(|arm| arm.service.as_str()), Some("chat-a"));
}

#[test]
fn a_pod_on_its_way_out_counts_for_nothing() {
    let mut rows = arm("chat", "1.4.1", 1, 1);
    rows.extend(arm("chat-canary", "1.5.0", 1, 1));
    let mut going: Pod = pod("chat-canary", 1, 9);
    going.meta = Meta { labels: of_arm("chat-canary"), deleted: Some(NOW), ..meta("chat-canary-9") };
    rows.push(Row::Pod(Box::new(going)));
    rows.push(Row::HttpRoute(Box::new(route(vec![rule(&[("chat", 90), ("chat-canary", 10)])]))));
    assert_eq!(split(&world(rows)).arms[1].ready, 1);
}

#[test]
fn the_arm_that_is_meant_says_which_rule_of_its_route_is_looked_at() {
    let mut header = rule(&[("chat-ws", 0), ("chat-ws-canary", 1)]);
    header.is_selective = true;
    let both = route(vec![
        rule(&[("chat", 90), ("chat-canary", 10)]),
        header,
        rule(&[("chat-ws", 80), ("chat-ws-canary", 20)]),
    ]);
    let mut rows = arm("chat", "1.4.1", 3, 3);
    rows.extend(arm("chat-canary", "1.5.0", 1, 1));
    rows.extend(arm("chat-ws", "1.4.1", 3, 3));
    rows.extend(arm("chat-ws-canary", "1.5.0", 2, 1));
    rows.push(Row::HttpRoute(Box::new(both)));
    let state = world(rows);
    let route = reference(Kind::HttpRoute, "chat");
    let desired = |split: Option<Split>, arm: &str| split?.arm_behind(arm).map(|arm| arm.desired);
    assert_eq!(desired(state.split(&route), "chat-canary"), Some(10.0));
    assert_eq!(desired(state.split(&route), "chat-ws-canary"), None);
    assert_eq!(desired(state.split_with(&route, "chat-ws-canary"), "chat-ws-canary"), Some(20.0));
    assert_eq!(desired(state.split_with(&route, "chat-next"), "chat-next"), None);
    let (tried, stable) = state.compare(&route, "chat-ws-canary", None, (SignedDuration::from_mins(2), NOW));
    let pods = |ready, all| Some(Pods { ready, all });
    assert_eq!((tried.pods, stable.pods), (pods(1, 2), pods(3, 3)));
}

#[test]
fn a_service_can_be_switched_where_other_pods_of_its_service_stand_beside_its_own() {
    let told = |state: &State| -> Vec<String> {
        let switches = state.switches(&id("chat")).into_iter();
        switches
            .map(|one| {
                let others: Vec<&str> = one.others.iter().map(Text::as_str).collect();
                format!("{} {}={} or {}", one.service.name, one.label, one.now, others.join(", "))
            })
            .collect()
    };
    let mut rows = arm("chat-blue", "1.4.1", 2, 2);
    rows.extend(arm("chat-green", "1.5.0", 2, 2));
    let both = world(rows.clone());
    assert_eq!(told(&both), ["chat-blue arm=chat-blue or chat-green", "chat-green arm=chat-green or chat-blue"]);
    assert!(both.switches(&id("store")).is_empty());
    let elsewhere = ServiceId { environment: "staging".into(), ..id("chat") };
    assert!(both.switches(&elsewhere).is_empty());
    assert!(told(&world(arm("chat-blue", "1.4.1", 2, 2))).is_empty(), "there is nothing else to select");
    rows.push(Row::HttpRoute(Box::new(route(vec![rule(&[("chat-blue", 90), ("chat-green", 10)])]))));
    assert!(told(&world(rows)).is_empty(), "what is behind a route is shifted");
}

/// What is told of a route that is seen as it is, and then as something else, in this order.
fn shifted(seen: Vec<Vec<Rule>>) -> Vec<(Text, Option<Text>)> {
    let mut seen = seen.into_iter();
    let mut state = chat(route(seen.next().expect("a first sight")));
    for (rules, second) in seen.zip(1..) {
        say(&mut state, Row::HttpRoute(Box::new(route(rules))), later(second));
    }
    let mut timeline = Timeline::default();
    timeline.refresh(&state, later(60));
    let mut told: Vec<&Change> =
        timeline.changes().iter().filter(|change| change.class == ChangeClass::Traffic).collect();
    told.reverse();
    told.into_iter().map(|change| (change.what.clone(), change.service.clone())).collect()
}

#[test]
fn other_weights_are_a_change_of_the_service_behind_the_route() {
    let with = |canary| vec![rule(&[("chat", 100 - canary), ("chat-canary", canary)])];
    let told = shifted(vec![with(10), with(10), with(50)]);
    let what = "chat 90 → 50 %, chat-canary 10 → 50 %";
    assert_eq!(told, [(what.into(), Some("chat".into()))], "what stays is no change");
}

#[test]
fn an_arm_that_comes_or_goes_takes_its_share_with_it() {
    let one = || vec![rule(&[("chat", 1)])];
    let two = || vec![rule(&[("chat", 90), ("chat-canary", 10)])];
    let told = shifted(vec![one(), two(), one()]);
    let words: Vec<&str> = told.iter().map(|(what, _)| what.as_str()).collect();
    assert_eq!(words, ["chat 100 → 90 %, chat-canary 0 → 10 %", "chat 90 → 100 %, chat-canary 10 → 0 %"]);
}

#[test]
fn other_weights_of_any_rule_are_told_by_the_rule_that_stands_for_the_arm() {
    let with = |ws| vec![rule(&[("chat", 90), ("chat-canary", 10)]), rule(&[("ws", 100 - ws), ("ws-canary", ws)])];
    let told = shifted(vec![with(5), with(20)]);
    assert_eq!(told.iter().map(|(what, _)| what.as_str()).collect::<Vec<_>>(), ["ws 95 → 80 %, ws-canary 5 → 20 %"]);
}
