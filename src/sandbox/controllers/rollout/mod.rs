//! Argo Rollouts as far as the fleet needs it: canaries in steps whose weights are those of a route.
//!
//! It keeps the real controller's order: a changed template or changed steps begin anew; else the sets, the traffic and
//! the steps move on, and the status says how far. Nothing but a release lets a rollout past a gate without a duration.

mod analysis;
mod restart;
mod sets;
mod status;
mod steps;
mod traffic;

use std::sync::Arc;

use serde_json::{Map, Value, json};

use self::sets::Sets;
use self::steps::{Step, steps};
use crate::sandbox::object::{at, name, namespace, text};
use crate::sandbox::world::World;

pub(super) const CONTROLLER: &str = "argo-rollouts";
/// What its events come from.
const COMPONENT: &str = "rollouts-controller";
/// One look causes the next, as the queue of the real controller does; it comes to rest well before so many.
const MOST_LOOKS: usize = 12;
const CANARY_PAUSE: &str = "CanaryPauseStep";

/// Moves every rollout as far as it goes in this second.
pub(super) fn tick(world: &mut World) {
    for rollout in world.store.list("rollouts") {
        for _ in 0..MOST_LOOKS {
            let before = world.store.stirred();
            let Some(rollout) = world.store.get("rollouts", namespace(&rollout), name(&rollout)) else { break };
            if at(&rollout, "spec.strategy.canary").is_object() {
                look(world, &rollout);
            }
            if before == world.store.stirred() {
                break;
            }
        }
    }
}

/// A rollout while it is looked at: the status is what will be written.
struct Case {
    rollout: Arc<Value>,
    sets: Sets,
    steps: Vec<Step>,
    /// The hash of the template that is wished for.
    hash: String,
    status: Map<String, Value>,
}

impl Case {
    fn open(world: &World, rollout: &Arc<Value>) -> Self {
        let sets = Sets::of(world, rollout);
        Self {
            hash: sets.hash_of(rollout),
            sets,
            steps: steps(rollout),
            status: at(rollout, "status").as_object().cloned().unwrap_or_default(),
            rollout: Arc::clone(rollout),
        }
    }

    /// A member of the status, null without it.
    fn said(&self, member: &str) -> &Value {
        self.status.get(member).unwrap_or(&Value::Null)
    }

    fn is_set(&self, member: &str) -> bool {
        *self.said(member) == true
    }

    /// The hash of the revision that is trusted; empty before the first.
    fn stable(&self) -> &str {
        self.said("stableRS").as_str().unwrap_or_default()
    }

    fn is_fully_promoted(&self) -> bool {
        self.stable() == self.hash
    }

    /// The step that it is at; the number of steps when all are done.
    fn index(&self) -> usize {
        let index = self.said("currentStepIndex").as_u64().and_then(|index| usize::try_from(index).ok());
        index.unwrap_or(0).min(self.steps.len())
    }

    fn go_to(&mut self, index: usize) {
        self.status.insert("currentStepIndex".to_owned(), json!(index));
    }

    fn forget(&mut self, members: &[&str]) {
        for member in members {
            self.status.shift_remove(*member);
        }
    }

    fn replicas(&self) -> i64 {
        at(&self.rollout, "spec.replicas").as_i64().unwrap_or(1)
    }

    fn is_paused_by_hand(&self) -> bool {
        at(&self.rollout, "spec.paused") == true
    }

    fn pause(&self) -> Option<&Value> {
        let mut pauses = self.said("pauseConditions").as_array().into_iter().flatten();
        pauses.find(|pause| pause["reason"] == CANARY_PAUSE)
    }

    fn report(&self, world: &mut World, reason: &str, message: &str) {
        world.report(&self.rollout, COMPONENT, "Normal", reason, message);
    }
}

fn look(world: &mut World, rollout: &Arc<Value>) {
    let mut case = Case::open(world, rollout);
    let step_hash = steps::hash_of(rollout);
    if text(rollout, "status.currentPodHash") != case.hash || text(rollout, "status.currentStepHash") != step_hash {
        begin(world, &mut case, &step_hash);
        return status::write(world, case);
    }
    if !case.is_paused_by_hand() {
        if case.sets.adopt(world, &case.rollout, &case.hash) {
            return;
        }
        restart::step(world, &mut case);
    }
    traffic::route(world, &mut case);
    analysis::step(world, &mut case);
    if !case.is_paused_by_hand() {
        sets::scale_all(world, &case);
    }
    advance(world, &mut case);
    status::write(world, case);
}

