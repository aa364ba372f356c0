//! Rules of the configuration as Prometheus takes them: a rule file, or an object of the Prometheus operator.

use serde_json::{Map, Value, json};

use super::{AlertRule, OwnRules};
use crate::domain::difference::yaml;
use crate::domain::object::Labels;

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// A rule file.
    File,
    /// A PrometheusRule.
    Object,
}

/// Writes the rules as YAML.
pub fn export(own: &OwnRules, form: Export) -> String {
    let rules: Vec<Value> = own.rules.iter().map(rule).collect();
    let groups =
        json!({ "groups": [{ "name": "midwatch", "interval": span(own.interval.as_secs()), "rules": rules }] });
    let whole = match form {
        Export::File => groups,
        Export::Object => json!({
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": { "name": "midwatch" },
            "spec": groups,
        }),
    };
    yaml(&whole)
}

fn rule(rule: &AlertRule) -> Value {
    let members = |labels: &Labels| -> Map<String, Value> {
        labels.iter().map(|(name, value)| (name.to_string(), value.as_str().into())).collect()
    };
    let criterion = &rule.criterion;
    let mut written = json!({ "alert": rule.name, "expr": criterion.to_string() });
    let mut add = |name: &str, value: Value| {
        written[name] = value;
    };
    if !criterion.hold.is_zero() {
        add("for", span(criterion.hold.as_secs()).into());
    }
    if !criterion.keep.is_zero() {
        add("keep_firing_for", span(criterion.keep.as_secs()).into());
    }
    add("labels", members(&rule.labels).into());
    if !rule.annotations.is_empty() {
        add("annotations", members(&rule.annotations).into());
    }
    written
}

/// A span as Prometheus writes it, in one unit.
fn span(seconds: i64) -> String {
    match seconds {
        0 => "0s".to_owned(),
        _ if seconds % 3_600 == 0 => format!("{}h", seconds / 3_600),
        _ if seconds % 60 == 0 => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}
