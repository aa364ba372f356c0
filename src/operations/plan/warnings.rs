//! What somebody must know before saying yes: who will undo it, and what it will cost.

use serde_json::Value;

use crate::domain::object::ObjectRef;
use crate::domain::text::Text;

use super::super::read::{Snapshot, autoscaler_of};
use super::selector::selects;

/// Warnings that hold for every change.
pub(super) fn of(snapshot: &Snapshot) -> Vec<Text> {
    let gaps = snapshot.gaps.iter().map(|gap| Text::from(format!("not checked: {gap}")));
    owner(&snapshot.target).into_iter().map(Text::from).chain(gaps).collect()
}

/// Warnings for a change of the template.
pub(super) fn of_template(target: &ObjectRef, snapshot: &Snapshot) -> Vec<Text> {
    let mut warnings = Vec::new();
    let spec = &snapshot.target["spec"];
    if spec["strategy"]["type"] == "Recreate" {
        warnings.push("strategy Recreate: all pods stop before new ones start".into());
    }
    if spec["updateStrategy"]["type"] == "OnDelete" {
        warnings.push("update strategy OnDelete: nothing moves until pods are deleted".into());
    }
    if let Some(partition) = spec["updateStrategy"]["rollingUpdate"]["partition"].as_i64().filter(|&at| at > 0) {
        warnings.push(format!("partition {partition}: pods below ordinal {partition} keep their revision").into());
    }
    warnings.extend(autoscaler_of(target, &snapshot.autoscalers).map(of_autoscaler));
    warnings.extend(of_budgets(&spec["template"]["metadata"]["labels"], snapshot));
    if let Some(limit) = spec["revisionHistoryLimit"].as_i64().filter(|&limit| limit < 2) {
        warnings.push(format!("revisionHistoryLimit {limit}: there may be no way back from here").into());
    }
    warnings
}

/// Who chooses the number of pods.
pub(super) fn of_autoscaler(autoscaler: &Value) -> Text {
    let name = autoscaler["metadata"]["name"].as_str().unwrap_or_default();
    let spec = &autoscaler["spec"];
    let (least, most) = (spec["minReplicas"].as_i64().unwrap_or(1), spec["maxReplicas"].as_i64().unwrap_or(1));
    format!("autoscaler {name} goes on choosing {least} to {most} pods").into()
}

/// Whoever else writes this object, and when they will put it back.
pub(super) fn owner(target: &Value) -> Option<String> {
    let (labels, annotations) = (&target["metadata"]["labels"], &target["metadata"]["annotations"]);
    let of = |value: &Value| value.as_str().map(ToOwned::to_owned);
    if let Some(tracking) = of(&annotations["argocd.argoproj.io/tracking-id"]) {
        let application = tracking.split(':').next().unwrap_or_default();
        return Some(format!(
            "Argo CD application {application} owns it: with self-heal it is put back within seconds, else at the next sync"
        ));
    }
    if let Some(name) = of(&labels["kustomize.toolkit.fluxcd.io/name"]) {
        return Some(format!("Flux kustomization {name} owns it and puts it back at its next interval"));
    }
    if let Some(name) = of(&labels["helm.toolkit.fluxcd.io/name"]) {
        return Some(format!(
            "Flux release {name} owns it: the next upgrade puts it back, drift detection does so at once"
        ));
    }
    let release = of(&annotations["meta.helm.sh/release-name"])?;
    Some(format!("Helm release {release} owns it: the next helm upgrade puts it back"))
}

/// Disruption budgets of pods with these labels that leave no room.
pub(super) fn of_budgets(labels: &Value, snapshot: &Snapshot) -> Vec<Text> {
    let is_exhausted =
        |budget: &&Value| budget["status"]["disruptionsAllowed"] == 0 && selects(&budget["spec"]["selector"], labels);
    let words = |budget: &Value| {
        let name = budget["metadata"]["name"].as_str().unwrap_or_default();
        Text::from(format!("disruption budget {name} allows no disruption now"))
    };
    snapshot.budgets.iter().filter(is_exhausted).map(words).collect()
}
