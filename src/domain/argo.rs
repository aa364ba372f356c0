//! What Argo Rollouts tells of a Rollout beyond what every workload has: its strategy, its steps and where it waits.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::text::Text;

mod reading;

pub use goal::Goal;

mod goal;

/// How a Rollout brings a revision to its users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// A share of the traffic or of the pods, in steps.
    #[default]
    Canary,
    /// All at once, after a preview.
    BlueGreen,
}

/// What the controller makes of a Rollout, in its own word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Everything is of the stable revision.
    Healthy,
    /// It moves.
    #[default]
    Progressing,
    /// It waits.
    Paused,
    /// It was aborted, ran out of time or is wrong.
    Degraded,
}

impl Phase {
    /// Reads the controller's word; what is not known moves, as far as anybody can tell.
    pub fn parse(word: &str) -> Self {
        match word {
            "Healthy" => Self::Healthy,
            "Paused" => Self::Paused,
            "Degraded" => Self::Degraded,
            _ => Self::Progressing,
        }
    }
}

/// One step of a canary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CanaryStep {
    /// So much traffic, of the most there is, goes to the canary.
    Weight(u32),
    /// It waits: for so long, or until somebody releases it.
    Pause(Option<SignedDuration>),
    /// Measurements decide.
    Analysis,
    /// Anything else, by the name of its field: "setHeaderRoute".
    Other(Text),
}

impl CanaryStep {
    /// Reads a step; it has one field, whose name says what it is.
    pub fn read(step: &Map<String, Value>) -> Self {
        let Some((name, value)) = step.iter().next() else { return Self::Other(Text::default()) };
        match name.as_str() {
            "setWeight" => Self::Weight(value.as_u64().and_then(|weight| u32::try_from(weight).ok()).unwrap_or(0)),
            "pause" => Self::Pause(length(&value["duration"])),
            "analysis" => Self::Analysis,
            _ => Self::Other(Text::from_untrusted(name)),
        }
    }
}

/// The length of a pause: a number of seconds, or a number with its unit.
fn length(value: &Value) -> Option<SignedDuration> {
    if let Some(seconds) = value.as_i64() {
        return Some(SignedDuration::from_secs(seconds));
    }
    let text = value.as_str()?;
    text.parse().map(SignedDuration::from_secs).ok().or_else(|| text.parse().ok())
}

/// Why a Rollout waits, in the controller's word, and since when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pause {
    /// `CanaryPauseStep`, `BlueGreenPause`, `InconclusiveAnalysisRun` or `InconclusiveExperiment`.
    pub reason: Text,
    /// Since when.
    pub since: Option<Timestamp>,
}

/// How much traffic goes where, as the controller set it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Weights {
    /// To the canary.
    pub canary: u32,
    /// To the stable revision.
    pub stable: u32,
    /// Whether the data plane says so too; none where nobody asks it.
    pub is_verified: Option<bool>,
}

/// An analysis that runs or has run for the present step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Analysis {
    /// The `AnalysisRun`.
    pub name: Text,
    /// Its phase: "Running", "Failed".
    pub phase: Text,
    /// What it says.
    pub message: Text,
}

/// The Services by which traffic finds the two arms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Services {
    /// Of the stable revision; for blue/green the active one. Empty without one.
    pub stable: Text,
    /// Of the new revision; for blue/green the preview. Empty without one.
    pub canary: Text,
}

/// What is particular to a Rollout. It is read from a whole one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "reading::Rollout")]
pub struct Argo {
    /// How it brings a revision to its users.
    pub strategy: Strategy,
    /// The controller's word for how it is.
    pub phase: Phase,
    /// The controller's sentence.
    pub message: Text,
    /// The steps of a canary.
    pub steps: Box<[CanaryStep]>,
    /// The step that it is at, from 0; equal to their number when all are done. None before the first.
    pub step: Option<u32>,
    /// Why it waits; nothing while it does not.
    pub pauses: Box<[Pause]>,
    /// Whether the controller holds it for those reasons.
    pub is_held: bool,
    /// Whether it was aborted.
    pub is_aborted: bool,
    /// The hash of the revision that is wished for.
    pub current: Text,
    /// The hash of the stable revision.
    pub stable: Text,
    /// The hashes behind the active and the preview Service (blue/green).
    pub active: Text,
    /// See `active`.
    pub preview: Text,
    /// Whether something routes its traffic by weight; without, pods are its weights.
    pub is_routed: bool,
    /// The weights that the controller has set.
    pub weights: Option<Weights>,
    /// What 100 % is.
    pub most: u32,
    /// The analysis of the present step.
    pub analysis: Option<Analysis>,
    /// The Services of its arms.
    pub services: Services,
    /// The workload whose template it uses in place of its own: "Deployment/chat". Empty without one.
    pub template_of: Text,
}

impl Argo {
    /// Whether the revision that is wished for is the stable one.
    pub fn is_fully_promoted(&self) -> bool {
        !self.stable.is_empty() && self.stable == self.current
    }

