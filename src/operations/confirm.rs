//! The fifth stage: somebody says yes to exactly this plan.

use jiff::Timestamp;

use crate::domain::plan::Plan;
use crate::domain::problem::Problem;
use crate::domain::text::Text;

use super::authorize::Actor;
use super::rehearse::Rehearsed;

/// What shows that somebody means it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// The hash of the plan that was shown.
    pub plan: String,
    /// What was typed to confirm.
    pub typed: String,
    /// Why it is done, for the record.
    pub reason: Text,
}

/// A plan that somebody said yes to. Only [`confirm`] makes one, and executing it consumes it.
#[derive(Debug)]
pub struct Confirmed {
    rehearsed: Rehearsed,
    reason: Text,
    at: Timestamp,
}

impl Confirmed {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        self.rehearsed.plan()
    }

    /// Who asks.
    pub fn actor(&self) -> &Actor {
        self.rehearsed.actor()
    }

    /// When.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Why.
    pub fn reason(&self) -> &Text {
        &self.reason
    }
}

/// Takes the proof, or gives the plan back with the reason why the proof does not suffice.
pub fn confirm(rehearsed: Rehearsed, proof: &Proof, now: Timestamp) -> Result<Confirmed, Box<(Rehearsed, Problem)>> {
    match missing(rehearsed.plan(), proof, now) {
        None => Ok(Confirmed { rehearsed, reason: proof.reason.clone(), at: now }),
        Some(problem) => Err(Box::new((rehearsed, problem))),
    }
}

/// What the proof lacks.
fn missing(plan: &Plan, proof: &Proof, now: Timestamp) -> Option<Problem> {
    let not = |why: &str, hint: String| Some(Problem::new("not confirmed", why, hint));
    if proof.plan != plan.hash() {
        return not("another plan was shown", "look at this one first".to_owned());
    }
    if plan.is_expired(now) {
        return not("the plan is older than a minute", "it is made anew".to_owned());
    }
    if plan.is_protected && proof.typed != plan.service.as_str() {
        let service = &plan.service;
        return not(
            &format!("{} is protected", plan.environment),
            format!("type {service}, or --confirm {service} in a script"),
        );
    }
    if plan.is_protected && proof.reason.trim().is_empty() {
        return not(&format!("{} is protected", plan.environment), "say why: the reason is recorded".to_owned());
    }
    None
}

#[cfg(test)]
mod tests;
