//! Guarded shifts of whoever else: what their leases say.

use jiff::Timestamp;

use super::State;
use crate::domain::guard::shift_of;
use crate::domain::health::{Health, Verdict};
use crate::domain::kind::Kind;
use crate::domain::lease::{Lease, Standing};
use crate::domain::moment::{moment, span};
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::row::Row;
use crate::domain::service::{Service, ServiceId};
use crate::domain::shell::{confirmed, quoted};

/// A lease that somebody holds, or has left without releasing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardLease<'a> {
    /// The route that it is about.
    pub route: ObjectRef,
    /// The lease.
    pub lease: &'a Lease,
    /// The service whose requests it shifts.
    pub service: ServiceId,
    /// The share that the new revision has by its route, or as the lease says where that is not known, in percent.
    pub percent: Option<u8>,
    /// Whether a change there must be confirmed by a name.
    pub is_protected: bool,
}

impl GuardLease<'_> {
    /// What can be done about one that was left; the commands for it follow.
    pub const CURE: &'static str = "go back to stable, or on from where it is under your own guard:";

    /// How it stands.
    pub fn standing(&self, now: Timestamp) -> Standing {
        self.lease.standing(now)
    }

    /// It in few words, as a mark of its service: "guarded shift 20 → 50 %, maria".
    fn mark(&self, now: Timestamp) -> String {
        let about = &self.lease.about;
        let who = self.lease.who();
        let at = self.percent.unwrap_or_default();
        if self.standing(now) != Standing::Live {
            return format!("guard left at {at} % by {who}");
        }
        let next = about.course.split(',').find_map(|weight| weight.parse::<u8>().ok().filter(|weight| *weight > at));
        let done = about.percent.unwrap_or_default();
        match next {
            _ if at < done => format!("guarded shift goes back from {done} %, {who}"),
            Some(next) => format!("guarded shift {at} → {next} %, {who}"),
            None => format!("guarded shift at {at} %, its last, {who}"),
        }
    }

    /// Lets it be told of its service: that a shift is under way is a movement like any other, and that a canary has requests
    /// and nobody guards it any more is something to look at. What is worse stays first.
    pub(in crate::state) fn tell(&self, service: &mut Service, now: Timestamp) {
        let health = match self.standing(now) {
            Standing::Live => Health::Moving,
            // What gets nothing hurts nobody.
            _ if self.percent.unwrap_or_default() == 0 => return,
            _ => Health::Attention,
        };
        let mark = self.mark(now);
        let verdict = &service.verdict;
        service.verdict = if verdict.health <= health && !verdict.reason.is_empty() {
            Verdict::new(verdict.health, format!("{}; {mark}", verdict.reason), verdict.since)
        } else {
            Verdict::new(health, mark, self.lease.about.since.or(self.lease.taken))
        };
    }

    /// Where it is: "20 % of 5,20,50,100".
    fn place(&self) -> String {
        let at = self.percent.map_or_else(|| "before the first weight".to_owned(), |percent| format!("{percent} %"));
        format!("{at} of {}", self.lease.about.course)
    }

    /// When it goes on, where it says so.
    fn next(&self, now: Timestamp) -> Option<String> {
        self.lease.about.next.map(|next| match next.duration_since(now) {
            left if left.is_positive() => format!("next in {}", span(left)),
            _ => "waits for enough data".to_owned(),
        })
    }

    /// What whoever is at it does, after their name: "shifts chat-service under guard: 20 % of 5,20,50,100, next in 2 min".
    pub(in crate::state) fn deed(&self, now: Timestamp) -> String {
        let next = self.next(now).map(|next| format!(", {next}")).unwrap_or_default();
        format!("shifts {} under guard: {}{next}", self.service.name, self.place())
    }

    /// The command that plans to send all requests back to the stable revision, and ends it.
    pub(in crate::state) fn back(&self) -> String {
        format!("{} --to 0", shift_of(&self.service.name, &self.route, &self.lease.about.arm))
    }

    /// It in words, in one line: "guarded by maria: 20 % of 5,20,50,100, next in 2 min".
    pub fn words(&self, now: Timestamp) -> String {
        self.told(now).join(", ")
    }

    /// It in words, the more important ones first: whose guard it is and where that stands; and what of it is a question
    /// of time, as far as the clock of this machine tells.
    pub fn told(&self, now: Timestamp) -> Vec<String> {
        let who = self.lease.who();
        let place = self.place();
        if self.standing(now) == Standing::Live {
            return [format!("guarded by {who}: {place}")].into_iter().chain(self.next(now)).collect();
        }
        let since = self.lease.about.since.or(self.lease.taken).map(|since| format!(" since {}", moment(since, now)));
        let head = format!("guard left by {who}: {place}{}", since.unwrap_or_default());
        let heard = self.lease.renewed.map(|renewed| match now.duration_since(renewed) {
            since if since.is_negative() => "renewed in the future by this machine's clock".to_owned(),
            since => format!("not renewed for {} by this machine's clock", span(since)),
        });
        [head].into_iter().chain(heard).collect()
    }

    /// The commands that fit one that was left, each complete: back to stable, and on from where it is unless it has more
    /// than any weight of the course.
    pub fn commands(&self) -> Vec<String> {
        let about = &self.lease.about;
        let at = self.percent.unwrap_or_default();
        let rest: Vec<&str> =
            about.course.split(',').filter(|weight| weight.parse::<u8>().is_ok_and(|weight| weight >= at)).collect();
        let of = shift_of(&about.service, &self.route, &about.arm);
        let name = self.is_protected.then_some(about.service.as_str());
        let on = || format!("{of} --to {} --guard {}", rest.join(","), quoted(&about.guard));
        let commands = [format!("{of} --to 0")].into_iter().chain((!rest.is_empty()).then(on));
        commands.map(|command| confirmed(&command, "", name)).collect()
    }
}

