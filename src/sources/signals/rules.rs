//! Rules: those that a Prometheus has, and those of the configuration, which midwatch evaluates itself where the server
//! evaluates none.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::time::Instant;

use super::evaluation::Evaluation;
use super::moment;
use super::prometheus::labels;
use crate::clients::signals::Endpoint;
use crate::domain::alert::Priorities;
use crate::domain::object::ClusterName;
use crate::domain::problem::Problem;
use crate::domain::rule::{Evaluate, OwnRules, Rule, RuleKind, RuleState};
use crate::domain::signal::{SignalKind, SignalServer};
use crate::domain::text::Text;
use crate::domain::update::Update;
use crate::sources::kubernetes::Outbox;

/// All rules with their state.
const RULES: &str = "/api/v1/rules";

/// A server's own rules are not read more often.
const EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Reads the rules of a server and evaluates those of the configuration until the session ends.
pub async fn rules(server: SignalServer, endpoint: Endpoint, own: OwnRules, priorities: Priorities, outbox: Outbox) {
    let mut evaluation = Evaluation::new(&server, &own, priorities);
    let mut read: Option<(Timestamp, Result<Vec<Rule>, Problem>)> = None;
    loop {
        let began = Instant::now();
        let now = outbox.now();
        if read.as_ref().is_none_or(|(at, _)| now.duration_since(*at) >= EVERY) {
            let told = ask(&server, &endpoint).await;
            outbox.send(Update::Rules(server.kind, server.id.clone(), outbox.now(), told.clone())).await;
            read = Some((now, believed(read.map(|(_, before)| before), told)));
        }
        if !own.rules.is_empty() {
            let reason = read.as_ref().and_then(|(_, told)| why_not(&own, &server, told));
            let alerts = match (&reason, &read) {
                (None, _) => evaluation.round(&endpoint, &outbox).await,
                // Not to know who evaluates ends no alert.
                (Some(_), Some((_, Err(problem)))) if own.evaluate == Evaluate::Auto => Err(problem.clone()),
                (Some(_), _) => Ok(Vec::new()),
            };
            let rows = evaluation.rules(reason.as_ref());
            outbox.send(Update::Rules(SignalKind::Midwatch, server.id.clone(), outbox.now(), Ok(rows))).await;
            outbox.send(Update::Alerts(SignalKind::Midwatch, server.id.clone(), outbox.now(), alerts)).await;
        }
        let pause = if own.rules.is_empty() { EVERY } else { own.interval };
        let pause = std::time::Duration::try_from(pause).unwrap_or_default();
        // A round that took longer than that is followed by another one at once, never by two.
        tokio::time::sleep_until(began + pause).await;
        if outbox.is_closed() {
            return;
        }
    }
}

/// What is believed of a server's own rules: who is silent once still has those that it told before.
fn believed(
    before: Option<Result<Vec<Rule>, Problem>>,
    told: Result<Vec<Rule>, Problem>,
) -> Result<Vec<Rule>, Problem> {
    told.or_else(|problem| before.and_then(Result::ok).ok_or(problem))
}

/// Why midwatch does not evaluate rules for a server, if it does not.
fn why_not(own: &OwnRules, server: &SignalServer, told: &Result<Vec<Rule>, Problem>) -> Option<Text> {
    match (own.evaluate, told) {
        (Evaluate::Always, _) => None,
        (Evaluate::Never, _) => Some(Text::from("not evaluated: the configuration says never")),
        (Evaluate::Auto, Err(problem)) => {
            let why = &problem.why;
            Some(Text::from(format!("not evaluated: whether {} does so itself cannot be told: {why}", server.id)))
        }
        (Evaluate::Auto, Ok(rules)) => {
            let alerting = rules.iter().filter(|rule| rule.kind == RuleKind::Alerting).count();
            (alerting > 0).then(|| {
                let words = if alerting == 1 { "one alerting rule" } else { "alerting rules" };
                Text::from(format!("not evaluated: {} has {words} of its own", server.id))
            })
        }
    }
}

async fn ask(server: &SignalServer, endpoint: &Endpoint) -> Result<Vec<Rule>, Problem> {
    let told = read(&endpoint.get_json(RULES).await?, &server.id.cluster);
    told.ok_or_else(|| {
        let what = format!("{} does not tell its rules", server.id);
        Problem::new(what, "its answer is JSON of another shape", "check its address in the configuration")
    })
}

/// The rules of an answer; none where it is no such answer.
pub(super) fn read(answer: &Value, cluster: &ClusterName) -> Option<Vec<Rule>> {
    let groups = answer["data"]["groups"].as_array()?;
    let rules = groups.iter().flat_map(|group| {
        let name = Text::from_untrusted(group["name"].as_str().unwrap_or_default());
        let rules = group["rules"].as_array().into_iter().flatten();
        rules.filter_map(move |rule| one(rule, &name, cluster))
    });
    Some(rules.collect())
}

fn one(rule: &Value, group: &Text, cluster: &ClusterName) -> Option<Rule> {
    let text = |name: &str| Text::from_untrusted(rule[name].as_str().unwrap_or_default());
    let kind = match rule["type"].as_str()? {
        "alerting" => RuleKind::Alerting,
        "recording" => RuleKind::Recording,
        _ => return None,
    };
    let alerts = rule["alerts"].as_array().map(Vec::as_slice).unwrap_or_default();
    let state = match (kind, rule["state"].as_str()) {
        (RuleKind::Recording, _) => RuleState::None,
        (_, Some("firing")) => RuleState::Firing,
        (_, Some("pending")) => RuleState::Pending,
        (_, Some("inactive")) => RuleState::Inactive,
        // Prometheus 3 knows rules that it has not evaluated yet.
        _ => RuleState::NoData,
    };
    let evaluated = Some(moment(rule["lastEvaluation"].as_str())).filter(|at| *at > Timestamp::UNIX_EPOCH);
    let error = text("lastError");
    #[expect(
        clippy::cast_possible_truncation,
        reason = "Prometheus counts in whole milliseconds, for no more than years"
    )]
    let hold = SignedDuration::from_secs(rule["duration"].as_f64().unwrap_or_default() as i64);
    Some(Rule {
        cluster: cluster.clone(),
        name: text("name"),
        group: group.clone(),
        kind,
        state,
        since: alerts.iter().map(|alert| moment(alert["activeAt"].as_str())).min(),
        alerts: alerts.len(),
        query: text("query"),
        hold,
        evaluated,
        problem: Some(error).filter(|error| !error.is_empty() || rule["health"] == "err"),
        labels: labels(&rule["labels"]).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests;
