//! What signals say of services: numbers, canaries, what pages, and who shifts under guard. They make nothing better. Of a
//! service that is in doubt they count as far as they are heard on another way; all that was known before is told as that.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::survey::Found;
use crate::domain::alert::Alert;
use crate::domain::health::{Health, Verdict};
use crate::domain::lease::Standing;
use crate::domain::service::{Service, ServiceId};
use crate::domain::traffic::Split;
use crate::state::State;
use crate::state::alerts::{RelatedAlert, alarmed};
use crate::state::doubt::{Doubt, doubted};
use crate::state::guards::GuardLease;
use crate::state::measured::measured;
use crate::state::metrics::{Numbers, age_of};
use crate::state::traffic::tried;

/// All signals, by service.
pub(super) struct Signals<'a> {
    state: &'a State,
    numbers: &'a HashMap<ServiceId, Numbers>,
    canaries: Vec<(ServiceId, Split)>,
    guards: Vec<GuardLease<'a>>,
    alerts: HashMap<&'a ServiceId, Vec<&'a Arc<Alert>>>,
    now: Timestamp,
}

impl<'a> Signals<'a> {
    pub(super) fn new(
        state: &'a State,
        numbers: &'a HashMap<ServiceId, Numbers>,
        related: &'a [RelatedAlert],
        (mut compared, now): (Vec<(ServiceId, Split)>, Timestamp),
    ) -> Self {
        let mut alerts: HashMap<&ServiceId, Vec<&Arc<Alert>>> = HashMap::new();
        for one in related {
            if let Some(service) = &one.service {
                alerts.entry(service).or_default().push(&one.alert);
            }
        }
        compared.retain(|(_, split)| split.is_tried());
        Self { state, numbers, canaries: compared, guards: state.guards(), alerts, now }
    }

    /// Lets them count for the health of the services that they are about, and those that are in doubt be unknown.
    pub(super) fn judge(&self, found: &mut [Found]) {
        for Found { service, doubt, .. } in found {
            self.tell(service, self.numbers.get(&service.id), |_| true);
            let mut own: Vec<_> = self.guards.iter().filter(|guard| guard.service == service.id).collect();
            // One that was left is worse than one that is held.
            own.sort_by_key(|guard| guard.standing(self.now) == Standing::Live);
            for guard in own {
                guard.tell(service, self.now);
            }
            if let Some(doubt) = doubt {
                let heard = self.heard(service, doubt);
                service.verdict = heard.unwrap_or_else(|| doubted(&service.verdict, Some(doubt.clone())));
            }
        }
    }

    /// What is wrong with a service that is in doubt by what was heard since.
    fn heard(&self, service: &Service, doubt: &Doubt) -> Option<Verdict> {
        let is_now = |read: &Timestamp| doubt.is_news(*read) && age_of(*read, self.now).is_none();
        let numbers = self.numbers.get(&service.id).filter(|numbers| numbers.read().as_ref().is_some_and(is_now));
        let mut alone = Service { verdict: Verdict::new(Health::Unknown, "", None), ..service.clone() };
        self.tell(&mut alone, numbers, |alert| self.state.alerts.is_told(alert, |heard| doubt.is_news(heard)));
        Some(alone.verdict).filter(|verdict| verdict.health != Health::Unknown)
    }

    /// Makes a verdict worse where some of them say so.
    fn tell(&self, service: &mut Service, numbers: Option<&Numbers>, counts: impl Fn(&Arc<Alert>) -> bool) {
        let canary = numbers.and_then(|numbers| {
            // It explains the numbers of the whole service, so it comes first.
            let canary = tried(service, numbers, &self.canaries, self.state, self.now);
            measured(service, numbers, &self.state.limits, self.now);
            canary
        });
        if let Some(alerts) = self.alerts.get(&service.id) {
            let counted = alerts.iter().copied().filter(|alert| counts(alert));
            service.verdict = alarmed(self.state, service.verdict.clone(), canary.as_ref(), counted);
        }
    }
}
