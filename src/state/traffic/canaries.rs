//! New revisions that get some of a service's requests by a route, and what is seen of them beside the stable ones.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::routes;
use crate::domain::change::ChangeClass;
use crate::domain::guard::{Guard, over};
use crate::domain::health::{Health, Verdict};
use crate::domain::kind::Kind;
use crate::domain::moment::span;
use crate::domain::service::{Service, ServiceId};
use crate::domain::text::Text;
use crate::domain::traffic::{ArmRole, Split};
use crate::state::State;
use crate::state::metrics::{Numbers, age_of};

impl State {
    /// Every split in which a canary gets requests beside a stable revision, with the service whose requests they are.
    pub fn canaries(&self) -> Vec<(ServiceId, Split)> {
        let mut compared = self.compared();
        compared.retain(|(_, split)| split.is_tried());
        compared
    }

    /// Every split with a canary beside a stable revision, whatever each of them gets.
    pub(in crate::state) fn compared(&self) -> Vec<(ServiceId, Split)> {
        let mut found = Vec::new();
        for (cluster, inventory) in self.clusters() {
            for route in routes(inventory) {
                let Some((services, split)) = self.split_of(cluster, inventory, route, None) else { continue };
                if split.has_canary() {
                    let environment = &self.place(cluster, &route.meta.namespace).environment;
                    found.extend(services.into_iter().map(|name| {
                        let id = ServiceId { cluster: cluster.clone(), environment: environment.clone(), name };
                        (id, split.clone())
                    }));
                }
            }
        }
        found
    }

    /// What made the pods behind the arms of a split: their names begin with its name.
    pub fn owners_behind(&self, split: &Split) -> BTreeSet<Text> {
        let pods = split.arms.iter().flat_map(|arm| self.pods_of_arm(split, arm));
        pods.map(|pod| pod.meta.owner.as_ref().map_or(&pod.meta.name, |owner| &owner.name).clone()).collect()
    }

    /// Moves whenever a canary may have come or gone; stands still where nothing is split by routes.
    pub(in crate::state) fn canaries_revision(&self) -> u64 {
        let has_routes = self.clusters().any(|(_, inventory)| routes(inventory).next().is_some());
        if has_routes { self.revision_of(&[Kind::HttpRoute, Kind::Service, Kind::EndpointSlice]) } else { 0 }
    }

    /// Moves whenever other pods may stand behind a canary: their owners, and how many pods there are. Stands still while pods
    /// only change, and where nothing is split by routes.
    pub fn owners_of_canaries(&self) -> (u64, usize) {
        match self.canaries_revision() {
            0 => (0, 0),
            moved => {
                let owners = self.revision_of(&[Kind::ReplicaSet, Kind::StatefulSet, Kind::DaemonSet, Kind::Rollout]);
                (moved + owners, self.clusters().map(|(_, inventory)| inventory.rows(Kind::Pod).len()).sum())
            }
        }
    }

    /// What the numbers of the canary of a split say against it, beside those of the stable revision and by a guard; none
    /// where they say nothing against it, or too little.
    pub fn against(&self, split: &Split, guard: &Guard, numbers: Option<&Numbers>, now: Timestamp) -> Option<Text> {
        let canary = split.arm(ArmRole::Canary)?;
        let (tried, stable) = self.compare(&split.router, &canary.service, numbers, (guard.window, now));
        let verdict = guard.judge(&tried, &stable);
        verdict.is_breach().then(|| verdict.why().clone())
    }

    /// That the canary of a split is worse than the stable revision by the usual guard, in words: "canary 1.5.0 fails …".
    /// What was told stays so while nobody tells anything else, with its age.
    pub fn worse(&self, split: &Split, numbers: Option<&Numbers>, now: Timestamp) -> Option<Text> {
        let read = numbers?.pods_read()?;
        let guard = self.usual_guard();
        let why = self.against(split, guard, numbers, read)?;
        let is_mixed = self.begins_before_change(split, guard.window, read);
        let mixed = if is_mixed { format!("; {}", over(guard.window, true)) } else { String::new() };
        let version = split.arm(ArmRole::Canary).map(|canary| &canary.version).filter(|version| !version.is_empty());
        let version = version.map(|version| format!(" {version}")).unwrap_or_default();
        let age = age_of(read, now).map(|age| format!("; numbers {} old", span(age))).unwrap_or_default();
        Some(format!("canary{version} {why}{mixed}{age}").into())
    }

    /// Whether what is counted within a window before a moment begins before the last change of the weights of a split, as
    /// far as one was seen or recorded: part of it is of other weights.
    pub fn begins_before_change(&self, split: &Split, window: SignedDuration, at: Timestamp) -> bool {
        let changes = self.witness.seen().chain(self.recorded.changes());
        let mut own = changes.filter(|change| change.class == ChangeClass::Traffic && change.object == split.router);
        own.any(|change| change.at <= at && at.duration_since(change.at) < window)
    }
}

/// Lets a canary that is worse than the stable revision count for the health of its service: few requests go to it, so the
/// numbers of the whole service hide it. Says in words what is against it where it counts.
pub(in crate::state) fn tried(
    service: &mut Service,
    numbers: &Numbers,
    canaries: &[(ServiceId, Split)],
    state: &State,
    now: Timestamp,
) -> Option<Text> {
    // Only what is better than this can be made worse by it.
    if service.verdict.health <= Health::Attention {
        return None;
    }
    let mut own = canaries.iter().filter(|(id, _)| *id == service.id);
    let words = own.find_map(|(_, split)| state.worse(split, Some(numbers), now))?;
    service.verdict = Verdict::new(Health::Attention, words.clone(), None);
    Some(words)
}
