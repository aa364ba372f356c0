//! An object in words: who it is, whose, how it is, what runs in it, and what has happened to it.

use jiff::Timestamp;
use serde_json::Value;

use super::yaml;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::platform::Event;
use crate::domain::row::Row;
use crate::domain::text::sanitize;
use crate::state::Freshness;
use crate::tui::paint::span;
use crate::tui::theme::Role;
use crate::tui::views::Seen;
use crate::tui::widgets::text_pane::{Line, line};
use crate::tui::widgets::words;

mod containers;
mod delivery;

/// Where the values of pairs begin.
const LABEL_WIDTH: usize = 16;

/// What kubectl keeps for itself: the whole object once more.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The lines that tell of an object.
pub(super) fn lines(object: &ObjectRef, value: &Value, seen: &Seen<'_>) -> Vec<Line> {
    let mut page = Page { lines: Vec::new(), now: seen.now };
    identity(&mut page, object, value);
    if object.kind == Kind::Pod {
        pod(&mut page, value);
        containers::of_pod(&mut page, value);
    } else if Kind::WORKLOADS.contains(&object.kind) {
        workload(&mut page, value);
        delivery::of_rollout(&mut page, object, seen);
        containers::of_template(&mut page, &value["spec"]["template"]["spec"]);
    }
    conditions(&mut page, value);
    pairs(&mut page, "Labels", &value["metadata"]["labels"]);
    pairs(&mut page, "Annotations", &value["metadata"]["annotations"]);
    if object.kind != Kind::Pod && !Kind::WORKLOADS.contains(&object.kind) {
        rest(&mut page, value);
    }
    events(&mut page, object, value, seen);
    page.lines
}

/// Lines that are being written.
struct Page {
    lines: Vec<Line>,
    now: Timestamp,
}

impl Page {
    fn heading(&mut self, text: &str) {
        if !self.lines.is_empty() {
            self.lines.push(Vec::new());
        }
        self.lines.push(line(Role::Title, text));
    }

    /// A label and a value; nothing where there is no value. A value of several lines takes several.
    fn pair(&mut self, label: &str, role: Role, value: &str) {
        for (index, part) in value.lines().enumerate() {
            let label = if index == 0 { label } else { "" };
            let label = format!("  {label:<width$}", width = LABEL_WIDTH - 2);
            self.lines.push(vec![span(Role::Muted, label), span(role, sanitize(part).into_owned())]);
        }
    }

    /// A label and the text at a place of the object.
    fn text(&mut self, label: &str, value: &Value) {
        self.pair(label, Role::Text, &told(value));
    }

    /// How long ago a moment of the object was; empty when there is none.
    fn ago(&self, value: &Value) -> String {
        let at = value.as_str().and_then(|at| at.parse::<Timestamp>().ok());
        at.map(|at| format!("{} ago", words::age(at, self.now))).unwrap_or_default()
    }
}

