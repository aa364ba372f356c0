//! The briefing as it is made from the boards.

use jiff::{SignedDuration, Timestamp};

use super::alerts::told_before;
use super::{ServiceBoard, State, Timeline, history};
use crate::domain::brief::{Before, Brief, Broken, Paging, Safe};
use crate::domain::health::Health;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::rollout::{Phase, Rollout, Standing};
use crate::domain::service::Service;
use crate::domain::shell::quoted;
use crate::domain::text::Text;

/// A change that is further back is not told.
const LATELY: SignedDuration = SignedDuration::from_hours(2);

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
        services: services.len(),
        unknown: services.iter().filter(|service| service.verdict.health == Health::Unknown).count(),
        broken: broken.iter().copied().map(told).collect(),
        alerts: alerts
            .map(|one| Paging {
                alert: one.alert.name.clone(),
                priority: one.alert.priority,
                service: one.service.as_ref().map(|service| service.name.clone()),
                since: one.alert.since,
                before: one.service.as_ref().and_then(|service| told_before(timeline, &one.alert, service)),
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
        safe: broken.iter().filter_map(|service| safe(state, board, service)).collect(),
    }
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

/// What can be done about a service: go back from a rollout that does not come to its end, else look at what it says.
fn safe(state: &State, board: &ServiceBoard, service: &Service) -> Option<Safe> {
    let is_held_up = |rollout: &&Rollout| {
        rollout.service == service.id
            && matches!(rollout.status.phase, Phase::Stuck | Phase::Failed | Phase::Progressing)
    };
    let line = |verb: &str, object: &ObjectRef, more: &str| {
        let (name, context) = (quoted(&service.id.name), quoted(&object.cluster.0));
        let workload = quoted(&object.kind_and_name());
        format!(
            "midwatch {verb} {name} --workload {workload} -n {} --context {context}{more}",
            quoted(&object.namespace)
        )
    };
    if let Some(rollout) = board.rollouts().iter().find(is_held_up) {
        let family = state.family(&rollout.workload)?;
        let back = history(&family).into_iter().find(|revision| revision.standing == Standing::Previous)?;
        let pin = if back.hash.is_empty() { &back.name } else { &back.hash };
        let serves = if back.ready > 0 { format!(", of which {} pods still serve", back.ready) } else { String::new() };
        return Some(Safe {
            what: format!("plan to roll {} back to {}{serves}", service.id.name, back.version),
            command: line("rollback", &rollout.workload, &format!(" --to {} --dry-run", quoted(pin))),
        });
    }
    let workload = service.workloads.iter().find(|workload| Kind::WORKLOADS.contains(&workload.kind))?;
    Some(Safe { what: format!("read what {} says", service.id.name), command: line("logs", workload, " --tail 100") })
}

#[cfg(test)]
mod tests;
