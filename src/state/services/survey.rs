//! One look over all clusters: every workload is assessed, and members that labels name alike become a service.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};

use super::member::{Member, loose_name};
use crate::domain::condition::{Truth, find};
use crate::domain::environment::Place;
use crate::domain::health::{Health, Verdict};
use crate::domain::kind::Kind;
use crate::domain::object::ClusterName;
use crate::domain::platform::Job;
use crate::domain::pod::Pod;
use crate::domain::rollout::Rollout;
use crate::domain::row::Row;
use crate::domain::service::{Service, ServiceId};
use crate::domain::text::Text;
use crate::state::State;
use crate::state::doubt::{Doubt, doubt};
use crate::state::family::{Families, Family};
use crate::state::health::assess;
use crate::state::inventory::Inventory;
use crate::state::rollouts::status;
use crate::state::trouble::refusal;

/// An event that refused a pod counts for so long.
const REFUSAL_COUNTS: SignedDuration = SignedDuration::from_mins(10);

/// A service as one look found it.
#[derive(Debug)]
pub(super) struct Found {
    /// The service, as it was when it was last known.
    pub(super) service: Service,
    /// Why it is not known now.
    pub(super) doubt: Option<Doubt>,
    /// How often its parts were changed.
    pub(super) generation: i64,
}

/// Services and rollouts of all clusters, in no order of meaning.
pub(super) fn survey(state: &State, now: Timestamp) -> (Vec<Found>, Vec<Rollout>) {
    let mut services = Vec::new();
    let mut rollouts = Vec::new();
    for (cluster, inventory) in state.clusters() {
        let mut survey = Survey { state, cluster, inventory, now, places: HashMap::new(), members: BTreeMap::new() };
        let families = Families::gather(inventory);
        rollouts.extend(survey.workloads(&families.workloads));
        survey.jobs(&families.jobs);
        survey.loose(&families.loose);
        services.extend(survey.members.into_iter().map(|(id, members)| together(id, members)));
    }
    (services, rollouts)
}

/// The look over one cluster.
struct Survey<'a> {
    state: &'a State,
    cluster: &'a ClusterName,
    inventory: &'a Inventory,
    now: Timestamp,
    places: HashMap<&'a str, Place>,
    members: BTreeMap<ServiceId, Vec<(Member, bool)>>,
}

