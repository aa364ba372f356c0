//! The rules of a route as a shift sees them: which of them split between the two Services, and by which weights.

use serde_json::{Value, json};

use super::super::{NoPlan, Wish, cannot, replace, set, test};
use super::words;
use crate::domain::object::ObjectRef;
use crate::domain::plan::WeightSet;
use crate::domain::route::{Splitting, leading};
use crate::domain::text::Text;

/// Where requests of a rule go.
struct Backend {
    /// The Service; anything else by kind and name.
    name: String,
    /// Its namespace, where it is another one than the route's.
    namespace: Option<String>,
    weight: u64,
    /// As it stands in the route.
    value: Value,
}

/// One rule.
pub(super) struct Rule {
    name: String,
    is_selective: bool,
    backends: Vec<Backend>,
}

/// All rules of a route, in its order.
pub(super) struct Rules(Vec<Rule>);

/// The two Services between which a shift moves requests.
pub(super) struct Pair {
    /// The one whose share is asked for.
    pub(super) arm: String,
    /// The one that gets the rest.
    pub(super) other: String,
    namespaces: [Option<String>; 2],
}

impl Pair {
    /// The namespace of one of them.
    pub(super) fn namespace(&self, name: &str, route: &ObjectRef) -> Text {
        let own = &self.namespaces[usize::from(name != self.arm)];
        own.as_deref().map_or_else(|| route.namespace.clone(), Text::from_untrusted)
    }
}

impl Splitting for Rule {
    fn is_selective(&self) -> bool {
        self.is_selective
    }

    fn services(&self) -> impl Iterator<Item = &str> {
        self.backends.iter().map(|backend| backend.name.as_str())
    }
}

impl Rule {
    fn of(rule: &Value) -> Self {
        let backends = rule["backendRefs"].as_array().into_iter().flatten().map(|one| {
            let word = |field: &str| one[field].as_str().map(str::to_owned);
            let name = word("name").unwrap_or_default();
            let kind = word("kind").filter(|kind| kind != "Service");
            Backend {
                name: kind.map_or_else(|| name.clone(), |kind| format!("{kind}/{name}")),
                namespace: word("namespace"),
                weight: one["weight"].as_u64().unwrap_or(1),
                value: one.clone(),
            }
        });
        let matches = rule["matches"].as_array().map(Vec::as_slice).unwrap_or_default();
        let selects = |one: &Value| ["headers", "method", "queryParams"].iter().any(|field| !one[field].is_null());
        Self {
            name: rule["name"].as_str().unwrap_or_default().to_owned(),
            is_selective: !matches.is_empty() && matches.iter().all(selects),
            backends: backends.collect(),
        }
    }

    fn total(&self) -> u64 {
        self.backends.iter().map(|backend| backend.weight).sum()
    }

    fn at(&self, name: &str) -> Option<(usize, &Backend)> {
        self.backends.iter().enumerate().find(|(_, backend)| backend.name == name)
    }

    /// Whether it names a Service more than once, as for two of its ports.
    fn repeats(&self) -> bool {
        let mut names: Vec<&str> = self.backends.iter().map(|backend| backend.name.as_str()).collect();
        names.sort_unstable();
        names.windows(2).any(|two| two[0] == two[1])
    }

    /// Whether it splits between two Services.
    fn splits_between(&self, pair: &Pair) -> bool {
        self.names(&pair.arm) && self.names(&pair.other)
    }

    #[expect(clippy::cast_precision_loss, reason = "a weight is a million at most")]
    fn share(&self, name: &str) -> Option<f64> {
        let (_, backend) = self.at(name)?;
        (self.total() > 0).then(|| backend.weight as f64 * 100.0 / self.total() as f64)
    }

    /// The weights that give an arm this share: of the same sum where that holds it exactly, else of a hundred.
    fn wanted(&self, percent: u8) -> (u64, u64) {
        let (total, percent) = (self.total(), u64::from(percent));
        let total = if total > 0 && total * percent % 100 == 0 { total } else { 100 };
        (total * percent / 100, total - total * percent / 100)
    }
}

impl Rules {
    pub(super) fn of(route: &Value) -> Self {
        Self(route["spec"]["rules"].as_array().into_iter().flatten().map(Rule::of).collect())
    }

