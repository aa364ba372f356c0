//! Plans for a Service: other labels in its selector, so that its requests go to other pods, all at once.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::actor::Permission;
use crate::domain::intent::Intent;
use crate::domain::plan::{Call, Goal, Plan, Step};
use crate::domain::shell::quoted;
use crate::domain::text::Text;
use crate::domain::traffic::ArmRole;

use super::super::read::{Backing, Snapshot, switched};
use super::{Draft, NoPlan, Place, Wish, cannot, command_line, replace, test, test_uid, text};

/// The annotation that Argo Rollouts puts on a Service whose selector it sets.
const OF_ARGO: &str = "argo-rollouts.argoproj.io/managed-by-rollouts";

/// How many pods are named.
const NAMED: usize = 4;

/// Makes the plan.
pub(super) fn plan(wish: Wish<'_>, snapshot: &Snapshot, place: &Place) -> Result<Plan, NoPlan> {
    if let Intent::GuardedShift { .. } = wish.intent {
        let why = "a Service sends all of its requests to the pods that it selects, so there are no shares to raise";
        let hint = format!("midwatch switch {} --to KEY=VALUE switches it whole", quoted(&wish.target.name));
        return Err(NoPlan::impossible(cannot(wish), why, hint));
    }
    let Intent::Switch { to, .. } = wish.intent else {
        let why = "a Service has a selector, which can be switched, and nothing else";
        return Err(NoPlan::impossible(cannot(wish), why, ""));
    };
    let selector = &snapshot.target["spec"]["selector"];
    require_own(wish, snapshot, place)?;
    require_labels(wish, selector, to)?;
    let wanted = switched(selector, to);
    if wanted == *selector {
        let what = format!("{} selects {} already", wish.target.name, words(&wanted));
        return Err(NoPlan::nothing_to_do(what, "a switch would change nothing"));
    }
    let [now, then] = snapshot.backings.as_slice() else {
        return Err(NoPlan::impossible(cannot(wish), "its pods could not be read", "try again"));
    };
    require_ready(wish, now, then, &wanted)?;
    let step = Step {
        what: "selector".into(),
        before: words(selector),
        after: words(&wanted),
        call: Call::Patch {
            object: wish.target.clone(),
            subresource: None,
            // The whole map on both sides: a label that somebody adds meanwhile must not stay by accident.
            operations: vec![test_uid(snapshot), test("/spec/selector", selector), replace("/spec/selector", &wanted)],
        },
    };
    let draft = Draft {
        title: format!("Switch {} to {}", wish.target.name, labels(to)),
        steps: vec![step],
        goal: Goal::Selector(wanted.clone()),
        needs: needs(to),
    };
    let mut plan = draft.into_plan(wish, snapshot, place);
    plan.then = "then wait until its endpoints are those pods and no others".into();
    plan.touches = format!("1 Service; loses {}; gains {}", pods(now, then), pods(then, now)).into();
    plan.warnings.push("connections that are open stay where they are until somebody closes them".into());
    if now.ready_pods().next().is_none() {
        plan.warnings.push("no pod that it selects now is ready: there is nothing to go back to".into());
    }
    let back = to.iter().map(|(key, _)| (key.clone(), text(&selector[key.as_str()]))).collect();
    let back = Intent::Switch { target: wish.target.clone(), to: back };
    plan.way_back = Some(command_line::of(&back, place).into());
    Ok(plan)
}

/// Whoever may go back may do so by hand; to try something is to deploy.
fn needs(to: &[(Text, Text)]) -> Vec<Permission> {
    if to.iter().all(|(_, value)| ArmRole::of_word(value) == Some(ArmRole::Stable)) {
        vec![Permission::Deploy, Permission::Rollback]
    } else {
        vec![Permission::Deploy]
    }
}

