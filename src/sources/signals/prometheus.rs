//! How Prometheus is asked about a range, and what it tells of its alerts: those that are pending are known to nobody
//! else.

use jiff::Timestamp;
use serde_json::Value;

use super::moment;
use crate::domain::alert::{Alert, Priorities, Standing};
use crate::domain::object::{ClusterName, Labels};
use crate::domain::text::Text;
use crate::domain::uri::encode;

/// The path and query of a question about a range, with its step in seconds.
pub(super) fn range(query: &str, start: Timestamp, end: Timestamp, step: i64) -> String {
    let (start, end) = (start.as_second(), end.as_second());
    format!("/api/v1/query_range?query={}&start={start}&end={end}&step={step}&timeout=10s", encode(query))
}

/// The alerts of all rules.
pub(super) const ALERTS: &str = "/api/v1/alerts";

/// The alerts of an answer; none where it is no such answer, or one that says itself that it failed. An alert that cannot
/// be read is left out, but a list of nothing else is no such answer: it would take back all that was told.
pub(super) fn alerts(answer: &Value, cluster: &ClusterName, priorities: &Priorities) -> Option<Vec<Alert>> {
    if answer["status"] != "success" {
        return None;
    }
    let told = answer["data"]["alerts"].as_array()?;
    let alerts: Vec<Alert> = told.iter().filter_map(|alert| read(alert, cluster, priorities)).collect();
    let is_resting = |alert: &Value| alert["state"] == "inactive";
    (told.iter().all(is_resting) || !alerts.is_empty()).then_some(alerts)
}

fn read(alert: &Value, cluster: &ClusterName, priorities: &Priorities) -> Option<Alert> {
    let told = labels(&alert["labels"])?;
    let standing = match alert["state"].as_str()? {
        "pending" => Standing::Pending,
        "firing" => Standing::Firing,
        _ => return None,
    };
    Some(Alert {
        cluster: cluster.clone(),
        name: told.iter().find(|(name, _)| name == "alertname").map(|(_, value)| value.clone()).unwrap_or_default(),
        priority: priorities.of(&told),
        standing,
        since: moment(alert["activeAt"].as_str()),
        labels: told,
        annotations: labels(&alert["annotations"]).unwrap_or_default(),
        silenced_by: Vec::new(),
        evaluated: None,
    })
}

/// Labels, sorted by name.
pub(super) fn labels(value: &Value) -> Option<Labels> {
    let mut labels: Vec<(Text, Text)> = value
        .as_object()?
        .iter()
        .map(|(name, value)| (Text::from_untrusted(name), Text::from_untrusted(value.as_str().unwrap_or_default())))
        .collect();
    labels.sort();
    Some(labels.into())
}
