//! The third stage: may we? Roles, the cluster's own answer and whether the session is armed, each visible.

use crate::domain::operation::{Check, Mark};
use crate::domain::plan::{Access, Plan};
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::update::Identity;

use super::checks;
use super::policy::{Decision, Policy};
use super::ports::Review;
use super::read::Snapshot;

/// Whether the session may change anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arming {
    /// It only looks.
    ReadOnly,
    /// It was armed on purpose.
    Armed,
}

/// What was read for a plan, as far as deciding about it goes.
pub trait Asked {
    /// Who we are.
    fn identity(&self) -> &Result<Identity, Problem>;

    /// What the cluster said to each question.
    fn reviews(&self) -> &[(Access, Review)];
}

impl Asked for Snapshot {
    fn identity(&self) -> &Result<Identity, Problem> {
        &self.identity
    }

    fn reviews(&self) -> &[(Access, Review)] {
        &self.reviews
    }
}

/// A plan that may be carried out by who asks for it. Only [`authorize`] makes one.
#[derive(Clone, Debug)]
pub struct Authorized {
    plan: Plan,
    checks: Vec<Check>,
    actor: Actor,
}

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// As the server calls them.
    pub identity: Identity,
    /// The role that allows it; empty without roles.
    pub role: Text,
}

/// A plan that may not be carried out. It can still be looked at.
#[derive(Clone, Debug)]
pub struct Denial {
    /// The plan.
    pub plan: Plan,
    /// Every question and its answer.
    pub checks: Vec<Check>,
    /// Who asked.
    pub actor: Actor,
    /// The reason, with the rule and the role that would allow it.
    pub problem: Problem,
    /// Whether the reason is only that the session is not armed.
    pub is_read_only: bool,
}

impl Authorized {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Every question and its answer.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// Who asks.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
}

/// Decides. What nobody can tell is denied, except for going back, which may be attempted: the cluster has the last word.
pub fn authorize(plan: Plan, asked: &dyn Asked, policy: &Policy, arming: Arming) -> Result<Authorized, Box<Denial>> {
    let verb = plan.intent.verb();
    let identity = asked.identity().as_ref().ok().cloned().unwrap_or_default();
    let decide = |environment: &Text| policy.decide(&identity, &plan.needs, environment);
    let decisions: Vec<Decision> = plan.environments.iter().map(decide).collect();
    let role_checks = decisions.iter().zip(&plan.environments).filter_map(|(decision, environment)| {
        checks::of_role(decision, &plan.needs, environment, asked.identity().is_ok())
    });
    let access_checks = plan.access.iter().map(|access| checks::of_access(access, review_of(access, asked)));
    let checks: Vec<Check> = role_checks.chain(access_checks).collect();
    let actor = Actor { role: acting_as(&decisions), identity };
    let refused = checks.iter().find(|check| match check.mark {
        Mark::Allowed => false,
        Mark::Denied => true,
        Mark::Unknown => !verb.goes_back(),
    });
    if let Some(check) = refused {
        let problem = Problem::new(format!("{verb} denied"), why(check), &check.remedy);
        return Err(Box::new(Denial { problem, is_read_only: false, plan, checks, actor }));
    }
    if arming == Arming::ReadOnly {
        let problem =
            Problem::new(format!("{verb} not sent"), "this session is read-only", ":arm 15m, or --write in a script");
        return Err(Box::new(Denial { problem, is_read_only: true, plan, checks, actor }));
    }
    Ok(Authorized { plan, checks, actor })
}

/// The role that lets somebody do it, or, where none does, the first that they have.
fn acting_as(decisions: &[Decision]) -> Text {
    let role = |decision: &Decision| match decision {
        Decision::Allowed { role, .. } => Some(role.clone()),
        Decision::Denied { held, .. } => held.first().cloned(),
        Decision::NotConfigured | Decision::Unusable(_) => None,
    };
    decisions.iter().find_map(role).unwrap_or_default()
}

/// Why a check refuses.
fn why(check: &Check) -> String {
    match check.mark {
        Mark::Unknown => format!("nobody can tell whether this is allowed: {}", check.what),
        _ => format!("not allowed: {}", check.what),
    }
}

/// What the cluster said to a question.
fn review_of<'a>(access: &Access, asked: &'a dyn Asked) -> Option<&'a Review> {
    asked.reviews().iter().find(|(asked, _)| asked == access).map(|(_, review)| review)
}

#[cfg(test)]
mod tests;
