//! The last stage: accepted is not done. Done is converged, and still so after a while.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::domain::argo;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::operation::{OperationEvent, Verdict};
use crate::domain::plan::Goal;
use crate::domain::target::Target;
use crate::domain::text::Text;

use super::converge::{Progress, progress};
use super::dataplane::{DataPlane, Proof};
use super::execute::Executed;
use super::ports::{ControlPlane, ReadError};
use super::silence;

/// How long to watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How long it must hold once it has converged.
    pub stable: Duration,
    /// How long to wait for it in all.
    pub limit: Duration,
    /// How often to look.
    pub every: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { stable: Duration::from_secs(30), limit: Duration::from_mins(5), every: Duration::from_secs(1) }
    }
}

/// Watches the target until the goal has held for long enough, or patience ends.
pub async fn verify(
    executed: &Executed,
    plane: &dyn ControlPlane,
    patience: Patience,
    now: &(dyn Fn() -> Timestamp + Send + Sync),
    report: &mut (dyn FnMut(OperationEvent) + Send),
) -> Verdict {
    let goal = &executed.plan().goal;
    let Some(object) = watched(executed) else {
        return silence::watch(goal, plane, patience, now, report).await;
    };
    let began = now();
    let mut watch = Watch { began, converged: None, last: None };
    let mut data_plane = DataPlane::default();
    loop {
        let seen = plane.get(&object).await;
        let is_so = matches!(&seen, Ok(held) if matches!(progress(object.kind, held, goal), Progress::Done(_)));
        let proof = if is_so { data_plane.look(goal, &object, plane).await } else { Proof::NotAsked };
        if let Some(verdict) = watch.judge(object.kind, goal, (&seen, &proof), patience, now()) {
            return verdict;
        }
        if watch.converged.is_none() {
            data_plane.forget();
        }
        if let Some(words) = watch.news(object.kind, goal, (&seen, &proof)) {
            report(OperationEvent::Verifying { progress: words });
        }
        tokio::time::sleep(patience.every).await;
    }
}

/// The object on which the goal is seen: that of the first step that is about more than a lease, which for bounds is the autoscaler. None for a silence.
fn watched(executed: &Executed) -> Option<ObjectRef> {
    let plan = executed.plan();
    let is_lease = |target: &Target| target.object().is_some_and(|object| object.kind == Kind::Lease);
    let mut targets = plan.steps.iter().map(|step| step.call.target()).filter(|target| !is_lease(target));
    targets.next().unwrap_or_else(|| plan.target.clone()).object().cloned()
}

/// What was seen so far.
struct Watch {
    began: Timestamp,
    converged: Option<Timestamp>,
    last: Option<Text>,
}

impl Watch {
    /// Judges one look; nothing as long as it is open.
    fn judge(
        &mut self,
        kind: Kind,
        goal: &Goal,
        (seen, proof): (&Result<Value, ReadError>, &Proof),
        patience: Patience,
        now: Timestamp,
    ) -> Option<Verdict> {
        let is_late = now.duration_since(self.began) >= signed(patience.limit);
        match seen {
            Err(ReadError::NotFound) if matches!(goal, Goal::Gone(_)) => Some(Verdict::Verified("gone".into())),
            Err(ReadError::NotFound) => Some(Verdict::Reverted("the object was deleted".into())),
            Err(ReadError::Failed(problem) | ReadError::Forbidden(problem)) => {
                self.converged = None;
                is_late.then(|| Verdict::Unknown(problem.to_string().into()))
            }
            Ok(object) => match progress(kind, object, goal) {
                Progress::Done(words) => {
                    let since = *self.converged.get_or_insert(now);
                    let held = now.duration_since(since);
                    if matches!(goal, Goal::Gone(_)) {
                        // An identity does not come back.
                        return Some(Verdict::Verified(words));
                    }
                    if held < signed(patience.stable) {
                        return None;
                    }
                    let stable = format!("{words}, stable for {} s", patience.stable.as_secs());
                    match proof {
                        Proof::NotAsked => Some(Verdict::Verified(stable.into())),
                        Proof::Agrees(more) | Proof::Silent(more) => {
                            Some(Verdict::Verified(format!("{stable}; {more}").into()))
                        }
                        // Too little to tell is no reason to say that it went wrong, and is said.
                        Proof::Open(more) => is_late.then(|| Self::undecided(goal, &stable, more)),
                        Proof::Contradicts(more) => {
                            self.converged = None;
                            is_late.then(|| Verdict::NotConverged(more.clone()))
                        }
                    }
                }
                Progress::Replaced(words) => {
                    Some(Verdict::Reverted(format!("{words}, by {}", last_manager(object, goal)).into()))
                }
                Progress::GivenUp(words) | Progress::Moving(words) => {
                    self.converged = None;
                    is_late.then_some(Verdict::NotConverged(words))
                }
            },
        }
    }

