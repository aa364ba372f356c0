//! A guarded shift from its proposal to its end: confirmed once by what stands on the command line, and told as it goes.

use serde_json::{Value, json};

use crate::cli::Consent;
use crate::domain::guard::Sample;
use crate::domain::intent::Intent;
use crate::domain::json::merge;
use crate::domain::lease::Lease;
use crate::domain::operation::OperationEvent;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::traffic::percent;
use crate::runtime::{Absorbed, End, GuardEvent, Guarded, Look, Session, Signal, Wait};

use super::super::answer::Asked;
use super::super::output::API_VERSION;
use super::super::signals::await_briefly;
use super::super::{Exit, complain, say};
use super::carry_out::{Next, Run, line as line_of, patience};

/// Proposes, confirms, and stays until it is over.
pub(super) async fn carry_out(
    session: &mut Session,
    Asked { format, verification, .. }: Asked<'_>,
    intent: Intent,
    consent: &Consent,
) -> Result<Exit, Problem> {
    let wait = Wait::For(patience(consent, verification));
    let mut signals = super::super::listen()?;
    await_briefly(session).await.iter().for_each(complain);
    let mut run = Run::begin(session, intent, wait, format, consent).await;
    let id = run.id;
    let mut interrupted: Option<u8> = None;
    let mut is_told = false;
    loop {
        let absorbed = tokio::select! {
            absorbed = super::super::absorb(session) => absorbed,
            signal = signals.next() => {
                let Signal::End(number) = signal else { continue };
                if run.confirmed.is_none() {
                    return run.interrupted(number);
                }
                if interrupted.is_some() {
                    return broken_off(session, &run, number);
                }
                interrupted = Some(number);
                Absorbed::default()
            }
        };
        for event in absorbed.operations.into_iter().filter(|(of, _)| *of == id).map(|(_, event)| event) {
            // Once it holds a lease, its end is that of the guarded shift.
            if event.is_last() && session.guarded_shift(id).is_some() {
                run.stream(&event);
                tell_change(&run, &event);
                continue;
            }
            if let Next::End { exit, outcome, problem, detail } = run.take(session, event) {
                return run.end(exit, outcome, problem, &detail);
            }
        }
        for event in absorbed.guarded.into_iter().filter(|(of, _)| *of == id).map(|(_, event)| event) {
            run.tell(|| line(&event));
            tell(&run, &event);
            warn(&event);
            if let GuardEvent::Ended { end, left } = event {
                return ended(&run, &end, left.as_ref(), interrupted);
            }
        }
        if let (Some(number), false) = (interrupted, is_told)
            && session.guarded_shift(id).is_some_and(Guarded::is_under_way)
        {
            is_told = true;
            say("midwatch: ending the guarded shift; a second signal ends this at once");
            session.interrupt(id, &format!("signal {number}").into());
        }
    }
}

/// How it ended, for the shell and for scripts.
fn ended(run: &Run<'_>, end: &End, left: Option<&Text>, interrupted: Option<u8>) -> Result<Exit, Problem> {
    let exit = match end {
        End::Reached(_) => Exit::Done,
        End::WentBack(_) => Exit::WentBack,
        End::Stuck(_) => Exit::NotConverged,
        End::InterruptedWentBack(_) | End::InterruptedHeld(_) => Exit::Signal(interrupted.unwrap_or(15)),
        End::NotBegun(_) => interrupted.map_or(Exit::Failed, Exit::Signal),
    };
    let problem = match end {
        End::Stuck(why) => {
            let hint = "midwatch rollouts shows how it is now; midwatch shift --to 0 sends everything back";
            Some(Problem::new("the guarded shift is stuck", why, hint))
        }
        _ => None,
    };
    if let Some(left) = left {
        say(&format!("midwatch: {left}"));
    }
    run.end(exit, end.word(), problem, &end.words())
}

/// Somebody cannot wait: what is left then is told.
fn broken_off(session: &Session, run: &Run<'_>, number: u8) -> Result<Exit, Problem> {
    let at = session.guarded_shift(run.id).map_or(0, |guarded| guarded.percent);
    let why = format!("the new revision may still get {at} %, and its lease says so until it is released");
    let seconds = Lease::LASTS.as_secs();
    let hint = format!("midwatch rollouts names it in {seconds} s; midwatch shift --to 0 sends everything back");
    let problem = Problem::new("ended before the guarded shift was over", why, hint);
    run.end(Exit::Signal(number), "unknown", Some(problem), &Text::default())
}