    /// The step that it is at, from 1, of how many; none without steps.
    pub fn progress(&self) -> Option<(u32, u32)> {
        let of = u32::try_from(self.steps.len()).ok().filter(|of| *of > 0)?;
        Some((self.step.map_or(0, |step| (step + 1).min(of)), of))
    }

    /// Whether all its steps are done.
    pub fn is_past_its_steps(&self) -> bool {
        self.progress().is_some_and(|(_, of)| self.step.is_some_and(|step| step >= of))
    }

    /// Where it is, in words: "step 3 of 8"; none without steps.
    pub fn place(&self) -> Option<String> {
        let (step, of) = self.progress()?;
        let is_past = self.is_past_its_steps();
        Some(if is_past { format!("all {of} steps done") } else { format!("step {} of {of}", step.max(1)) })
    }

    /// The step that it is at; none when all are done.
    pub fn present_step(&self) -> Option<&CanaryStep> {
        self.steps.get(usize::try_from(self.step?).ok()?)
    }

    /// A weight in percent.
    pub fn percent(&self, weight: u32) -> u32 {
        weight.saturating_mul(100).checked_div(self.most).unwrap_or_default()
    }

    /// The share of the canary that the steps ask for now, of `most`.
    pub fn desired_weight(&self) -> u32 {
        if self.is_aborted || self.is_fully_promoted() {
            return 0;
        }
        let at = self.step.map_or(0, |step| usize::try_from(step).unwrap_or(usize::MAX));
        if at >= self.steps.len() {
            return if self.strategy == Strategy::Canary { self.most } else { 0 };
        }
        let mut before = self.steps.iter().take(at + 1).rev();
        let weight = |step: &CanaryStep| if let CanaryStep::Weight(weight) = step { Some(*weight) } else { None };
        before.find_map(weight).unwrap_or_default()
    }

    /// Why it was stopped, in its controller's words without those that every abort has; empty while it does not say.
    pub fn why_aborted(&self) -> &str {
        let said = self.message.strip_prefix("RolloutAborted: ").unwrap_or(&self.message);
        said.strip_prefix("Rollout aborted ").unwrap_or(said)
    }

    /// The gate at which it waits, for somebody or for a while; none while it moves.
    pub fn gate(&self) -> Option<Gate> {
        let pause = self.pauses.first()?;
        let ends = match (self.present_step(), pause.since) {
            (Some(CanaryStep::Pause(Some(length))), Some(since)) if pause.reason == "CanaryPauseStep" => {
                since.checked_add(*length).ok()
            }
            _ => None,
        };
        let step = self.step.filter(|_| self.strategy == Strategy::Canary);
        Some(Gate { revision: self.current.clone(), step, reason: pause.reason.clone(), since: pause.since, ends })
    }
}

/// Where a rollout waits. It is named by all of this: a release is for this gate and for no other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// The hash of the revision that waits.
    pub revision: Text,
    /// The step that it waits at, from 0; none for blue/green.
    pub step: Option<u32>,
    /// Why, in the controller's word.
    pub reason: Text,
    /// Since when.
    pub since: Option<Timestamp>,
    /// When it goes on by itself; never, without.
    pub ends: Option<Timestamp>,
}

impl Gate {
    /// Its name on a command line: the revision and, for a canary, the step counted from 1: "6d5c9b7f4/2".
    pub fn name(&self) -> String {
        self.step.map_or_else(|| self.revision.to_string(), |step| format!("{}/{}", self.revision, step + 1))
    }

    /// For what it waits, in words: "waits for release", "preview waits for release".
    pub fn words(&self) -> String {
        format!("{}waits for release", self.what())
    }

    /// What is held, and why, before the words that say how: empty for a step that is a pause.
    pub fn what(&self) -> String {
        match self.reason.as_str() {
            "CanaryPauseStep" | "" => String::new(),
            "BlueGreenPause" => "preview ".to_owned(),
            "InconclusiveAnalysisRun" => "analysis inconclusive, ".to_owned(),
            "InconclusiveExperiment" => "experiment inconclusive, ".to_owned(),
            other => format!("{other}, "),
        }
    }

    /// Reads a name.
    pub fn named(name: &str) -> Option<Self> {
        let (revision, step) = match name.split_once('/') {
            Some((revision, step)) => (revision, Some(step.parse::<u32>().ok()?.checked_sub(1)?)),
            None => (name, None),
        };
        (!revision.is_empty()).then(|| Self { revision: Text::from_untrusted(revision), step, ..Self::default() })
    }

    /// Whether this is the gate that somebody saw, as far as they said what they saw.
    pub fn is(&self, seen: &Self) -> bool {
        self.revision == seen.revision
            && self.step == seen.step
            && (seen.reason.is_empty() || seen.reason == self.reason)
            && (seen.since.is_none() || seen.since == self.since)
    }
}

#[cfg(test)]
mod tests;
