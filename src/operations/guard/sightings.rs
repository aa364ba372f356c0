//! For how long leases were seen unchanged, by a clock of this machine that nobody sets.
//!
//! A lease says by another machine's clock when it was renewed. Whoever wants to take it over does not trust that: it is
//! left once it was seen not to change for as long as it lasts. So do the leaders that Kubernetes elects.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::lease::Lease;
use crate::domain::object::ObjectRef;

/// What was seen of leases so far.
#[derive(Debug, Default)]
pub struct Sightings(Mutex<HashMap<ObjectRef, Sighting>>);

/// A lease as it was seen.
#[derive(Clone, Debug)]
struct Sighting {
    lease: Lease,
    since: Instant,
}

impl Sightings {
    /// Notes that a lease was seen so; for how long it has been seen so.
    pub fn see(&self, object: &ObjectRef, lease: &Lease, now: Instant) -> Duration {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match all.get(object) {
            Some(known) if is_same(&known.lease, lease) => now.saturating_duration_since(known.since),
            _ => {
                all.insert(object.clone(), Sighting { lease: lease.clone(), since: now });
                Duration::ZERO
            }
        }
    }
}

/// Whether nobody has written a lease in between, as far as holding it goes.
fn is_same(one: &Lease, other: &Lease) -> bool {
    let held = |lease: &Lease| (lease.meta.uid.clone(), lease.holder.clone(), lease.taken, lease.renewed);
    held(one) == held(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kind::Kind;
    use crate::operations::fake::objects::{now, target};

    #[test]
    fn what_does_not_change_is_seen_longer_and_longer_whatever_its_clock_says() {
        let (sightings, began) = (Sightings::default(), Instant::now());
        let object = Lease::of(&target(Kind::HttpRoute));
        let ahead = now() + jiff::SignedDuration::from_hours(1);
        let lease = |renewed| Lease { holder: "s-1".into(), renewed: Some(renewed), ..Lease::default() };
        let seen = |renewed, second| sightings.see(&object, &lease(renewed), began + Duration::from_secs(second));
        assert_eq!(seen(now(), 0), Duration::ZERO);
        assert_eq!(seen(now(), 59), Duration::from_secs(59));
        assert_eq!(seen(ahead, 60), Duration::ZERO, "it was renewed, by a clock that is wrong");
        assert_eq!(seen(ahead, 120), Duration::from_mins(1));
        let other = Lease { holder: "s-2".into(), ..lease(ahead) };
        assert_eq!(sightings.see(&object, &other, began + Duration::from_secs(121)), Duration::ZERO);
    }
}
