//! Ending a pod: delete, and evict within what disruption budgets allow.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::Call;
use super::refusal::Refusal;
use super::reply;
use crate::sandbox::controllers::is_available;
use crate::sandbox::object::{at, name, namespace, number, set, text, uid};
use crate::sandbox::selector::matches_labels;
use crate::sandbox::world::World;

impl Call<'_> {
    /// Deletes a pod; the answer is the pod as it begins to end.
    pub(super) fn delete_pod(&self) -> Result<Response, Refusal> {
        let options = self.options()?;
        let pod = self.platform.with(|world| {
            let pod = self.find(world)?;
            self.check_preconditions(&options, &pod)?;
            if !self.is_dry_run() && !is_dry_run(&options) {
                world.terminate(&pod);
            }
            self.find(world)
        })?;
        Ok(reply::json(StatusCode::OK, &self.shape.of(&pod)))
    }

    /// Evicts a pod unless a budget forbids it.
    pub(super) fn evict(&self) -> Result<Response, Refusal> {
        let eviction = self.options()?;
        let options = at(&eviction, "deleteOptions");
        self.platform.with(|world| {
            let pod = self.find(world)?;
            self.check_preconditions(options, &pod)?;
            self.check_budgets(world, &pod)?;
            if !self.is_dry_run() && !is_dry_run(options) {
                spend_budget(world, &pod);
                world.terminate(&pod);
            }
            Ok(())
        })?;
        let done = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201});
        Ok(reply::json(StatusCode::CREATED, &done))
    }

    fn options(&self) -> Result<Value, Refusal> {
        if self.body.is_empty() {
            return Ok(json!({}));
        }
        serde_json::from_slice(&self.body).map_err(|problem| Refusal::bad_request(problem.to_string()))
    }

    fn check_preconditions(&self, options: &Value, pod: &Value) -> Result<(), Refusal> {
        let (kind, expected) = (self.route.kind, text(options, "preconditions.uid"));
        if !expected.is_empty() && expected != uid(pod) {
            return Err(Refusal::other_uid(kind, name(pod), expected, uid(pod)));
        }
        let version = text(options, "preconditions.resourceVersion");
        if !version.is_empty() && version != text(pod, "metadata.resourceVersion") {
            return Err(Refusal::outdated(kind, name(pod)));
        }
        Ok(())
    }

    /// A pod that is not ready may always go while enough others are healthy.
    fn check_budgets(&self, world: &World, pod: &Value) -> Result<(), Refusal> {
        for budget in budgets(world, pod) {
            let (healthy, desired) =
                (number(&budget, "status.currentHealthy"), number(&budget, "status.desiredHealthy"));
            let is_free = !is_available(pod) && healthy >= desired;
            if number(&budget, "status.disruptionsAllowed") > 0 || is_free {
                continue;
            }
            let cause = format!(
                "The disruption budget {} needs {desired} healthy pods and has {healthy} currently",
                name(&budget)
            );
            let message = "Cannot evict pod as it would violate the pod's disruption budget.";
            let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", message);
            return Err(refusal.about(self.route.kind, name(pod)).because("DisruptionBudget", &cause));
        }
        Ok(())
    }
}

fn is_dry_run(options: &Value) -> bool {
    text(options, "dryRun.0") == "All"
}

fn budgets(world: &World, pod: &Value) -> Vec<std::sync::Arc<Value>> {
    let mut budgets = world.store.list_in("poddisruptionbudgets", namespace(pod));
    budgets.retain(|budget| matches_labels(at(budget, "spec.selector.matchLabels"), pod));
    budgets
}

/// Counts the eviction at once, so that a second one in the same second finds the budget spent.
fn spend_budget(world: &mut World, pod: &Value) {
    for budget in budgets(world, pod) {
        let mut status = at(&budget, "status").clone();
        let left = (number(&status, "disruptionsAllowed") - 1).max(0);
        set(&mut status, "disruptionsAllowed", json!(left));
        world.set_status(&budget, status);
    }
}
