//! What a step leaves behind in the world, as the journal stores it: enough to look for it later, and no value of it.
//!
//! A pod template can hold secrets in its environment variables, so of each field only a hash is stored.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Intent;
use crate::domain::target::Target;
use crate::domain::text::Text;

/// What a step leaves behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footprint {
    /// What it changes.
    pub object: Target,
    /// The identity of that.
    pub uid: Text,
    /// What is to be seen of it.
    pub left: Left,
}

/// What is to be seen of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Left {
    /// These fields are set.
    Fields(Vec<Field>),
    /// The object is gone, or on its way; a silence is over.
    Gone,
    /// The lease is held by the action.
    Lease,
    /// A silence is there that somebody made, with this comment, until this moment.
    Silence {
        /// Who.
        by: Text,
        /// Why.
        comment: Text,
        /// Until when.
        ends: Timestamp,
    },
}

/// A field that a step sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Where it is, as a JSON pointer.
    pub path: String,
    /// The SHA-256 of what it was; none where it was absent.
    pub before: Option<String>,
    /// The SHA-256 of what it is set to; none where it is removed.
    pub after: Option<String>,
}

impl Footprint {
    /// The member of a stored plan that holds the footprints of its steps.
    pub const MEMBER: &'static str = "footprints";

    /// The footprint of the step that an intent announces; none where the record does not have it.
    pub fn of(intent: &Intent) -> Option<Self> {
        let index = usize::try_from(intent.step).ok()?.checked_sub(1)?;
        serde_json::from_value(intent.plan.get(Self::MEMBER)?.get(index)?.clone()).ok()
    }
}
