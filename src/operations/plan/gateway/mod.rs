//! Plans for the Gateway API, one verb per file.

use super::super::read::Snapshot;
use super::{NoPlan, Place, Plan, Wish, cannot};

/// Makes the plan.
pub(super) fn plan(wish: Wish<'_>, _snapshot: &Snapshot, _place: &Place) -> Result<Plan, NoPlan> {
    Err(NoPlan::impossible(cannot(wish), "a route cannot be changed in this way", ""))
}
