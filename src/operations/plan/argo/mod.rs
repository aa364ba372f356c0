//! Plans for Argo Rollouts, one verb per file. Where a Rollout stands is in its status, which is a subresource: a patch of
//! it on the object itself would be taken and do nothing.

use serde_json::Value;

use crate::domain::actor::Permission;
use crate::domain::argo::{self, Argo, Strategy};
use crate::domain::intent::Intent;
use crate::domain::operation::Failure;
use crate::domain::plan::{Call, Goal, Plan, Step};
use crate::domain::problem::Problem;
use crate::domain::shell::quoted;
use crate::domain::text::Text;

use super::super::argo as seen;
use super::super::converge::is_observed;
use super::super::read::Snapshot;
use super::{Draft, NoPlan, Place, Wish, cannot, command_line, resume, revisions, template, test, test_uid};

mod abort;
mod ahead;
mod pause;
mod promote_full;
mod release;
mod restart;
mod retry;
mod rollback;
mod scale;
mod set_image;
mod skip;

/// A wish about a Rollout, with all that was read of it.
struct Case<'a> {
    wish: Wish<'a>,
    seen: Argo,
    snapshot: &'a Snapshot,
    place: &'a Place,
}

/// Makes the plan.
pub(super) fn plan(wish: Wish<'_>, snapshot: &Snapshot, place: &Place) -> Result<Plan, NoPlan> {
    let case = Case { wish, seen: seen::of(&snapshot.target), snapshot, place };
    match wish.intent {
        Intent::Release { gate, .. } => release::plan(&case, gate.as_ref()),
        Intent::Skip { step, .. } => skip::plan(&case, *step),
        Intent::PromoteFull { .. } => promote_full::plan(&case),
        Intent::Abort { .. } => abort::plan(&case),
        Intent::Retry { .. } => retry::plan(&case),
        Intent::Pause { .. } => pause::hold(&case),
        Intent::Resume { .. } => pause::resume(&case),
        Intent::Restart { .. } => Ok(restart::plan(&case)),
        Intent::Rollback { to, .. } => rollback::plan(&case, to.as_ref()),
        Intent::SetImage { container, image, .. } => set_image::plan(&case, container.as_ref(), image),
        Intent::Scale { to, .. } => scale::plan(&case, *to),
        Intent::GuardedShift { .. } => Err(case.impossible(
            "Argo Rollouts goes by its own steps and guards them by its analyses",
            format!(
                "midwatch gate release {service} goes one step on, midwatch abort {service} goes back",
                service = quoted(&place.service)
            ),
        )),
        Intent::Shift { .. } => Err(case.impossible(
            "its steps say how much goes to the new revision, and a weight that is set by hand is put back",
            "release a gate, skip a step, promote it fully, or abort it",
        )),
        _ => Err(case.impossible("this cannot be done to a Rollout of Argo", "")),
    }
}

/// The parts of a plan that each verb has its own of.
struct Parts {
    title: String,
    steps: Vec<Step>,
    goal: Goal,
    needs: Vec<Permission>,
    then: String,
    touches: String,
    way_back: Option<Intent>,
}

