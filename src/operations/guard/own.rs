//! What a step of a guarded shift rests on: its own lease, the same route, and the weights that the step before left.

use serde_json::Value;

use super::super::NotDone;
use super::super::plan::is_as_left;
use super::super::read::Snapshot;
use super::lease;
use crate::domain::audit::ActionId;
use crate::domain::intent::Intent;
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
}

impl Own {
    /// Refuses where somebody else is at the route, and takes its own lease out of what was read: nobody is in their own
    /// way. Where everything goes to the stable revision already, nobody has to fight for that.
    pub fn stand(&self, intent: &Intent, snapshot: &mut Snapshot) -> Result<(), NotDone> {
        if snapshot.lease.as_ref().and_then(|lease| lease.as_ref().ok()).is_some_and(|lease| self.holds(lease)) {
            snapshot.lease = None;
        }
        let conflict = |why: Text| {
            let hint = "midwatch rollouts shows how it is now";
            NotDone::new(Failure::Conflict, Problem::new("the guarded shift does not go on", why, hint))
        };
        if snapshot.target["metadata"]["uid"] != self.uid.as_str() {
            return Err(conflict("the route was made anew".into()));
        }
        if matches!(intent, Intent::Shift { arm, percent: 0, .. } if gets_nothing(&snapshot.target, arm)) {
            return Ok(());
        }
        is_as_left(&snapshot.target, &self.left).map_err(conflict)
    }

    fn holds(&self, lease: &Value) -> bool {
        lease::read(lease).holder == self.holder.as_str()
    }
}

/// Whether an arm has no weight in any rule.
fn gets_nothing(route: &Value, arm: &str) -> bool {
    let rules = route["spec"]["rules"].as_array().into_iter().flatten();
    let mut backends = rules.flat_map(|rule| rule["backendRefs"].as_array().into_iter().flatten());
    backends.all(|backend| backend["name"] != arm || backend["weight"] == 0)
}
