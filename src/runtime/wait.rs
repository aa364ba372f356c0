//! Whether it is watched what comes of a change, and for how long.

use std::time::Duration;

use crate::domain::guard::Course;
use crate::operations::verify::Patience;

/// Whether to stay and watch what comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Until it is verified, for so long.
    For(Patience),
    /// Not at all.
    No,
}

/// The least time in which a weight has to be taken by a gateway.
const TAKEN_WITHIN: Duration = Duration::from_mins(1);

/// How long it is watched at most that everything stays at the stable revision: whoever ends midwatch waits for that.
const BACK: Duration = Duration::from_secs(5);

impl Wait {
    /// The same for a weight of a course, which is not watched for longer than it is held.
    pub(super) fn for_a_step(self, course: &Course) -> Self {
        let hold = Duration::try_from(course.hold).unwrap_or_default();
        let short = |of: Patience| Patience {
            stable: of.stable.min(hold / 3),
            limit: of.limit.min(hold.max(TAKEN_WITHIN)),
            ..of
        };
        self.with(short)
    }

    /// The same for the way back of a guarded shift.
    pub(super) fn for_the_way_back(self) -> Self {
        self.with(|of| Patience { stable: of.stable.min(BACK), ..of })
    }

    fn with(self, change: impl FnOnce(Patience) -> Patience) -> Self {
        match self {
            Self::For(patience) => Self::For(change(patience)),
            Self::No => Self::No,
        }
    }
}
