//! `midwatch metrics`: the numbers of services, of the pods of one, or of its revisions.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::cli::{By, MetricsArgs};
use crate::domain::metric::{Demand, Focus, Measure};
use crate::domain::problem::Problem;
use crate::domain::service::Service;
use crate::domain::text::Text;
use crate::runtime::Session;
use crate::state::{ESSENTIAL, Numbers, ServiceBoard, State};

use super::Exit;
use super::answer::{Asked, Needs, answer};
use super::find::{check_place, is_in};
use super::output::text::age;
use super::output::{Item, Listing};
use super::reading::read;
use super::services;
use super::signals::{Matter, Untold, await_servers, nobody};

/// The columns of text, in the order of [`Measure::ALL`] but for failures, which are told as a part of all.
const HEADER: [&str; 12] =
    ["SERVICE", "ENVIRONMENT", "OF", "REQUESTS", "ERRORS", "P50", "P95", "P99", "CPU", "MEMORY", "FULLEST", "AGE"];

/// Shows numbers.
pub(super) async fn metrics(session: &mut Session, asked: Asked<'_>, args: &MetricsArgs) -> Result<Exit, Problem> {
    session.look_at_numbers(Demand { everything: true, ..Demand::default() });
    read(session, &services::KINDS).await;
    await_servers(session, Session::knows_numbers).await;
    let mut board = ServiceBoard::default();
    if let Some(service) = &args.service
        && args.by != By::Service
    {
        board.refresh(session.state(), session.clock().now());
        look_closer(session, asked, &board, service).await;
    }
    if Matter::Numbers.asked(session).next().is_none() {
        let problem = Problem::new(
            "nobody is asked for numbers",
            "no Service that you may see is called prometheus, and the configuration names none",
            "name one under [prometheus.NAME]: midwatch init shows how",
        );
        return nobody(session, asked, problem);
    }
    let untold = Untold::of(session, Matter::Numbers);
    let needs = Needs { untold: &untold, ..Needs::of(&services::KINDS, &ESSENTIAL) };
    answer(session, asked, needs, |session, now| {
        check_place(session, asked.place)?;
        board.refresh(session.state(), now);
        let is_meant = |service: &&Service| {
            args.service.as_ref().is_none_or(|name| service.id.name == name.as_str())
                && is_in(asked.place, &service.id.environment)
        };
        let found: Vec<&Service> = board.services().iter().filter(is_meant).collect();
        if let (Some(name), true) = (&args.service, found.is_empty()) {
            let known = board.services().iter().map(|service| service.id.name.as_str());
            let nearest = crate::domain::nearest::nearest(name, known);
            let hint = nearest.map_or_else(String::new, |nearest| format!("did you mean {nearest}?"));
            return Err(Problem::new(format!("there is no service {name}"), "nothing has this name", hint));
        }
        let items = found.into_iter().flat_map(|service| items(session.state(), &board, service, args, now));
        Ok(Listing { kind: "Metric", header: &HEADER, items: items.collect() })
    })
    .await
}

/// Has each pod of a service asked for, and waits until that was answered.
pub(super) async fn look_closer(session: &mut Session, asked: Asked<'_>, board: &ServiceBoard, name: &str) {
    let meant = || board.services().iter().filter(|one| one.id.name == name && is_in(asked.place, &one.id.environment));
    let focus = Focus::on(meant(), &Measure::ALL);
    let before: Vec<Option<Timestamp>> = session.state().metric_servers().map(|(_, server)| server.heard).collect();
    session.look_at_numbers(Demand { everything: true, focus: Some(focus), every: None });
    await_servers(session, |session| {
        let mut servers = session.state().metric_servers().zip(&before);
        servers.all(|((_, server), before)| server.problem.is_some() || server.heard != *before)
    })
    .await;
}

