//! The fleet at the start: its history is lived through by the same controllers that run it afterwards.

mod catalogue;
mod delivery;
mod network;
mod platform;
mod workloads;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use self::catalogue::{PRODUCTION, Release, SEARCH, SERVICES, Service, service};
use super::controllers::{is_available, tick};
use super::object::{at, name, number, set, uid};
use super::signals::Silences;
use super::world::World;

const STAGING: &str = "staging";
/// The last part of the past is lived through second by second; before it, only what happened after each step.
const LIVED_THROUGH: SignedDuration = SignedDuration::from_mins(17);
/// When a step of the past has not settled after so many ticks, history goes on all the same.
const MOST_TICKS: usize = 90;

/// Something that happened to the fleet before the sandbox started.
struct Step {
    at: Timestamp,
    what: Deed,
}

#[derive(Clone, Copy)]
enum Deed {
    Release(&'static str, &'static Service, &'static Release),
    UpgradeRedis,
    RestartUserService,
    NightlyJob,
    EditChatConfig,
    BreakNotificationPod,
    LackRoom,
    /// The last release of a service of production, which is not finished when the sandbox starts.
    Begin(&'static str),
    StagingRelease,
    ReleaseSearch,
    BringUpCanary,
    BeginCanary,
}

/// Builds the fleet as it is at `start`.
pub(super) fn build(seed: u64, start: Timestamp) -> World {
    let mut world = World::new(seed, start - SignedDuration::from_hours(2_200));
    platform::create_nodes(&mut world);
    platform::create_namespaces(&mut world);
    world.now = start - SignedDuration::from_hours(990);
    workloads::create_others(&mut world);
    network::create_signals(&mut world);
    for namespace in [PRODUCTION, STAGING] {
        network::create(&mut world, namespace);
        for service in SERVICES.iter().filter(|service| service.is_in(namespace)) {
            match service.host_in(namespace) {
                Some(_) => delivery::create(&mut world, service),
                None => workloads::create(&mut world, namespace, service, &service.releases[0]),
            }
        }
    }
    delivery::create_search(&mut world);
    settle(&mut world);
    let lived_through = start - LIVED_THROUGH;
    for step in past(start) {
        if step.at > lived_through {
            if world.now < lived_through {
                world.now = lived_through;
                world.samples.fill_past(&world.store, world.now);
            }
            world.catch_up(step.at);
            enact(&mut world, step.what);
        } else {
            world.now = step.at;
            enact(&mut world, step.what);
            settle(&mut world);
        }
    }
    world.catch_up(start);
    world.silences = Silences::begin(start);
    world.store.compact();
    world
}

/// Lists what happened, oldest first.
fn past(start: Timestamp) -> Vec<Step> {
    let ago = |seconds: i64, what: Deed| Step { at: start - SignedDuration::from_secs(seconds), what };
    let mut steps = vec![
        ago(12 * 86_400, Deed::UpgradeRedis),
        ago(3 * 3_600, Deed::RestartUserService),
        ago(18 * 60, Deed::NightlyJob),
        ago(34 * 60, Deed::EditChatConfig),
        ago(16 * 60, Deed::BreakNotificationPod),
        ago(12 * 60, Deed::LackRoom),
        ago(8 * 60, Deed::Begin("chat-service")),
        ago(4 * 60, Deed::Begin("media-service")),
        ago(20, Deed::StagingRelease),
        ago(260 * 3_600, Deed::ReleaseSearch),
        ago(26 * 60, Deed::BringUpCanary),
        ago(11 * 60, Deed::BeginCanary),
    ];
    for (index, service) in SERVICES.iter().enumerate() {
        let offset = i64::try_from(index).unwrap_or_default() * 700;
        for release in service.releases[1..].iter().filter(|release| release.hours_ago > 0) {
            let seconds = release.hours_ago * 3_600 + offset;
            steps.push(ago(seconds, Deed::Release(PRODUCTION, service, release)));
            steps.push(ago(seconds + 86_400, Deed::Release(STAGING, service, release)));
        }
    }
    steps.sort_by_key(|step| step.at);
    steps
}

fn enact(world: &mut World, deed: Deed) {
    match deed {
        Deed::Release(namespace, service, release) => {
            roll_out(world, namespace, service, release);
            if service.host_in(namespace).is_some() {
                delivery::promote(world, service);
            }
        }
        Deed::UpgradeRedis => change(world, "statefulsets", "redis", "kubectl-set", |redis| {
            redis["spec"]["template"]["spec"]["containers"][0]["image"] =
                json!("registry.example.com/library/redis:7.4.2");
        }),
        Deed::RestartUserService => workloads::restart(world, PRODUCTION, "user-service"),
        Deed::NightlyJob => platform::create_nightly_job(world),
        Deed::EditChatConfig => change(world, "configmaps", "chat-config", "kubectl-edit", |config| {
            set(config, "data.REDIS_POOL_SIZE", json!("8"));
        }),
        Deed::BreakNotificationPod => {
            let first = pod_of(world, PRODUCTION, "notification-service").map(|pod| uid(&pod).to_owned());
            world.broken.extend(first);
        }
        Deed::LackRoom => {
            if let Some(pod) = pod_of(world, STAGING, "task-service") {
                let message = "0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.";
                for _ in 0..4 {
                    world.report(&pod, "default-scheduler", "Warning", "FailedScheduling", message);
                }
            }
        }
        Deed::Begin(name) => {
            if let Some((service, release)) =
                service(name).and_then(|service| Some((service, service.releases.last()?)))
            {
                roll_out(world, PRODUCTION, service, release);
            }
        }
        Deed::ReleaseSearch => {
            let release = &SEARCH.releases[1];
            workloads::roll_out(world, PRODUCTION, &SEARCH, release.version, release.cause);
        }
        Deed::BringUpCanary => delivery::bring_up_canary(world),
        Deed::BeginCanary => delivery::begin_canary(world),
        Deed::StagingRelease => {
            if let Some(service) = service("auth-service") {
                workloads::roll_out(world, STAGING, service, "3.2.0", "pipeline: auth-service 3.2.0");
            }
        }
    }
}

/// Releases a version of a service in the way of its namespace.
fn roll_out(world: &mut World, namespace: &str, service: &Service, release: &Release) {
    match service.host_in(namespace) {
        Some(_) => delivery::release(world, service, release),
        None => workloads::roll_out(world, namespace, service, release.version, release.cause),
    }
}

/// Changes an object in production on behalf of somebody.
fn change(world: &mut World, plural: &'static str, name: &str, who: &str, change: impl FnOnce(&mut Value)) {
    if let Some(object) = world.store.get(plural, PRODUCTION, name) {
        world.edit(&object, who, change);
    }
}

fn pod_of(world: &World, space: &str, service: &str) -> Option<Arc<Value>> {
    world.store.list_in("pods", space).into_iter().find(|pod| name(pod).starts_with(service))
}

/// Lets the controllers work until every workload of the past is as it should be.
fn settle(world: &mut World) {
    for ticks in 0..MOST_TICKS {
        world.now += SignedDuration::from_secs(3);
        tick(world);
        if ticks > 3 && is_settled(world) {
            return;
        }
    }
}

fn is_settled(world: &World) -> bool {
    let is_complete = |deployment: &Arc<Value>| {
        let wanted = number(deployment, "spec.replicas");
        let all = ["status.replicas", "status.updatedReplicas", "status.availableReplicas"];
        all.iter().all(|field| number(deployment, field) == wanted)
            && number(deployment, "status.observedGeneration") == number(deployment, "metadata.generation")
    };
    let redis = world.store.list("statefulsets").iter().all(|set| {
        number(set, "status.updatedReplicas") == number(set, "spec.replicas")
            && at(set, "status.currentRevision") == at(set, "status.updateRevision")
    });
    let pods = world.store.list("pods");
    let is_quiet = |pod: &Arc<Value>| is_available(pod) || at(pod, "status.phase") == "Succeeded";
    redis
        && delivery::is_settled(world)
        && world.store.list("deployments").iter().all(is_complete)
        && pods.iter().all(is_quiet)
}