/// What has no selector that a person may set.
fn require_own(wish: Wish<'_>, snapshot: &Snapshot, place: &Place) -> Result<(), NoPlan> {
    let (meta, spec) = (&snapshot.target["metadata"], &snapshot.target["spec"]);
    let refuse = |why: String, hint: String| Err(NoPlan::impossible(cannot(wish), why, hint));
    if spec["type"] == "ExternalName" || spec["selector"].as_object().is_none_or(serde_json::Map::is_empty) {
        return refuse("it has no selector: somebody else says where its requests go".to_owned(), String::new());
    }
    if spec["clusterIP"] == "None" {
        let why = "it is headless: whoever asks it keeps the addresses that it was told";
        return refuse(why.to_owned(), "switch what its clients are configured with".to_owned());
    }
    if let Some(rollout) = meta["annotations"][OF_ARGO].as_str() {
        let rollout = Text::from_untrusted(rollout);
        let hint = format!("go through the rollout: midwatch gate release {}", place.service);
        return refuse(format!("rollout {rollout} of Argo Rollouts sets its selector"), hint);
    }
    let owners = meta["ownerReferences"].as_array().into_iter().flatten();
    match owners.into_iter().find(|owner| owner["kind"] == "Canary") {
        Some(canary) => refuse(
            format!("canary {} of Flagger sets its selector", text(&canary["name"])),
            "change what the canary is made of".to_owned(),
        ),
        None => Ok(()),
    }
}

/// A label that the selector does not have is a slip, as a rule.
fn require_labels(wish: Wish<'_>, selector: &Value, to: &[(Text, Text)]) -> Result<(), NoPlan> {
    match to.iter().find(|(key, _)| selector[key.as_str()].is_null()) {
        Some((key, _)) => Err(NoPlan::impossible(
            cannot(wish),
            format!("its selector has no label {key}"),
            format!("it selects {}", words(selector)),
        )),
        None => Ok(()),
    }
}

/// As many pods must be ready there as serve now, and at least one.
fn require_ready(wish: Wish<'_>, now: &Backing, then: &Backing, wanted: &Value) -> Result<(), NoPlan> {
    let (serving, ready, all) = (now.ready_pods().count(), then.ready_pods().count(), then.pods.len());
    if all == 0 {
        let hint = "are they deployed, and labelled so?";
        return Err(NoPlan::impossible(cannot(wish), format!("no pod has {}", words(wanted)), hint));
    }
    if ready < serving.max(1) {
        return Err(NoPlan::impossible(
            cannot(wish),
            format!("{ready} of {all} pods with {} are ready, and {serving} serve now", words(wanted)),
            "wait until as many are ready, or scale them up",
        ));
    }
    Ok(())
}

/// Pods of one side that are not on the other, in words: "2 pods of 1.4.1 (chat-blue-1, chat-blue-2)".
fn pods(of: &Backing, without: &Backing) -> String {
    let is_there = |pod: &Value| without.pods.iter().any(|other| other["metadata"]["uid"] == pod["metadata"]["uid"]);
    let mut names: Vec<Text> =
        of.pods.iter().filter(|pod| !is_there(pod)).map(|pod| text(&pod["metadata"]["name"])).collect();
    names.sort();
    let count = match names.len() {
        0 => return "no pod".to_owned(),
        1 => "1 pod".to_owned(),
        many => format!("{many} pods"),
    };
    let named: Vec<&str> = names.iter().take(NAMED).map(Text::as_str).collect();
    let more = if names.len() > NAMED { ", …" } else { "" };
    let version = of.version();
    let version = if version.is_empty() { String::new() } else { format!(" of {version}") };
    format!("{count}{version} ({}{more})", named.join(", "))
}

/// A selector as people write it.
fn words(selector: &Value) -> Text {
    let pairs: BTreeMap<&String, Text> =
        selector.as_object().into_iter().flatten().map(|(key, value)| (key, text(value))).collect();
    let words: Vec<String> = pairs.iter().map(|(key, value)| format!("{key}={value}")).collect();
    Text::from_untrusted(&words.join(","))
}

/// The labels that are asked for.
fn labels(to: &[(Text, Text)]) -> String {
    to.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