    /// The Service that gives to the one that is asked for, and takes from it. There must be exactly one.
    pub(super) fn pair(&self, wish: Wish<'_>, arm: &str) -> Result<Pair, NoPlan> {
        let Some(leading) = leading(&self.0, Some(arm)) else { return Err(self.no_arm(wish, arm)) };
        if self.0.iter().filter(|rule| rule.splits() && rule.names(arm)).any(Rule::repeats) {
            let why = "one of its rules names a Service twice, so that a share is no one weight";
            return Err(NoPlan::impossible(cannot(wish), why, "set the weights with kubectl edit"));
        }
        let others: Vec<&Backend> = leading.backends.iter().filter(|backend| backend.name != arm).collect();
        let weighty: Vec<&Backend> = others.iter().copied().filter(|backend| backend.weight > 0).collect();
        let taking = if weighty.is_empty() { others } else { weighty };
        let [other] = taking.as_slice() else {
            let names: Vec<&str> = taking.iter().map(|one| one.name.as_str()).collect();
            let names = names.join(" and ");
            let why = format!("beside {arm} there are {names}, and nobody can tell which of them gets the rest");
            return Err(NoPlan::impossible(cannot(wish), why, "leave weight to two Services first"));
        };
        let namespace = |name: &str| leading.at(name).and_then(|(_, backend)| backend.namespace.clone());
        Ok(Pair {
            arm: arm.to_owned(),
            other: other.name.clone(),
            namespaces: [namespace(arm), namespace(&other.name)],
        })
    }

    fn no_arm(&self, wish: Wish<'_>, arm: &str) -> NoPlan {
        let mut known: Vec<&str> = Vec::new();
        for backend in self.0.iter().filter(|rule| rule.splits()).flat_map(|rule| &rule.backends) {
            if !known.contains(&backend.name.as_str()) {
                known.push(&backend.name);
            }
        }
        if known.is_empty() {
            return NoPlan::impossible(cannot(wish), "none of its rules splits its requests between two Services", "");
        }
        NoPlan::impossible(cannot(wish), format!("{arm} is no arm of it"), format!("its arms are {}", known.join(", ")))
    }

