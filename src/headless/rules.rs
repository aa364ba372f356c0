//! `midwatch rules`: what makes alerts and who evaluates it; and the rules of the configuration as Prometheus takes them.

use jiff::Timestamp;
use serde_json::json;

use crate::cli::{ExportForm, Format};
use crate::domain::kind::Kind;
use crate::domain::problem::Problem;
use crate::domain::rule::{Export, OwnRules, Rule, RuleKind, export as write};
use crate::domain::signal::{SignalId, SignalKind};
use crate::domain::text::Text;
use crate::runtime::Session;

use super::Exit;
use super::answer::{Asked, Needs, answer};
use super::concern::Concern;
use super::find::check_place;
use super::output::text::age;
use super::output::{self, Item, Listing};
use super::reading::read;
use super::signals::{Matter, Untold, await_servers, nobody};

/// The Services among which servers are looked for, and what tells that a place exists.
pub(super) const KINDS: [Kind; 2] = [Kind::Namespace, Kind::Service];

/// Shows rules.
pub(super) async fn rules(session: &mut Session, asked: Asked<'_>) -> Result<Exit, Problem> {
    read(session, &KINDS).await;
    await_servers(session, Session::knows_rules).await;
    if Matter::Rules.asked(session).next().is_none() {
        let problem = Problem::new(
            "nobody is asked for rules",
            "no Service that you may see is called prometheus, and the configuration names none",
            "name one under [prometheus.NAME]: midwatch init shows how; midwatch doctor says who answers",
        );
        return nobody(session, asked, problem);
    }
    check_place(session, asked.place)?;
    let untold = Untold::of(session, Matter::Rules);
    let needs = Needs { untold: &untold, ..Needs::of(&KINDS, &[]) };
    answer(session, asked, needs, |session, now| {
        let concern = Concern::of(session, asked.place);
        let rules = session.state().rule_servers().flat_map(|(kind, id, server)| {
            let own = server.rules.iter().filter(|rule| concern.is_ruled(rule));
            own.map(move |rule| item(kind, id, rule, now))
        });
        Ok(Listing {
            kind: "Rule",
            header: &["RULE", "KIND", "STATE", "HEALTH", "SINCE", "SOURCE", "FOR", "CONDITION", "PROBLEM"],
            items: rules.collect(),
        })
    })
    .await
}

/// Writes the rules of the configuration.
pub fn export(format: Format, form: ExportForm, own: &OwnRules) -> Result<Exit, Problem> {
    if own.rules.is_empty() {
        return Err(Problem::new(
            "there are no rules to export",
            "the configuration has none",
            "write one under [rules.NAME]: midwatch init shows how",
        ));
    }
    let form = match form {
        ExportForm::Prometheus => Export::File,
        ExportForm::Prometheusrule => Export::Object,
    };
    let text = write(own, form);
    let printed = match format {
        Format::Text => output::print_text(&text),
        Format::Json | Format::Ndjson => output::print_line(&output::of_kind("RuleFile", json!({ "text": text }))),
    };
    output::ended(printed, Exit::Done)
}

fn item(teller: SignalKind, id: &SignalId, rule: &Rule, now: Timestamp) -> Item {
    let kind = match rule.kind {
        RuleKind::Alerting => "alerting",
        RuleKind::Recording => "recording",
    };
    let health = match (&rule.problem, rule.evaluated) {
        (Some(_), Some(_)) => "failing",
        (None, Some(_)) => "ok",
        (_, None) => "unknown",
    };
    let source = match teller {
        SignalKind::Midwatch => format!("midwatch on {id}"),
        _ => id.to_string(),
    };
    let hold = if rule.hold.is_zero() { String::new() } else { crate::domain::moment::span(rule.hold) };
    Item {
        cluster: rule.cluster.clone(),
        key: format!("{}/{source}/{}/{}/{}", rule.cluster, rule.group, rule.name, rule.query),
        cells: vec![
            rule.name.clone(),
            kind.into(),
            rule.state.word().into(),
            health.into(),
            rule.since.map(|since| age(Some(since), now)).unwrap_or_default(),
            source.into(),
            hold.into(),
            rule.query.clone(),
            rule.problem.clone().unwrap_or_default(),
        ],
        json: json!({
            "name": rule.name,
            "group": rule.group,
            "type": kind,
            "state": rule.state,
            "health": health,
            "since": rule.since,
            "alerts": rule.alerts,
            "source": id.name,
            "evaluatedByMidwatch": teller == SignalKind::Midwatch,
            "for": rule.hold.as_secs(),
            "query": rule.query,
            "evaluated": rule.evaluated,
            "problem": rule.problem.as_ref().map(Text::as_str),
            "labels": crate::domain::described::labels(&rule.labels),
        }),
    }
}
