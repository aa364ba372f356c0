//! What events tell about the past: who scaled, and what went wrong.

use std::cmp::Reverse;

use jiff::{SignedDuration, Timestamp};

use super::fold::Noise;
use super::said::Said;
use super::told::{Teller, service_of};
use crate::domain::change::{Change, ChangeClass};
use crate::domain::kind::Kind;
use crate::domain::platform::Event;
use crate::domain::row::Row;
use crate::domain::service::named_by;
use crate::domain::text::Text;
use crate::domain::workload::version_of;
use crate::state::family::Family;

/// Scaling so near to a rollout is part of it.
const OF_ROLLOUT: SignedDuration = SignedDuration::from_mins(10);

impl<'a> Teller<'a> {
    /// What events tell: who scaled, and what went wrong.
    pub(super) fn events(&mut self) {
        let mut noise = Vec::new();
        for row in self.inventory.rows(Kind::Event).rows() {
            let Row::Event(event) = row else { continue };
            match event.reason.as_str() {
                "ScalingReplicaSet" => self.scaling(event),
                "SuccessfulRescale" => self.autoscaling(event),
                "Killing" => noise.push(event),
                _ if event.is_warning() => noise.push(event),
                _ => {}
            }
        }
        // There may be thousands, so that they are folded before they are kept: newest first, as the timeline is.
        let now = self.now;
        noise.sort_unstable_by_key(|event| {
            let whose = (&event.about_kind, &event.meta.namespace, &event.about_name);
            (Reverse(at(event).map(|at| at.min(now))), whose, &event.meta.name)
        });
        let mut told = Noise::default();
        for event in noise {
            if let Some(change) = self.event(event) {
                told.take(&mut self.changes, change);
            }
        }
    }

    /// A Deployment scales ReplicaSets when it is scaled, and many times while it rolls out. The beginning of a rollout
    /// is told by its ReplicaSet, unless that is an old one which was rolled back to.
    fn scaling(&mut self, event: &'a Event) {
        let families = self.families;
        let Some((set, from, to)) = parse_scaling(&event.message) else { return };
        let Some(family) = families.workload_of(&event.about_uid) else { return };
        let Some(at) = event.last.or(event.first) else { return };
        let near = |other: Option<Timestamp>| other.is_some_and(|other| at.duration_since(other).abs() < OF_ROLLOUT);
        let own = family.replica_sets.iter().find(|held| held.meta.name == set);
        if from == 0 && own.is_some_and(|own| !near(own.meta.created)) && family.replica_sets.len() > 1 {
            let version = own.map(|own| version_of(&own.template_labels, own.images.first())).unwrap_or_default();
            let said = Said::began(format!("rollout {version} began")).leading_to_version(version);
            self.add_of(family, Some(at), ChangeClass::Rollout, said);
            return;
        }
        let is_rolling = from == 0
            || to == 0
            || family
                .replica_sets
                .iter()
                .any(|held| held.meta.name != set && (near(held.meta.created) || held.current > 0))
            || own.is_some_and(|own| near(own.meta.created) && family.replica_sets.len() > 1);
        if !is_rolling {
            let said = Said::of(format!("scaled {from} → {to}")).leading_to_pods(to);
            self.add_of(family, Some(at), ChangeClass::Scale, said);
        }
    }

    /// An autoscaler tells what it did to its target.
    fn autoscaling(&mut self, event: &'a Event) {
        let size = event.message.strip_prefix("New size: ").and_then(|rest| rest.split(';').next());
        let Some(Row::Autoscaler(scaler)) =
            self.inventory.rows(Kind::HorizontalPodAutoscaler).find(&event.meta.namespace, &event.about_name)
        else {
            return;
        };
        let target = Kind::find(&scaler.target_kind)
            .and_then(|kind| self.inventory.rows(kind).find(&event.meta.namespace, &scaler.target_name));
        let families = self.families;
        let (Some(size), Some(family)) = (size, target.and_then(|row| families.workload_of(&row.meta().uid))) else {
            return;
        };
        let why = event.message.split_once("reason: ").map(|(_, why)| Text::from(why));
        let said = Said::of(format!("scaled to {size}")).vaguely();
        let said = match size.parse::<u32>() {
            Ok(pods) => said.leading_to_pods(pods),
            Err(_odd) => said,
        };
        if let Some(change) = self.add_of(family, event.last.or(event.first), ChangeClass::Scale, said) {
            change.by = Some(Text::from("hpa"));
            change.why = why;
        }
    }

    /// Any other event, as a line that folds with its like.
    fn event(&mut self, event: &'a Event) -> Option<Change> {
        let kind = Kind::find(&event.about_kind);
        let row = kind.and_then(|kind| self.inventory.rows(kind).find(&event.meta.namespace, &event.about_name));
        let families = self.families;
        let family = families
            .workload_of(&event.about_uid)
            .or_else(|| families.owner_of(row?.meta()))
            .or_else(|| self.former_family(event));
        let service = family.map(service_of).or_else(|| named_by(&[&row?.meta().labels]).cloned());
        let said = Said::of(format!("{}: {}", event.reason, event.gist()));
        let mut change = self.change(at(event), ChangeClass::Event, kind.unwrap_or(Kind::Event), &event.meta, said)?;
        if kind.is_some() {
            change.object.name = event.about_name.clone();
        }
        change.service = service;
        change.times = u32::try_from(event.count).unwrap_or(1).max(1);
        Some(change)
    }

    /// The workload of a pod or ReplicaSet that is gone, by what its name is made of.
    fn former_family(&self, event: &Event) -> Option<&'a Family<'a>> {
        let parts = match event.about_kind.as_str() {
            "Pod" => 2,
            "ReplicaSet" => 1,
            _ => return None,
        };
        let families = self.families;
        (1..=parts).rev().find_map(|parts| {
            let name = event.about_name.rsplitn(parts + 1, '-').nth(parts)?;
            Kind::WORKLOADS.into_iter().find_map(|kind| {
                let row = self.inventory.rows(kind).find(&event.meta.namespace, name)?;
                families.workload_of(&row.meta().uid)
            })
        })
    }
}

/// When an event last happened.
fn at(event: &Event) -> Option<Timestamp> {
    event.last.or(event.first).or(event.meta.created)
}

/// Reads "Scaled up replica set chat-1 from 4 to 5"; older servers leave out from where, which tells too little.
fn parse_scaling(message: &str) -> Option<(&str, u32, u32)> {
    let (_, rest) = message.split_once(" replica set ")?;
    let mut words = rest.split(' ');
    let set = words.next()?;
    let (from, to) = (words.nth(1)?, words.nth(1)?);
    Some((set, from.parse().ok()?, to.parse().ok()?))
}