/// The lines of one service.
fn items(state: &State, board: &ServiceBoard, service: &Service, args: &MetricsArgs, now: Timestamp) -> Vec<Item> {
    let none = Numbers::default();
    let numbers = board.numbers(&service.id).unwrap_or(&none);
    let parts: BTreeMap<Text, Vec<Text>> = match args.by {
        By::Service => return vec![item(service, None, numbers, args, now)],
        By::Pod => pods(state, service).into_iter().map(|(pod, _)| (pod.clone(), vec![pod])).collect(),
        By::Revision => {
            let mut revisions: BTreeMap<Text, Vec<Text>> = BTreeMap::new();
            for (pod, revision) in pods(state, service) {
                revisions.entry(revision).or_default().push(pod);
            }
            revisions
        }
    };
    parts
        .into_iter()
        .map(|(name, pods)| item(service, Some((&name, pods.len())), &numbers.of_pods(pods.iter()), args, now))
        .collect()
}

/// The pods of a service, each with the hash of its revision and its version.
fn pods(state: &State, service: &Service) -> Vec<(Text, Text)> {
    let families = service.workloads.iter().filter_map(|workload| state.family(workload));
    let pods = families.flat_map(|family| family.pods);
    pods.map(|pod| (pod.meta.name.clone(), pod.meta.revision_hash().cloned().unwrap_or_default())).collect()
}

fn item(
    service: &Service,
    part: Option<(&Text, usize)>,
    numbers: &Numbers,
    args: &MetricsArgs,
    now: Timestamp,
) -> Item {
    let id = &service.id;
    let ratio = numbers.error_ratio();
    let last = |measure: Measure| numbers.last(measure);
    let told = |value: Option<f64>, figure: &dyn Fn(f64) -> String| {
        value.map_or_else(|| "-".into(), |value| Text::from(figure(value)))
    };
    let errors = ratio.as_ref().and_then(|line| line.points.last());
    let mut cells = vec![
        id.name.clone(),
        id.environment.clone(),
        part.map(|(name, _)| name.clone()).unwrap_or_default(),
        told(last(Measure::Requests), &|value| Measure::Requests.unit().figure(value)),
        told(errors, &|value| crate::domain::metric::Unit::Ratio.figure(value)),
    ];
    let others = Measure::ALL.into_iter().filter(|measure| !matches!(measure, Measure::Requests | Measure::Errors));
    cells.extend(others.map(|measure| told(last(measure), &|value| measure.unit().figure(value))));
    cells.push(age(numbers.read(), now));
    let mut values: Map<String, Value> =
        Measure::ALL.iter().map(|measure| (key(*measure), json!(last(*measure)))).collect();
    values.insert("errorRatio".to_owned(), json!(errors));
    let mut json = json!({
        "cluster": id.cluster,
        "environment": id.environment,
        "service": id.name,
        "by": args.by.word(),
        "of": part.map(|(name, _)| name),
        "pods": part.map(|(_, pods)| pods),
        "values": values,
        "read": numbers.read(),
    });
    if args.points {
        json["points"] = Measure::ALL
            .iter()
            .filter_map(|measure| Some((key(*measure), points(numbers.line(*measure)?))))
            .collect::<Map<_, _>>()
            .into();
        if let Some(ratio) = &ratio {
            json["points"]["errorRatio"] = points(ratio);
        }
    }
    let part = part.map(|(name, _)| name.as_str()).unwrap_or_default();
    Item {
        cluster: id.cluster.clone(),
        key: format!("{}/{}/{}/{part}", id.cluster, id.environment, id.name),
        cells,
        json,
    }
}

/// The points of a line, each with its moment; gaps are left out.
fn points(line: &crate::state::Line) -> Value {
    let told = line.points.iter().enumerate().filter_map(|(index, value)| Some(json!([line.grid.at(index), value?])));
    Value::Array(told.collect())
}

/// The member for a measure. Units are those of [`Measure::unit`]: requests per second, seconds, cores, bytes, parts of 1.
fn key(measure: Measure) -> String {
    match measure {
        Measure::Requests => "requests",
        Measure::Errors => "errors",
        Measure::P50 => "latencyP50",
        Measure::P95 => "latencyP95",
        Measure::P99 => "latencyP99",
        Measure::Cpu => "cpu",
        Measure::Memory => "memory",
        Measure::Saturation => "saturation",
    }
    .to_owned()
}
