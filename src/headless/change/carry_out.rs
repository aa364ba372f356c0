//! One change from its proposal to its end, confirmed by what stands on the command line.

use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::{Consent, Format};
use crate::config::settings::Verification;
use crate::domain::intent::Intent;
use crate::domain::json::merge;
use crate::domain::operation::{Failure, Mark, OperationEvent, OperationId, Proposal, Verdict};
use crate::domain::plan::Plan;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::runtime::{Patience, Proof, Session, Signal, Wait};

use super::super::answer::Asked;
use super::super::output::{self, API_VERSION, Ending, json as shape};
use super::super::{Exit, complain, say};
use super::proposal;

/// How long an answer that is on its way is waited for after a signal.
const GRACE: Duration = Duration::from_secs(5);

/// A change under way.
pub(super) struct Run<'a> {
    pub(super) id: OperationId,
    action: String,
    format: Format,
    consent: &'a Consent,
    /// The hash of the plan that was confirmed, once it was.
    pub(super) confirmed: Option<String>,
    /// Where evidence of it is kept, once it is.
    evidence: Option<Text>,
    /// What happened, for the one document at the end.
    events: Vec<Value>,
}

/// What is to follow.
pub(super) enum Next {
    GoOn,
    End { exit: Exit, outcome: &'static str, problem: Option<Problem>, detail: Text },
}

/// Proposes, confirms, and tells how it goes.
pub(in crate::headless) async fn carry_out(
    session: &mut Session,
    Asked { format, verification, .. }: Asked<'_>,
    intent: Intent,
    consent: &Consent,
) -> Result<Exit, Problem> {
    let wait = if consent.wait { Wait::For(patience(consent, verification)) } else { Wait::No };
    let mut signals = super::super::listen()?;
    let mut run = Run::begin(session, intent, wait, format, consent).await;
    let id = run.id;
    let mut interrupted: Option<(u8, tokio::time::Instant)> = None;
    loop {
        let patience =
            interrupted.map_or_else(|| Duration::from_hours(1), |(_, at)| GRACE.saturating_sub(at.elapsed()));
        let absorbed = tokio::select! {
            absorbed = super::super::absorb(session) => absorbed,
            Signal::End(number) = signals.next() => {
                if run.confirmed.is_none() || interrupted.is_some() {
                    return run.interrupted(number);
                }
                say("midwatch: waiting for the answer that is on its way");
                interrupted = Some((number, tokio::time::Instant::now()));
                continue;
            }
            () = tokio::time::sleep(patience), if interrupted.is_some() => {
                return run.interrupted(interrupted.map_or(15, |(number, _)| number));
            }
        };
        for event in absorbed.operations.into_iter().filter(|(of, _)| *of == id).map(|(_, event)| event) {
            let is_answered = matches!(
                event,
                OperationEvent::StepDone { .. }
                    | OperationEvent::StepNotNeeded { .. }
                    | OperationEvent::Verifying { .. }
            );
            match run.take(session, event) {
                Next::End { exit, outcome, problem, detail } => return run.end(exit, outcome, problem, &detail),
                Next::GoOn => {
                    if let (true, Some((number, _))) = (is_answered, interrupted) {
                        return run.interrupted(number);
                    }
                }
            }
        }
    }
}

/// Why nobody can have agreed to a plan by the arguments alone: to go on from wherever a rollout is means another gate or
/// step when it is asked for again.
fn unnamed(plan: &Plan) -> Option<Problem> {
    let what = match &plan.intent {
        Intent::Release { gate: None, .. } => "release a gate that is not named",
        Intent::Skip { step: None, .. } => "skip a step that is not named",
        _ => return None,
    };
    let why = "asked for again, this would take the next one as well";
    Some(Problem::new(format!("cannot {what}"), why, format!("name it: {}", plan.command)))
}

/// Whether a guard refuses to begin, and not a rule.
fn is_breached(proposal: &Proposal) -> bool {
    proposal.against.is_some() && matches!(proposal.plan.intent, Intent::GuardedShift { .. })
}

impl<'a> Run<'a> {
    /// Arms the session, where that is said, and proposes a change.
    pub(super) async fn begin(
        session: &mut Session,
        intent: Intent,
        wait: Wait,
        format: Format,
        consent: &'a Consent,
    ) -> Self {
        if consent.write {
            super::super::audit::tell_left_open(session).await;
            session.arm_always();
        }
        let reason = Text::from_untrusted(consent.reason.as_deref().unwrap_or_default());
        let id = session.propose(intent, wait, reason);
        Self {
            id,
            action: session.action(id).to_string(),
            format,
            consent,
            confirmed: None,
            evidence: None,
            events: Vec::new(),
        }
    }

