//! Guarded shifts: whether somebody left one behind.

use crate::cli::Place;
use crate::domain::kind::Kind;
use crate::domain::lease::Standing;
use crate::domain::text::Text;
use crate::runtime::Session;
use crate::state::GuardLease;

use super::super::find::is_in;
use super::super::reading::read;
use super::Finding;

/// Looks at the lease of each guard.
pub(super) async fn examine(session: &mut Session, place: &Place) -> Vec<Finding> {
    // Where one stands is said by the weights of its route.
    read(session, &[Kind::Namespace, Kind::Lease, Kind::Service, Kind::HttpRoute]).await;
    let now = session.clock().now();
    let guards = session.state().guards();
    let here = guards.iter().filter(|guard| is_in(place, &session.place_of(&guard.route).environment));
    let told = here.map(|guard| {
        let subject = format!("{} {}", guard.route.cluster, guard.route);
        match guard.standing(now) {
            Standing::Abandoned => {
                let commands = guard.commands().iter().map(|command| Text::from_untrusted(command)).collect();
                Finding { commands, ..Finding::mend("guard", subject, guard.words(now), GuardLease::CURE) }
            }
            Standing::Live | Standing::Released => Finding::note("guard", subject, guard.words(now), ""),
        }
    });
    told.collect()
}
