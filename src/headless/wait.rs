//! `midwatch wait healthy`: for scripts that deploy. It ends when a service has been well for a while, or in time.

use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep_until};

use crate::cli::WaitHealthy;
use crate::domain::health::{Health, Verdict};
use crate::domain::problem::Problem;
use crate::domain::service::Service;
use crate::runtime::{Session, Signal};
use crate::state::{ESSENTIAL, ServiceBoard};

use super::answer::{Asked, nothing, print};
use super::delivery;
use super::find::{check_place, is_in, workloads};
use super::output::{Item, Listing};
use super::reading::{judge, read};
use super::services::KINDS;
use super::signals::{Untold, await_all};
use super::{Exit, say};

/// How often it is looked although nothing was heard: time alone makes a rollout overdue.
const AT_LEAST: Duration = Duration::from_secs(2);

/// Waits until a service is well and stays so.
pub(super) async fn healthy(session: &mut Session, asked: Asked<'_>, args: &WaitHealthy) -> Result<Exit, Problem> {
    let kinds = delivery::kinds();
    read(session, &kinds).await;
    let mut reading = judge(session, &KINDS, &ESSENTIAL);
    reading.problems.iter().for_each(super::complain);
    if !reading.is_any {
        return nothing(asked.format, &reading);
    }
    let ends = Instant::now() + args.timeout;
    let missing = Untold::beside(await_all(session, args.timeout).await);
    missing.problems.iter().for_each(super::complain);
    reading.miss(&missing);
    check_place(session, asked.place)?;
    // A name that means nothing now is a slip, and not waited for.
    workloads(session, asked.place, &args.service, None)?;
    let mut signals = super::listen()?;
    let mut board = ServiceBoard::default();
    let (mut well_since, mut said): (Option<Instant>, Vec<String>) = (None, Vec::new());
    let exit = loop {
        board.refresh(session.state(), session.clock().now());
        let found = meant(&board, asked, &args.service);
        let now: Vec<String> = found.iter().map(|service| told(service)).collect();
        if now != said {
            now.iter().filter(|line| !said.contains(line)).for_each(|line| say(line));
            said = now;
        }
        let is_well = !found.is_empty() && found.iter().all(|service| service.verdict.health == Health::Healthy);
        well_since = is_well.then(|| well_since.unwrap_or_else(Instant::now));
        if well_since.is_some_and(|since| since.elapsed() >= args.hold) {
            break Exit::Done;
        }
        if Instant::now() >= ends {
            break Exit::NotConverged;
        }
        let done = well_since.map(|since| since + args.hold);
        let next = done.into_iter().chain([ends, Instant::now() + AT_LEAST]).min().unwrap_or(ends);
        tokio::select! {
            _absorbed = super::absorb(session) => {}
            () = sleep_until(next) => {}
            Signal::End(number) = signals.next() => return Ok(Exit::Signal(number)),
        }
    };
    if exit == Exit::NotConverged {
        let why = said.first().cloned().unwrap_or_else(|| "it is gone".to_owned());
        let problem = Problem::new(format!("{} did not become healthy in time", args.service), why, "midwatch brief");
        super::complain(&problem);
        reading.problems.push(problem);
    }
    reading.exit = exit;
    let items = meant(&board, asked, &args.service).into_iter().map(item).collect();
    print(
        session,
        asked.format,
        &Listing { kind: "Waited", header: &["HEALTH", "SERVICE", "ENVIRONMENT", "WHY"], items },
        &reading,
    )
}

/// The services that a name means; the name may be that of a workload.
fn meant<'a>(board: &'a ServiceBoard, asked: Asked<'_>, name: &str) -> Vec<&'a Service> {
    let is_meant = |service: &&Service| {
        let is_named = service.id.name == name || service.workloads.iter().any(|workload| workload.name == name);
        is_named && is_in(asked.place, &service.id.environment)
    };
    board.services().iter().filter(is_meant).collect()
}

fn told(service: &Service) -> String {
    let Verdict { health, reason, .. } = &service.verdict;
    let why = if reason == health.word() { String::new() } else { format!(": {reason}") };
    format!("{} in {}: {health}{why}", service.id.name, service.id.environment)
}

fn item(service: &Service) -> Item {
    let id = &service.id;
    Item {
        cluster: id.cluster.clone(),
        key: format!("{}/{}/{}", id.cluster, id.environment, id.name),
        cells: vec![
            service.verdict.health.word().into(),
            id.name.clone(),
            id.environment.clone(),
            service.verdict.reason.clone(),
        ],
        json: json!({
            "service": id.name,
            "environment": id.environment,
            "health": service.verdict.health.word(),
            "reason": service.verdict.reason,
        }),
    }
}
