//! What is told beyond the screen: that an alert of high priority is new, and how many page.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::domain::alert::{Alert, Priority};
use crate::domain::object::{ClusterName, Labels};

/// Nothing is told sooner than this after it was told last.
const PAUSE: SignedDuration = SignedDuration::from_secs(30);

/// What was quiet for no longer than this and pages again is not new.
const SAME: SignedDuration = SignedDuration::from_mins(5);

/// What an alert is told from others by.
type Key = (ClusterName, Labels);

/// Follows what pages.
#[derive(Debug, Default)]
pub(super) struct Herald {
    /// Whether it is known what paged at the start, which is seen and not told.
    has_begun: bool,
    /// When each alert paged last.
    known: BTreeMap<Key, Timestamp>,
    /// New ones that are yet to be told.
    new: BTreeMap<Key, String>,
    told: Option<Timestamp>,
}

impl Herald {
    /// Takes in what pages at `now`; until `is_complete` not everybody has said what paged at the start.
    pub(super) fn look<'a>(&mut self, alerts: impl Iterator<Item = &'a Alert>, is_complete: bool, now: Timestamp) {
        let mut loud = BTreeMap::new();
        for alert in alerts.filter(|alert| alert.standing.is_loud() && alert.priority == Priority::High) {
            loud.insert((alert.cluster.clone(), alert.labels.clone()), alert);
        }
        // What has fallen quiet before it was told is not worth a noise.
        self.new.retain(|key, _| loud.contains_key(key));
        for (key, alert) in &loud {
            if self.known.insert(key.clone(), now).is_none() && self.has_begun {
                self.new.insert(key.clone(), told(alert));
            }
        }
        self.known.retain(|key, paged| loud.contains_key(key) || now.duration_since(*paged) <= SAME);
        self.has_begun |= is_complete;
    }

    /// When something is to be told.
    pub(super) fn due_at(&self) -> Option<Timestamp> {
        (!self.new.is_empty()).then(|| self.told.map_or(Timestamp::MIN, |told| told + PAUSE))
    }

    /// What is to be told at `now`, if anything is.
    pub(super) fn take(&mut self, now: Timestamp) -> Option<String> {
        if self.due_at().is_none_or(|due| due > now) {
            return None;
        }
        self.told = Some(now);
        let new = std::mem::take(&mut self.new);
        let more = new.len().saturating_sub(1);
        let first = new.into_values().next()?;
        Some(if more == 0 { first } else { format!("{first}; and {more} more") })
    }
}

fn told(alert: &Alert) -> String {
    let said = alert.summary();
    let colon = if said.is_empty() { "" } else { ": " };
    format!("{} {}{colon}{said}", alert.priority, alert.name)
}

/// What the title of the window says.
pub(super) fn title(high: usize, separator: &str) -> String {
    match high {
        0 => "midwatch".to_owned(),
        high => format!("{high} {} {separator} midwatch", Priority::High),
    }
}

#[cfg(test)]
mod tests;
