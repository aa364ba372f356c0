//! Silences through every stage, against Alertmanagers that tell what a test says.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Mutex;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::super::authorize::{Arming, authorize};
use super::super::confirm::{Confirmed, confirm};
use super::super::fake::objects::{alice, now};
use super::super::fake::{Plane, proof_of};
use super::super::ports::AlertmanagerData;
use super::super::rehearse::rehearse;
use super::*;
use crate::domain::actor::{Binding, Grant, Permission, Role};
use crate::domain::alert::Priorities;
use crate::domain::environment::EnvironmentRules;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::plan::Plan;
use crate::domain::silence::{Lasting, SilenceRef, parse};
use crate::operations::plan::NoPlan;
use crate::operations::policy::Policy;

mod acting;
mod planning;
mod seeing;

const ID: &str = "5f2c1f3e-8f0e-4c55";

fn cluster() -> ClusterName {
    ClusterName("prod-eu".into())
}

/// An alert that fires, unless silences are named.
#[expect(clippy::needless_pass_by_value, reason = "it reads as what is told")]
fn alert(labels: Value, silenced_by: &[&str]) -> Value {
    let state = if silenced_by.is_empty() { "active" } else { "suppressed" };
    json!({ "labels": labels, "status": { "state": state, "silencedBy": silenced_by, "inhibitedBy": [] } })
}

fn chat(silenced_by: &[&str]) -> Value {
    let labels = json!({ "alertname": "ChatErrorRate", "severity": "critical", "namespace": "production", "service": "chat-service" });
    alert(labels, silenced_by)
}

fn user(silenced_by: &[&str]) -> Value {
    let labels =
        json!({ "alertname": "UserSlow", "severity": "warning", "namespace": "staging", "service": "user-service" });
    alert(labels, silenced_by)
}

fn lag() -> Value {
    alert(json!({ "alertname": "KafkaLag", "severity": "warning", "topic": "messages" }), &[])
}

/// A silence of the chat alert until 04:10 that maria made.
fn silence(state: &str) -> Value {
    json!({
        "id": ID, "status": { "state": state }, "updatedAt": "2026-11-21T03:00:00Z",
        "createdBy": "maria", "comment": "known",
        "startsAt": "2026-11-21T03:00:00.000Z",
        "endsAt": if state == "expired" { "2026-11-21T03:05:00.000Z" } else { "2026-11-21T04:10:00.000Z" },
        "matchers": [
            { "name": "alertname", "value": "ChatErrorRate", "isRegex": false, "isEqual": true },
            { "name": "namespace", "value": "production", "isRegex": false, "isEqual": true },
        ],
    })
}

/// An Alertmanager behind the API of the cluster.
fn reply(name: &str, alerts: Vec<Value>, silences: Vec<Value>) -> AlertmanagerReply {
    let service = ObjectRef {
        cluster: cluster(),
        kind: Kind::Service,
        namespace: "monitoring".into(),
        name: format!("{name}:9093").into(),
    };
    AlertmanagerReply {
        server: name.into(),
        at: format!("/api/v1/namespaces/monitoring/services/{name}:9093/proxy").into(),
        behind: Some(service),
        told: Ok(AlertmanagerData { alerts, silences }),
    }
}

fn silent(name: &str) -> AlertmanagerReply {
    let told = Err(ReadError::Failed(Problem::new(format!("{name} cannot be asked"), "connection refused", "")));
    AlertmanagerReply { told, ..reply(name, Vec::new(), Vec::new()) }
}

/// Alertmanagers that tell this, one after the other; the last again and again.
fn plane(told: Vec<Vec<AlertmanagerReply>>) -> Plane {
    Plane { replies: Mutex::new(told.into()), ..Plane::default() }
}

fn hush(matchers: &str) -> Intent {
    Intent::Silence {
        cluster: cluster(),
        matchers: parse(matchers).unwrap(),
        lasting: SignedDuration::from_hours(2).into(),
        reason: "known".into(),
    }
}

fn acknowledge(alert: &Value) -> Intent {
    let labels = alert["labels"].as_object().unwrap().iter();
    let mut labels: Vec<(Text, Text)> =
        labels.map(|(name, value)| (name.as_str().into(), value.as_str().unwrap().into())).collect();
    labels.sort();
    Intent::Acknowledge {
        cluster: cluster(),
        labels,
        lasting: SignedDuration::from_hours(1).into(),
        reason: "looking".into(),
    }
}

fn reference() -> SilenceRef {
    SilenceRef { cluster: cluster(), server: "main".into(), id: ID.into() }
}

fn extend(hours: i64) -> Intent {
    Intent::ExtendSilence { silence: reference(), lasting: SignedDuration::from_hours(hours).into() }
}

fn expire() -> Intent {
    Intent::ExpireSilence { silence: reference() }
}

/// The plan for an intent, with what was read for it.
async fn planned(intent: &Intent, plane: &Plane) -> Result<(Plan, AlertSnapshot), NoPlan> {
    let snapshot = read(intent, now(), plane, now()).await.unwrap();
    let (rules, priorities) = (EnvironmentRules::default(), Priorities::default());
    let plan = plan(intent, &snapshot, &Ground { rules: &rules, priorities: &priorities })?;
    Ok((plan, snapshot))
}

async fn made(intent: &Intent, told: Vec<AlertmanagerReply>) -> Plan {
    planned(intent, &plane(vec![told])).await.unwrap().0
}

/// Takes an intent through every stage before execution; what is told then is what the plane tells next.
async fn confirmed(intent: &Intent, told: Vec<AlertmanagerReply>) -> Confirmed {
    let plane = plane(vec![told]);
    let (plan, snapshot) = planned(intent, &plane).await.unwrap();
    let authorized = authorize(plan, &snapshot, &Policy::NotConfigured, Arming::Armed).unwrap();
    let rehearsed = rehearse(authorized, &plane, "a-1").await.unwrap();
    let proof = proof_of(rehearsed.plan());
    confirm(rehearsed, &proof, now()).unwrap()
}

/// Roles of which alice has one that may silence there.
fn may_silence_in(environments: &[&str]) -> Policy {
    let grant = Grant {
        permissions: vec![Permission::Silence],
        environments: environments.iter().map(|name| Text::from(*name)).collect(),
    };
    Policy::Roles {
        roles: vec![Role { name: "on-call".into(), grants: vec![grant] }],
        bindings: vec![Binding { role: "on-call".into(), users: vec![alice().user], groups: Vec::new() }],
    }
}

/// Every wish about alerts in words, with what its plan needs.
pub(in crate::operations) fn wishes() -> Vec<(&'static str, Vec<Permission>)> {
    let wishes = [
        ("silence", hush("ChatErrorRate namespace=production")),
        ("acknowledge", acknowledge(&chat(&[]))),
        ("extend a silence", extend(3)),
        ("end a silence", expire()),
    ];
    let needs = |intent: &Intent| {
        let plane = plane(vec![vec![reply("main", vec![chat(&[])], vec![silence("active")])]]);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(planned(intent, &plane)).unwrap().0.needs
    };
    wishes.iter().map(|(words, intent)| (*words, needs(intent))).collect()
}
