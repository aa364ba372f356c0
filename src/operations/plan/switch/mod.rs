//! Plans for the selector of a Service, one verb per file.

use super::super::read::Snapshot;
use super::{NoPlan, Place, Plan, Wish, cannot};

/// Makes the plan.
pub(super) fn plan(wish: Wish<'_>, _snapshot: &Snapshot, _place: &Place) -> Result<Plan, NoPlan> {
    Err(NoPlan::impossible(cannot(wish), "a Service cannot be changed in this way", ""))
}
