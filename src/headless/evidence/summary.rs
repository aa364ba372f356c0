//! What an archive says, within a screenful: what was done, by whom, and per arm the worst pod, the last error, the
//! numbers.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::domain::evidence::{Missing, Moment, Part, Taken};
use crate::domain::logs::Entry;
use crate::domain::metric::{Measure, Unit};
use crate::domain::text::Text;
use crate::runtime::Bundle;

use super::part::cell;
use super::size;

/// How wide a line is at most, so that it stays one.
const WIDTH: usize = 110;

/// How many arms are told of each moment.
const ARMS: usize = 2;

/// How many things that are missing are named.
const MISSING: usize = 2;

/// All of it.
pub(super) fn text(bundle: &Bundle, path: &Path, bytes: u64) -> String {
    let manifest = &bundle.manifest;
    let mut lines = Vec::new();
    let mut fact = |name: &str, words: String| {
        if !words.is_empty() {
            lines.push(format!("{name:<9} {words}"));
        }
    };
    fact("what", format!("{}: {}, {} of {}", manifest.what, manifest.service, manifest.environment, manifest.context));
    let why = if manifest.reason.is_empty() { String::new() } else { format!(": {}", manifest.reason) };
    fact("by", format!("{}{why}", manifest.by));
    fact("outcome", manifest.outcome.to_string());
    fact("action", format!("{}, {}", manifest.action, manifest.at().strftime("%Y-%m-%d %H:%M:%SZ")));
    let sums = if bundle.is_whole() { "every sum matches" } else { "DAMAGED" };
    fact("archive", format!("{}, {sums}; {}", size(bytes), Text::from_untrusted(&path.display().to_string())));
    if let Some(plan) = bundle.lines(None, Part::Plan).and_then(|mut lines| lines.next()) {
        let calls: Vec<String> =
            plan["calls"].as_array().into_iter().flatten().map(|call| cell(call).to_string()).collect();
        fact("plan", format!("{}; hash {:.12}", calls.join("; "), cell(&plan["hash"])));
    }
    for taken in &manifest.taken {
        seen(&Sight::of(bundle, taken.moment), taken, &mut lines);
    }
    for missing in manifest.missing.iter().take(MISSING) {
        lines.push(format!("{:<9} {}", "missing", told(missing)));
    }
    if manifest.missing.len() > MISSING {
        lines.push(format!("{:<9} {} more things; -o json names them", "", manifest.missing.len() - MISSING));
    }
    lines.iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{}", cut(line));
        text
    })
}

fn told(missing: &Missing) -> String {
    let moment = missing.moment.map(|moment| format!("{} ", moment.word())).unwrap_or_default();
    format!("{moment}{}: {}", missing.part.word(), missing.why)
}

/// What was seen at a moment, each part read once.
struct Sight {
    service: Value,
    pods: Vec<Value>,
    logs: Vec<Value>,
    metrics: Vec<Value>,
    alerts: Vec<Value>,
}

impl Sight {
    fn of(bundle: &Bundle, moment: Moment) -> Self {
        let all = |part: Part| bundle.lines(Some(moment), part).into_iter().flatten();
        Self {
            service: all(Part::Service).next().unwrap_or_default(),
            pods: all(Part::Pods).collect(),
            // Of the lines of logs only errors are told.
            logs: all(Part::Logs).filter(|line| line["level"] == "error" || line["level"] == "fatal").collect(),
            metrics: all(Part::Metrics).collect(),
            alerts: all(Part::Alerts).filter(|alert| alert["isAboutService"] == true).collect(),
        }
    }
}

