//! Writing down what was found: lines of JSON in a fixed order, without what must not be shown.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::domain::alert::Alert;
use crate::domain::described::{announcement, condition, describe};
use crate::domain::evidence::{End, Line, Moment, Part, Piece};
use crate::domain::json::{escaped, merge};
use crate::domain::logs::{Lines, Rules, Withholder};
use crate::domain::redaction::Redaction;
use crate::domain::text::{Text, sanitize};

use super::arms::{Arm, PodSeen};
use super::closely::Close;
use super::gather::{Gathered, Measured};

/// Members of what we write down ourselves that stay as they are: which cluster it was, and who did it, which is what an
/// archive is asked for.
const NAMED: [&str; 2] = ["cluster", "identity"];

/// Withholds what must not be shown, by both sets of rules: values by their names and forms, as of objects, and whatever
/// stands in texts, as of the lines of a log.
struct Censor {
    redaction: Redaction,
    rules: Arc<Rules>,
}

impl Censor {
    fn new(rules: &Arc<Rules>) -> Self {
        Self { redaction: Redaction::default(), rules: Arc::clone(rules) }
    }

    /// A line of a group.
    fn line(&mut self, group: u32, value: &Value) -> Line {
        let mut shown = self.redaction.of(value);
        match &mut shown {
            Value::Object(members) => {
                let told = members.iter_mut().filter(|(name, _)| !NAMED.contains(&name.as_str()));
                told.for_each(|(_, member)| self.texts(member));
            }
            other => self.texts(other),
        }
        Line { group, text: escaped(&shown.to_string()) }
    }

    fn texts(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.texts(item)),
            Value::Object(members) => members.values_mut().for_each(|member| self.texts(member)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(&self, text: &str) -> String {
        let mut withholder = Withholder::new(Arc::clone(&self.rules));
        let lines: Vec<String> = text.split('\n').map(|line| withholder.of(&sanitize(line)).0.into_owned()).collect();
        lines.join("\n")
    }
}

/// Withholds what must not be shown from words of others, such as those of a server.
pub(super) fn of_words(words: &Text, rules: &Arc<Rules>) -> Text {
    let mut censor = Censor::new(rules);
    let shown = censor.redaction.of(&Value::from(words.as_str()));
    Text::from_untrusted(&censor.text(shown.as_str().unwrap_or_default()))
}

/// Everything that was found at a moment.
pub(super) fn pieces(moment: Moment, gathered: &Gathered, close: &Close, rules: &Arc<Rules>) -> Vec<Piece> {
    let mut censor = Censor::new(rules);
    let mut piece = |part, keeps, values: &mut dyn Iterator<Item = (u32, Value)>| {
        let lines = values.map(|(group, value)| censor.line(group, &value)).collect();
        Piece { moment: Some(moment), part, lines, keeps }
    };
    let alone = |value: Value| (0, value);
    let rows = |rows: &[(crate::domain::object::ObjectRef, crate::domain::row::Row)]| {
        rows.iter().map(|(object, row)| (0, describe(row, object))).collect::<Vec<_>>()
    };
    let mut alerts: Vec<&(Arc<Alert>, bool)> = gathered.alerts.iter().collect();
    alerts.sort_by_key(|(_, is_own)| !is_own);
    vec![
        piece(Part::Service, End::First, &mut service(gathered).into_iter().map(alone)),
        piece(Part::Workloads, End::First, &mut rows(&gathered.workloads).into_iter()),
        piece(Part::Pods, End::First, &mut gathered.pods.iter().map(|one| (0, pod(one)))),
        piece(Part::Objects, End::First, &mut close.objects.iter().map(|(_, object)| (0, object.clone()))),
        piece(Part::Events, End::Last, &mut rows(&gathered.events).into_iter()),
        piece(Part::Logs, End::Last, &mut logs(close).into_iter()),
        piece(Part::Metrics, End::First, &mut gathered.numbers.iter().map(|one| (0, measured(one)))),
        piece(Part::Alerts, End::First, &mut alerts.into_iter().map(|(alert, is_own)| (0, told(alert, *is_own)))),
    ]
}

/// The plan of a change, as the journal stores it.
pub(super) fn plan(stored: &Value, rules: &Arc<Rules>) -> Piece {
    of_change(Part::Plan, std::slice::from_ref(stored), rules)
}

/// Records of the journal.
pub(super) fn audit(records: &[Value], rules: &Arc<Rules>) -> Piece {
    of_change(Part::Audit, records, rules)
}

fn of_change(part: Part, values: &[Value], rules: &Arc<Rules>) -> Piece {
    let mut censor = Censor::new(rules);
    let lines = values.iter().map(|value| censor.line(0, value)).collect();
    Piece { moment: None, part, lines, keeps: End::Last }
}

fn service(gathered: &Gathered) -> Option<Value> {
    let service = gathered.service.as_ref()?;
    let id = &service.id;
    let mut described = json!({ "cluster": id.cluster, "environment": id.environment, "name": id.name });
    merge(&mut described, condition(service));
    described["traffic"] = json!(gathered.splits);
    Some(described)
}

fn pod(one: &PodSeen) -> Value {
    let mut described = describe(&one.row, &one.object);
    for (name, value) in named(&one.arm) {
        described[name] = value;
    }
    described
}

/// An arm by its members.
fn named(arm: &Arm) -> [(&'static str, Value); 3] {
    [("workload", json!(arm.workload)), ("arm", json!(arm.role)), ("revision", json!(arm.revision))]
}

/// The lines of every container, each container a group.
fn logs(close: &Close) -> Vec<(u32, Value)> {
    let mut said = Vec::new();
    for (group, (tail, heard)) in (0..).zip(&close.heard) {
        for line in heard.iter().flat_map(Lines::iter) {
            let mut value = json!({
                "at": line.at.to_string(),
                "level": line.level,
                "namespace": tail.stream.namespace,
                "pod": tail.stream.pod,
                "container": tail.stream.container,
                "previous": tail.stream.previous,
                "message": line.text,
            });
            for (name, member) in named(&tail.arm) {
                value[name] = member;
            }
            said.push((group, value));
        }
    }
    said
}

fn measured(one: &Measured) -> Value {
    let grid = &one.line.grid;
    let points = one.line.points.iter().enumerate();
    let points: Vec<Value> = points.filter_map(|(index, value)| Some(json!([grid.at(index), value?]))).collect();
    let mut value = json!({
        "of": if one.arm.is_some() { "arm" } else { "service" },
        "measure": one.measure,
        "last": one.line.points.last(),
        "read": one.line.read,
        "points": points,
    });
    for (name, member) in one.arm.iter().flat_map(named) {
        value[name] = member;
    }
    value
}

fn told(alert: &Alert, is_own: bool) -> Value {
    let mut told = json!({
        "name": alert.name,
        "priority": alert.priority,
        "standing": alert.standing,
        "since": alert.since,
        "isAboutService": is_own,
    });
    merge(&mut told, announcement(alert));
    told
}
