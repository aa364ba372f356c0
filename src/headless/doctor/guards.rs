//! Guarded shifts: whether somebody left one behind.

use crate::cli::Place;
use crate::domain::kind::Kind;
use crate::domain::lease::Standing;
use crate::runtime::Session;

use super::super::find::is_in;
use super::super::reading::read;
use super::Finding;

/// Looks at the lease of each guard.
pub(super) async fn examine(session: &mut Session, place: &Place) -> Vec<Finding> {
    read(session, &[Kind::Namespace, Kind::Lease]).await;
    let now = session.clock().now();
    let guards = session.state().guards();
    let here = guards.iter().filter(|guard| is_in(place, &session.place_of(&guard.route).environment));
    let told = here.map(|guard| {
        let subject = format!("{} {}", guard.route.cluster, guard.route);
        match guard.standing(now) {
            Standing::Abandoned => Finding::mend("guard", subject, guard.words(now), guard.commands().join(", or ")),
            Standing::Live | Standing::Released => Finding::note("guard", subject, guard.words(now), ""),
        }
    });
    told.collect()
}
