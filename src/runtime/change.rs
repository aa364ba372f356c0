//! One change under way: it walks through the stages of operations and waits for the operator between them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use crate::domain::alert::Priorities;
use crate::domain::audit::{ActionId, Denied, Event, VerdictResult};
use crate::domain::environment::EnvironmentRules;
use crate::domain::intent::Intent;
use crate::domain::lease::Lease;
use crate::domain::object::ObjectRef;
use crate::domain::operation::{Failure, OperationEvent, Proposal, Verdict};
use crate::domain::plan::Plan;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::time::Clock;
use crate::domain::traffic;
use crate::operations::NotDone;
use crate::operations::audit::Urgency;
use crate::operations::authorize::{Actor, Arming, Asked, Authorized, Denial, authorize};
use crate::operations::confirm::{Confirmed, Proof, confirm};
use crate::operations::execute::{Executed, Record, execute, in_cluster, stored, urgency};
use crate::operations::guard::{Own, Sightings, lease};
use crate::operations::plan::{NoPlan, Place, plan};
use crate::operations::policy::Policy;
use crate::operations::ports::{ControlPlane, ReadError};
use crate::operations::read::{Snapshot, read};
use crate::operations::rehearse::{Rehearsed, rehearse};
use crate::operations::silence::{self, Ground};
use crate::operations::verify::verify;
use crate::operations::withdraw::Yes;

use super::arming::Armed;
use super::evidence::{Collector, Dossier, Head};
use super::ledger::Ledger;
use super::wait::Wait;

/// What the operator says to a change that waits.
#[derive(Debug)]
pub(super) enum Order {
    /// Yes, with proof.
    Confirm(Proof),
    /// Look at the world again and plan anew.
    Refresh,
}

/// Everything that a change needs.
pub(super) struct Change {
    pub(super) intent: Intent,
    /// Why, as far as it was said with the wish.
    pub(super) reason: Text,
    /// When it was asked for.
    pub(super) asked: jiff::Timestamp,
    /// The service that the target belongs to.
    pub(super) service: Text,
    /// What makes an environment of the target's namespace.
    pub(super) rules: EnvironmentRules,
    /// How far traffic may be shifted.
    pub(super) traffic: traffic::Limits,
    /// What makes an alert urgent.
    pub(super) priorities: Priorities,
    pub(super) plane: Arc<dyn ControlPlane>,
    pub(super) policy: Arc<Policy>,
    pub(super) armed: watch::Receiver<Armed>,
    pub(super) ledger: Arc<Ledger>,
    pub(super) action: ActionId,
    pub(super) clock: Clock,
    pub(super) wait: Wait,
    /// What it rests on as a step of a guarded shift.
    pub(super) own: Option<Own>,
    /// The yes to it, which may be taken back.
    pub(super) yes: Yes,
    /// For how long leases have been seen as they are.
    pub(super) sightings: Arc<Sightings>,
    /// What keeps evidence of it, where that is wanted.
    pub(super) evidence: Option<Collector>,
}

/// How long is waited before a plan that could not be made anew is asked for again.
const BREATH: Duration = Duration::from_secs(1);

/// How often a lease is looked at that has to be watched before there is a plan.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Where a change reports to.
pub(super) type Report = Box<dyn FnMut(OperationEvent) + Send>;

impl Change {
    /// Runs the change until it has ended, or nobody holds the other end of `orders` any more.
    pub(super) async fn run(self, mut orders: mpsc::Receiver<Order>, mut report: Report) {
        let mut was_shown = false;
        loop {
            report(OperationEvent::Preparing);
            let mut waiting = match self.prepare(&mut report).await {
                Ok((proposal, rehearsed)) => {
                    report(OperationEvent::Proposed(proposal));
                    was_shown = true;
                    rehearsed
                }
                // What was typed is kept while the server is away for a moment.
                Err(not_done) if was_shown && not_done.failure == Failure::Unreachable => {
                    tokio::time::sleep(BREATH).await;
                    report(OperationEvent::NotConfirmed { problem: not_done.problem });
                    None
                }
                Err(not_done) => return report(failed(not_done)),
            };
            loop {
                match wait_for_yes(waiting.take(), &mut orders, &mut report, &self).await {
                    Answer::Yes(confirmed) => match self.carry_out(*confirmed, &mut report).await {
                        // Nothing is forced: whoever wants it still has it planned anew and looks at that.
                        Some(problem) => report(OperationEvent::Overtaken { problem }),
                        None => return,
                    },
                    Answer::Again => break,
                    Answer::Left => return,
                }
            }
        }
    }

    /// Reads, plans, authorizes and rehearses. A plan that is denied is proposed all the same, to be looked at.
    async fn prepare(&self, report: &mut Report) -> Result<(Proposal, Option<Rehearsed>), NotDone> {
        let (plan, asked) = self.plan(report).await?;
        match authorize(plan, &*asked, &self.policy, self.arming()) {
            Err(denial) => {
                self.note_denial(&denial).await;
                Ok((proposal_of(&denial.plan, &denial.checks, &denial.actor, Some(denial.problem.clone())), None))
            }
            Ok(authorized) => {
                let proposal = proposal_of(authorized.plan(), authorized.checks(), authorized.actor(), None);
                let rehearsed = self.rehearse(authorized).await?;
                Ok((proposal, Some(rehearsed)))
            }
        }
    }