    /// Takes in what happened.
    pub(super) fn take(&mut self, session: &mut Session, event: OperationEvent) -> Next {
        self.stream(&event);
        match event {
            OperationEvent::Preparing => Next::GoOn,
            OperationEvent::Waiting { why } => self.say(&format!("midwatch: {why}")),
            OperationEvent::Proposed(proposal) => self.decide(session, &proposal),
            OperationEvent::NotConfirmed { problem } => Next::End {
                exit: Exit::Usage,
                outcome: "not-confirmed",
                problem: Some(problem),
                detail: Text::default(),
            },
            OperationEvent::Evidence { kept: Ok(archive) } => {
                let is_new = self.evidence.replace(archive.clone()).is_none();
                if is_new { self.say(&format!("evidence: {archive}")) } else { Next::GoOn }
            }
            OperationEvent::Evidence { kept: Err(problem) } => {
                complain(&problem);
                Next::GoOn
            }
            OperationEvent::StepStarted { step, what } => self.say(&format!("step {step}: {what}")),
            OperationEvent::StepDone { step, detail } => self.say(&format!("step {step}: {detail}")),
            OperationEvent::StepNotNeeded { step, why } => self.say(&format!("step {step}: not needed: {why}")),
            // Another plan has to be looked at before it is confirmed, which no argument can have done.
            OperationEvent::Overtaken { problem } => Next::End {
                exit: Exit::from(Failure::Conflict),
                outcome: failure_word(Failure::Conflict),
                problem: Some(problem),
                detail: Text::default(),
            },
            OperationEvent::Verifying { progress } => self.say(&progress),
            OperationEvent::Ended { verdict } => Next::End {
                exit: Exit::from(&verdict),
                outcome: outcome(&verdict),
                problem: None,
                detail: verdict.detail().clone(),
            },
            OperationEvent::Failed { failure, problem } => Next::End {
                exit: Exit::from(failure),
                outcome: failure_word(failure),
                problem: Some(problem),
                detail: Text::default(),
            },
        }
    }

    /// Confirms a proposal by what the arguments say, or says why not.
    fn decide(&mut self, session: &mut Session, proposal: &Proposal) -> Next {
        let end = |exit, outcome, problem| Next::End { exit, outcome, problem, detail: Text::default() };
        if self.format == Format::Text {
            // Asked for, the plan is data; else it is talk about what is going to happen.
            let plan = proposal::text(proposal);
            if self.consent.dry_run { drop(output::print_text(&plan)) } else { say(plan.trim_end()) }
        }
        let is_denied = proposal.checks.iter().any(|check| check.mark == Mark::Denied);
        match &proposal.refusal {
            Some(problem) if !is_denied && self.consent.write && is_breached(proposal) => {
                return end(Exit::Failed, "not-begun", Some(problem.clone()));
            }
            Some(problem) if is_denied || self.consent.write => {
                return end(Exit::Denied, "denied", Some(problem.clone()));
            }
            _ if self.consent.dry_run => return end(Exit::Done, "planned", None),
            Some(problem) => return end(Exit::Usage, "not-confirmed", Some(problem.clone())),
            None => {}
        }
        let Some(reason) = self.consent.reason.as_deref().filter(|reason| !reason.trim().is_empty()) else {
            let problem = Problem::new("a change needs a reason", "it is recorded with it", "--reason TEXT");
            return end(Exit::Usage, "not-confirmed", Some(problem));
        };
        if let Some(problem) = unnamed(&proposal.plan) {
            return end(Exit::Usage, "not-confirmed", Some(problem));
        }
        let plan = proposal.plan.hash();
        self.confirmed = Some(plan.clone());
        let typed = self.consent.confirm.clone().unwrap_or_default();
        session.confirm(self.id, Proof { plan, typed, reason: Text::from_untrusted(reason) });
        Next::GoOn
    }

    /// Tells people how it goes.
    pub(super) fn say(&self, words: &str) -> Next {
        if self.format == Format::Text {
            say(words);
        }
        Next::GoOn
    }

    /// Tells scripts how it goes. That nobody listens any more must not stop a change half-way.
    pub(super) fn stream(&mut self, event: &OperationEvent) {
        self.tell(|| line(event));
    }

    /// The same of anything that has a line.
    pub(super) fn tell(&mut self, line: impl FnOnce() -> Value) {
        match self.format {
            Format::Text => {}
            Format::Json => self.events.push(line()),
            Format::Ndjson => drop(output::print_line(&line())),
        }
    }