/// Another template, or other steps: everything that was said about the last ones is forgotten.
fn begin(world: &mut World, case: &mut Case, step_hash: &str) {
    case.forget(&["pauseConditions", "controllerPause", "abort", "abortedAt", "promoteFull"]);
    analysis::forget(case);
    let is_known = case.stable().is_empty() || case.is_fully_promoted();
    if case.is_fully_promoted() {
        case.report(world, "SkipSteps", "Rollback to stable");
    }
    case.go_to(if is_known { case.steps.len() } else { 0 });
    case.status.insert("currentPodHash".to_owned(), json!(case.hash));
    case.status.insert("currentStepHash".to_owned(), json!(step_hash));
}

/// Decides about the step that it is at.
fn advance(world: &mut World, case: &mut Case) {
    if case.is_set("promoteFull") {
        case.forget(&["pauseConditions", "controllerPause", "abort", "abortedAt"]);
        case.go_to(case.steps.len());
    }
    if let Some(why) = ready_to_promote(case) {
        return promote(world, case, &why);
    }
    if case.is_set("abort") {
        let index = if case.is_fully_promoted() { case.steps.len() } else { 0 };
        case.go_to(index);
        if case.said("abortedAt").is_null() {
            case.status.insert("abortedAt".to_owned(), json!(world.now.to_string()));
        }
        return case.forget(&["pauseConditions", "controllerPause"]);
    }
    if !case.said("abortedAt").is_null() {
        case.forget(&["abortedAt"]);
        analysis::forget(case);
    }
    let (index, held) = (case.index(), case.is_set("controllerPause"));
    let is_over = !case.is_paused_by_hand()
        && case.steps.get(index).is_some_and(|step| match step {
            Step::Weight(_) | Step::Other => traffic::is_at_wanted_size(case),
            Step::Pause(length) => steps::is_pause_over(case.pause(), held, *length, world.now),
        });
    if is_over {
        let message = format!("Rollout step {}/{} completed ({})", index + 1, case.steps.len(), case.steps[index]);
        case.report(world, "RolloutStepCompleted", &message);
        case.forget(&["pauseConditions"]);
        case.go_to(index + 1);
    } else if matches!(case.steps.get(index), Some(Step::Pause(_)))
        && case.pause().is_none()
        && !held
        && !case.is_paused_by_hand()
    {
        let pause = json!([{"reason": CANARY_PAUSE, "startTime": world.now.to_string()}]);
        case.status.insert("pauseConditions".to_owned(), pause);
        case.status.insert("controllerPause".to_owned(), json!(true));
        case.report(world, "RolloutPaused", &format!("Rollout is paused ({CANARY_PAUSE})"));
    }
    if case.said("pauseConditions").as_array().is_none_or(Vec::is_empty) {
        case.forget(&["pauseConditions", "controllerPause"]);
    }
}

/// Why the revision that is wished for may become the stable one now.
fn ready_to_promote(case: &Case) -> Option<String> {
    let is_whole = case.sets.available(&case.hash) >= case.replicas();
    if case.is_fully_promoted() || !is_whole || case.is_set("abort") || case.is_paused_by_hand() {
        return None;
    }
    if case.stable().is_empty() {
        return Some("Initial deploy".to_owned());
    }
    if case.is_set("promoteFull") {
        return Some("Full promotion requested".to_owned());
    }
    let has_all = traffic::weight_said(case) == traffic::MOST;
    (case.index() == case.steps.len() && has_all).then(|| format!("Completed all {} canary steps", case.steps.len()))
}

fn promote(world: &mut World, case: &mut Case, why: &str) {
    let old = case.stable().to_owned();
    case.sets.retire(world, &old);
    case.status.insert("stableRS".to_owned(), json!(case.hash));
    case.go_to(case.steps.len());
    case.forget(&["promoteFull", "pauseConditions", "controllerPause", "abort", "abortedAt"]);
    let revision = case.sets.revision(&case.hash);
    let message = format!("Rollout completed update to revision {revision} ({}): {why}", case.hash);
    case.report(world, "RolloutCompleted", &message);
}
