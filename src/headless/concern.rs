//! Whether what names no service is about the place that was asked for: a silence by its matchers, a rule by its labels
//! and the series that it asks about. What names no place is about all of them.

use std::collections::BTreeMap;

use crate::cli::Place;
use crate::domain::kind::Kind;
use crate::domain::object::ClusterName;
use crate::domain::rule::Rule;
use crate::domain::silence::{Matcher, parse};
use crate::domain::text::Text;
use crate::runtime::Session;

use super::find::{is_in, objects};

/// The labels that name a namespace.
const NAMESPACES: [&str; 2] = ["namespace", "exported_namespace"];

/// The labels that name an environment.
const ENVIRONMENTS: [&str; 2] = ["environment", "env"];

/// The place that was asked for, as its labels name it.
pub(super) struct Concern<'a> {
    place: &'a Place,
    /// The namespaces that belong to it, by cluster; none where nobody tells which there are.
    namespaces: BTreeMap<ClusterName, Vec<Text>>,
}

impl<'a> Concern<'a> {
    /// Of what was asked for.
    pub(super) fn of(session: &Session, place: &'a Place) -> Self {
        let mut namespaces: BTreeMap<ClusterName, Vec<Text>> = BTreeMap::new();
        for object in objects(session, &[Kind::Namespace]) {
            let of_cluster = namespaces.entry(object.cluster.clone()).or_default();
            let is_named =
                place.namespace.is_empty() || place.namespace.iter().any(|name| object.name == name.as_str());
            if is_named && is_in(place, &session.state().place(&object.cluster, &object.name).environment) {
                of_cluster.push(object.name);
            }
        }
        Self { place, namespaces }
    }

    /// Whether alerts of the place can have labels that these take.
    pub(super) fn is_taken(&self, cluster: &ClusterName, matchers: &[Matcher]) -> bool {
        let on = |labels: &[&str]| {
            let own: Vec<&Matcher> = matchers.iter().filter(|one| labels.contains(&one.name.as_str())).collect();
            move |value: &str| own.iter().all(|matcher| matcher.is_met(value))
        };
        let (takes_namespace, takes_environment) = (on(&NAMESPACES), on(&ENVIRONMENTS));
        let is_somewhere =
            self.namespaces.get(cluster).is_none_or(|names| names.iter().any(|name| takes_namespace(name.as_str())));
        is_somewhere && self.place.environment.as_deref().is_none_or(takes_environment)
    }

    /// Whether a rule makes alerts of the place, or series about it.
    pub(super) fn is_ruled(&self, rule: &Rule) -> bool {
        let own: Vec<Matcher> =
            rule.labels.iter().map(|(name, value)| Matcher::equal(name.clone(), value.clone())).collect();
        let mut asked = selectors(&rule.query).peekable();
        let is_about = asked.peek().is_none() || asked.any(|matchers| self.is_taken(&rule.cluster, &matchers));
        is_about && self.is_taken(&rule.cluster, &own)
    }
}

/// The matchers of each series that a query asks about. One that cannot be read rules nothing out.
fn selectors(query: &str) -> impl Iterator<Item = Vec<Matcher>> {
    let bodies = query.split('{').skip(1).map(|rest| rest.split('}').next().unwrap_or_default());
    bodies.map(|body| parse(body).unwrap_or_default())
}

#[cfg(test)]
mod tests;
