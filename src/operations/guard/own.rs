//! What a step of a guarded shift rests on: its own lease, the same route, and the weights that the step before left.

use serde_json::Value;

use super::super::NotDone;
use super::super::plan::is_as_left;
use super::super::read::Snapshot;
use super::lease;
use crate::domain::audit::ActionId;
use crate::domain::intent::Intent;
use crate::domain::lease::Standing;
use crate::domain::operation::Failure;
use crate::domain::plan::WeightSet;
use crate::domain::problem::Problem;
use crate::domain::text::Text;

/// What a guarded shift has done so far, as far as its next change rests on it.
#[derive(Clone, Debug)]
pub struct Own {
    /// The change that took its lease.
    pub holder: ActionId,
    /// The identity of its route.
    pub uid: Text,
    /// The weights that the route may have by what was done: one set, or two while nobody can tell.
    pub left: Vec<Vec<WeightSet>>,
    /// Whether nobody can tell what came of the change before this one.
    pub is_in_doubt: bool,
}

impl Own {
    /// Refuses where somebody else is at the route, and takes its own lease out of what was read: nobody is in their own
    /// way. Nothing is raised without that lease. Where everything goes to the stable revision already, nobody has to
    /// fight for that.
    pub fn stand(&self, intent: &Intent, snapshot: &mut Snapshot) -> Result<(), NotDone> {
        let lease = snapshot.lease.as_ref().and_then(|lease| lease.as_ref().ok()).map(lease::read);
        let own = lease.filter(|lease| lease.holder == self.holder.as_str());
        if own.is_some() {
            snapshot.lease = None;
        }
        snapshot.is_in_doubt = self.is_in_doubt;
        let conflict = |why: Text| {
            let hint = "midwatch rollouts shows how it is now";
            NotDone::new(Failure::Conflict, Problem::new("the guarded shift does not go on", why, hint))
        };
        if snapshot.target["metadata"]["uid"] != self.uid.as_str() {
            return Err(conflict("the route was made anew".into()));
        }
        let is_back = matches!(intent, Intent::Shift { percent: 0, .. });
        snapshot.takes_back = is_back;
        if !is_back && own.is_none_or(|lease| lease.standing(snapshot.taken) != Standing::Live) {
            return Err(conflict("its lease is not held any more".into()));
        }
        if matches!(intent, Intent::Shift { arm, percent: 0, .. } if gets_nothing(&snapshot.target, arm)) {
            return Ok(());
        }
        is_as_left(&snapshot.target, &self.left).map_err(conflict)
    }
}

/// Whether an arm has no weight in any rule.
fn gets_nothing(route: &Value, arm: &str) -> bool {
    let rules = route["spec"]["rules"].as_array().into_iter().flatten();
    let mut backends = rules.flat_map(|rule| rule["backendRefs"].as_array().into_iter().flatten());
    backends.all(|backend| backend["name"] != arm || backend["weight"] == 0)
}