/// A value in words; empty for none.
fn told(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn identity(page: &mut Page, object: &ObjectRef, value: &Value) {
    let meta = &value["metadata"];
    page.heading(&format!("{} {}", object.kind, object.name));
    page.pair("cluster", Role::Text, &object.cluster.0);
    page.pair("namespace", Role::Text, &object.namespace);
    page.text("uid", &meta["uid"]);
    let created = page.ago(&meta["creationTimestamp"]);
    page.pair("created", Role::Text, &format!("{created}, {}", told(&meta["creationTimestamp"])));
    let deleted = page.ago(&meta["deletionTimestamp"]);
    page.pair("asked to go", Role::Attention, &deleted);
    for owner in meta["ownerReferences"].as_array().into_iter().flatten() {
        page.pair("owner", Role::Text, &format!("{} {}", told(&owner["kind"]), told(&owner["name"])));
    }
    let finalizers: Vec<&str> = meta["finalizers"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    page.pair("finalizers", Role::Text, &finalizers.join(", "));
}

fn pod(page: &mut Page, value: &Value) {
    let (spec, status) = (&value["spec"], &value["status"]);
    page.text("phase", &status["phase"]);
    page.pair("reason", Role::Attention, &told(&status["reason"]));
    page.pair("message", Role::Attention, &told(&status["message"]));
    page.text("node", &spec["nodeName"]);
    page.text("address", &status["podIP"]);
    page.text("service account", &spec["serviceAccountName"]);
    page.text("quality", &status["qosClass"]);
    page.text("priority class", &spec["priorityClassName"]);
}

fn workload(page: &mut Page, value: &Value) {
    let (spec, status) = (&value["spec"], &value["status"]);
    let number = |field: &str| status[field].as_i64().unwrap_or_default();
    if spec["replicas"].is_number() {
        page.pair(
            "pods",
            Role::Text,
            &format!(
                "{} wanted, {} up to date, {} ready, {} available",
                told(&spec["replicas"]),
                number("updatedReplicas"),
                number("readyReplicas"),
                number("availableReplicas")
            ),
        );
    } else {
        page.pair(
            "pods",
            Role::Text,
            &format!(
                "{} wanted, {} up to date, {} ready, {} available",
                number("desiredNumberScheduled"),
                number("updatedNumberScheduled"),
                number("numberReady"),
                number("numberAvailable")
            ),
        );
    }
    if spec["paused"].as_bool() == Some(true) {
        page.pair("rollout", Role::Attention, "paused");
    }
    page.text("strategy", &spec["strategy"]["type"]);
    page.text("strategy", &spec["updateStrategy"]["type"]);
    page.text("deadline", &spec["progressDeadlineSeconds"]);
    let labels = spec["selector"]["matchLabels"].as_object().into_iter().flatten();
    let selector: Vec<String> = labels.map(|(key, value)| format!("{key}={}", told(value))).collect();
    page.pair("selects", Role::Text, &selector.join(","));
}

/// Whether a condition that holds is good news: those that tell of trouble are named after it.
fn is_good(about: &str, status: &str) -> bool {
    let tells_trouble = ["Pressure", "Unavailable", "Failure", "Failed", "Limited", "DisruptionTarget"];
    tells_trouble.iter().any(|word| about.ends_with(word)) != (status == "True")
}

fn conditions(page: &mut Page, value: &Value) {
    let Some(conditions) = value["status"]["conditions"].as_array().filter(|all| !all.is_empty()) else { return };
    page.heading("Conditions");
    for condition in conditions {
        let (about, status) = (told(&condition["type"]), told(&condition["status"]));
        let role = if is_good(&about, &status) { Role::Text } else { Role::Attention };
        let since = page.ago(&condition["lastTransitionTime"]);
        let reason = told(&condition["reason"]);
        let words = [status, reason, since].into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>();
        page.pair(&about, role, &format!(" {}", words.join(", ")));
        page.pair("", Role::Muted, &prefixed(&told(&condition["message"])));
    }
}

/// A message, moved in by one.
fn prefixed(message: &str) -> String {
    message.lines().map(|line| format!(" {line}")).collect::<Vec<_>>().join("\n")
}

fn pairs(page: &mut Page, title: &str, value: &Value) {
    let Some(members) = value.as_object() else { return };
    let mut members = members.iter().filter(|(key, _)| *key != LAST_APPLIED).peekable();
    if members.peek().is_none() {
        return;
    }
    page.heading(title);
    for (key, value) in members {
        let value = told(value);
        let mut rest = value.lines();
        let first = sanitize(rest.next().unwrap_or_default()).into_owned();
        page.lines.push(vec![span(Role::Muted, format!("  {}  ", sanitize(key))), span(Role::Text, first)]);
        page.lines.extend(rest.map(|more| line(Role::Text, format!("    {}", sanitize(more)))));
    }
}

/// What has no words of its own yet is shown as it is.
fn rest(page: &mut Page, value: &Value) {
    for (member, title) in [("spec", "Specification"), ("data", "Data"), ("rules", "Rules"), ("endpoints", "Endpoints")]
    {
        if !value[member].is_null() {
            page.heading(title);
            page.lines.extend(yaml::plain_lines(&value[member]).into_iter().map(|mut line| {
                line.insert(0, span(Role::Text, "  "));
                line
            }));
        }
    }
}

fn events(page: &mut Page, object: &ObjectRef, value: &Value, seen: &Seen<'_>) {
    let Some(cluster) = seen.session.state().cluster(&object.cluster) else { return };
    let uid = value["metadata"]["uid"].as_str().unwrap_or_default();
    let is_about = |event: &Event| {
        if event.about_uid.is_empty() {
            event.about_name == object.name && event.about_kind == object.kind.name()
        } else {
            event.about_uid == uid
        }
    };
    let all = cluster.rows(Kind::Event);
    let rows: Box<dyn Iterator<Item = &Row>> =
        if object.namespace.is_empty() { Box::new(all.rows()) } else { Box::new(all.rows_in(&object.namespace)) };
    let mut events: Vec<&Event> = rows
        .filter_map(|row| match row {
            Row::Event(event) if is_about(event) => Some(&**event),
            _ => None,
        })
        .collect();
    events.sort_by_key(|event| std::cmp::Reverse(event.last.or(event.meta.created)));
    page.heading("Events");
    if events.is_empty() {
        let why = match cluster.freshness_in(Kind::Event, &object.namespace) {
            Freshness::NoAccess(problem) | Freshness::Absent(problem) => problem.what.to_string(),
            Freshness::Loading => "loading\u{2026}".to_owned(),
            Freshness::Late { problem, .. } => format!("late: {}", problem.what),
            Freshness::Live | Freshness::Partial(_) => "none that are kept".to_owned(),
        };
        page.lines.push(line(Role::Muted, format!("  {why}")));
    }
    for event in events {
        let at = event.last.or(event.meta.created).map(|at| words::age(at, seen.now)).unwrap_or_default();
        let role = if event.is_warning() { Role::Attention } else { Role::Text };
        let times = if event.count > 1 { format!(", {} times", event.count) } else { String::new() };
        page.lines.push(vec![
            span(Role::Muted, format!("  {at:>7}  ")),
            span(role, format!("{}{times}  ", event.reason)),
            span(Role::Text, event.message.to_string()),
        ]);
    }
}
