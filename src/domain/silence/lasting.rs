//! How long a silence lasts: so long from when it is asked for, or until a moment that is named.

use jiff::{SignedDuration, Timestamp, Unit};
use serde::{Deserialize, Serialize};

use crate::domain::moment::{length, moment};

/// How long a silence lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Lasting {
    /// Until then.
    Until(Timestamp),
    /// So long from when it is asked for.
    For(SignedDuration),
}

/// Why a silence cannot last so long, and what to ask for instead.
pub type Unfit = (String, &'static str);

impl Lasting {
    /// A shorter silence is a slip.
    pub const SHORTEST: SignedDuration = SignedDuration::from_mins(1);

    /// So long a silence may be asked for by its length. An h for an m, a digit too many: a longer one is likely to be a
    /// slip as well, and nobody remembers it; so who means it has to name the day.
    pub const LONGEST: SignedDuration = SignedDuration::from_hours(30 * 24);

    /// So long; or why not.
    pub fn of_length(length: SignedDuration) -> Result<Self, Unfit> {
        Self::For(length).is_fit().map(|()| Self::For(length))
    }

    fn is_fit(self) -> Result<(), Unfit> {
        match self {
            Self::For(span) if span < Self::SHORTEST => {
                Err((format!("{} s is too short", span.as_secs()), "a minute or more: --for 2h"))
            }
            Self::For(span) if span > Self::LONGEST => {
                let why = format!("{} is longer than {}", length(span), length(Self::LONGEST));
                Err((why, "check the unit; if it is meant, name the end: --until 2027-01-15"))
            }
            _ => Ok(()),
        }
    }

    /// When it ends that was asked for at a moment, in whole seconds; or why it makes no sense now. It is counted from when
    /// it was asked for, so that looking at it for long does not move it.
    pub fn end(self, asked: Timestamp, now: Timestamp) -> Result<Timestamp, Unfit> {
        self.is_fit()?;
        let end = match self {
            Self::Until(end) => Some(end),
            Self::For(length) => asked.checked_add(length).ok(),
        };
        let end = end.map(whole).filter(|end| *end > now);
        end.ok_or_else(|| ("it would be over by now".to_owned(), "ask for a later end"))
    }

    /// The same in words, as they follow what is done: "for 2 h", "until Jan 15 2027 08:00Z".
    pub fn words(self, now: Timestamp) -> String {
        match self {
            Self::Until(end) => format!("until {}", moment(end, now)),
            Self::For(span) => format!("for {}", length(span)),
        }
    }
}

impl From<SignedDuration> for Lasting {
    fn from(length: SignedDuration) -> Self {
        Self::For(length)
    }
}

/// Servers and shells do not agree on less than a second.
pub fn whole(at: Timestamp) -> Timestamp {
    at.round(jiff::TimestampRound::new().smallest(Unit::Second).mode(jiff::RoundMode::Floor)).unwrap_or(at)
}
