//! A route of the Gateway API: which share of the requests goes to which Service.

use std::fmt;

use serde::Serialize;

use super::condition::Condition;
use super::object::Meta;
use super::text::Text;

/// An `HTTPRoute` as a row shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpRoute {
    /// Identity and labels.
    pub meta: Meta,
    /// The host names; all of them where there is none.
    pub hosts: Box<[Text]>,
    /// The Gateways or Services it belongs to, by name.
    pub parents: Box<[Text]>,
    /// Its rules, in order.
    pub rules: Box<[Rule]>,
    /// What the controllers of its parents say, each about one parent.
    pub status: Box<[ParentStatus]>,
    /// Who sets its weights, where a controller does.
    pub steered_by: Option<Steering>,
}

/// A controller that sets the weights of a route and takes back what anybody else sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Steering {
    /// Argo Rollouts, while a canary is under way.
    ArgoRollouts,
    /// A Canary of Flagger, by its name.
    Flagger(Text),
}

impl fmt::Display for Steering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ArgoRollouts => f.pad("Argo Rollouts"),
            Self::Flagger(name) => write!(f, "Flagger {name}"),
        }
    }
}

/// One rule of a route.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Its name; empty without one.
    pub name: Text,
    /// Whether it is only for some requests: those with a header, a method or a query.
    pub is_selective: bool,
    /// Where its requests go.
    pub backends: Box<[Backend]>,
}

/// Where requests of a rule go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Backend {
    /// The Service.
    pub service: Text,
    /// Its namespace; empty for that of the route.
    pub namespace: Text,
    /// Its weight among those of its rule.
    pub weight: u32,
}

/// What a parent's controller says about a route.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParentStatus {
    /// The parent.
    pub parent: Text,
    /// `Accepted`, `ResolvedRefs` and others.
    pub conditions: Box<[Condition]>,
    /// The generation that the oldest of them is about.
    pub observed_generation: i64,
}

impl Rule {
    /// What its weights add up to.
    pub fn total(&self) -> u64 {
        self.backends.iter().map(|backend| u64::from(backend.weight)).sum()
    }

    /// The share of a Service in percent, of whole hundreds only where it comes out so; none where it gets nothing and
    /// nobody else does.
    pub fn share(&self, service: &str) -> Option<f64> {
        let total = self.total();
        let own: u64 = self.backends.iter().filter(|one| one.service == service).map(|one| u64::from(one.weight)).sum();
        #[expect(clippy::cast_precision_loss, reason = "weights are a million at most")]
        (total > 0).then(|| own as f64 * 100.0 / total as f64)
    }
}

/// What is to be known of a rule, in whatever form it was read, to find the one that stands for its route.
pub trait Splitting {
    /// Whether it is only for some requests.
    fn is_selective(&self) -> bool;
    /// Where its requests go, or could.
    fn services(&self) -> impl Iterator<Item = &str>;

    /// Whether it sends its requests to several Services.
    fn splits(&self) -> bool {
        self.services().nth(1).is_some()
    }

    /// Whether it sends requests to a Service, or could.
    fn names(&self, service: &str) -> bool {
        self.services().any(|name| name == service)
    }
}

/// The rule that stands for a route: of those that split, with an arm where one is given, the first one for every request,
/// else the first one.
pub fn leading<'a, R: Splitting>(rules: &'a [R], arm: Option<&str>) -> Option<&'a R> {
    let is_meant = |rule: &&R| rule.splits() && arm.is_none_or(|arm| rule.names(arm));
    rules.iter().filter(is_meant).min_by_key(|rule| rule.is_selective())
}

impl Splitting for Rule {
    fn is_selective(&self) -> bool {
        self.is_selective
    }

    fn services(&self) -> impl Iterator<Item = &str> {
        self.backends.iter().map(|backend| backend.service.as_str())
    }
}

impl HttpRoute {
    /// The rule that stands for it, where an arm is given for what it does with that arm's requests.
    pub fn leading(&self, arm: Option<&str>) -> Option<&Rule> {
        leading(&self.rules, arm)
    }

    /// The share of a Service, in percent, in the rule that stands for the route with it as an arm, else in the first one
    /// that names it; nothing where none does.
    pub fn share(&self, service: &str) -> f64 {
        let named = || self.rules.iter().find(|rule| rule.names(service));
        self.leading(Some(service)).or_else(named).and_then(|rule| rule.share(service)).unwrap_or_default()
    }

    /// The weights of the rule that stands for it, as people write them: "chat-stable 90, chat-canary 10".
    pub fn weights(&self) -> Text {
        let rule = self.leading(None).or(self.rules.first());
        let backends = rule.map_or(&[][..], |rule| &rule.backends);
        let words: Vec<String> = backends.iter().map(|one| format!("{} {}", one.service, one.weight)).collect();
        words.join(", ").into()
    }

    /// The rules that split their requests between several Services.
    pub fn splits(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|rule| rule.splits())
    }
}