    /// The rules that split between the two, each with its number from 0.
    fn splitting<'a>(&'a self, pair: &'a Pair) -> impl Iterator<Item = (usize, &'a Rule)> {
        self.0.iter().enumerate().filter(|(_, rule)| rule.splits_between(pair))
    }

    /// The share of the arm in the rule that stands for the route with it.
    pub(super) fn share(&self, pair: &Pair) -> Option<f64> {
        leading(&self.0, Some(&pair.arm)).and_then(|rule| rule.share(&pair.arm))
    }

    /// The shares of the two in each rule that splits between them; nothing where no backend has any weight.
    pub(super) fn shares(&self, pair: &Pair) -> Vec<(f64, f64)> {
        let share = |rule: &Rule, name: &str| rule.share(name).unwrap_or_default();
        self.splitting(pair).map(|(_, rule)| (share(rule, &pair.arm), share(rule, &pair.other))).collect()
    }

    /// The share of the arm in whole percent, where all rules have the same and nobody else has any.
    pub(super) fn only_share(&self, pair: &Pair) -> Option<u8> {
        let share = |rule: &Rule| {
            let (_, arm) = rule.at(&pair.arm)?;
            let total = rule.total();
            let whole = total > 0 && arm.weight * 100 % total == 0;
            u8::try_from(arm.weight * 100 / total.max(1)).ok().filter(|_| whole)
        };
        let mut shares = self.splitting(pair).map(|(_, rule)| share(rule));
        let first = shares.next()??;
        shares.all(|share| share == Some(first)).then_some(first)
    }

    /// The operations that set the weights of each rule which has others: each hits only the backend and the weight that
    /// was seen.
    pub(super) fn operations(&self, pair: &Pair, percent: u8) -> Vec<Value> {
        let mut operations = Vec::new();
        for (number, rule) in self.splitting(pair) {
            let wanted = rule.wanted(percent);
            let both = [(&pair.arm, wanted.0), (&pair.other, wanted.1)];
            let is_so = |(name, weight): &(&String, u64)| rule.at(name).is_some_and(|(_, now)| now.weight == *weight);
            if both.iter().all(is_so) || rule.share(&pair.arm) == Some(f64::from(percent)) {
                continue;
            }
            for (name, weight) in both {
                let Some((at, backend)) = rule.at(name) else { continue };
                let path = format!("/spec/rules/{number}/backendRefs/{at}");
                let weight_path = format!("{path}/weight");
                match backend.value.get("weight") {
                    Some(before) => operations.extend([
                        test(&format!("{path}/name"), &backend.value["name"]),
                        test(&weight_path, before),
                        replace(&weight_path, &json!(weight)),
                    ]),
                    // There is nothing to test that is not there; the whole has no weight in it.
                    None => operations.extend([test(&path, &backend.value), set(&weight_path, &json!(weight))]),
                }
            }
        }
        operations
    }

    /// What the weights are afterwards, in each rule that splits between the two.
    pub(super) fn set(&self, pair: &Pair, percent: u8) -> Vec<WeightSet> {
        let mut all = Vec::new();
        for (rule, held) in self.splitting(pair) {
            let is_so = held.share(&pair.arm) == Some(f64::from(percent));
            let wanted = held.wanted(percent);
            for (name, wanted) in [(&pair.arm, wanted.0), (&pair.other, wanted.1)] {
                if let Some((backend, now)) = held.at(name) {
                    let weight = if is_so { now.weight } else { wanted };
                    let service = Text::from_untrusted(name);
                    all.push(WeightSet { rule, backend, service, before: now.weight, weight });
                }
            }
        }
        all
    }

    /// How many rules split between the two, and how many there are.
    pub(super) fn count(&self, pair: &Pair) -> (usize, usize) {
        (self.splitting(pair).count(), self.0.len())
    }

    /// The rules that split between the two, in words: "rule 1", "rules 1, api".
    pub(super) fn named(&self, pair: &Pair) -> String {
        let names: Vec<String> = self.splitting(pair).map(|(number, rule)| name(number, rule)).collect();
        format!("{} {}", if names.len() == 1 { "rule" } else { "rules" }, names.join(", "))
    }

    /// The weights of the two as they are, of each rule where they differ.
    pub(super) fn weights_words(&self, pair: &Pair) -> Text {
        self.words(pair, |rule| {
            let weight = |name: &str| rule.at(name).map_or(0, |(_, backend)| backend.weight);
            (weight(&pair.arm), weight(&pair.other))
        })
    }

    /// The weights of the two as they are to be.
    pub(super) fn wanted_words(&self, pair: &Pair, percent: u8) -> Text {
        self.words(pair, |rule| rule.wanted(percent))
    }

    fn words(&self, pair: &Pair, weights: impl Fn(&Rule) -> (u64, u64)) -> Text {
        let mut said: Vec<String> = Vec::new();
        for (_, rule) in self.splitting(pair) {
            let (arm, other) = weights(rule);
            let words = format!("{} {other}, {} {arm}", pair.other, pair.arm);
            if !said.contains(&words) {
                said.push(words);
            }
        }
        Text::from_untrusted(&said.join("; "))
    }

    /// Requests that no change of these weights reaches, or that are split in another way, in words.
    pub(super) fn elsewhere(&self, pair: &Pair) -> Vec<Text> {
        let others =
            self.0.iter().enumerate().filter(|(_, rule)| !rule.splits_between(pair) && !rule.backends.is_empty());
        let said = others.map(|(number, rule)| {
            let by = if rule.is_selective { " (by header, method or query)" } else { "" };
            let names: Vec<&str> = rule.backends.iter().map(|backend| backend.name.as_str()).collect();
            Text::from_untrusted(&format!(
                "requests of rule {}{by} never reach this split: they go to {}",
                name(number, rule),
                names.join(" and ")
            ))
        });
        let first = self.share(pair);
        let differing =
            self.splitting(pair).filter(|(_, rule)| rule.share(&pair.arm) != first).map(|(number, rule)| {
                let share = rule.share(&pair.arm).map_or_else(|| "nothing".to_owned(), words::percent);
                Text::from_untrusted(&format!(
                    "rule {} split differently before: {} had {share}",
                    name(number, rule),
                    pair.arm
                ))
            });
        said.chain(differing).collect()
    }
}

fn name(number: usize, rule: &Rule) -> String {
    if rule.name.is_empty() { (number + 1).to_string() } else { rule.name.clone() }
}
