//! The briefing as it is made from the boards.

use jiff::{SignedDuration, Timestamp};

use super::alerts::told_before;
use super::{ESSENTIAL, GuardLease, Inventory, ServiceBoard, State, Timeline, history};
use crate::domain::alert::Standing as Loudness;
use crate::domain::argo::Gate;
use crate::domain::brief::{Before, Brief, Broken, Moving, OnIt, Paging, Safe};
use crate::domain::change::Change;
use crate::domain::guard::shift_of;
use crate::domain::health::Health;
use crate::domain::kind::Kind;
use crate::domain::lease::Standing as LeaseStanding;
use crate::domain::moment::moment;
use crate::domain::object::ObjectRef;
use crate::domain::problem::Problem;
use crate::domain::rollout::{Phase, Revision, Rollout, Standing};
use crate::domain::service::Service;
use crate::domain::shell::quoted;
use crate::domain::text::Text;
use crate::domain::traffic::{ArmRole, Split};

/// A change that is further back is not told.
const LATELY: SignedDuration = SignedDuration::from_hours(2);

/// Who changes something this long after trouble began may be at it; before that it may have been the cause.
const AFTER: SignedDuration = SignedDuration::from_secs(60);

/// For how long after a release whatever turns bad is taken to have come with it.
const BLAMED_FOR: SignedDuration = SignedDuration::from_mins(30);

/// Makes the briefing of an environment, or of all.
pub fn brief(
    state: &State,
    board: &ServiceBoard,
    timeline: &Timeline,
    environment: Option<&Text>,
    now: Timestamp,
) -> Brief {
    let is_in = |name: &Text| environment.is_none_or(|wanted| wanted == name);
    let services: Vec<&Service> = board.services().iter().filter(|service| is_in(&service.id.environment)).collect();
    let broken: Vec<&Service> = services.iter().copied().filter(|one| one.verdict.health.needs_somebody()).collect();
    let loud = board.alerts().iter().filter(|one| one.alert.standing.is_loud());
    let alerts = loud.filter(|one| match &one.service {
        Some(service) => is_in(&service.environment),
        None => environment.is_none(),
    });
    let changes = timeline.changes().iter().filter(|change| {
        !change.class.is_noise()
            && now.duration_since(change.at) < LATELY
            && broken.iter().any(|service| change.concerns(&service.id))
    });
    Brief {
        at: now,
        environment: environment.cloned(),
        namespaces: Vec::new(),
        services: services.len(),
        unknown: services.iter().filter(|service| service.verdict.health == Health::Unknown).count(),
        unseen: unseen(state),
        broken: broken.iter().copied().map(told).collect(),
        alerts: alerts
            .map(|one| Paging {
                alert: one.alert.name.clone(),
                priority: one.alert.priority,
                service: one.service.as_ref().map(|service| service.name.clone()),
                since: one.alert.since,
                before: one.service.as_ref().and_then(|service| told_before(timeline, &one.alert, service)),
                is_own: one.alert.evaluated.is_some(),
            })
            .collect(),
        changes: changes
            .map(|change| Before {
                at: change.at,
                service: change.service.clone().unwrap_or_default(),
                what: change.sentence(),
                why: change.why.clone(),
                by: change.by.clone(),
            })
            .collect(),
        on_it: [at_shifts(state, &services, now), on_it(state, board, timeline, &broken, now)].concat(),
        safe: broken
            .iter()
            .filter_map(|service| back_to_stable(state, board, service, now).or_else(|| safe(state, board, service)))
            .collect(),
        moving: moving(board, &services),
    }
}

/// What cannot be seen of what services are made of.
fn unseen(state: &State) -> Vec<Problem> {
    let of = |cluster: &Inventory| {
        let silence = cluster.silence().cloned();
        silence.into_iter().chain(cluster.closed(ESSENTIAL)).collect::<Vec<_>>()
    };
    state.clusters().flat_map(|(_, cluster)| of(cluster)).collect()
}

