//! One action as its records tell it: what was begun, step by step, and how it ended.

use jiff::Timestamp;
use serde::Serialize;

use super::{ActionId, Denied, Entry, Event, Intent, Missing, StepResult, VerdictResult, Writer};
use crate::domain::text::Text;

/// The records of one action, oldest first; there is at least one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Action {
    /// Its name.
    pub id: ActionId,
    /// What is known of the process that wrote the last of them.
    pub writer: Writer,
    /// The records.
    pub records: Vec<Entry>,
}

/// How an action ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// Converged, and stable for a window.
    Verified,
    /// The server took every step; nobody waited for what comes of it.
    Accepted,
    /// Its session ended before; a later one found its last step applied.
    Applied,
    /// Its session ended before; a later one found it not applied.
    NotApplied,
    /// Some of its steps were done.
    Partly,
    /// Not converged in time.
    NotConverged,
    /// Undone by somebody else.
    Reverted,
    /// It could not be told.
    Unknown,
    /// The server refused it; nothing changed.
    Refused,
    /// It never left this machine.
    NotSent,
    /// A rule refused it.
    Denied,
    /// The journal does not tell.
    Open(Missing),
}

impl Action {
    /// The intents of the steps that were begun, in order; none where it was denied.
    pub fn intents(&self) -> impl DoubleEndedIterator<Item = &Intent> {
        self.records.iter().filter_map(|entry| match &entry.event {
            Event::Intent(intent) => Some(&**intent),
            _ => None,
        })
    }

    /// Who was refused what, where nothing was begun.
    pub fn denied(&self) -> Option<&Denied> {
        self.records.iter().find_map(|entry| match &entry.event {
            Event::Denied(denied) => Some(&**denied),
            _ => None,
        })
    }

    /// When it began.
    pub fn began(&self) -> Timestamp {
        self.records.first().map_or(Timestamp::UNIX_EPOCH, |entry| entry.at)
    }

    /// When the last of it was recorded.
    pub fn last(&self) -> Timestamp {
        self.records.last().map_or(Timestamp::UNIX_EPOCH, |entry| entry.at)
    }

    /// What it was, in words: the whole of it, where its records say each step.
    pub fn what(&self) -> &str {
        let denied = || self.denied().map(|denied| denied.what.as_str());
        self.intents().next().map(whole).or_else(denied).unwrap_or("not known")
    }

    /// What it changed, with cluster and namespace: not the lease that keeps others away meanwhile, once there is more.
    pub fn target(&self) -> &str {
        let denied = || self.denied().map(|denied| denied.target.as_str());
        let is_meant = |intent: &&Intent| !intent.target.starts_with("lease/");
        let begun = self.intents().find(is_meant).or_else(|| self.intents().next());
        begun.map(|intent| intent.target.as_str()).or_else(denied).unwrap_or_default()
    }

    /// The environment.
    pub fn environment(&self) -> &str {
        let denied = || self.denied().map(|denied| denied.environment.as_str());
        self.intents().next().map(|intent| intent.environment.as_str()).or_else(denied).unwrap_or_default()
    }

    /// Who did it, as the server calls them, and in which role; the role may be empty.
    pub fn who(&self) -> (&str, &str) {
        let begun = self.intents().next().map(|intent| (intent.identity.as_str(), intent.role.as_str()));
        let denied = || self.denied().map(|denied| (denied.identity.as_str(), denied.role.as_str()));
        begun.or_else(denied).unwrap_or_default()
    }

    /// Why it was done, in the operator's words; or the rule by which it was not, where nobody said why it should be.
    pub fn reason(&self) -> &str {
        let denied = || {
            let denied = self.denied()?;
            Some(if denied.reason.is_empty() { denied.rule.as_str() } else { denied.reason.as_str() })
        };
        self.intents().next().map(|intent| intent.reason.as_str()).or_else(denied).unwrap_or_default()
    }

    /// How it ended, with the words of the record that tells it.
    pub fn ending(&self) -> (Ending, Text) {
        let mut ending = (Ending::Open(Missing::Outcome), Text::default());
        // The step that was begun last, and how many there are to be.
        let (mut begun, mut steps) = (0, 0);
        for record in &self.records {
            let is_open = matches!(ending.0, Ending::Open(_));
            match &record.event {
                Event::Intent(intent) => {
                    (begun, steps) = (intent.step, intent.steps);
                    ending = (Ending::Open(Missing::Outcome), Text::default());
                }
                Event::Outcome { step, result, detail } if is_open && *step == begun => {
                    ending = (after_outcome(*result, *step, steps), detail.clone());
                }
                Event::Verdict { result, detail } => ending = (after_verdict(*result), detail.clone()),
                Event::Denied(denied) => ending = (Ending::Denied, denied.rule.clone()),
                Event::Reconciled { step, result, detail } if is_open => {
                    ending = (after_reconciled(*result, *step, steps), detail.clone());
                }
                Event::Outcome { .. } | Event::Reconciled { .. } | Event::Recovered { .. } => {}
            }
        }
        ending
    }

    /// What the journal lacks about it, if anything.
    pub fn missing(&self) -> Option<Missing> {
        match self.ending().0 {
            Ending::Open(missing) => Some(missing),
            _ => None,
        }
    }

