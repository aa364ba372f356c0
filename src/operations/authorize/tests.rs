#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::domain::actor::{Binding, Grant, Permission, Role};
use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::operations::fake::objects::{allow, place, rollback, target, with_history, workload};
use crate::operations::fake::{Plane, entries, recorded};
use crate::operations::plan::plan;
use crate::operations::rehearse::rehearse;

fn restart() -> Intent {
    Intent::Restart { target: target(Kind::Deployment) }
}

/// Roles in which alice's group may do this and nothing else.
fn developers_may(permission: Permission) -> Policy {
    let role = |name: &str, permission| Role {
        name: name.into(),
        grants: vec![Grant { permissions: vec![permission], environments: vec!["*".into()] }],
    };
    Policy::Roles {
        roles: vec![role("on-call", permission), role("boss", Permission::Deploy)],
        bindings: vec![Binding { role: "on-call".into(), users: Vec::new(), groups: vec!["developers".into()] }],
    }
}

/// A plan with the facts that it rests on, the cluster allowing everything.
fn planned(intent: &Intent) -> (Plan, Snapshot) {
    let kind = intent.object().unwrap().kind;
    let mut snapshot = with_history(kind, workload(kind, "1.5.0"));
    let plan = plan(intent, &snapshot, &place()).unwrap();
    allow(&mut snapshot, &plan);
    (plan, snapshot)
}

/// Goes as far as the stages let it, and tells what reached the cluster.
async fn calls(intent: &Intent, policy: &Policy, arming: Arming) -> Vec<String> {
    let (plan, snapshot) = planned(intent);
    let plane = Plane::default();
    if let Ok(authorized) = authorize(plan, &snapshot, policy, arming) {
        rehearse(authorized, &plane, "a-1").await.unwrap();
    }
    entries(&plane.diary)
}

#[tokio::test]
async fn neither_who_may_not_nor_who_is_not_armed_reaches_the_dry_run() {
    let viewer = developers_may(Permission::Monitor);
    let developer = developers_may(Permission::Deploy);
    let rehearsed = "dry run PATCH /apis/apps/v1/namespaces/production/deployments/chat-service";
    assert!(calls(&restart(), &viewer, Arming::Armed).await.is_empty());
    assert!(calls(&rollback(Kind::Deployment, None), &viewer, Arming::Armed).await.is_empty());
    assert!(calls(&restart(), &developer, Arming::ReadOnly).await.is_empty());
    assert!(calls(&restart(), &Policy::NotConfigured, Arming::ReadOnly).await.is_empty());
    assert_eq!(calls(&restart(), &developer, Arming::Armed).await, [rehearsed]);
    assert_eq!(calls(&restart(), &Policy::NotConfigured, Arming::Armed).await, [rehearsed]);
}

#[test]
fn a_denial_says_which_role_would_allow_it() {
    let (plan, snapshot) = planned(&restart());
    let denial = authorize(plan, &snapshot, &developers_may(Permission::Monitor), Arming::Armed).unwrap_err();
    assert_eq!(
        denial.problem.to_string(),
        "restart denied: not allowed: on-call: deploy in production \
         (role boss would allow it; roles are bound in the roles file)"
    );
    assert_eq!((denial.actor.role.as_str(), denial.is_read_only), ("on-call", false));
    assert_eq!(denial.checks.len(), 2, "the cluster's answer is shown too: {:?}", denial.checks);
}

#[test]
fn who_is_only_not_armed_is_told_how_to_arm() {
    let (plan, snapshot) = planned(&restart());
    let denial = authorize(plan, &snapshot, &Policy::NotConfigured, Arming::ReadOnly).unwrap_err();
    assert!(denial.is_read_only);
    assert!(denial.problem.hint.contains(":arm 15m"), "{}", denial.problem);
}

#[test]
fn the_clusters_no_is_a_no_with_its_reason() {
    let (plan, mut snapshot) = planned(&rollback(Kind::Deployment, None));
    snapshot.reviews[0].1 = Review::Denied("no rule".into());
    let denial = authorize(plan, &snapshot, &Policy::NotConfigured, Arming::Armed).unwrap_err();
    assert_eq!(
        denial.problem.to_string(),
        "rollback denied: not allowed: patch deployments in production \
         (no rule; ask a cluster administrator for a role with: patch deployments in production)"
    );
}

#[test]
fn what_nobody_can_tell_is_denied_to_all_but_going_back() {
    let unknown = |intent: &Intent| {
        let (plan, mut snapshot) = planned(intent);
        snapshot.reviews[0].1 = Review::Unknown("timeout".into());
        authorize(plan, &snapshot, &Policy::NotConfigured, Arming::Armed).is_ok()
    };
    assert!(unknown(&rollback(Kind::Deployment, None)));
    assert!(!unknown(&restart()));

    let unasked = |intent: &Intent| {
        let (plan, mut snapshot) = planned(intent);
        snapshot.reviews.clear();
        authorize(plan, &snapshot, &Policy::NotConfigured, Arming::Armed).is_ok()
    };
    assert!(unasked(&rollback(Kind::Deployment, None)));
    assert!(!unasked(&restart()));

    let at_a_gate = |wish: fn(ObjectRef) -> Intent| {
        let snapshot = recorded::seen("gate");
        let plan = plan(&wish(recorded::named(&snapshot)), &snapshot, &place()).unwrap();
        authorize(plan, &snapshot, &Policy::NotConfigured, Arming::Armed).is_ok()
    };
    assert!(at_a_gate(|target| Intent::Abort { target }));
    assert!(!at_a_gate(|target| Intent::Release { target, gate: None }));

    let nameless = |intent: &Intent| {
        let (plan, mut snapshot) = planned(intent);
        snapshot.identity = Err(Problem::new("no identity", "", ""));
        authorize(plan, &snapshot, &developers_may(Permission::Deploy), Arming::Armed).is_ok()
    };
    assert!(nameless(&rollback(Kind::Deployment, None)));
    assert!(!nameless(&restart()));
}