/// What waits at a gate, whatever else is said of its service, and what moves or waits otherwise. What waits for somebody
/// comes first.
fn moving(board: &ServiceBoard, services: &[&Service]) -> Vec<Moving> {
    let (mut waiting, mut others) = (Vec::new(), Vec::new());
    for service in services {
        let told = |what: &Text, goes_on_by| Moving {
            service: service.id.name.clone(),
            environment: service.id.environment.clone(),
            what: what.clone(),
            goes_on_by,
        };
        let health = service.verdict.health;
        let mut gated = gated(board, service).filter(|_| health != Health::Unknown).peekable();
        match health {
            _ if gated.peek().is_some() => {}
            Health::Waiting => waiting.push(told(&service.verdict.reason, None)),
            Health::Moving => others.push(told(&service.verdict.reason, None)),
            Health::Bad | Health::Attention | Health::Unknown | Health::Healthy => {}
        }
        for (rollout, gate) in gated {
            if gate.ends.is_some() {
                others.push(told(&rollout.status.progress, None));
                continue;
            }
            // Where something is wrong nobody is told how to go on with it.
            let release = (!health.needs_somebody()).then(|| {
                let more = format!(" --gate {} --dry-run", quoted(&gate.name()));
                command(service, "gate release", &rollout.workload, &more)
            });
            waiting.push(told(&rollout.status.progress, release));
        }
    }
    waiting.into_iter().chain(others).collect()
}

/// The rollouts of a service that wait at a gate, and for nothing else.
fn gated<'a>(board: &'a ServiceBoard, service: &'a Service) -> impl Iterator<Item = (&'a Rollout, &'a Gate)> {
    let is_held_by_it = |phase| matches!(phase, Phase::Waiting | Phase::Progressing);
    let own = board.rollouts().iter().filter(|rollout| rollout.service == service.id);
    own.filter(move |rollout| is_held_by_it(rollout.status.phase))
        .filter_map(|rollout| Some((rollout, rollout.status.gate()?)))
}

/// The command that does something with a workload of a service.
fn command(service: &Service, verb: &str, workload: &ObjectRef, more: &str) -> String {
    let (name, context) = (quoted(&service.id.name), quoted(&workload.cluster.0));
    let (namespace, workload) = (quoted(&workload.namespace), quoted(&workload.kind_and_name()));
    format!("midwatch {verb} {name} --workload {workload} -n {namespace} --context {context}{more}")
}

fn told(service: &Service) -> Broken {
    Broken {
        service: service.id.name.clone(),
        environment: service.id.environment.clone(),
        health: service.verdict.health,
        reason: service.verdict.reason.clone(),
        since: service.since(),
    }
}

/// Who shifts requests under guard now, of whatever service.
fn at_shifts(state: &State, services: &[&Service], now: Timestamp) -> Vec<OnIt> {
    let is_live = |guard: &GuardLease<'_>| guard.standing(now) == LeaseStanding::Live;
    let is_told = |guard: &GuardLease<'_>| services.iter().any(|service| service.id == guard.service);
    let guards = state.guards().into_iter().filter(|guard| is_live(guard) && is_told(guard));
    guards.map(|guard| OnIt { who: Some(guard.lease.who().clone()), what: guard.deed(now) }).collect()
}

/// Who is on it: whoever changed last what was broken by then, as far as that is known, and what somebody silenced of it.
fn on_it(state: &State, board: &ServiceBoard, timeline: &Timeline, broken: &[&Service], now: Timestamp) -> Vec<OnIt> {
    let changed = broken.iter().filter_map(|service| {
        let is_by_somebody = |change: &&Change| {
            change.by.is_some()
                && !change.class.is_noise()
                && now.duration_since(change.at) < LATELY
                && service.since().is_some_and(|since| change.at.duration_since(since) >= AFTER)
        };
        let last = timeline.of(&service.id).find(is_by_somebody)?;
        let at = last.at.strftime("%H:%M");
        Some(OnIt { who: last.by.clone(), what: format!("changed {} at {at}: {}", service.id.name, last.what) })
    });
    let silenced = board.alerts().iter().filter_map(|one| {
        let service = one.service.as_ref().filter(|id| broken.iter().any(|service| service.id == **id))?;
        let what = format!("{} of {}", one.alert.name, service.name);
        if one.alert.standing != Loudness::Silenced {
            return None;
        }
        // Its silences may not be told, as by an Alertmanager that answers only half of what it is asked.
        let Some(silence) = state.quieted_by(&one.alert) else {
            let by = one.alert.silenced_by.first()?;
            return Some(OnIt { who: None, what: format!("somebody silenced {what} ({by})") });
        };
        let how = if silence.acknowledgement().is_some() { "acknowledged" } else { "silenced" };
        let who = Some(silence.by.clone()).filter(|by| !by.is_empty());
        let somebody = if who.is_none() { "somebody " } else { "" };
        let until = moment(silence.ends, now);
        Some(OnIt { who, what: format!("{somebody}{how} {what} until {until}") })
    });
    changed.chain(silenced).collect()
}