    /// Tells how it ended.
    pub(super) fn end(
        &self,
        exit: Exit,
        outcome: &str,
        problem: Option<Problem>,
        detail: &Text,
    ) -> Result<Exit, Problem> {
        let problems: Vec<Problem> = problem.into_iter().collect();
        problems.iter().for_each(complain);
        if self.format == Format::Text {
            let printed = if problems.is_empty() && !self.consent.dry_run {
                output::print_text(&format!("{}: {detail}\n", outcome.replace('-', " ")))
            } else {
                Ok(())
            };
            return output::ended(printed, exit);
        }
        let mut more = json!({
            "outcome": outcome,
            "detail": detail,
            "action": self.action,
            "plan": self.confirmed,
            "evidence": self.evidence,
        });
        if self.format == Format::Json {
            more["events"] = self.events.clone().into();
        }
        let printed = output::print_line(&Ending { exit, problems: &problems, more }.json());
        output::ended(printed, exit)
    }

    /// Ends because of a signal: nothing was sent before it was confirmed, and afterwards the journal tells more.
    pub(super) fn interrupted(&self, number: u8) -> Result<Exit, Problem> {
        let (outcome, hint) = match self.confirmed {
            None => ("interrupted", "nothing was sent"),
            Some(_) => ("unknown", "midwatch audit show tells what was sent; midwatch rollouts shows how it goes"),
        };
        let problem = Problem::new("interrupted by a signal", "", hint);
        self.end(Exit::Signal(number), outcome, Some(problem), &Text::default())
    }
}

/// How long to watch: as the command says, else as the configuration does.
pub(super) fn patience(consent: &Consent, usual: Verification) -> Patience {
    let limit = consent.timeout.unwrap_or(usual.timeout);
    Patience { stable: usual.stable.min(limit / 2), limit, ..Patience::default() }
}

/// An event as a line.
pub(super) fn line(event: &OperationEvent) -> Value {
    let (name, more) = match event {
        OperationEvent::Preparing => ("preparing", json!({})),
        OperationEvent::Waiting { why } => ("waiting", json!({ "why": why })),
        OperationEvent::Proposed(proposal) => ("proposed", proposal::json(proposal)),
        OperationEvent::NotConfirmed { problem } => ("not-confirmed", json!({ "problem": shape::problem(problem) })),
        OperationEvent::Evidence { kept } => {
            ("evidence", json!({ "archive": kept.as_ref().ok(), "problem": kept.as_ref().err().map(shape::problem) }))
        }
        OperationEvent::StepStarted { step, what } => ("step-started", json!({ "step": step, "what": what })),
        OperationEvent::StepDone { step, detail } => ("step-done", json!({ "step": step, "detail": detail })),
        OperationEvent::StepNotNeeded { step, why } => ("step-not-needed", json!({ "step": step, "why": why })),
        OperationEvent::Overtaken { problem } => ("overtaken", json!({ "problem": shape::problem(problem) })),
        OperationEvent::Verifying { progress } => ("verifying", json!({ "progress": progress })),
        OperationEvent::Ended { verdict } => {
            ("ended", json!({ "verdict": outcome(verdict), "detail": verdict.detail() }))
        }
        OperationEvent::Failed { failure, problem } => {
            ("failed", json!({ "failure": failure_word(*failure), "problem": shape::problem(problem) }))
        }
    };
    let mut line = json!({ "apiVersion": API_VERSION, "kind": "OperationEvent", "event": name });
    merge(&mut line, more);
    line
}

fn outcome(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Verified(_) => "verified",
        Verdict::NotConverged(_) => "not-converged",
        Verdict::Reverted(_) => "reverted",
        Verdict::Unknown(_) => "unknown",
        Verdict::Accepted(_) => "accepted",
    }
}

fn failure_word(failure: Failure) -> &'static str {
    match failure {
        Failure::Impossible => "impossible",
        Failure::TooFar => "too-far",
        Failure::Invalid => "invalid",
        Failure::NotFound => "not-found",
        Failure::NothingToDo => "nothing-to-do",
        Failure::Denied => "denied",
        Failure::NotConfirmed => "not-confirmed",
        Failure::Conflict => "conflict",
        Failure::Rejected => "rejected",
        Failure::Unreachable => "unreachable",
        Failure::Unknown => "unknown",
        Failure::NotRecorded => "not-recorded",
        Failure::Withdrawn => "withdrawn",
    }
}