impl Case<'_> {
    /// Makes the plan of its parts.
    fn plan(&self, parts: Parts) -> Plan {
        let Parts { title, steps, goal, needs, then, touches, way_back } = parts;
        let mut plan = Draft { title, steps, goal, needs }.into_plan(self.wish, self.snapshot, self.place);
        plan.then = then.into();
        plan.touches = touches.into();
        plan.way_back = way_back.map(|intent| command_line::of(&intent, self.place).into());
        plan
    }

    fn impossible(&self, why: impl AsRef<str>, hint: impl AsRef<str>) -> NoPlan {
        NoPlan::impossible(cannot(self.wish), why, hint)
    }

    /// The world is not as it was when this was wished for.
    fn moved(&self, why: impl AsRef<str>) -> NoPlan {
        let problem = Problem::new(cannot(self.wish), why, "look where it stands now, and decide anew");
        NoPlan::new(Failure::Conflict, problem)
    }

    /// The command that does something to the same Rollout.
    fn command(&self, intent: &Intent) -> String {
        command_line::of(intent, self.place)
    }

    /// What its status says must be about the newest wish, or a plan would rest on what is past.
    fn require_seen(&self) -> Result<(), NoPlan> {
        if is_observed(&self.snapshot.target) {
            return Ok(());
        }
        Err(self.impossible("its controller has not seen its newest specification", "try again in a moment"))
    }

    /// A new revision must be on its way.
    fn require_under_way(&self) -> Result<(), NoPlan> {
        let name = &self.wish.target.name;
        if self.seen.stable.is_empty() {
            return Err(
                self.impossible("it has no stable revision yet, so there is nothing to go back to or on from", "")
            );
        }
        if self.seen.is_fully_promoted() {
            return Err(NoPlan::nothing_to_do(
                format!("{name} has no rollout under way"),
                "every pod is of the stable revision",
            ));
        }
        Ok(())
    }

    /// A template of its own is needed to change it.
    fn require_own_template(&self) -> Result<(), NoPlan> {
        let referenced = &self.seen.template_of;
        if referenced.is_empty() {
            return Ok(());
        }
        let (kind, name) = referenced.split_once('/').unwrap_or(("", referenced));
        let verb = self.wish.intent.verb().command();
        let option = format!("--workload {}/{name}", kind.to_lowercase());
        Err(self.impossible(
            format!("it uses the template of {referenced}, and is rolled out when that one changes"),
            format!("midwatch {verb} with {option}"),
        ))
    }

    /// A step that changes the status, on condition that the revision is still the one that was seen.
    fn status_step(&self, what: &str, (before, after): (Text, Text), operations: Vec<Value>) -> Step {
        let hash = test("/status/currentPodHash", &self.status()["currentPodHash"]);
        Step {
            what: what.into(),
            before,
            after,
            call: Call::Patch {
                object: self.wish.target.clone(),
                subresource: Some("status"),
                operations: [test_uid(self.snapshot), hash].into_iter().chain(operations).collect(),
            },
        }
    }

    /// A step that ends a pause by hand, where there is one: nothing would move before.
    fn resume_step(&self) -> Option<Step> {
        self.is_held_by_hand().then(|| Step {
            what: "end the pause by hand".into(),
            before: "held".into(),
            after: "goes on".into(),
            call: resume::release(self.wish.target, self.snapshot),
        })
    }

    fn is_held_by_hand(&self) -> bool {
        self.snapshot.target["spec"]["paused"] == true
    }

    fn status(&self) -> &Value {
        &self.snapshot.target["status"]
    }

    /// The test of a member of the status, where it is there.
    fn test_status(&self, member: &str) -> Option<Value> {
        self.status().get(member).map(|value| test(&format!("/status/{member}"), value))
    }

    fn is_canary(&self) -> bool {
        self.seen.strategy == Strategy::Canary
    }

    /// The step that it is at, from 0.
    fn at(&self) -> usize {
        self.seen.step.and_then(|step| usize::try_from(step).ok()).unwrap_or_default()
    }

    /// The version of a revision, else its hash.
    fn version(&self, hash: &Text) -> Text {
        let held = revisions::all(self.wish.target, self.snapshot).into_iter().find(|revision| revision.pin == *hash);
        held.map_or_else(|| hash.clone(), |revision| revision.version())
    }

    /// The pods of the new revision.
    fn updated(&self) -> i64 {
        template::updated(self.snapshot)
    }

    fn pods(&self) -> i64 {
        template::pods(self.snapshot)
    }

    /// Goes past where it is.
    fn past(&self) -> Goal {
        Goal::Rollout(argo::Goal::Past {
            revision: self.seen.current.clone(),
            step: self.seen.step.filter(|_| self.is_canary()),
            since: self.seen.pauses.first().and_then(|pause| pause.since),
        })
    }
}
