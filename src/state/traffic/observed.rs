//! Which share of the requests each arm was seen to get, by whoever counts them.

use super::backing::Backing;
use crate::domain::metric::{Measure, Series};
use crate::domain::object::{ClusterName, label};
use crate::domain::traffic::is_counted_as;
use crate::state::State;
use crate::state::metrics::MetricServer;

/// The labels under which gateways and meshes name the Service that a request was sent to.
const GATEWAYS: [&str; 2] = ["service", "exported_service"];

/// The share of each arm, in percent; none where nobody counts the requests of all arms, or there were none. What the gateway
/// counts for each Service is asked first: pods may get requests that no route sent.
pub(super) fn shares(state: &State, cluster: &ClusterName, backings: &[Backing<'_>]) -> Vec<Option<f64>> {
    let servers = || state.metric_servers().filter(|(id, server)| id.cluster == *cluster && server.problem.is_none());
    let by = |counts: fn(&Series, &Backing<'_>) -> bool, by_pod: bool| {
        servers().find_map(|(_, server)| rates(server, backings, counts, by_pod))
    };
    let rates = by(counts_service, false).or_else(|| by(counts_pod, true));
    let Some(rates) = rates else { return vec![None; backings.len()] };
    let total: f64 = rates.iter().sum();
    rates.into_iter().map(|rate| (total > 0.0).then(|| rate * 100.0 / total)).collect()
}

/// The requests per second of each arm, by the first family of templates of a server that counts any of them. One that
/// is not counted there gets none: what has had no request has no series.
fn rates(
    server: &MetricServer,
    backings: &[Backing<'_>],
    counts: fn(&Series, &Backing<'_>) -> bool,
    by_pod: bool,
) -> Option<Vec<f64>> {
    let rate = |series: &[Series], backing: &Backing<'_>| {
        let own: Vec<f64> =
            series.iter().filter(|one| counts(one, backing)).filter_map(|one| one.points.last()).collect();
        (!own.is_empty()).then(|| own.iter().sum::<f64>())
    };
    let is_asked = |(question, _): &(&crate::domain::metric::Question, &crate::domain::metric::Reading)| {
        question.measure == Measure::Requests && question.by_pod == by_pod && !question.is_before
    };
    server.readings().filter(is_asked).find_map(|(_, reading)| {
        let rates: Vec<Option<f64>> = backings.iter().map(|backing| rate(&reading.series, backing)).collect();
        rates.iter().any(Option::is_some).then(|| rates.into_iter().map(Option::unwrap_or_default).collect())
    })
}

/// Whether a series counts what a gateway sent to a Service: Traefik names it by a composed name, Istio by its parts.
fn counts_service(series: &Series, backing: &Backing<'_>) -> bool {
    let composed = GATEWAYS
        .iter()
        .find_map(|name| label(&series.labels, name))
        .is_some_and(|name| is_counted_as(name, backing.namespace, backing.service));
    let by_parts = label(&series.labels, "destination_service_name") == Some(backing.service)
        && label(&series.labels, "namespace").is_none_or(|namespace| namespace == backing.namespace);
    composed || by_parts
}

/// Whether a series counts what one of the pods answered.
fn counts_pod(series: &Series, backing: &Backing<'_>) -> bool {
    let pod = label(&series.labels, "pod");
    let is_here = label(&series.labels, "namespace").is_none_or(|namespace| namespace == backing.namespace);
    pod.is_some_and(|pod| is_here && backing.pods.iter().any(|held| held.meta.name == *pod))
}