    /// Whether it is not finished and nobody is at it any more, as far as can be told.
    pub fn is_unfinished(&self) -> bool {
        // Without an intent it began in a part of the journal that was not read.
        self.writer != Writer::Running && self.intents().next().is_some() && self.missing().is_some()
    }

    /// The word for how it ended.
    pub fn word(&self) -> &'static str {
        let (ending, detail) = self.ending();
        match ending {
            Ending::Open(Missing::Outcome) if !detail.is_empty() => "unknown",
            Ending::Open(_) if self.writer == Writer::Running => "under way",
            Ending::Open(_) => "unfinished",
            Ending::Verified => "verified",
            Ending::Accepted => "accepted",
            Ending::Applied => "applied",
            Ending::NotApplied => "not applied",
            Ending::Partly => "partly done",
            Ending::NotConverged => "not converged",
            Ending::Reverted => "reverted",
            Ending::Unknown => "unknown",
            Ending::Refused => "refused",
            Ending::NotSent => "not sent",
            Ending::Denied => "denied",
        }
    }

    /// What is to be said beside the word: the evidence, or what the journal lacks.
    pub fn detail(&self) -> Text {
        let (ending, detail) = self.ending();
        let last = self.intents().next_back().map_or((0, 0), |intent| (intent.step, intent.steps));
        match ending {
            Ending::Open(Missing::Outcome) if detail.is_empty() => {
                format!("step {} of {} was begun; whether it happened is not recorded", last.0, last.1).into()
            }
            Ending::Open(Missing::Steps) => {
                format!("after step {} of {} the next was never begun", last.0, last.1).into()
            }
            Ending::Open(Missing::Verdict) if self.writer == Writer::Running => {
                "the server took it; it is being watched".into()
            }
            Ending::Open(Missing::Verdict) => "the server took it; nobody saw what came of it".into(),
            _ => detail,
        }
    }
}

/// What all steps together are: the words of one begin with those of the plan.
fn whole(intent: &Intent) -> &str {
    let what = intent.what.as_str();
    let title = intent.plan["title"].as_str().filter(|title| !title.is_empty());
    title
        .filter(|title| what.strip_prefix(title).is_some_and(|rest| rest.starts_with(": ")))
        .map_or(what, |title| &what[..title.len()])
}

fn after_outcome(result: StepResult, step: u32, steps: u32) -> Ending {
    match result {
        StepResult::Applied | StepResult::NotNeeded if step < steps => Ending::Open(Missing::Steps),
        StepResult::Applied | StepResult::NotNeeded => Ending::Open(Missing::Verdict),
        StepResult::Unknown => Ending::Open(Missing::Outcome),
        StepResult::Rejected | StepResult::NotSent if step > 1 => Ending::Partly,
        StepResult::Rejected => Ending::Refused,
        StepResult::NotSent => Ending::NotSent,
    }
}

fn after_verdict(result: VerdictResult) -> Ending {
    match result {
        VerdictResult::Verified => Ending::Verified,
        VerdictResult::Accepted => Ending::Accepted,
        VerdictResult::NotConverged => Ending::NotConverged,
        VerdictResult::Reverted => Ending::Reverted,
        VerdictResult::Unknown => Ending::Unknown,
    }
}

fn after_reconciled(result: StepResult, step: u32, steps: u32) -> Ending {
    match result {
        StepResult::Applied | StepResult::NotNeeded if step < steps => Ending::Partly,
        StepResult::Applied | StepResult::NotNeeded => Ending::Applied,
        StepResult::Unknown => Ending::Unknown,
        StepResult::Rejected | StepResult::NotSent if step > 1 => Ending::Partly,
        StepResult::Rejected | StepResult::NotSent => Ending::NotApplied,
    }
}

/// What a journal tells, as far back as it was read.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct History {
    /// The actions, newest first.
    pub actions: Vec<Action>,
    /// The lines that are no records.
    pub unreadable: Vec<super::Broken>,
    /// What checking the whole chain found.
    pub report: super::Report,
}

/// What a later session found out about an action that was not finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reconciliation {
    /// The action.
    pub action: ActionId,
    /// What it was, in words.
    pub what: Text,
    /// What it changed.
    pub target: Text,
    /// The step that was begun last, from 1.
    pub step: u32,
    /// How many steps it has.
    pub steps: u32,
    /// How that step ended; none as long as that cannot be looked at.
    pub result: Option<StepResult>,
    /// How that was found out, or why it was not.
    pub detail: Text,
}

impl Reconciliation {
    /// It in one sentence.
    pub fn words(&self) -> String {
        let step = if self.steps > 1 { format!(", step {} of {}", self.step, self.steps) } else { String::new() };
        let result = match self.result {
            Some(StepResult::Applied) => "applied",
            Some(StepResult::NotNeeded) => "not needed any more",
            Some(StepResult::Rejected | StepResult::NotSent) => "not applied",
            Some(StepResult::Unknown) => "nobody can tell whether it was applied",
            None => "not known yet whether it was applied",
        };
        let Self { what, target, detail, .. } = self;
        // What came of it first: the end of a long line is cut.
        format!("{result}: {what}, {target}{step}, in the middle of which an earlier session ended ({detail})")
    }
}

#[cfg(test)]
mod tests;