    /// Whether it may change anything. A step of a guarded shift was said yes to with the course, however long that takes.
    fn arming(&self) -> Arming {
        if self.own.is_some() { Arming::Armed } else { self.armed.borrow().arming(self.clock.now()) }
    }

    async fn rehearse(&self, authorized: Authorized) -> Result<Rehearsed, NotDone> {
        rehearse(authorized, &*self.plane, self.action.as_str()).await
    }

    /// Reads what the plan rests on, and makes it.
    async fn plan(&self, report: &mut Report) -> Result<(Plan, Box<dyn Asked + Send + Sync>), NotDone> {
        let none = |none: NoPlan| NotDone::new(none.failure, none.problem);
        let now = self.clock.now();
        let Some(object) = self.intent.object() else {
            let snapshot = silence::read(&self.intent, self.asked, &*self.plane, now).await;
            let snapshot = snapshot.map_err(|error| self.unread(error))?;
            let ground = Ground { rules: &self.rules, priorities: &self.priorities };
            return Ok((silence::plan(&self.intent, &snapshot, &ground).map_err(none)?, Box::new(snapshot)));
        };
        let mut is_told = false;
        loop {
            let snapshot = self.read(object).await?;
            match plan(&self.intent, &snapshot, &self.place(object, &snapshot)) {
                Ok(plan) => return Ok((plan, Box::new(snapshot))),
                Err(NoPlan { watch: Some(watch), problem, .. }) => {
                    if !std::mem::replace(&mut is_told, true) {
                        report(OperationEvent::Waiting { why: problem.why });
                    }
                    tokio::time::sleep(watch.min(LOOK_AGAIN)).await;
                }
                Err(other) => return Err(none(other)),
            }
        }
    }

    /// Reads the world, and for how long the lease there has been as it is.
    async fn read(&self, object: &ObjectRef) -> Result<Snapshot, NotDone> {
        let snapshot = read(&self.intent, self.asked, &*self.plane, self.clock.now()).await;
        let mut snapshot = snapshot.map_err(|error| self.unread(error))?;
        if let Some(own) = &self.own {
            own.stand(&self.intent, &mut snapshot)?;
        }
        if let Some(Ok(lease)) = &snapshot.lease {
            let lease = lease::read(lease);
            snapshot.lease_unchanged = self.sightings.see(&Lease::of(object), &lease, Instant::now());
        }
        Ok(snapshot)
    }

    /// Why the world could not be read.
    fn unread(&self, error: ReadError) -> NotDone {
        match error {
            ReadError::NotFound => {
                let target = self.intent.target().map_or_else(String::new, |target| target.to_string());
                let what = format!("there is no {target}");
                NotDone::new(Failure::NotFound, Problem::new(what, "", "it may have been deleted"))
            }
            ReadError::Forbidden(problem) => NotDone::new(Failure::Denied, problem),
            ReadError::Failed(problem) => NotDone::new(Failure::Unreachable, problem),
        }
    }

    /// Where the target stands, by the label that its namespace has now.
    fn place(&self, target: &ObjectRef, snapshot: &Snapshot) -> Place {
        let found = self.rules.place(&target.cluster, &target.namespace, snapshot.environment.as_ref());
        let traffic = self.traffic.of(&found.environment);
        let (environment, is_protected) = (found.environment, found.is_protected);
        Place { service: self.service.clone(), environment, is_protected, traffic }
    }

    /// Sends the calls, then watches what comes of them. Gives the reason back where nothing was changed because the
    /// world is another one than planned.
    async fn carry_out(&self, confirmed: Confirmed, report: &mut Report) -> Option<Problem> {
        let urgency = urgency(confirmed.plan());
        let dossier = self.look_before(&confirmed, report).await;
        let (plane, record) = (&*self.plane, &*self.ledger);
        match execute(confirmed, &self.yes, plane, record, self.action.clone(), &mut **report).await {
            Err(not_done) if not_done.is_overtaken() => {
                if let Some(dossier) = dossier {
                    dossier.discard().await;
                }
                return Some(not_done.problem);
            }
            Err(not_done) => {
                // Also where nothing was sent: it shows why.
                self.look_after(dossier, &format!("failed: {}", not_done.problem), report).await;
                report(failed(not_done));
            }
            Ok(executed) => {
                let verdict = self.watch(&executed, report).await;
                // The verdict on a guarded shift is recorded at its end, which is not that of its first weight.
                if !matches!(self.intent, Intent::GuardedShift { .. })
                    // The change is done; a record of its verdict that fails must not hide what came of it.
                    && let Err(error) = self.ledger.record(executed.action(), verdict_record(&verdict), urgency).await
                {
                    tracing::error!(%error, "the verdict could not be recorded");
                }
                self.look_after(dossier, &format!("{}: {}", verdict.word(), verdict.detail()), report).await;
                report(OperationEvent::Ended { verdict });
            }
        }
        None
    }

