//! Prometheus and Alertmanager over the simulated fleet.

use axum::http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use self::promql::{Value as Found, evaluate, parse};
use super::world::World;

mod alerts;
mod prometheus;
mod promql;
mod samples;
mod silences;
mod traffic;

pub(crate) use alerts::Errors;
pub(crate) use samples::{SCRAPED_EVERY, Samples};
pub(crate) use silences::Silences;

/// The namespace of both servers.
pub(crate) const NAMESPACE: &str = "monitoring";

/// The name and port of each server's Service.
pub(crate) const SERVERS: [(&str, u16); 2] = [("alertmanager", 9093), ("prometheus", 9090)];

/// The way to a server through the API: the server's name, and the path that it gets.
pub(crate) fn route(path: &str) -> Option<(&str, &str)> {
    let rest = path.strip_prefix("/api/v1/namespaces/monitoring/services/")?;
    let (service, path) = rest.split_once("/proxy")?;
    let server = service.split(':').next().unwrap_or(service);
    SERVERS.iter().any(|(known, _)| *known == server).then_some((server, path))
}

/// What somebody asks of a server, or tells it.
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a Method,
    pub(crate) server: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a [(String, String)],
    pub(crate) body: &'a [u8],
}

/// What a server answers, and with which status; none where it has no such page. Null stands for an empty body.
pub(crate) fn answer(world: &mut World, asked: &Asked<'_>) -> Option<(StatusCode, Value)> {
    let &Asked { method, server, path, query, body } = asked;
    if server == "alertmanager" && path.starts_with("/api/v2/silence") {
        return world.silences.answer((method, path, body), &mut world.random, world.now);
    }
    if method != Method::GET {
        return None;
    }
    match (server, path) {
        ("alertmanager", "/api/v2/alerts") => Some((StatusCode::OK, alerts::of_alertmanager(world))),
        ("prometheus", _) => Some(match prometheus::answer(world, path, query)? {
            Ok(told) => (StatusCode::OK, told),
            Err(why) => (StatusCode::BAD_REQUEST, json!({ "status": "error", "errorType": "bad_data", "error": why })),
        }),
        _ => None,
    }
}

/// The one number that a question comes to; none where no series answers it.
pub(crate) fn value(samples: &Samples, query: &str, now: Timestamp) -> Option<f64> {
    let found = match evaluate(&parse(query).ok()?, samples, now.as_second()).ok()? {
        Found::Scalar(number) => number,
        Found::Vector(vector) => vector.first()?.1,
    };
    Some(found).filter(|found| found.is_finite())
}