/// Tells people how the change goes that sets a weight.
fn tell_change(run: &Run<'_>, event: &OperationEvent) {
    let words = match event {
        OperationEvent::StepDone { detail, .. } => format!("  {detail}"),
        OperationEvent::Verifying { progress } => format!("  {progress}"),
        OperationEvent::Ended { verdict } => format!("  {}: {}", verdict.word(), verdict.detail()),
        OperationEvent::Failed { problem, .. } | OperationEvent::NotConfirmed { problem } => format!("  {problem}"),
        _ => return,
    };
    let _ = run.say(&words);
}

/// Tells people how it goes.
fn tell(run: &Run<'_>, event: &GuardEvent) {
    let words = match event {
        GuardEvent::Shifting { step, of, percent } => format!("weight {step} of {of}: {percent} %"),
        GuardEvent::Change { change, .. } => return tell_change(run, change),
        GuardEvent::Holding { percent, until, .. } => {
            format!("holding {percent} % until {} at least", until.strftime("%H:%M:%SZ"))
        }
        GuardEvent::Looked { look, held_up } => {
            let held_up = held_up.as_ref().map(|_| ", which holds it up").unwrap_or_default();
            let (canary, stable) = (numbers(&look.canary), numbers(&look.stable));
            format!("  {}; canary {canary}, stable {stable}, {}{held_up}", look.verdict, look.over())
        }
        GuardEvent::GoingBack { why } => format!("going back to stable: {why}"),
        GuardEvent::NotBack { .. } | GuardEvent::Ended { .. } => return,
    };
    let _ = run.say(&words);
}

/// Tells whoever watches, whatever scripts are told, that going back does not come through.
fn warn(event: &GuardEvent) {
    let GuardEvent::NotBack { trouble, by_hand } = event else { return };
    let again = trouble.again.strftime("%H:%M:%SZ");
    let what = format!("not back at stable yet, after {}", tries(trouble.tries));
    let hint = format!("it is tried again at {again}, until it works; by hand: {by_hand}");
    complain(&Problem::new(what, &trouble.why, hint));
}

fn tries(count: u32) -> String {
    if count == 1 { "1 try".to_owned() } else { format!("{count} tries") }
}

/// What was seen of an arm in a few words.
fn numbers(sample: &Sample) -> String {
    let requests = sample.requests.map_or_else(|| "-".to_owned(), |requests| format!("{} requests", requests.round()));
    let ratio = sample.error_ratio().map(|ratio| format!(" {} % failed", percent(ratio * 100.0)));
    let p95 = sample.p95.map(|p95| format!(" p95 {} ms", (p95 * 1000.0).round()));
    format!("{requests}{}{}", ratio.unwrap_or_default(), p95.unwrap_or_default())
}

/// An event as a line.
fn line(event: &GuardEvent) -> Value {
    let (name, more) = match event {
        GuardEvent::Shifting { step, of, percent } => {
            ("shifting", json!({ "step": step, "of": of, "percent": percent }))
        }
        GuardEvent::Change { percent, change } => ("change", json!({ "percent": percent, "change": line_of(change) })),
        GuardEvent::Holding { step, of, percent, until } => {
            ("holding", json!({ "step": step, "of": of, "percent": percent, "until": until }))
        }
        GuardEvent::Looked { look, held_up } => ("looked", json!({ "look": shown(look), "heldUp": held_up })),
        GuardEvent::GoingBack { why } => ("going-back", json!({ "why": why })),
        GuardEvent::NotBack { trouble, by_hand } => (
            "not-back",
            json!({ "why": trouble.why, "tries": trouble.tries, "again": trouble.again, "byHand": by_hand }),
        ),
        GuardEvent::Ended { end, left } => {
            ("ended", json!({ "outcome": end.word(), "detail": end.words(), "left": left }))
        }
    };
    let mut line = json!({ "apiVersion": API_VERSION, "kind": "GuardEvent", "event": name });
    merge(&mut line, more);
    line
}

fn shown(look: &Look) -> Value {
    let sample = |of: &Sample| {
        json!({
            "requests": of.requests, "errors": of.errors, "errorRatio": of.error_ratio(), "latencyP95": of.p95,
            "ready": of.pods.map(|pods| pods.ready), "pods": of.pods.map(|pods| pods.all), "restarts": of.restarts,
        })
    };
    json!({
        "at": look.at,
        "canary": sample(&look.canary),
        "stable": sample(&look.stable),
        "verdict": look.verdict.word(),
        "why": look.verdict.why(),
        "windowSeconds": look.window.as_secs(),
        "beginsBeforeChange": look.begins_before,
    })
}
