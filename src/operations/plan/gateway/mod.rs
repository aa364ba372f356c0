//! Plans for the Gateway API: another share of the requests for one arm of a route, in every rule that splits between
//! the same two Services.

use crate::domain::actor::Permission;
use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::plan::{Call, Goal, Plan, Step};
use crate::domain::text::Text;
use crate::domain::traffic::{ArmRole, Hint, roles};

use super::super::read::{Backing, Snapshot};
use super::{Draft, NoPlan, Place, Wish, cannot, command_line, test_uid, text};

mod guarded;
mod refusals;
mod rules;
mod words;

pub(in crate::operations) use guarded::is_as_left;
pub use guarded::left_by;
use rules::{Pair, Rules};

/// The label that Argo Rollouts puts on a route while it sets its weights.
const OF_ARGO: &str = "rollouts.argoproj.io/gatewayapi-canary";

/// What is asked for, in terms of the route as it was read.
struct Shift<'a> {
    wish: Wish<'a>,
    snapshot: &'a Snapshot,
    place: &'a Place,
    pair: Pair,
    rules: Rules,
    /// The share that the arm is to have, in percent.
    percent: u8,
    /// The share that it has in the first rule that splits.
    before: f64,
}

/// What a Service gets more of, in the rule in which it is most.
struct Gain {
    service: String,
    /// Its share in percent.
    before: f64,
    /// See `before`.
    after: f64,
}

/// Makes the plan.
pub(super) fn plan(wish: Wish<'_>, snapshot: &Snapshot, place: &Place) -> Result<Plan, NoPlan> {
    let (arm, percent) = match wish.intent {
        Intent::Shift { arm, percent, .. } => (arm, *percent),
        Intent::GuardedShift { arm, course, .. } => (arm, course.first()),
        _ => {
            let why = "a route has weights, which can be shifted, and nothing else";
            return Err(NoPlan::impossible(cannot(wish), why, ""));
        }
    };
    refusals::not_argos(wish, snapshot, place)?;
    let rules = Rules::of(&snapshot.target);
    let pair = rules.pair(wish, arm)?;
    let before = rules.share(&pair).unwrap_or_default();
    let shift = Shift { wish, snapshot, place, pair, rules, percent, before };
    let operations = shift.rules.operations(&shift.pair, shift.percent);
    if let Intent::GuardedShift { course, .. } = wish.intent {
        return guarded::plan(&shift, course, operations);
    }
    if operations.is_empty() && !snapshot.is_in_doubt {
        return Err(NoPlan::nothing_to_do(
            format!("{} gets {percent} % already", shift.pair.arm),
            "a shift would change nothing",
        ));
    }
    for gain in shift.gains().iter().filter(|gain| !shift.is_trusted(&gain.service)) {
        refusals::within_bounds(&shift, gain)?;
        refusals::can_serve(&shift, gain)?;
    }
    if !shift.is_back() {
        guarded::no_other_at_it(&shift)?;
    }
    Ok(shift.into_shift(operations))
}

