//! The third stage: may we? Roles, the cluster's own answer and whether the session is armed, each visible.

use crate::domain::intent::Verb;
use crate::domain::operation::{Check, Mark};
use crate::domain::plan::{Access, Plan};
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::update::Identity;

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

/// Decides. What nobody can tell is denied, except for a rollback, which may be attempted: the cluster has the last word.
pub fn authorize(plan: Plan, snapshot: &Snapshot, policy: &Policy, arming: Arming) -> Result<Authorized, Box<Denial>> {
    let verb = plan.intent.verb();
    let identity = snapshot.identity.as_ref().ok().cloned().unwrap_or_default();
    let decision = policy.decide(&identity, &plan.needs, &plan.environment);
    let role_check = role_check(&plan, &decision, snapshot);
    let access_checks = plan.access.iter().map(|access| access_check(access, review_of(access, snapshot)));
    let checks: Vec<Check> = role_check.into_iter().chain(access_checks).collect();
    let role = match &decision {
        Decision::Allowed { role, .. } => role.clone(),
        Decision::Denied { held, .. } => held.first().cloned().unwrap_or_default(),
        Decision::NotConfigured => Text::default(),
    };
    let actor = Actor { identity, role };
    let refused = checks.iter().find(|check| match check.mark {
        Mark::Allowed => false,
        Mark::Denied => true,
        Mark::Unknown => verb != Verb::Rollback,
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

/// Why a check refuses.
fn why(check: &Check) -> String {
    match check.mark {
        Mark::Unknown => format!("nobody can tell whether this is allowed: {}", check.what),
        _ => format!("not allowed: {}", check.what),
    }
}

/// What the cluster said to a question.
fn review_of<'a>(access: &Access, snapshot: &'a Snapshot) -> Option<&'a Review> {
    snapshot.reviews.iter().find(|(asked, _)| asked == access).map(|(_, review)| review)
}

/// The question to midwatch's roles; none when there are no roles.
fn role_check(plan: &Plan, decision: &Decision, snapshot: &Snapshot) -> Option<Check> {
    let words = |permissions: &[crate::domain::actor::Permission]| {
        let words: Vec<&str> = permissions.iter().map(|permission| permission.word()).collect();
        format!("{} in {}", words.join(" or "), plan.environment)
    };
    match decision {
        Decision::NotConfigured => None,
        Decision::Allowed { role, permission } => Some(Check {
            mark: Mark::Allowed,
            what: format!("{role}: {}", words(&[*permission])).into(),
            remedy: Text::default(),
        }),
        Decision::Denied { .. } if snapshot.identity.is_err() => Some(Check {
            mark: Mark::Unknown,
            what: words(&plan.needs).into(),
            remedy: "the server would not say who we are".into(),
        }),
        Decision::Denied { held, would_allow } => {
            let held = if held.is_empty() { "no role".to_owned() } else { join(held) };
            let allow = if would_allow.is_empty() { "no role".to_owned() } else { join(would_allow) };
            Some(Check {
                mark: Mark::Denied,
                what: format!("{held}: {}", words(&plan.needs)).into(),
                remedy: format!("role {allow} would allow it; roles are bound in the roles file").into(),
            })
        }
    }
}

fn join(names: &[Text]) -> String {
    names.iter().map(Text::as_str).collect::<Vec<_>>().join(", ")
}

/// The question to the cluster.
fn access_check(access: &Access, review: Option<&Review>) -> Check {
    let what = Text::from(access.words());
    match review {
        Some(Review::Allowed) => Check { mark: Mark::Allowed, what, remedy: Text::default() },
        Some(Review::Denied(why)) => {
            let hint = format!("ask a cluster administrator for a role with: {}", access.words());
            let remedy = if why.is_empty() { hint } else { format!("{why}; {hint}") };
            Check { mark: Mark::Denied, what, remedy: remedy.into() }
        }
        Some(Review::Unknown(why)) => {
            Check { mark: Mark::Unknown, what, remedy: format!("the cluster could not be asked: {why}").into() }
        }
        None => Check { mark: Mark::Unknown, what, remedy: "the cluster was not asked".into() },
    }
}

#[cfg(test)]
mod tests;