/// What can be done about a service: go back from a rollout that does not come to its end or that was the last thing
/// before it turned bad, else look at what it says.
fn safe(state: &State, board: &ServiceBoard, service: &Service) -> Option<Safe> {
    let own = || board.rollouts().iter().filter(|rollout| rollout.service == service.id);
    // What fails is what ails it, whatever else waits at a gate.
    let is_failing = |rollout: &&Rollout| matches!(rollout.status.phase, Phase::Stuck | Phase::Failed);
    let is_moving = |rollout: &&Rollout| matches!(rollout.status.phase, Phase::Progressing | Phase::Waiting);
    let held_up = own().find(is_failing).or_else(|| own().find(is_moving));
    let held_up = held_up.and_then(|rollout| Some((rollout, way_back(state, rollout)?)));
    let to_blame = || own().find_map(|rollout| Some((rollout, way_back_from_blame(state, service, rollout)?)));
    if let Some((rollout, back)) = held_up.or_else(to_blame) {
        let (to, pin) = match &back {
            WayBack::Named(back) => {
                let pin = if back.hash.is_empty() { &back.name } else { &back.hash };
                let serves = (back.ready > 0).then(|| format!(", of which {} pods still serve", back.ready));
                (format!(" to {}{}", back.version, serves.unwrap_or_default()), format!(" --to {}", quoted(pin)))
            }
            WayBack::Planned => (String::new(), String::new()),
        };
        return Some(Safe {
            what: format!("plan to roll {} back{to}", service.id.name),
            command: command(service, "rollback", &rollout.workload, &format!("{pin} --dry-run")),
        });
    }
    // To abort no revision has to be known, as where ReplicaSets may not be read.
    if let Some((rollout, _)) = gated(board, service).next() {
        return Some(Safe {
            what: format!("plan to abort the rollout of {} to {}", service.id.name, rollout.version),
            command: command(service, "abort", &rollout.workload, " --dry-run"),
        });
    }
    let workload = service.workloads.iter().find(|workload| Kind::WORKLOADS.contains(&workload.kind))?;
    Some(Safe {
        what: format!("read what {} says", service.id.name),
        command: command(service, "logs", workload, " --tail 100"),
    })
}

/// Where a canary is what ails a service, all its requests can go back to the stable revision; not where a controller sets
/// the weights, who would take that back.
fn back_to_stable(state: &State, board: &ServiceBoard, service: &Service, now: Timestamp) -> Option<Safe> {
    let is_left = |guard: &GuardLease<'_>| {
        guard.service == service.id && guard.standing(now) == LeaseStanding::Abandoned && guard.percent > Some(0)
    };
    if let Some(guard) = state.guards().into_iter().find(is_left) {
        let what = format!("plan to send all requests of {} to the stable revision", service.id.name);
        return Some(Safe { what, command: format!("{} --dry-run", guard.back()) });
    }
    let numbers = board.numbers(&service.id);
    let is_worse = |split: &Split| split.steered_by.is_none() && state.worse(split, numbers, now).is_some();
    let split = state.splits(&service.id).into_iter().find(is_worse)?;
    let (canary, stable) = (split.arm(ArmRole::Canary)?, split.arm(ArmRole::Stable)?);
    let shift = shift_of(&service.id.name, &split.router, &canary.service);
    Some(Safe {
        what: format!("plan to send all requests of {} to {}, the stable revision", service.id.name, stable.version),
        command: format!("{shift} --to 0 --dry-run"),
    })
}

/// Where a rollback goes to.
enum WayBack {
    /// To the release before.
    Named(Revision),
    /// What runs was restarted, or configured anew: which revision is another release, the plan can tell.
    Planned,
}

/// The way back from a rollout. None from one that is a way back itself: what it replaced is younger.
fn way_back(state: &State, rollout: &Rollout) -> Option<WayBack> {
    let all = history(&state.family(&rollout.workload)?);
    let of = |standing| all.iter().find(|revision| revision.standing == standing);
    let (current, previous) = (of(Standing::Current)?, of(Standing::Previous)?);
    if previous.created > current.created {
        return None;
    }
    let is_same = (&previous.images, &previous.version) == (&current.images, &current.version);
    Some(if is_same { WayBack::Planned } else { WayBack::Named(previous.clone()) })
}

/// The same, where a new release came shortly before the service turned bad. One that was gone back to is older than
/// what it replaced, and what came after the trouble began did not cause it.
fn way_back_from_blame(state: &State, service: &Service, rollout: &Rollout) -> Option<WayBack> {
    let family = state.family(&rollout.workload)?;
    let is_current = |revision: &Revision| revision.standing == Standing::Current;
    let made = history(&family).into_iter().find(is_current)?.created?;
    let since = service.since()?;
    let is_close = made <= since && since.duration_since(made) < BLAMED_FOR;
    way_back(state, rollout).filter(|_| is_close)
}

#[cfg(test)]
mod tests;
