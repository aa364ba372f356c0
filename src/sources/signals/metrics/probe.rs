//! Which series a server has: asked before any number is, so that nothing is asked in vain and `doctor` can tell.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::clients::signals::Endpoint;
use crate::domain::metric::{Family, Found, Measure, Template};
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::uri::encode;
use crate::sources::signals::answer::Answer;

/// Series that were not seen for so long are gone.
const SEEN_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// What is known about a server.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Probed {
    families: Vec<Knowledge>,
}

/// What is known about one family.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Knowledge {
    measures: BTreeMap<Measure, Known>,
    missing: BTreeMap<Measure, String>,
}

/// How one measure is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) query: String,
    /// The labels that series are told apart by.
    pub(super) by: Vec<String>,
    /// The label that holds the namespace, where there is one.
    pub(super) namespace: Option<String>,
    pub(super) code: Option<String>,
    pub(super) has_pod: bool,
}

impl Probed {
    /// Whether nothing was found at all.
    pub(super) fn is_empty(&self) -> bool {
        self.families.iter().all(|family| family.measures.is_empty())
    }

    /// The families that have something, each by its place.
    pub(super) fn families(&self) -> impl Iterator<Item = (usize, &Knowledge)> {
        self.families.iter().enumerate().filter(|(_, family)| !family.measures.is_empty())
    }

    /// What is told about it.
    pub(super) fn found(&self, families: &[Family]) -> Vec<Found> {
        let both = families.iter().zip(&self.families);
        let told = both.map(|(family, known)| Found {
            family: family.name.clone(),
            measures: known.measures.keys().copied().collect(),
            missing: known.missing.iter().map(|(measure, why)| (*measure, Text::from_untrusted(why))).collect(),
        });
        told.collect()
    }
}

impl Knowledge {
    /// How a measure is asked for.
    pub(super) fn of(&self, measure: Measure) -> Option<&Known> {
        self.measures.get(&measure)
    }
}

#[derive(Debug, Deserialize)]
struct Names {
    #[serde(default)]
    data: Vec<String>,
}

/// Asks which of the series that templates need are there, and for the labels of those that are.
pub(super) async fn probe(
    endpoint: &Endpoint,
    families: &[Family],
    matchers: &str,
    now: Timestamp,
) -> Result<Probed, Problem> {
    let wanted: BTreeSet<&str> =
        families.iter().flat_map(|family| &family.templates).flat_map(names).filter(|name| !name.is_empty()).collect();
    let there = count(endpoint, &wanted, matchers).await?;
    let mut labels: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for name in wanted.into_iter().filter(|name| there.contains(*name)) {
        labels.insert(name, labels_of(endpoint, name, matchers, now).await?);
    }
    Ok(Probed { families: families.iter().map(|family| knowledge(family, &labels)).collect() })
}

/// The series that a template may be answered from.
fn names(template: &Template) -> impl Iterator<Item = &str> {
    let native = template.native.iter().map(|(name, _)| name.as_str());
    native.chain(template.recorded.iter().map(Text::as_str)).chain([template.needs.as_str()])
}

/// Which of some series there are: one question for all of them, and none where there are no names: `=~""` is no
/// selector for a server.
async fn count(endpoint: &Endpoint, names: &BTreeSet<&str>, matchers: &str) -> Result<BTreeSet<String>, Problem> {
    if names.is_empty() {
        return Ok(BTreeSet::new());
    }
    let either = names.iter().map(|name| name.replace(':', "[:]")).collect::<Vec<_>>().join("|");
    let comma = if matchers.is_empty() { "" } else { "," };
    let query = format!("count by (__name__) ({{{matchers}{comma}__name__=~\"{either}\"}})");
    let told: Answer = endpoint.get(&format!("/api/v1/query?query={}", encode(&query))).await?;
    let series = told.series().unwrap_or_default().into_iter();
    Ok(series.filter_map(|mut series| series.metric.remove("__name__")).collect())
}

/// The labels that a series has.
async fn labels_of(
    endpoint: &Endpoint,
    name: &str,
    matchers: &str,
    now: Timestamp,
) -> Result<BTreeSet<String>, Problem> {
    let series = encode(&format!("{name}{{{matchers}}}"));
    let (start, end) = (now.checked_sub(SEEN_WITHIN).unwrap_or(now).as_second(), now.as_second());
    let path = format!("/api/v1/labels?match%5B%5D={series}&start={start}&end={end}");
    let told: Names = endpoint.get(&path).await?;
    Ok(told.data.into_iter().collect())
}

/// What follows for a family.
fn knowledge(family: &Family, labels: &BTreeMap<&str, BTreeSet<String>>) -> Knowledge {
    let mut knowledge = Knowledge::default();
    for template in &family.templates {
        let recorded = template
            .recorded
            .as_ref()
            .and_then(|name| Some((labels.get(name.as_str())?, format!("sum by ($by) ({name}{{$scope}})"))));
        let plain = || Some((labels.get(template.needs.as_str())?, template.query.to_string()));
        let native = || {
            let (name, query) = template.native.as_ref()?;
            Some((labels.get(name.as_str())?, query.to_string()))
        };
        let Some((labels, query)) = recorded.or_else(plain).or_else(native) else {
            for measure in &template.measures {
                knowledge.missing.insert(*measure, format!("there is no series {}", template.needs));
            }
            continue;
        };
        let first = |wanted: &[Text]| wanted.iter().find(|name| labels.contains(name.as_str())).map(Text::to_string);
        let namespace = first(&family.namespace);
        let code = first(&family.code);
        if query.contains("$code") && code.is_none() {
            for measure in &template.measures {
                knowledge.missing.insert(*measure, format!("no label of {} holds the status", template.needs));
            }
            continue;
        }
        let has_pod = !family.pod.is_empty() && labels.contains(family.pod.as_str());
        let mut by: Vec<String> = namespace.iter().cloned().collect();
        let named = family.service.iter().map(Text::as_str).filter(|name| labels.contains(*name));
        by.extend(named.filter(|name| *name != "container").map(str::to_owned));
        if by.len() == usize::from(namespace.is_some()) {
            if !has_pod {
                for measure in &template.measures {
                    let why = format!("no label of {} names a service or a pod", template.needs);
                    knowledge.missing.insert(*measure, why);
                }
                continue;
            }
            by.push(family.pod.to_string());
        }
        let known = Known { query, by, namespace, code, has_pod };
        knowledge.measures.extend(template.measures.iter().map(|measure| (*measure, known.clone())));
    }
    knowledge
}
