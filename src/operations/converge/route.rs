//! Whether a route has the weights that were set, and each of its parents has taken it so.

use serde_json::Value;

use super::{Progress, number};
use crate::domain::plan::WeightSet;
use crate::domain::text::Text;

/// How far a route is on the way to its weights.
pub(super) fn weights(route: &Value, set: &[WeightSet], arm: &Text, percent: u8) -> Progress {
    for wanted in set {
        let backend = &route["spec"]["rules"][wanted.rule]["backendRefs"][wanted.backend];
        let weight = backend["weight"].as_u64().unwrap_or(1);
        if backend["name"] != wanted.service.as_str() {
            return Progress::Replaced(
                format!("its rules are other ones: {} is not where it was", wanted.service).into(),
            );
        }
        if weight != wanted.weight {
            return Progress::Replaced(format!("{} has weight {weight} now", wanted.service).into());
        }
    }
    let parents: Vec<&Value> = route["spec"]["parentRefs"].as_array().into_iter().flatten().collect();
    for parent in &parents {
        match taken_by(route, parent) {
            Progress::Done(_) => {}
            other => return other,
        }
    }
    match parents.as_slice() {
        [] => Progress::Done(
            format!("{arm} is to get {percent} %, and the route has no parent that would take it").into(),
        ),
        [only] => Progress::Done(format!("{} has taken it: {arm} {percent} %", name(only)).into()),
        several => Progress::Done(format!("all {} parents have taken it: {arm} {percent} %", several.len()).into()),
    }
}

/// Whether a parent's controller has taken the route as it is now. Several may speak for one parent.
fn taken_by(route: &Value, parent: &Value) -> Progress {
    let generation = number(&route["metadata"]["generation"]);
    let own = route["metadata"]["namespace"].as_str().unwrap_or_default();
    let namespace = |of: &Value| of["namespace"].as_str().unwrap_or(own).to_owned();
    let is_of = |status: &&Value| {
        let of = &status["parentRef"];
        of["name"] == parent["name"]
            && of["sectionName"] == parent["sectionName"]
            && of["port"] == parent["port"]
            && namespace(of) == namespace(parent)
    };
    let mut told = route["status"]["parents"].as_array().into_iter().flatten().filter(is_of).peekable();
    if told.peek().is_none() {
        return Progress::Moving(format!("{} has not said whether it takes it", name(parent)).into());
    }
    for status in told {
        for about in ["Accepted", "ResolvedRefs"] {
            let conditions = status["conditions"].as_array().into_iter().flatten();
            let Some(condition) = conditions.into_iter().find(|one| one["type"] == about) else {
                return Progress::Moving(format!("{} has not said whether it takes it", name(parent)).into());
            };
            if number(&condition["observedGeneration"]) < generation {
                return Progress::Moving(format!("{} has not seen it yet", name(parent)).into());
            }
            if condition["status"] != "True" {
                let why = condition["message"].as_str().or_else(|| condition["reason"].as_str()).unwrap_or_default();
                let verb = if about == "Accepted" { "does not accept it" } else { "does not find all that it names" };
                return Progress::GivenUp(format!("{} {verb}: {}", name(parent), Text::from_untrusted(why)).into());
            }
        }
    }
    Progress::Done(Text::default())
}

fn name(parent: &Value) -> Text {
    Text::from_untrusted(parent["name"].as_str().unwrap_or_default())
}

#[cfg(test)]
mod tests;
