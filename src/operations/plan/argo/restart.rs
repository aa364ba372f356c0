//! Restarting: pods that are older than a moment are deleted a few at a time, of every revision that has some.

use serde_json::json;

use crate::domain::actor::Permission;
use crate::domain::argo;
use crate::domain::plan::{Call, Goal, Plan, Step};
use crate::domain::text::Text;

use super::super::{set, test, test_uid, warnings};
use super::{Case, Parts};

/// Plans new pods.
pub(super) fn plan(case: &Case<'_>) -> Plan {
    let (target, spec) = (case.wish.target, &case.snapshot.target["spec"]);
    // The moment of the wish: a plan that is made anew while somebody reads it must not be another one for that.
    let stamp = case.snapshot.asked.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let path = "/spec/restartAt";
    let known = spec.get("restartAt").map(|before| test(path, before));
    let operations = [test_uid(case.snapshot)].into_iter().chain(known).chain([set(path, &json!(stamp))]);
    let step = Step {
        what: "moment of the restart".into(),
        before: spec["restartAt"].as_str().map_or_else(|| "never".into(), Text::from_untrusted),
        after: stamp.as_str().into(),
        call: Call::Patch { object: target.clone(), subresource: None, operations: operations.collect() },
    };
    let pods = case.pods();
    let mut plan = case.plan(Parts {
        title: format!("Restart {}", target.name),
        steps: vec![step],
        goal: Goal::Rollout(argo::Goal::Restarted(stamp.into())),
        needs: vec![Permission::Deploy],
        then: format!("then wait until every pod is younger than that and {pods} are ready"),
        touches: format!("1 service; all {pods} pods are made anew, each of the revision that it has"),
        way_back: None,
    });
    plan.warnings.extend(warnings::of_budgets(&spec["template"]["metadata"]["labels"], case.snapshot));
    if pods == 1 {
        plan.warnings.push("OUTAGE: its only pod is deleted before the new one is ready".into());
    }
    plan
}
