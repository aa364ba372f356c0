//! What is known about one service, joined for its view: each workload with its rollout, its revisions and what guards
//! it; every pod, worst first; and what the events say, folded.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use crate::domain::health::Health;
use crate::domain::kind::Kind;
use crate::domain::object::{ObjectRef, selects};
use crate::domain::platform::{Autoscaler, DisruptionBudget, Event};
use crate::domain::pod::{Pod, is_stuck_reason};
use crate::domain::rollout::{Delivery, Phase, Revision, RolloutStatus};
use crate::domain::row::Row;
use crate::domain::service::Service;
use crate::domain::text::Text;
use crate::state::{Family, Inventory, State, history, status};

/// A pod younger than this may still be starting.
const YOUNG: SignedDuration = SignedDuration::from_secs(120);

/// One workload, running Job or loose pod of the service.
pub(super) struct Part<'a> {
    pub(super) object: ObjectRef,
    /// None for what is no workload, or is gone.
    pub(super) family: Option<Family<'a>>,
    pub(super) status: Option<RolloutStatus>,
    /// Newest first.
    pub(super) revisions: Vec<Revision>,
    pub(super) pods: Vec<&'a Pod>,
    pub(super) scaler: Option<&'a Autoscaler>,
    pub(super) budget: Option<&'a DisruptionBudget>,
}

/// A pod and how it is.
pub(super) struct Member<'a> {
    pub(super) pod: &'a Pod,
    pub(super) health: Health,
    /// The part it belongs to.
    pub(super) part: usize,
}

/// Events that say the same, as one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct EventGroup {
    pub(super) at: Option<Timestamp>,
    pub(super) is_warning: bool,
    pub(super) reason: Text,
    pub(super) gist: Text,
    pub(super) times: u32,
}

/// Everything about one service.
pub(super) struct Facts<'a> {
    /// Those in trouble first.
    pub(super) parts: Vec<Part<'a>>,
    /// Worst first.
    pub(super) pods: Vec<Member<'a>>,
    /// Newest first.
    pub(super) events: Vec<EventGroup>,
}

impl<'a> Facts<'a> {
    /// Joins what is known about a service.
    pub(super) fn gather(state: &'a State, service: &Service, now: Timestamp) -> Self {
        let mut parts: Vec<Part<'a>> =
            service.workloads.iter().map(|object| Part::gather(state, object, now)).collect();
        parts.sort_by_key(|part| std::cmp::Reverse(part.status.as_ref().map(|status| status.phase)));
        let mut pods: Vec<Member<'a>> = parts
            .iter()
            .enumerate()
            .flat_map(|(part, of)| of.pods.iter().map(move |&pod| Member { pod, health: health_of(pod, now), part }))
            .collect();
        pods.sort_by(|a, b| {
            let rank = |member: &Member<'_>| (member.health, std::cmp::Reverse(member.pod.restarts()));
            rank(a)
                .cmp(&rank(b))
                .then_with(|| b.pod.meta.created.cmp(&a.pod.meta.created))
                .then_with(|| a.pod.meta.name.cmp(&b.pod.meta.name))
        });
        let events = state.cluster(&service.id.cluster).map_or_else(Vec::new, |inventory| events(inventory, &parts));
        Self { parts, pods, events }
    }

    /// How the Rollouts among its workloads are delivered.
    pub(super) fn deliveries(&self) -> Vec<(ObjectRef, Delivery)> {
        let of = |part: &Part<'_>| Some((part.object.clone(), part.status.as_ref()?.delivery.clone()?));
        self.parts.iter().filter_map(of).collect()
    }

    /// The revision that a pod has.
    pub(super) fn revision_of(&self, member: &Member<'_>) -> Option<&Revision> {
        let hash = member.pod.meta.revision_hash()?;
        self.parts[member.part].revisions.iter().find(|revision| revision.hash == *hash || revision.name == *hash)
    }
}

impl<'a> Part<'a> {
    fn gather(state: &'a State, object: &ObjectRef, now: Timestamp) -> Self {
        let inventory = state.cluster(&object.cluster);
        let family = state.family(object);
        let pods = match (&family, inventory) {
            (Some(family), _) => family.pods.clone(),
            (None, Some(inventory)) => pods_of(inventory, object),
            (None, None) => Vec::new(),
        };
        Self {
            status: family.as_ref().map(|family| status(family, now)),
            revisions: family.as_ref().map(history).unwrap_or_default(),
            scaler: inventory.and_then(|inventory| inventory.autoscaler_of(object)),
            budget: inventory.zip(family.as_ref()).and_then(|(inventory, family)| budget_of(inventory, family)),
            object: object.clone(),
            family,
            pods,
        }
    }

    /// Whether somebody should know where its rollout stands.
    pub(super) fn is_moving(&self) -> bool {
        self.status.as_ref().is_some_and(|status| status.phase != Phase::Stable)
    }
}