impl State {
    /// The guarded shifts of which there is a lease, by route. One that was released is none.
    pub fn guards(&self) -> Vec<GuardLease<'_>> {
        let mut guards = Vec::new();
        for (cluster, inventory) in self.clusters() {
            guards.extend(inventory.rows(Kind::Lease).rows().filter_map(|row| self.guard(cluster, row)));
        }
        guards.sort_by(|one, other| one.route.cmp(&other.route));
        guards
    }

    /// The guarded shift of a route of which there is a lease.
    pub fn guard_on(&self, route: &ObjectRef) -> Option<GuardLease<'_>> {
        let lease = self.find(&Lease::of(route))?;
        self.guard(&route.cluster, lease).filter(|guard| guard.route == *route)
    }

    fn guard<'a>(&self, cluster: &ClusterName, row: &'a Row) -> Option<GuardLease<'a>> {
        let Row::Lease(lease) = row else { return None };
        let route = ObjectRef {
            cluster: cluster.clone(),
            kind: Kind::HttpRoute,
            namespace: lease.meta.namespace.clone(),
            name: lease.about.route.clone(),
        };
        // One that may say anything in its annotations must not be told as one of another route.
        if lease.holder.is_empty() || Lease::of(&route).name != lease.meta.name {
            return None;
        }
        let percent = self.share_of(&route, &lease.about.arm).or(lease.about.percent);
        let place = self.place(cluster, &route.namespace);
        // Whose requests they are the route tells; a lease says it where the route is gone.
        let name = self.service_behind(&route).unwrap_or_else(|| lease.about.service.clone());
        let service = ServiceId { cluster: cluster.clone(), environment: place.environment, name };
        Some(GuardLease { route, lease, service, percent, is_protected: place.is_protected })
    }

    /// The share that a route gives an arm, in whole percent.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share is between 0 and 100")]
    fn share_of(&self, route: &ObjectRef, arm: &str) -> Option<u8> {
        let split = self.split_with(route, arm)?;
        split.arm_behind(arm).map(|arm| arm.desired.round().clamp(0.0, 100.0) as u8)
    }
}