    /// What is said where the data plane has not shown enough by the end.
    fn undecided(goal: &Goal, stable: &str, more: &Text) -> Verdict {
        match goal {
            Goal::Weights { .. } => Verdict::Verified(format!("{stable}; {more}").into()),
            _ => Verdict::NotConverged(more.clone()),
        }
    }

    /// What is worth telling: only what was not told before.
    fn news(&mut self, kind: Kind, goal: &Goal, (seen, proof): (&Result<Value, ReadError>, &Proof)) -> Option<Text> {
        let words = match seen {
            Ok(object) => match progress(kind, object, goal) {
                Progress::Done(words) => match proof {
                    Proof::Open(_) if matches!(goal, Goal::Weights { .. }) => {
                        format!("{words}, counting requests").into()
                    }
                    Proof::Open(more) => format!("{words}, {more}").into(),
                    Proof::Contradicts(_) => format!("{words}, requests do not follow yet").into(),
                    _ => format!("{words}, watching that it stays so").into(),
                },
                Progress::Moving(words) | Progress::GivenUp(words) | Progress::Replaced(words) => words,
            },
            Err(ReadError::NotFound) => "gone".into(),
            Err(ReadError::Failed(problem) | ReadError::Forbidden(problem)) => problem.to_string().into(),
        };
        if self.last.as_ref() == Some(&words) {
            return None;
        }
        self.last = Some(words.clone());
        Some(words)
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

/// Who last wrote what the goal is about, by the object's own account, which is silent about some writes. It may be
/// another midwatch; within the second of our own write it was somebody else.
fn last_manager(object: &Value, goal: &Goal) -> Text {
    let (part, fields): (_, &[&str]) = match goal {
        Goal::Paused(_) => ("f:spec", &["f:paused"]),
        Goal::Replicas(_) => ("f:spec", &["f:replicas"]),
        Goal::Bounds { .. } => ("f:spec", &["f:minReplicas", "f:maxReplicas"]),
        Goal::Weights { .. } => ("f:spec", &["f:rules"]),
        Goal::Selector(_) => ("f:spec", &["f:selector"]),
        Goal::Rollout(argo::Goal::Restarted(_)) => ("f:spec", &["f:restartAt"]),
        Goal::Rollout(argo::Goal::Aborted(_)) => ("f:status", &["f:abort"]),
        Goal::Rollout(_) if object["status"]["abort"] == true => ("f:status", &["f:abort"]),
        Goal::Rollout(_) | Goal::Template(_) | Goal::Restarted(_) => ("f:spec", &["f:template"]),
        Goal::Gone(_) | Goal::Silenced { .. } | Goal::Expired(_) => ("f:spec", &[]),
    };
    let managers = object["metadata"]["managedFields"].as_array().into_iter().flatten();
    let writers = managers.filter(|entry| fields.iter().any(|field| !entry["fieldsV1"][part][field].is_null()));
    let latest = writers
        .max_by_key(|entry| (entry["time"].as_str().unwrap_or_default().to_owned(), entry["manager"] != "midwatch"));
    Text::from_untrusted(latest.and_then(|entry| entry["manager"].as_str()).unwrap_or("somebody"))
}

#[cfg(test)]
mod tests;
