//! What Alertmanager tells, by its API v2.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::moment;
use super::prometheus::labels;
use crate::domain::alert::{Alert, Priorities, Standing};
use crate::domain::object::ClusterName;
use crate::domain::signal::SignalId;
use crate::domain::silence::Silence;
use crate::domain::text::Text;

/// All of them: silenced and inhibited ones are shown as such.
pub(super) const ALERTS: &str = "/api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true";

/// All silences, also those that are over.
pub(super) const SILENCES: &str = "/api/v2/silences";

/// So long after its end a silence is still told, for who wants it back.
const AFTERWARDS: SignedDuration = SignedDuration::from_hours(24);

/// The silences of an answer; none where it is no such answer. One that cannot be read is left out, but a list of nothing
/// else is no such answer.
pub(super) fn silences(answer: &Value, id: &SignalId, now: Timestamp) -> Option<Vec<Silence>> {
    let told = answer.as_array()?;
    let read: Vec<Silence> = told.iter().filter_map(|silence| Silence::read(silence, &id.cluster, &id.name)).collect();
    (told.is_empty() || !read.is_empty())
        .then(|| read.into_iter().filter(|silence| now.duration_since(silence.ends) < AFTERWARDS).collect())
}

/// The alerts of an answer; none where it is no such answer. One that cannot be read is left out, but a list of nothing
/// else is no such answer: it would take back all that was told.
pub(super) fn alerts(answer: &Value, cluster: &ClusterName, priorities: &Priorities) -> Option<Vec<Alert>> {
    let told = answer.as_array()?;
    let alerts: Vec<Alert> = told.iter().filter_map(|alert| read(alert, cluster, priorities)).collect();
    (told.is_empty() || !alerts.is_empty()).then_some(alerts)
}

fn read(alert: &Value, cluster: &ClusterName, priorities: &Priorities) -> Option<Alert> {
    let told = labels(&alert["labels"])?;
    let status = &alert["status"];
    let names = |key: &str| -> Vec<Text> {
        let names = status[key].as_array().into_iter().flatten().filter_map(Value::as_str);
        names.map(Text::from_untrusted).collect()
    };
    let silenced_by = names("silencedBy");
    let standing = match status["state"].as_str() {
        _ if !silenced_by.is_empty() => Standing::Silenced,
        // Since 0.28 an alert may also be muted by a time interval.
        Some("suppressed") => Standing::Inhibited,
        _ => Standing::Firing,
    };
    Some(Alert {
        cluster: cluster.clone(),
        name: told.iter().find(|(name, _)| name == "alertname").map(|(_, value)| value.clone()).unwrap_or_default(),
        priority: priorities.of(&told),
        standing,
        since: moment(alert["startsAt"].as_str()),
        labels: told,
        annotations: labels(&alert["annotations"]).unwrap_or_default(),
        silenced_by,
        evaluated: None,
    })
}
