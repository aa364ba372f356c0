//! What a silence makes quiet or loud, told before anybody says yes: how many, which, and what ought to give pause.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::alert::{Priorities, Priority};
use crate::domain::intent::Intent;
use crate::domain::service::LABELS_OF_SERVICE;
use crate::domain::text::Text;

use super::listed::ListedAlert;
use super::subject::Subject;

/// So many alerts are named one by one.
const NAMED_ONES: usize = 40;

/// So many names of rules are counted one by one.
const COUNTED: usize = 5;

/// The service or workload that an alert names.
pub(super) fn about(alert: &ListedAlert) -> Option<&Text> {
    LABELS_OF_SERVICE.iter().find_map(|name| alert.label(name)).filter(|name| !name.is_empty())
}

fn priority(alert: &ListedAlert, priorities: &Priorities) -> Priority {
    priorities.of(&alert.labels.clone().into())
}

/// How many alerts, by the names of their rules: "hides 3 alerts now: 2 ChatErrorRate, 1 KafkaLag".
pub(super) fn touches(subject: &Subject<'_>, does: &str) -> Text {
    let alerts = &subject.alerts;
    if alerts.is_empty() {
        return format!("{does} no alert now").into();
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for alert in alerts {
        *counts.entry(alert.name()).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let words = |(name, count): &(&str, usize)| {
        if *count == 1 { (*name).to_owned() } else { format!("{count} {name}") }
    };
    let words: Vec<String> = counts.iter().take(COUNTED).map(words).collect();
    let more = counts.iter().skip(COUNTED).map(|(_, count)| count).sum::<usize>();
    let more = if more > 0 { format!(", {more} others") } else { String::new() };
    format!("{does} {} now: {}{more}", counted(alerts.len()), words.join(", ")).into()
}

pub(super) fn counted(alerts: usize) -> String {
    if alerts == 1 { "1 alert".to_owned() } else { format!("{alerts} alerts") }
}

/// Each alert in words, the most urgent first: "ChatErrorRate, High, chat-service in production".
pub(super) fn named(subject: &Subject<'_>, priorities: &Priorities, makes_loud: bool) -> Vec<Text> {
    let mut alerts: Vec<(Priority, &ListedAlert)> =
        subject.alerts.iter().map(|alert| (priority(alert, priorities), alert)).collect();
    alerts.sort_by_key(|(priority, alert)| (*priority, alert.name()));
    let words = |(priority, alert): &(Priority, &ListedAlert)| {
        let about = about(alert).map(|name| format!(", {name}")).unwrap_or_default();
        let place = alert.namespace().map(|name| format!(" in {name}")).unwrap_or_default();
        let place = if about.is_empty() && !place.is_empty() { format!(",{place}") } else { place };
        let quiet = if alert.is_quiet() && !makes_loud { ", quiet already" } else { "" };
        Text::from(format!("{}, {priority}{about}{place}{quiet}", alert.name()))
    };
    let mut named: Vec<Text> = alerts.iter().take(NAMED_ONES).map(words).collect();
    if alerts.len() > NAMED_ONES {
        named.push(format!("and {} more", alerts.len() - NAMED_ONES).into());
    }
    named
}

/// What ought to give pause.
pub(super) fn warnings(intent: &Intent, subject: &Subject<'_>, priorities: &Priorities) -> Vec<Text> {
    let mut warnings: Vec<Text> = Vec::new();
    let alerts = &subject.alerts;
    if matches!(intent, Intent::Acknowledge { .. }) {
        return warnings;
    }
    let all = alerts.len();
    if all == 0 {
        warnings.push("it hides nothing now: are the matchers right?".into());
    } else if all == subject.known && all > 1 {
        warnings.push(format!("EVERYTHING: it hides each of the {all} alerts that Alertmanager knows").into());
    }
    let high = alerts.iter().filter(|alert| priority(alert, priorities) == Priority::High).count();
    match high {
        0 => {}
        _ if high == all => warnings.push("what it hides is High: somebody is paged for that at once".into()),
        _ => warnings.push(
            format!("{high} of the {all} alerts that it hides {} High", if high == 1 { "is" } else { "are" }).into(),
        ),
    }
    let services: BTreeSet<&Text> = alerts.iter().filter_map(about).collect();
    if services.len() > 1 {
        let names: Vec<&str> = services.iter().take(COUNTED).map(|name| name.as_str()).collect();
        let more = if services.len() > COUNTED { ", and others" } else { "" };
        warnings.push(format!("it hides alerts of {} services: {}{more}", services.len(), names.join(", ")).into());
    }
    if subject.is_open() {
        warnings.push("no matcher names a namespace: alerts of any environment that begin later are hidden too".into());
    }
    warnings
}
