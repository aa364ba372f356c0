//! The course of a guarded shift: which shares the new revision gets one after the other, for how long each is held, and
//! what holds meanwhile.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::Guard;

/// What a guarded shift is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// The shares of the new revision in percent, each larger than the one before.
    weights: Vec<u8>,
    /// How long each of them is held at least.
    pub hold: SignedDuration,
    /// What has to hold meanwhile.
    pub guard: Guard,
    /// What happens when midwatch is ended meanwhile.
    pub on_exit: OnExit,
}

/// What a guarded shift does when midwatch is ended by a signal, or the screen is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnExit {
    /// It sends everything back to the stable revision.
    #[default]
    Back,
    /// It leaves the weights as they are.
    Hold,
}

impl OnExit {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Back => "back",
            Self::Hold => "hold",
        }
    }
}

/// Why there is no course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCourse {
    /// There is no weight at all.
    #[error("a guarded shift needs at least one weight")]
    Empty,
    /// A weight is not larger than the one before.
    #[error("each weight must be larger than the one before it, and {0} is not")]
    NotRising(u8),
    /// A weight is more than everything, or nothing.
    #[error("a weight of a guarded shift is 1 to 100, and {0} is not")]
    OutOfRange(u8),
}

impl Course {
    /// How long each weight is held where nobody says.
    pub const HOLD: SignedDuration = SignedDuration::from_mins(3);

    /// A course, if its weights rise.
    pub fn new(weights: Vec<u8>, hold: SignedDuration, guard: Guard, on_exit: OnExit) -> Result<Self, NoCourse> {
        if weights.is_empty() {
            return Err(NoCourse::Empty);
        }
        if let Some(weight) = weights.iter().find(|weight| !(1..=100).contains(*weight)) {
            return Err(NoCourse::OutOfRange(*weight));
        }
        match weights.windows(2).find(|pair| pair[0] >= pair[1]) {
            Some(pair) => Err(NoCourse::NotRising(pair[1])),
            None => Ok(Self { weights, hold, guard, on_exit }),
        }
    }

    /// How long each weight is held at least: as long as is wanted, and until all that is counted is of it.
    pub fn held_for(&self) -> SignedDuration {
        self.hold.max(self.settled_after())
    }

    /// How long a weight is held before all that is counted is of it: a whole window, once it has warmed up.
    pub fn settled_after(&self) -> SignedDuration {
        self.guard.warm_up.saturating_add(self.guard.window)
    }

    /// The shares of the new revision in percent, each larger than the one before; there is at least one.
    pub fn weights(&self) -> &[u8] {
        &self.weights
    }

    /// The first of them.
    pub fn first(&self) -> u8 {
        self.weights.first().copied().unwrap_or_default()
    }

    /// The last of them.
    pub fn last(&self) -> u8 {
        self.weights.last().copied().unwrap_or_default()
    }

    /// The weights as the command line takes them: "5,20,50,100".
    pub fn list(&self) -> String {
        self.weights.iter().map(u8::to_string).collect::<Vec<_>>().join(",")
    }
}
