//! The fourth stage: each call once as a dry run, so that admission, quotas and rights speak before anything changes.

use crate::domain::operation::Failure;
use crate::domain::plan::Plan;
use crate::domain::problem::Problem;

use super::NotDone;
use super::authorize::{Actor, Authorized};
use super::ports::{Answer, ControlPlane, Earnest};

/// A plan that the server would accept. Only [`rehearse`] makes one.
#[derive(Clone, Debug)]
pub struct Rehearsed {
    authorized: Authorized,
}

impl Rehearsed {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        self.authorized.plan()
    }

    /// Who asks.
    pub fn actor(&self) -> &Actor {
        self.authorized.actor()
    }
}

/// Sends every call as a dry run, where its server knows such a thing. It is never sent for who may not.
pub async fn rehearse(authorized: Authorized, plane: &dyn ControlPlane, audit_id: &str) -> Result<Rehearsed, NotDone> {
    for step in authorized.plan().steps.iter().filter(|step| step.call.can_be_rehearsed()) {
        let answer = plane.send(&step.call, Earnest::DryRun, audit_id).await;
        let what = format!("the server would not accept this: {}", step.what);
        let (failure, why, hint) = match answer {
            Answer::Accepted(_) => continue,
            Answer::Conflict(why) => (Failure::Conflict, why, "it changed while the plan was made: plan again"),
            Answer::Denied(why) => (Failure::Denied, why, "ask a cluster administrator for this right"),
            Answer::Rejected(why) => (Failure::Rejected, why, "nothing was changed"),
            // A dry run changes nothing, so a lost answer is no more than an unreachable server.
            Answer::NotSent(why) | Answer::Unknown(why) => {
                (Failure::Unreachable, why, "nothing was changed; try again")
            }
        };
        return Err(NotDone::new(failure, Problem::new(what, why, hint)));
    }
    Ok(Rehearsed { authorized })
}

#[cfg(test)]
mod tests;
