//! Alertmanager and Prometheus as sources: asked again and again, never before they have answered.

use std::time::Duration;

use jiff::Timestamp;

use super::kubernetes::Outbox;
use crate::clients::signals::Endpoint;
use crate::domain::alert::{Alert, Priorities};
use crate::domain::problem::Problem;
use crate::domain::signal::{SignalKind, SignalServer};
use crate::domain::silence::Silence;
use crate::domain::update::Update;

mod alertmanager;
mod answer;
mod evaluation;
mod metrics;
mod prometheus;
mod rules;

pub use metrics::metrics;
pub use rules::rules;

/// How long after an answer the next question is asked.
const EVERY: Duration = Duration::from_secs(10);

/// Reads the alerts of a server until the session ends.
pub async fn alerts(server: SignalServer, endpoint: Endpoint, priorities: Priorities, outbox: Outbox) {
    loop {
        if server.kind == SignalKind::Alertmanager {
            let told = silences(&server, &endpoint, outbox.now()).await;
            // Before the alerts, so that whoever keeps one quiet is known by then.
            outbox.send(Update::Silences(server.id.clone(), told)).await;
        }
        let told = ask(&server, &endpoint, &priorities).await;
        outbox.send(Update::Alerts(server.kind, server.id.clone(), outbox.now(), told)).await;
        tokio::time::sleep(EVERY).await;
        if outbox.is_closed() {
            return;
        }
    }
}

/// One question.
async fn ask(server: &SignalServer, endpoint: &Endpoint, priorities: &Priorities) -> Result<Vec<Alert>, Problem> {
    let cluster = &server.id.cluster;
    let told = match server.kind {
        SignalKind::Alertmanager => {
            alertmanager::alerts(&endpoint.get_json(alertmanager::ALERTS).await?, cluster, priorities)
        }
        SignalKind::Prometheus | SignalKind::Midwatch => {
            prometheus::alerts(&endpoint.get_json(prometheus::ALERTS).await?, cluster, priorities)
        }
    };
    told.ok_or_else(|| of_another_shape(server))
}

/// What an Alertmanager keeps quiet.
async fn silences(server: &SignalServer, endpoint: &Endpoint, now: Timestamp) -> Result<Vec<Silence>, Problem> {
    let answer = endpoint.get_json(alertmanager::SILENCES).await?;
    alertmanager::silences(&answer, &server.id, now).ok_or_else(|| of_another_shape(server))
}

fn of_another_shape(server: &SignalServer) -> Problem {
    let what = format!("{} does not answer like {}", server.id, server.kind.word());
    Problem::new(what, "its answer is JSON of another shape", "check its address in the configuration")
}

/// A moment as both write it: RFC 3339. What is none is long ago, rather than never.
fn moment(text: Option<&str>) -> Timestamp {
    text.and_then(|text| text.parse().ok()).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests;
