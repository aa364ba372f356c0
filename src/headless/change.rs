//! Changes from a script: the same intents, checks and records as on the screen.

use std::time::Duration;

use jiff::SignedDuration;

use crate::cli::{Change, Place, Rollback};
use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::operation::{Failure, OperationEvent, Proposal};
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::runtime::{Patience, Proof, Session, Wait};
use crate::state::Freshness;

use super::{Exit, complain, say};

/// How long to wait for the first lists.
const READING: Duration = Duration::from_secs(20);

/// Goes back to an earlier revision.
pub async fn rollback(session: &mut Session, place: &Place, args: &Rollback) -> Result<Exit, Problem> {
    let target = match target(session, place, &args.change).await? {
        Ok(target) => target,
        Err(exit) => return Ok(exit),
    };
    let intent = Intent::Rollback { target, to: args.to.as_deref().map(Text::from_untrusted) };
    carry_out(session, intent, &args.change).await
}

/// Finds the one workload that is meant; more than one match is told and never guessed.
async fn target(session: &mut Session, place: &Place, args: &Change) -> Result<Result<ObjectRef, Exit>, Problem> {
    read_workloads(session).await?;
    let mut found: Vec<ObjectRef> = Vec::new();
    for (cluster, inventory) in session.state().clusters() {
        for kind in Kind::WORKLOADS {
            for row in inventory.rows(kind).rows() {
                let meta = row.meta();
                let object = ObjectRef {
                    cluster: cluster.clone(),
                    kind,
                    namespace: meta.namespace.clone(),
                    name: meta.name.clone(),
                };
                if is_meant(session, place, args, &object) {
                    found.push(object);
                }
            }
        }
    }
    match found.len() {
        1 => Ok(Ok(found.remove(0))),
        0 => Err(Problem::new(format!("there is no {}", args.service), "", "midwatch services shows what there is")),
        _ => {
            say(&format!("midwatch: {} is several workloads; say which one with --workload and -n:", args.service));
            for object in found {
                say(&format!(
                    "  --workload {} -n {} --context {}",
                    object.kind_and_name(),
                    object.namespace,
                    object.cluster
                ));
            }
            Ok(Err(Exit::Usage))
        }
    }
}

/// Whether a workload is the one that the arguments mean.
fn is_meant(session: &Session, place: &Place, args: &Change, object: &ObjectRef) -> bool {
    let whereabouts = session.place_of(object);
    let name = match &args.workload {
        Some(workload) => {
            *workload == object.kind_and_name()
                && (whereabouts.service == args.service.as_str() || object.name == args.service.as_str())
        }
        None => whereabouts.service == args.service.as_str() || object.name == args.service.as_str(),
    };
    name && place.environment.as_ref().is_none_or(|wanted| whereabouts.environment == wanted.as_str())
}

/// Waits until the workloads have been read.
async fn read_workloads(session: &mut Session) -> Result<(), Problem> {
    let is_loading = |session: &Session| {
        session
            .state()
            .clusters()
            .any(|(_, cluster)| Kind::WORKLOADS.iter().any(|kind| cluster.freshness(*kind) == Freshness::Loading))
            || session.state().clusters().next().is_none()
    };
    let reading = async {
        while is_loading(session) {
            drop(session.absorb().await);
        }
    };
    if tokio::time::timeout(READING, reading).await.is_err() {
        let silent = session.state().clusters().find_map(|(_, cluster)| cluster.silence().cloned());
        return Err(silent.unwrap_or_else(|| Problem::new("the cluster does not answer", "no list within 20 s", "")));
    }
    Ok(())
}

/// Proposes, confirms by what the arguments say, and tells how it goes.
async fn carry_out(session: &mut Session, intent: Intent, args: &Change) -> Result<Exit, Problem> {
    if args.write {
        super::audit::tell_left_open(session).await;
        session.arm_always();
    }
    let wait = if args.wait { Wait::For(patience(&args.timeout)?) } else { Wait::No };
    let id = session.propose(intent, wait);
    loop {
        let events = session.absorb().await.operations;
        for event in events.into_iter().filter(|(of, _)| *of == id).map(|(_, event)| event) {
            match event {
                OperationEvent::Preparing => {}
                OperationEvent::Proposed(proposal) => {
                    tell(&proposal);
                    if let Some(exit) = refuse(&proposal, args) {
                        return Ok(exit);
                    }
                    session.confirm(
                        id,
                        Proof {
                            plan: proposal.plan.hash(),
                            typed: args.confirm.clone().unwrap_or_default(),
                            reason: Text::from_untrusted(args.reason.as_deref().unwrap_or_default()),
                        },
                    );
                }
                OperationEvent::NotConfirmed { problem } => {
                    complain(&problem);
                    return Ok(Exit::from(Failure::NotConfirmed));
                }
                OperationEvent::StepStarted { step, what } => say(&format!("step {step}: {what}")),
                OperationEvent::StepDone { step, detail } => say(&format!("step {step}: {detail}")),
                OperationEvent::Verifying { progress } => say(&progress),
                OperationEvent::Ended { verdict } => {
                    say(&format!("{}: {}", verdict.word(), verdict.detail()));
                    return Ok(Exit::from(&verdict));
                }
                OperationEvent::Failed { failure, problem } => {
                    complain(&problem);
                    return Ok(Exit::from(failure));
                }
            }
        }
    }
}

/// How long to watch.
fn patience(timeout: &str) -> Result<Patience, Problem> {
    let limit = timeout.parse::<SignedDuration>().ok().and_then(|limit| Duration::try_from(limit).ok());
    let limit =
        limit.ok_or_else(|| Problem::new(format!("{timeout:?} is no length of time"), "", "write 5m or 90s"))?;
    let usual = Patience::default();
    Ok(Patience { stable: usual.stable.min(limit / 2), limit, ..usual })
}

/// Why a plan is not to be confirmed.
fn refuse(proposal: &Proposal, args: &Change) -> Option<Exit> {
    if args.dry_run {
        return Some(proposal.refusal.as_ref().filter(|_| args.write).map_or(Exit::Done, |_| Exit::Denied));
    }
    if let Some(problem) = &proposal.refusal {
        complain(problem);
        return Some(Exit::Denied);
    }
    if args.reason.is_none() {
        complain(&Problem::new("a change needs a reason", "it is recorded with it", "--reason TEXT"));
        return Some(Exit::Usage);
    }
    None
}

/// The plan in words.
fn tell(proposal: &Proposal) {
    let plan = &proposal.plan;
    say(&plan.title);
    for (index, step) in plan.steps.iter().enumerate() {
        say(&format!("  {}  {}  {}: {} -> {}", index + 1, step.object, step.what, step.before, step.after));
    }
    for warning in &plan.warnings {
        say(&format!("  beware: {warning}"));
    }
}