impl Shift<'_> {
    /// What is behind the Service of an arm.
    fn backing(&self, name: &str) -> Option<&Backing> {
        let target = self.wish.target;
        let namespace = self.pair.namespace(name, target);
        self.snapshot.backings.iter().find(|one| one.name == *name && one.namespace == namespace)
    }

    /// The Services that get more requests than before in any rule: one of the two, or where rules differ both.
    fn gains(&self) -> Vec<Gain> {
        let shares = self.rules.shares(&self.pair);
        let of = |service: &str, before: fn(&(f64, f64)) -> f64, after: f64| {
            let least = shares.iter().map(before).filter(|before| *before < after).reduce(f64::min);
            least.map(|before| Gain { service: service.to_owned(), before, after })
        };
        let after = f64::from(self.percent);
        let arm = of(&self.pair.arm, |shares| shares.0, after);
        arm.into_iter().chain(of(&self.pair.other, |shares| shares.1, 100.0 - after)).collect()
    }

    /// The part that the Service of an arm plays.
    fn role(&self, name: &str) -> Option<ArmRole> {
        let hint = |name: &String| {
            let hint = self.backing(name).map(Backing::hint).unwrap_or_default();
            // What could not be read still has a name.
            Hint { said: hint.said.or_else(|| ArmRole::of_name(name)), ..hint }
        };
        let found = roles(&[hint(&self.pair.arm), hint(&self.pair.other)]);
        found.get(usize::from(name != self.pair.arm)).copied().flatten()
    }

    /// Whether a Service has the revision that is trusted: it may get everything at any time. What a guarded shift trusted
    /// when it began it trusts to the end, whatever the pods behind it look like by then.
    fn is_trusted(&self, service: &str) -> bool {
        match self.role(service) {
            _ if self.snapshot.takes_back => service == self.pair.other,
            Some(role) => role == ArmRole::Stable,
            // Whoever takes everything from an arm wants it out of the way, whatever it is.
            None => self.percent == 0 && service == self.pair.other,
        }
    }

    /// Whether requests go back to the revision that is trusted, in every rule.
    fn is_back(&self) -> bool {
        self.gains().iter().all(|gain| self.is_trusted(&gain.service))
    }

    /// The object of an arm.
    fn service(&self, name: &str) -> ObjectRef {
        let target = self.wish.target;
        ObjectRef {
            cluster: target.cluster.clone(),
            kind: Kind::Service,
            namespace: self.pair.namespace(name, target),
            name: Text::from_untrusted(name),
        }
    }

    /// The plan of a plain shift.
    fn into_shift(self, operations: Vec<serde_json::Value>) -> Plan {
        let mut plan = self.plan(operations);
        guarded::release(&self, &mut plan);
        plan
    }

    /// What every plan says that sets weights.
    fn plan(&self, mut operations: Vec<serde_json::Value>) -> Plan {
        operations.insert(0, test_uid(self.snapshot));
        let (arm, other) = (Text::from_untrusted(&self.pair.arm), Text::from_untrusted(&self.pair.other));
        let step = Step {
            what: format!("weights of {}", self.rules.named(&self.pair)).into(),
            before: self.rules.weights_words(&self.pair),
            after: self.rules.wanted_words(&self.pair, self.percent),
            call: Call::Patch { object: self.wish.target.clone(), subresource: None, operations },
        };
        let is_back = self.is_back();
        let goal = Goal::Weights {
            set: self.rules.set(&self.pair, self.percent),
            arm: self.service(&self.pair.arm),
            percent: self.percent,
            other: self.service(&self.pair.other),
        };
        let title = if is_back && self.percent == 0 {
            format!("Send everything back to {other}")
        } else {
            format!("Shift {arm} from {} to {} %", words::percent(self.before), self.percent)
        };
        let needs = if is_back { vec![Permission::Deploy, Permission::Rollback] } else { vec![Permission::Deploy] };
        let draft = Draft { title, steps: vec![step], goal, needs };
        let mut plan = draft.into_plan(self.wish, self.snapshot, self.place);
        plan.then = words::then(self);
        plan.touches = words::touches(self);
        plan.warnings.extend(words::warnings(self));
        plan.way_back = self.way_back();
        plan
    }

    /// The command that sets the weights that were found; none where one share does not say them all.
    fn way_back(&self) -> Option<Text> {
        let before = self.rules.only_share(&self.pair)?;
        let intent = Intent::Shift {
            target: self.wish.target.clone(),
            arm: Text::from_untrusted(&self.pair.arm),
            percent: before,
        };
        Some(command_line::of(&intent, self.place).into())
    }
}

/// The name of a parent of a route, where it has only one; else how many there are.
fn parents(route: &serde_json::Value) -> Text {
    match route["spec"]["parentRefs"].as_array().map(Vec::as_slice) {
        Some([only]) => text(&only["name"]),
        Some(several) if !several.is_empty() => format!("each of its {} parents", several.len()).into(),
        _ => "its parent".into(),
    }
}

#[cfg(test)]
mod tests;
