//! What is said of a delivery in steps and of how traffic is split, in words and for scripts.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::domain::argo::{Gate, Strategy};
use crate::domain::kind::Kind;
use crate::domain::object::ClusterName;
use crate::domain::rollout::Delivery;
use crate::domain::route::Steering;
use crate::domain::text::Text;
use crate::domain::traffic::{Arm, ArmRole, Split, percent};
use crate::runtime::Session;
use crate::state::{GuardLease, Inventory, SPLIT_KINDS};

use super::output::json::object;
use super::reading::{read, together};
use super::services;
use super::signals::await_briefly;

/// What services are made of, and what splits their requests.
pub(super) fn kinds() -> Vec<Kind> {
    together(&services::KINDS, SPLIT_KINDS.into_iter().chain([Kind::Lease]))
}

/// Reads how traffic is split, and waits for who counts it where it is.
pub(super) async fn read_splits(session: &mut Session) {
    read(session, &kinds()).await;
    let has_routes = |(_, cluster): (&ClusterName, &Inventory)| cluster.rows(Kind::HttpRoute).rows().next().is_some();
    if session.state().clusters().any(has_routes) {
        // Without them the shares that are set are told all the same.
        drop(await_briefly(session).await);
    }
}

/// The step, the weight and the gate; empty where there is none. The gate is named as a change takes it.
pub(super) fn cells(delivery: Option<&Delivery>, splits: &[Split], version: &Text) -> [Text; 3] {
    let Some(delivery) = delivery else { return [Text::default(), seen(splits, version), Text::default()] };
    let step = delivery.step.map(|(at, of)| format!("{at}/{of}")).unwrap_or_default();
    let gate = delivery.gate.as_ref().map(Gate::name).unwrap_or_default();
    let weight = match (delivery.desired_weight, delivery.weight) {
        (Some(wanted), Some(set)) if wanted != set => format!("{set}% of {wanted}%"),
        (wanted, set) => set.or(wanted).map(|weight| format!("{weight}%")).unwrap_or_default(),
    };
    let weight = match splits.iter().find_map(|split| split.arm(ArmRole::Canary)?.observed) {
        Some(seen) => format!("{weight}, seen {seen:.1}%"),
        None => weight,
    };
    [step.into(), weight.into(), gate.into()]
}

/// The share of a workload where only a route splits, set and seen: that of the arm of its version, or of the canary where
/// both are of one.
fn seen(splits: &[Split], version: &Text) -> Text {
    let Some(arm) = splits.iter().find_map(|split| own_arm(split, version)) else { return Text::default() };
    let seen = arm.observed.map(|seen| format!(", seen {seen:.1}%")).unwrap_or_default();
    format!("{}%{seen}", percent(arm.desired)).into()
}

fn own_arm<'a>(split: &'a Split, version: &Text) -> Option<&'a Arm> {
    let mut own = split.arms.iter().filter(|arm| arm.version == *version);
    own.next().filter(|_| own.next().is_none()).or_else(|| split.arm(ArmRole::Canary))
}

/// A delivery in steps.
pub(super) fn delivery(of: &Delivery) -> Value {
    json!({
        "strategy": match of.strategy {
            Strategy::Canary => "canary",
            Strategy::BlueGreen => "blue-green",
        },
        "step": of.step.map(|(at, _)| at),
        "steps": of.step.map(|(_, of)| of),
        "gate": of.gate.as_ref().map(|gate| json!({
            "name": gate.name(),
            "revision": gate.revision,
            "reason": gate.reason,
            "since": gate.since,
            "ends": gate.ends,
        })),
        "weight": {
            "wanted": of.desired_weight,
            "set": of.weight,
            "verified": of.is_verified,
        },
        "analysis": of.analysis.as_ref().map(|analysis| json!({
            "name": analysis.name,
            "phase": analysis.phase,
            "message": analysis.message,
        })),
        "revision": of.revision,
        "stable": of.stable,
    })
}

/// A guarded shift, by its lease.
pub(super) fn guard(of: &GuardLease<'_>, now: Timestamp) -> Value {
    let (about, lease) = (&of.lease.about, of.lease);
    json!({
        "standing": of.standing(now),
        "who": about.who,
        "action": lease.holder,
        "route": object(&of.route),
        "arm": about.arm,
        "course": about.course,
        "guard": about.guard,
        "percent": of.percent,
        "since": about.since,
        "next": about.next,
        "taken": lease.taken,
        "renewed": lease.renewed,
        "says": of.words(now),
        "commands": of.commands(),
    })
}

/// How traffic is split.
pub(super) fn traffic(splits: &[Split]) -> Value {
    splits.iter().map(split).collect()
}

fn split(split: &Split) -> Value {
    json!({
        "router": object(&split.router),
        "steeredBy": split.steered_by.as_ref().map(Steering::to_string),
        "arms": split.arms.iter().map(arm).collect::<Vec<_>>(),
        "doubts": split.doubts,
    })
}

fn arm(arm: &Arm) -> Value {
    json!({
        "role": arm.role.map(ArmRole::word),
        "service": arm.service,
        "version": arm.version,
        "set": arm.desired,
        "seen": arm.observed,
        "ready": arm.ready,
    })
}
