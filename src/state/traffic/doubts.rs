//! What about a split is not as it seems, in words.

use super::backing::Backing;
use crate::domain::condition::{Condition, Truth, find};
use crate::domain::route::{HttpRoute, ParentStatus, Rule, Splitting};
use crate::domain::text::Text;
use crate::domain::traffic::percent;

/// Everything that makes the split of a rule less than the whole truth about its route, besides who steers it.
pub(super) fn of(route: &HttpRoute, leading: &Rule, backings: &[Backing<'_>]) -> Vec<Text> {
    let mut doubts: Vec<Text> = Vec::new();
    doubts.extend(weights(leading));
    doubts.extend(backings.iter().filter_map(|backing| unserved(leading, backing)));
    doubts.extend(other_rules(route, leading));
    doubts.extend(parents(route));
    doubts
}

/// Weights that are no percentages.
fn weights(rule: &Rule) -> Option<Text> {
    match rule.total() {
        0 => Some("no Service has any weight: every request fails".into()),
        100 => None,
        total => Some(format!("its weights add up to {total}, not to 100").into()),
    }
}

/// An arm that fails the requests that it gets.
fn unserved(rule: &Rule, backing: &Backing<'_>) -> Option<Text> {
    let share = rule.share(backing.service).unwrap_or_default();
    let service = backing.service;
    if backing.row.is_none() && !service.contains('/') {
        return Some(format!("there is no Service {service} in {}", backing.namespace).into());
    }
    (share > 0.0 && backing.ready == 0)
        .then(|| format!("{service} gets {} % and has no ready pod", percent(share)).into())
}

/// Rules beside the one that stands for the route: what they do with their requests.
fn other_rules(route: &HttpRoute, leading: &Rule) -> Vec<Text> {
    let others = (1..).zip(route.rules.iter()).filter(|(_, rule)| !std::ptr::eq(*rule, leading));
    let doubt = |(number, rule): (usize, &Rule)| {
        let which = which(number, rule);
        if rule.backends.is_empty() {
            // It redirects or answers by itself.
            return None;
        }
        if !leading.backends.iter().any(|backend| rule.names(&backend.service)) {
            return None;
        }
        if rule.backends.len() == 1 {
            return Some(
                format!("{which} never reaches the split: all of it goes to {}", rule.backends[0].service).into(),
            );
        }
        let differs =
            leading.backends.iter().any(|backend| share(rule, &backend.service) != share(leading, &backend.service));
        differs.then(|| format!("{which} splits differently: {}", shares(rule)).into())
    };
    others.filter_map(doubt).collect()
}

/// A rule in words: by its name, else by its number, and that it is only for some.
pub(super) fn which(number: usize, rule: &Rule) -> String {
    let name = if rule.name.is_empty() { format!("rule {number}") } else { format!("rule {}", rule.name) };
    if rule.is_selective { format!("{name} (by header, method or query)") } else { name }
}

/// A share in hundredths of a percent, to be compared.
#[expect(clippy::cast_possible_truncation, reason = "a share is a hundred at most")]
fn share(rule: &Rule, service: &str) -> i64 {
    (rule.share(service).unwrap_or_default() * 100.0).round() as i64
}

fn shares(rule: &Rule) -> String {
    let words: Vec<String> = rule
        .backends
        .iter()
        .map(|backend| format!("{} {} %", backend.service, percent(rule.share(&backend.service).unwrap_or_default())))
        .collect();
    words.join(", ")
}

/// Parents that refused the route, have not seen it as it is now, or have said nothing.
fn parents(route: &HttpRoute) -> Vec<Text> {
    let mut doubts: Vec<Text> = route.status.iter().filter_map(|status| parent(route, status)).collect();
    let is_silent = |parent: &&Text| !route.status.iter().any(|status| status.parent == **parent);
    doubts.extend(
        route
            .parents
            .iter()
            .filter(is_silent)
            .map(|parent| format!("{parent} has not said whether it takes it").into()),
    );
    doubts
}

fn parent(route: &HttpRoute, status: &ParentStatus) -> Option<Text> {
    let name = &status.parent;
    let because = |condition: &Condition| {
        let why = if condition.message.is_empty() { &condition.reason } else { &condition.message };
        if why.is_empty() { String::new() } else { format!(": {why}") }
    };
    let refused = |about: &str| find(&status.conditions, about).filter(|condition| condition.truth != Truth::True);
    if let Some(condition) = refused("Accepted") {
        return Some(format!("{name} does not accept it{}", because(condition)).into());
    }
    if let Some(condition) = refused("ResolvedRefs") {
        return Some(format!("{name} does not find all that it names{}", because(condition)).into());
    }
    if let Some(condition) = find(&status.conditions, "PartiallyInvalid").filter(|it| it.truth == Truth::True) {
        return Some(format!("{name} takes only a part of it{}", because(condition)).into());
    }
    (status.observed_generation < route.meta.generation).then(|| format!("{name} has not seen it as it is now").into())
}
