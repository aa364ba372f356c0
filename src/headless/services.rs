//! `midwatch services`: every service and how it is, worst first.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::domain::described::condition;
use crate::domain::json::merge;
use crate::domain::kind::Kind;
use crate::domain::metric::Measure;
use crate::domain::problem::Problem;
use crate::domain::service::Service;
use crate::domain::text::Text;
use crate::domain::traffic::Split;
use crate::runtime::Session;
use crate::state::{ESSENTIAL, Numbers, ServiceBoard};

use super::Exit;
use super::answer::{Asked, Needs, answer};
use super::delivery::{self, traffic};
use super::find::{check_place, is_in};
use super::output::text::age;
use super::output::{Item, Listing, json};
use super::reading::read;
use super::signals::{Untold, await_briefly};

/// What health is computed from.
pub(super) const KINDS: [Kind; 11] = [
    Kind::Namespace,
    Kind::Deployment,
    Kind::Pod,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::Rollout,
    Kind::ReplicaSet,
    Kind::ControllerRevision,
    Kind::Job,
    Kind::Event,
    // Among these servers of signals are looked for.
    Kind::Service,
];

/// Shows services.
pub(super) async fn services(session: &mut Session, asked: Asked<'_>) -> Result<Exit, Problem> {
    read(session, &delivery::kinds()).await;
    let untold = Untold::beside(await_briefly(session).await);
    let mut board = ServiceBoard::default();
    let needs = Needs { untold: &untold, ..Needs::of(&KINDS, &ESSENTIAL) };
    answer(session, asked, needs, |session, now| {
        check_place(session, asked.place)?;
        board.refresh(session.state(), now);
        let shown = board.services().iter().filter(|service| is_in(asked.place, &service.id.environment));
        Ok(Listing {
            kind: "Service",
            header: &["HEALTH", "SERVICE", "ENVIRONMENT", "VERSION", "READY", "RESTARTS", "SINCE", "WHY"],
            items: shown
                .map(|service| item(service, board.numbers(&service.id), &session.state().splits(&service.id), now))
                .collect(),
        })
    })
    .await
}

fn item(service: &Service, numbers: Option<&Numbers>, splits: &[Split], now: Timestamp) -> Item {
    let id = &service.id;
    let version = match &service.version.next {
        Some(next) => Text::from(format!("{}->{next}", service.version.now)),
        None => service.version.now.clone(),
    };
    Item {
        cluster: id.cluster.clone(),
        key: format!("{}/{}/{}", id.cluster, id.environment, id.name),
        json: describe(service, numbers, splits),
        cells: vec![
            service.verdict.health.word().into(),
            id.name.clone(),
            id.environment.clone(),
            version,
            format!("{}/{}", service.ready, service.desired).into(),
            service.restarts.to_string().into(),
            age(service.since(), now),
            service.verdict.reason.clone(),
        ],
    }
}

fn describe(service: &Service, numbers: Option<&Numbers>, splits: &[Split]) -> Value {
    let last = |measure| numbers.and_then(|numbers| numbers.last(measure));
    let errors = numbers.and_then(Numbers::error_ratio).and_then(|line| line.points.last());
    let mut described = json!({
        "cluster": service.id.cluster,
        "environment": service.id.environment,
        "name": service.id.name,
        "partOf": service.part_of,
        "protected": service.is_protected,
        "namespaces": service.namespaces,
        "workloads": service.workloads.iter().map(json::object).collect::<Vec<_>>(),
    });
    merge(&mut described, condition(service));
    let numbers = json!({
        "requests": last(Measure::Requests),
        "errorRatio": errors,
        "latencyP95": last(Measure::P95),
        "traffic": traffic(splits),
    });
    merge(&mut described, numbers);
    described
}
