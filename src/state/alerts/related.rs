//! The change that came before an alert: the first question of whoever is paged.

use jiff::SignedDuration;

use crate::domain::alert::Alert;
use crate::domain::change::{Change, ChangeClass, Edge};
use crate::domain::moment::span;
use crate::domain::service::ServiceId;
use crate::state::Timeline;

/// A change that is further back is not named.
const BEFORE: SignedDuration = SignedDuration::from_mins(30);

/// A change that is noted this much later may still have come first: clocks differ, and rules are evaluated late.
const AFTER: SignedDuration = SignedDuration::from_secs(30);

/// The change of a service that an alert about it began after, and how long after.
fn change_before<'a>(
    timeline: &'a Timeline,
    alert: &Alert,
    service: &'a ServiceId,
) -> Option<(&'a Change, SignedDuration)> {
    let changes = timeline.of(service).filter(|change| {
        matches!(
            change.class,
            ChangeClass::Rollout
                | ChangeClass::Config
                | ChangeClass::Scale
                | ChangeClass::Pause
                | ChangeClass::Traffic
                | ChangeClass::Existence
        )
    });
    let after = |change: &Change| alert.since.duration_since(change.at);
    let near = changes.filter(|change| (-AFTER..=BEFORE).contains(&after(change)));
    // That a rollout finished is no cause where its beginning is known too.
    let rank = |change: &Change| (change.edge == Some(Edge::Ended), after(change).abs());
    let change = near.min_by_key(|change| rank(change))?;
    Some((change, after(change).max(SignedDuration::ZERO)))
}

/// The same in words: "began 2 min after rollout 1.5.0 began".
pub fn told(timeline: &Timeline, alert: &Alert, service: &ServiceId) -> Option<String> {
    let (change, after) = change_before(timeline, alert, service)?;
    Some(format!("began {} after {}", span(after), change.what))
}
