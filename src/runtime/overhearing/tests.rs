#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Mutex;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use jiff::Timestamp;

use super::*;
use crate::clients::kubernetes::test_support::{reader, serve};
use crate::domain::environment::EnvironmentRules;
use crate::domain::object::{ClusterName, Meta};
use crate::domain::platform::Service;
use crate::domain::pod::Container;
use crate::domain::route::{Backend, HttpRoute, Rule};
use crate::domain::row::Row;
use crate::domain::traffic::ArmRole;
use crate::domain::update::SourceId;

fn now() -> Timestamp {
    "2026-11-26T03:12:00Z".parse().unwrap()
}

fn cluster() -> ClusterName {
    ClusterName("eu".into())
}

fn meta(name: &str, arm: &str) -> Meta {
    let labels = vec![("arm".into(), arm.into()), ("app.kubernetes.io/name".into(), "chat".into())];
    Meta {
        namespace: "production".into(),
        name: name.into(),
        labels: labels.into(),
        created: Some(now()),
        ..Meta::default()
    }
}

/// Seven stable pods and two of the canary behind a route.
fn state() -> State {
    let mut rows = Vec::new();
    for (arm, pods) in [("chat-stable", 7), ("chat-canary", 2)] {
        let selector = vec![("arm".into(), arm.into())].into();
        rows.push(Row::Service(Box::new(Service { meta: meta(arm, arm), selector, ..Service::default() })));
        for number in 0..pods {
            let container = Container { name: "chat".into(), ..Container::default() };
            let meta = meta(&format!("{arm}-{number}"), arm);
            rows.push(Row::Pod(Box::new(Pod { meta, containers: Box::new([container]), ..Pod::default() })));
        }
    }
    let backend = |service: &str, weight| Backend { service: service.into(), weight, ..Backend::default() };
    let rule = Rule { backends: Box::new([backend("chat-stable", 80), backend("chat-canary", 20)]), ..Rule::default() };
    let route = HttpRoute { meta: meta("chat", ""), rules: Box::new([rule]), ..HttpRoute::default() };
    rows.push(Row::HttpRoute(Box::new(route)));
    let mut state = State::new(EnvironmentRules::default());
    for row in rows {
        let source = SourceId { cluster: cluster(), kind: row.kind(), namespace: None };
        let _ = state.apply(Update::Applied(source, vec![row]), now());
    }
    state
}

/// The service of these pods.
fn service(state: &State) -> ServiceId {
    let place = state.place(&cluster(), &"production".into());
    ServiceId { cluster: cluster(), environment: place.environment, name: "chat".into() }
}

fn splits(state: &State) -> Vec<Split> {
    state.splits(&service(state))
}

/// What is heard within two updates, and what was asked, where a server answers so.
async fn heard(answer: (StatusCode, &'static str)) -> (Vec<Option<Complaints>>, Vec<String>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let note = Arc::clone(&asked);
    let address = serve(Router::new().fallback(move |request: Request| {
        note.lock().unwrap().push(request.uri().to_string());
        async move { answer.into_response() }
    }))
    .await;
    let state = state();
    let (outbox, mut inbox) = mpsc::channel(8);
    let ear = Ear { reader: reader(&address), rules: Arc::default(), clock: Clock::fixed(now()), outbox };
    let held = Overhearing::begin(service(&state), voices(&state, &splits(&state)), ear, SignedDuration::from_mins(2));
    let mut told = Vec::new();
    for service in ["chat-stable", "chat-canary"] {
        let Some(Message::Update(Update::Complaints(of, complaints))) = inbox.recv().await else { panic!("{told:?}") };
        assert_eq!(of.name, service);
        told.push(complaints);
    }
    drop(held);
    assert!(inbox.recv().await.is_none(), "who is let go of listens no more");
    let asked = asked.lock().unwrap().clone();
    (told, asked)
}

#[tokio::test]
async fn a_few_lines_of_a_few_pods_of_each_arm_are_counted() {
    let lines = "2026-11-26T03:00:00Z level=error msg=old\n\
                 2026-11-26T03:11:00Z level=info msg=\"message stored\"\n\
                 2026-11-26T03:11:30Z level=error msg=\"redis timeout after 500 ms\"\n\
                 2026-11-26T03:11:31Z level=warn msg=slow\n";
    let (told, asked) = heard((StatusCode::OK, lines)).await;
    let of = |pods| Some(Complaints { lines: 3 * pods, errors: pods });
    assert_eq!(told, [of(5), of(2)], "five pods at most");
    assert!(asked.iter().all(|path| path.contains("tailLines=200") && !path.contains("follow")), "{asked:?}");
}

#[tokio::test]
async fn who_may_not_read_logs_is_told_nothing_rather_than_that_all_is_well() {
    assert_eq!(heard((StatusCode::FORBIDDEN, "{}")).await.0, [None, None]);
    // A pod that says nothing says nothing against itself.
    assert_eq!(heard((StatusCode::OK, "")).await.0, [Some(Complaints::default()); 2]);
}

#[test]
fn where_nothing_is_compared_nobody_is_listened_to() {
    let state = state();
    assert_eq!(voices(&state, &[]), Voices::new());
    let mut alone = splits(&state);
    alone[0].arms.retain(|arm| arm.role == Some(ArmRole::Stable));
    assert_eq!(voices(&state, &alone), Voices::new());
}

#[test]
fn what_was_heard_is_told_for_a_minute() {
    let mut state = state();
    let split = splits(&state).remove(0);
    let canary = split.arm(ArmRole::Canary).unwrap().clone();
    let told = Complaints { lines: 200, errors: 14 };
    let changed = state.apply(Update::Complaints(split.service(&canary), Some(told)), now());
    assert!(changed.touches_metrics());
    let again = state.apply(Update::Complaints(split.service(&canary), Some(told)), now());
    assert!(again.is_nothing(), "nothing is drawn anew for what is known");
    let after = |seconds| now() + SignedDuration::from_secs(seconds);
    assert_eq!(state.complaints(&split, &canary, after(59)), Some(told));
    assert_eq!(state.complaints(&split, &canary, after(60)), None);
    let _ = state.apply(Update::Complaints(split.service(&canary), None), after(1));
    assert_eq!(state.complaints(&split, &canary, after(1)), None);
}
