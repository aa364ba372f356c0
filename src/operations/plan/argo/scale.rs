//! Scaling: the number of pods that it has in all; its steps share them out.

use crate::domain::intent::Size;
use crate::domain::plan::Plan;

use super::super::{NoPlan, scale};
use super::Case;

/// Plans another number of pods, or other bounds.
pub(super) fn plan(case: &Case<'_>, to: Size) -> Result<Plan, NoPlan> {
    let (wish, snapshot, place) = (case.wish, case.snapshot, case.place);
    let mut plan = match to {
        Size::Replicas(count) => scale::replicas(wish, count, snapshot, place)?,
        Size::Bounds { min, max } => scale::bounds(wish, (min, max), snapshot, place)?,
    };
    if !case.seen.is_fully_promoted() && !case.seen.stable.is_empty() {
        plan.warnings.push("a rollout is under way: each revision gets its share of them".into());
    }
    Ok(plan)
}