impl<'a> Survey<'a> {
    /// Takes in workloads with their pods.
    fn workloads(&mut self, families: &[Family<'a>]) -> Vec<Rollout> {
        let mut refusals = None;
        let mut rollouts = Vec::with_capacity(families.len());
        for family in families {
            let workload = family.workload;
            let status = status(family, self.now);
            let refused = (workload.current < workload.desired && family.kind != Kind::Deployment)
                .then(|| refusals.get_or_insert_with(|| self.refusals()).get(workload.meta.uid.as_str()).copied())
                .flatten()
                .map(|message| Text::from(refusal(message)));
            let verdict = assess(family, &status, refused, self.now);
            let doubt = self.doubt(&[family.kind, Kind::Pod], &workload.meta.namespace);
            let member = Member { doubt, ..Member::of_workload(self.cluster, family, &status, verdict) };
            let object = member.object.clone();
            let service = self.admit(member, &workload.meta.namespace);
            rollouts.push(Rollout { workload: object, service, status, version: family.version() });
        }
        rollouts
    }

    /// Takes in Jobs that have not ended.
    fn jobs(&mut self, jobs: &[(&'a Job, Vec<&'a Pod>)]) {
        for (job, pods) in jobs {
            if !is_finished(job) {
                let doubt = self.doubt(&[Kind::Job, Kind::Pod], &job.meta.namespace);
                let member = Member { doubt, ..Member::of_job(self.cluster, job, pods, self.now) };
                self.admit(member, &job.meta.namespace);
            }
        }
    }

    /// Takes in pods that no known controller owns, except those that have done their work.
    fn loose(&mut self, pods: &[&'a Pod]) {
        let mut groups: BTreeMap<(&Text, &Text), Vec<&Pod>> = BTreeMap::new();
        for pod in pods.iter().filter(|pod| pod.phase != "Succeeded") {
            groups.entry((&pod.meta.namespace, loose_name(pod))).or_default().push(pod);
        }
        for ((namespace, _), mut pods) in groups {
            pods.sort_by_key(|pod| &pod.meta.name);
            if let Some(mut member) = Member::of_loose(self.cluster, &pods, self.now) {
                member.doubt = self.doubt(&[Kind::Pod], namespace);
                // The group's namespace outlives it: it is borrowed from a row.
                let namespace = &pods[0].meta.namespace;
                self.admit(member, namespace);
            }
        }
    }

    /// Lets a member into its service.
    fn admit(&mut self, member: Member, namespace: &'a Text) -> ServiceId {
        let (state, cluster) = (self.state, self.cluster);
        let place = self.places.entry(namespace).or_insert_with(|| state.place(cluster, namespace));
        let id = ServiceId {
            cluster: cluster.clone(),
            environment: place.environment.clone(),
            name: member.service.clone(),
        };
        let is_protected = place.is_protected;
        self.members.entry(id.clone()).or_default().push((member, is_protected));
        id
    }

    fn doubt(&self, kinds: &[Kind], namespace: &Text) -> Option<Doubt> {
        doubt(self.inventory, kinds, namespace, self.now)
    }

    /// The latest refusals to make pods, by the identity of who was refused: only events tell it of StatefulSets and
    /// DaemonSets.
    fn refusals(&self) -> HashMap<&'a str, &'a str> {
        let mut refusals: HashMap<&str, (Timestamp, &str)> = HashMap::new();
        for row in self.inventory.rows(Kind::Event).rows() {
            let Row::Event(event) = row else { continue };
            let Some(at) = event.last.filter(|at| self.now.duration_since(*at) < REFUSAL_COUNTS) else { continue };
            if event.reason == "FailedCreate" {
                let known = refusals.entry(&event.about_uid).or_insert((at, &event.message));
                if known.0 < at {
                    *known = (at, &event.message);
                }
            }
        }
        refusals.into_iter().map(|(uid, (_, message))| (uid, message)).collect()
    }
}

/// Whether a Job has ended, well or badly.
fn is_finished(job: &Job) -> bool {
    let holds = |about| find(&job.conditions, about).is_some_and(|condition| condition.truth == Truth::True);
    job.finished.is_some() || holds("Complete") || holds("Failed")
}

/// Makes a service of its members: its health is that of the worst, its version that of the largest. Where it is in doubt,
/// what was known is that of the member that was worst.
fn together(id: ServiceId, mut members: Vec<(Member, bool)>) -> Found {
    members.sort_by(|(a, _), (b, _)| a.object.cmp(&b.object));
    let many = members.len() > 1;
    let worst = members.iter().map(|(member, _)| member).min_by_key(|member| {
        let Verdict { health, since, .. } = &member.verdict;
        (member.health(), *health, since.is_none(), *since)
    });
    let verdict = worst.map(|member| match member.verdict.health {
        Health::Healthy => Verdict::new(Health::Healthy, calm_reason(&members), calm_since(&members)),
        health if many => {
            Verdict::new(health, format!("{}: {}", member.object.name, member.verdict.reason), member.verdict.since)
        }
        _ => member.verdict.clone(),
    });
    let doubt = worst.and_then(|member| member.doubt.clone());
    let generation = members.iter().map(|(member, _)| member.generation).sum();
    let mut namespaces: Vec<_> = members.iter().map(|(member, _)| member.object.namespace.clone()).collect();
    namespaces.dedup();
    namespaces.sort();
    namespaces.dedup();
    let sum = |of: fn(&Member) -> u32| members.iter().map(|(member, _)| of(member)).sum();
    // Of equally large ones the first by name; a rollout is shown before what stands still.
    let largest = members
        .iter()
        .map(|(member, _)| member)
        .rev()
        .max_by_key(|member| (member.version.next.is_some(), member.desired));
    let service = Service {
        version: largest.map(|member| member.version.clone()).unwrap_or_default(),
        part_of: members.iter().find_map(|(member, _)| member.part_of.clone()),
        is_protected: members.iter().any(|(_, is_protected)| *is_protected),
        verdict: verdict.unwrap_or_else(|| Verdict::new(Health::Unknown, "unknown", None)),
        ready: sum(|member| member.ready),
        desired: sum(|member| member.desired),
        restarts: sum(|member| member.restarts),
        workloads: members.iter().map(|(member, _)| member.object.clone()).collect(),
        namespaces,
        id,
    };
    Found { service, doubt, generation }
}

/// The word for a service of which every member is well: the member's own where all say the same.
fn calm_reason(members: &[(Member, bool)]) -> &str {
    let mut reasons = members.iter().map(|(member, _)| member.verdict.reason.as_str());
    let first = reasons.next().unwrap_or("healthy");
    if reasons.all(|reason| reason == first) { first } else { "healthy" }
}

/// Since when nothing has happened to any member.
fn calm_since(members: &[(Member, bool)]) -> Option<Timestamp> {
    members.iter().filter_map(|(member, _)| member.verdict.since).max()
}