/// The pods of what is no workload: a Job's own, or those that share the controller of a loose one.
fn pods_of<'a>(inventory: &'a Inventory, object: &ObjectRef) -> Vec<&'a Pod> {
    let Some(row) = inventory.rows(object.kind).find(&object.namespace, &object.name) else { return Vec::new() };
    let meta = row.meta();
    let owner = match (object.kind, &meta.owner) {
        (Kind::Pod, Some(owner)) if owner.kind != "Node" => Some(&owner.uid),
        (Kind::Pod, _) => None,
        _ => Some(&meta.uid),
    };
    let pods = inventory.rows(Kind::Pod).rows_in(&object.namespace).filter_map(|row| match row {
        Row::Pod(pod) => Some(&**pod),
        _ => None,
    });
    match owner {
        Some(owner) => pods.filter(|pod| pod.meta.owner_uid() == Some(owner)).collect(),
        None => pods.filter(|pod| pod.meta.uid == meta.uid).collect(),
    }
}

/// The budget that covers a workload's pods. Its lean row holds no expressions, so one made of these is not found.
fn budget_of<'a>(inventory: &'a Inventory, family: &Family<'_>) -> Option<&'a DisruptionBudget> {
    let labels = &family.workload.template_labels;
    inventory.rows(Kind::PodDisruptionBudget).rows_in(&family.workload.meta.namespace).find_map(|row| match row {
        Row::DisruptionBudget(budget) if selects(&budget.selector, labels) => Some(&**budget),
        _ => None,
    })
}

/// How a pod is, by itself.
pub(super) fn health_of(pod: &Pod, now: Timestamp) -> Health {
    if pod.meta.deleted.is_some() {
        return Health::Moving;
    }
    if pod.is_ready() || pod.phase == "Succeeded" {
        return Health::Healthy;
    }
    if pod.phase == "Failed" || pod.trouble().is_some_and(|word| is_stuck_reason(word)) || pod.unschedulable().is_some()
    {
        return Health::Bad;
    }
    let is_young = pod.meta.created.is_some_and(|created| now.duration_since(created) < YOUNG);
    if is_young { Health::Moving } else { Health::Attention }
}

/// What the events about some parts say: newest first, equal ones as one.
fn events(inventory: &Inventory, parts: &[Part<'_>]) -> Vec<EventGroup> {
    let namespaces: HashSet<&Text> = parts.iter().map(|part| &part.object.namespace).collect();
    let mut told: HashMap<(Text, Text), EventGroup> = HashMap::new();
    for row in namespaces.into_iter().flat_map(|namespace| inventory.rows(Kind::Event).rows_in(namespace)) {
        let Row::Event(event) = row else { continue };
        if !parts.iter().any(|part| is_about(event, part)) {
            continue;
        }
        let at = event.last.or(event.first).or(event.meta.created);
        let times = u32::try_from(event.count).unwrap_or(1).max(1);
        let gist = event.gist();
        // What pods go through as they should is of interest once, with its newest example.
        let is_routine = !event.is_warning() && matches!(event.about_kind.as_str(), "Pod" | "ReplicaSet");
        let key = if is_routine { Text::default() } else { gist.clone() };
        told.entry((event.reason.clone(), key))
            .and_modify(|told| {
                if told.at < at {
                    (told.at, told.gist) = (at, gist.clone());
                }
                told.times = told.times.saturating_add(times);
                told.is_warning |= event.is_warning();
            })
            .or_insert(EventGroup { at, is_warning: event.is_warning(), reason: event.reason.clone(), gist, times });
    }
    let mut told: Vec<EventGroup> = told.into_values().collect();
    told.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.reason.cmp(&b.reason)).then_with(|| a.gist.cmp(&b.gist)));
    told
}

/// Whether an event is about a part or something that it owns, or owned: the names of pods are made of their owner's.
fn is_about(event: &Event, part: &Part<'_>) -> bool {
    let (kind, name) = (event.about_kind.as_str(), event.about_name.as_str());
    if event.meta.namespace != part.object.namespace {
        return false;
    }
    if kind == part.object.kind.name() {
        return part.object.name == name;
    }
    let is_pod_of = |owner: &str| {
        name.strip_prefix(owner).and_then(|rest| rest.strip_prefix('-')).is_some_and(|id| !id.contains('-'))
    };
    let sets = part.family.iter().flat_map(|family| &family.replica_sets);
    match kind {
        "Pod" => {
            part.pods.iter().any(|pod| pod.meta.name == name)
                || sets.map(|set| &set.meta.name).any(|set| is_pod_of(set))
                || (part.object.kind != Kind::Deployment && is_pod_of(&part.object.name))
        }
        "ReplicaSet" => sets.map(|set| &set.meta.name).any(|set| set == name),
        "HorizontalPodAutoscaler" => part.scaler.is_some_and(|scaler| scaler.meta.name == name),
        _ => false,
    }
}