    /// Keeps what is seen before the first call.
    async fn look_before(&self, confirmed: &Confirmed, report: &mut Report) -> Option<Dossier> {
        let collector = self.evidence.clone()?;
        let plan = confirmed.plan();
        let head = Head {
            action: self.action.clone(),
            what: plan.title.clone(),
            reason: confirmed.reason().clone(),
            by: named(confirmed.actor()),
            target: in_cluster(&plan.target),
            is_change: true,
        };
        let (dossier, told) = Dossier::open(collector, head, stored(plan)).await;
        if let Some(kept) = told {
            report(OperationEvent::Evidence { kept });
        }
        Some(dossier)
    }

    /// Keeps what is seen at the end.
    async fn look_after(&self, dossier: Option<Dossier>, outcome: &str, report: &mut Report) {
        let Some(dossier) = dossier else { return };
        let kept = dossier.close(Text::from_untrusted(outcome), Arc::clone(&self.ledger)).await;
        report(OperationEvent::Evidence { kept });
    }

    async fn watch(&self, executed: &Executed, report: &mut Report) -> Verdict {
        let now = || self.clock.now();
        match self.wait {
            Wait::No => Verdict::Accepted("accepted; nobody waited for what comes of it".into()),
            Wait::For(patience) => tokio::select! {
                verdict = verify(executed, &*self.plane, patience, &now, &mut **report) => verdict,
                why = self.yes.until_withdrawn() => {
                    Verdict::Accepted(format!("accepted; watched no longer, since {why}").into())
                }
            },
        }
    }

    /// Notes that somebody was refused; that a session is only not armed is no refusal.
    async fn note_denial(&self, denial: &Denial) {
        if denial.is_read_only {
            return;
        }
        let event = Event::Denied(Box::new(Denied {
            what: denial.plan.title.clone(),
            target: in_cluster(&denial.plan.target),
            environment: denial.plan.environment.clone(),
            identity: denial.actor.identity.user.clone(),
            role: denial.actor.role.clone(),
            rule: denial.problem.to_string().into(),
            reason: self.reason.clone(),
        }));
        if let Err(error) = self.ledger.record(&self.action, event, Urgency::Ordinary).await {
            tracing::warn!(%error, "a denial could not be recorded");
        }
    }
}

/// How waiting for the operator ended.
enum Answer {
    Yes(Box<Confirmed>),
    Again,
    Left,
}

/// Waits until the plan is confirmed, is to be made anew, or is left.
async fn wait_for_yes(
    mut waiting: Option<Rehearsed>,
    orders: &mut mpsc::Receiver<Order>,
    report: &mut Report,
    change: &Change,
) -> Answer {
    while let Some(order) = orders.recv().await {
        let Order::Confirm(proof) = order else { return Answer::Again };
        let Some(rehearsed) = waiting.take() else {
            let problem = Problem::new("not confirmed", "there is no plan that could be carried out", "");
            report(OperationEvent::NotConfirmed { problem });
            continue;
        };
        let now = change.clock.now();
        if change.arming() == Arming::ReadOnly {
            let problem = Problem::new("not confirmed", "this session is read-only again", ":arm 15m");
            report(OperationEvent::NotConfirmed { problem });
            waiting = Some(rehearsed);
            continue;
        }
        match confirm(rehearsed, &proof, now) {
            Ok(confirmed) => return Answer::Yes(Box::new(confirmed)),
            Err(refused) => {
                let (rehearsed, problem) = *refused;
                report(OperationEvent::NotConfirmed { problem });
                waiting = Some(rehearsed);
            }
        }
    }
    Answer::Left
}

fn proposal_of(
    plan: &Plan,
    checks: &[crate::domain::operation::Check],
    actor: &Actor,
    refusal: Option<Problem>,
) -> Proposal {
    Proposal { plan: Box::new(plan.clone()), checks: checks.to_vec(), refusal, against: None, actor: named(actor) }
}

/// Who does it, as the server calls them, with the role.
fn named(actor: &Actor) -> Text {
    let user = if actor.identity.user.is_empty() { "unknown" } else { actor.identity.user.as_str() };
    if actor.role.is_empty() { Text::from(user) } else { Text::from(format!("{user} {}", actor.role)) }
}

fn failed(not_done: NotDone) -> OperationEvent {
    OperationEvent::Failed { failure: not_done.failure, problem: not_done.problem }
}

/// How a verdict is recorded.
fn verdict_record(verdict: &Verdict) -> Event {
    let result = match verdict {
        Verdict::Verified(_) => VerdictResult::Verified,
        Verdict::NotConverged(_) => VerdictResult::NotConverged,
        Verdict::Reverted(_) => VerdictResult::Reverted,
        Verdict::Unknown(_) => VerdictResult::Unknown,
        Verdict::Accepted(_) => VerdictResult::Accepted,
    };
    Event::Verdict { result, detail: verdict.detail().clone() }
}

#[cfg(test)]
mod tests;