/// Tells what was seen at a moment.
fn seen(sight: &Sight, taken: &Taken, lines: &mut Vec<String>) {
    let service = &sight.service;
    let health = if service.is_null() {
        "the service was not known".to_owned()
    } else {
        let [health, reason, ready, desired] =
            ["health", "reason", "ready", "desired"].map(|name| cell(&service[name]));
        format!("{health}: {reason}; {ready} of {desired} pods ready")
    };
    let numbers = figures(sight, |line| line["of"] == "service");
    lines.push(format!("{:<9} {}  {health}{numbers}", taken.moment.word(), taken.at.strftime("%H:%M:%SZ")));
    let mut arms: Vec<[Text; 3]> = Vec::new();
    for arm in sight.pods.iter().map(arm_of) {
        if !arms.contains(&arm) {
            arms.push(arm);
        }
    }
    for arm in arms.iter().take(ARMS) {
        told_of_arm(sight, arm, lines);
    }
    if arms.len() > ARMS {
        lines.push(format!("  {} more arms; --part pods shows them", arms.len() - ARMS));
    }
    if let Some((first, more)) = sight.alerts.split_first() {
        let more = if more.is_empty() { String::new() } else { format!("; {} more", more.len()) };
        let [name, priority, standing, since] = ["name", "priority", "standing", "since"].map(|key| cell(&first[key]));
        lines.push(format!("  alert {name} {priority}, {standing} since {since:.16}{more}"));
    }
}

/// One arm in at most three lines.
fn told_of_arm(sight: &Sight, arm: &[Text; 3], lines: &mut Vec<String>) {
    let is_of_arm = |line: &&Value| arm_of(line) == *arm;
    let [workload, role, revision] = arm;
    let (mut count, mut restarts, mut worst) = (0, 0, None);
    for pod in sight.pods.iter().filter(is_of_arm) {
        count += 1;
        restarts += pod["restarts"].as_u64().unwrap_or_default();
        worst.get_or_insert(pod);
    }
    let numbers = figures(sight, |line| line["of"] == "arm" && arm_of(line) == *arm);
    let workload = if workload.is_empty() { "of no workload" } else { workload.as_str() };
    lines.push(format!("  {role} {workload} {revision}: {count} pods, {restarts} restarts{numbers}"));
    if let Some(pod) = worst.filter(|pod| pod["status"] != "Running" || pod["restarts"] != 0) {
        let last = pod["containers"].as_array().into_iter().flatten().find_map(|one| {
            let end = &one["lastTermination"];
            (!end.is_null()).then(|| format!(", ended before: {} {}", cell(&end["reason"]), cell(&end["exitCode"])))
        });
        let [name, status, ready] = ["name", "status", "readiness"].map(|key| cell(&pod[key]));
        lines.push(format!("    worst {name} {status} {ready}{}", last.unwrap_or_default()));
    }
    // In a group they stand in the order in which they were said; the newest of all groups is the last.
    if let Some(line) = sight.logs.iter().filter(is_of_arm).max_by_key(|line| cell(&line["at"])) {
        let at = cell(&line["at"]);
        let clock = at.get(11..19).unwrap_or_default();
        lines.push(format!("    error {clock} {}", words(line)));
    }
}

/// What a line of a log says, without what only machines read.
fn words(line: &Value) -> String {
    let message = cell(&line["message"]);
    match Entry::read(&message) {
        Some(entry) if !entry.message.is_empty() => entry.message.into_owned(),
        _ => message.to_string(),
    }
}

/// The arm that a line is of.
fn arm_of(line: &Value) -> [Text; 3] {
    ["workload", "arm", "revision"].map(|name| cell(&line[name]))
}

/// The newest numbers of something, in words.
fn figures(sight: &Sight, is_meant: impl Fn(&Value) -> bool) -> String {
    let lines: Vec<&Value> = sight.metrics.iter().filter(|line| is_meant(line)).collect();
    let last = |measure: Measure| lines.iter().find(|line| line["measure"] == json!(measure))?["last"].as_f64();
    let (requests, errors) = (last(Measure::Requests), last(Measure::Errors));
    let mut words = String::new();
    if let Some(requests) = requests {
        let _ = write!(words, "; {} requests", Measure::Requests.unit().figure(requests));
    }
    if let (Some(requests), Some(errors)) = (requests, errors)
        && requests > 0.0
    {
        let _ = write!(words, ", {} errors", Unit::Ratio.figure(errors / requests));
    }
    if let Some(latency) = last(Measure::P95) {
        let _ = write!(words, ", p95 {}", Measure::P95.unit().figure(latency));
    }
    words
}

/// A line that fits.
fn cut(line: &str) -> String {
    if line.chars().count() <= WIDTH {
        return line.to_owned();
    }
    let kept: String = line.chars().take(WIDTH - 3).collect();
    format!("{}...", kept.trim_end())
}
