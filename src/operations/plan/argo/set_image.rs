//! Setting an image: a new revision, which runs through every step.

use crate::domain::plan::Plan;
use crate::domain::text::Text;

use super::super::{NoPlan, set_image};
use super::{Case, rollback};

/// Plans the release.
pub(super) fn plan(case: &Case<'_>, container: Option<&Text>, image: &Text) -> Result<Plan, NoPlan> {
    case.require_own_template()?;
    let mut plan = set_image::plan(case.wish, container, image, case.snapshot, case.place)?;
    plan.then = rollback::steps_again(case).into();
    Ok(plan)
}
