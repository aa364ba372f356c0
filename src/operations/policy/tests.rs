#![expect(clippy::unwrap_used, reason = "tests")]

use insta::assert_snapshot;

use super::*;
use crate::config::roles::{EXAMPLE, Roles};
use crate::domain::actor::Grant;
use crate::domain::guard::{Course, Guard, OnExit};
use crate::domain::intent::{Intent, Size};
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::traffic::Bounds;
use crate::operations::fake::objects::{failing, merge, pod, rollback, snapshot, target, with_history, workload};
use crate::operations::fake::recorded;
use crate::operations::fake::traffic::{blue_green, rule, shift, split, switch};
use crate::operations::plan::{Place, plan};

mod matrix;

fn preset() -> Policy {
    let Roles { roles, bindings } = Roles::parse("roles.toml", EXAMPLE.to_owned()).unwrap();
    Policy::Roles { roles, bindings }
}

fn member(group: &str) -> Identity {
    Identity { user: "somebody".into(), groups: vec![group.into()] }
}

/// Every wish in words, with what its plan needs.
fn wishes() -> Vec<(&'static str, Vec<Permission>)> {
    let kind = Kind::Deployment;
    let target_ref = target(kind);
    let finished = with_history(kind, workload(kind, "1.5.0"));
    let under_way = with_history(kind, failing(kind, "1.5.0"));
    let mut paused = under_way.clone();
    merge(&mut paused.target, serde_json::json!({ "spec": { "paused": true } }));
    let (route, blue) = (split(vec![rule(80, 20)]), blue_green(3));
    let mut green = blue.clone();
    green.target["spec"]["selector"]["arm"] = "green".into();
    green.backings.reverse();
    let one_pod = snapshot(pod("chat-service-1", "r", true));
    let scale = Intent::Scale { target: target_ref.clone(), to: Size::Replicas(2) };
    let image = Intent::SetImage { target: target_ref.clone(), container: None, image: "chat:2".into() };
    let course = Course::new(vec![50, 100], Course::HOLD, Guard::default(), OnExit::Back).unwrap();
    let guarded =
        Intent::GuardedShift { target: target(Kind::HttpRoute), arm: "chat-canary".into(), course: Box::new(course) };
    let place = Place {
        service: "chat-service".into(),
        environment: "any".into(),
        is_protected: true,
        traffic: Bounds::default(),
    };
    [
        ("rollback, finished", rollback(kind, None), &finished),
        ("rollback, under way", rollback(kind, None), &under_way),
        ("rollback, further", rollback(kind, Some("older")), &under_way),
        ("restart", Intent::Restart { target: target_ref.clone() }, &finished),
        ("pause", Intent::Pause { target: target_ref.clone() }, &under_way),
        ("resume", Intent::Resume { target: target_ref }, &paused),
        ("scale", scale, &finished),
        ("set image", image, &finished),
        ("evict", Intent::Evict { target: target(Kind::Pod) }, &one_pod),
        ("shift up", shift(50), &route),
        ("shift back", shift(0), &route),
        ("guarded shift", guarded, &route),
        ("switch", switch("green"), &blue),
        ("switch back", switch("blue"), &green),
    ]
    .map(|(words, intent, snapshot)| (words, plan(&intent, snapshot, &place).unwrap().needs))
    .into_iter()
    .chain(of_rollouts())
    .chain(crate::operations::silence::wishes())
    .collect()
}

/// A wish about a Rollout.
type OfRollout = fn(ObjectRef) -> Intent;

/// Those about Rollouts of Argo, each where it makes sense.
fn of_rollouts() -> impl Iterator<Item = (&'static str, Vec<Permission>)> {
    let image = |target| Intent::SetImage { target, container: None, image: "registry.example/feed:2".into() };
    let wishes: [(_, _, OfRollout); 11] = [
        ("argo: release", "gate", |target| Intent::Release { target, gate: None }),
        ("argo: skip", "gate", |target| Intent::Skip { target, step: None }),
        ("argo: promote fully", "gate", |target| Intent::PromoteFull { target }),
        ("argo: abort", "gate", |target| Intent::Abort { target }),
        ("argo: retry", "aborted", |target| Intent::Retry { target }),
        ("argo: pause", "gate", |target| Intent::Pause { target }),
        ("argo: resume", "held", |target| Intent::Resume { target }),
        ("argo: restart", "stable", |target| Intent::Restart { target }),
        ("argo: rollback, under way", "aborted", |target| Intent::Rollback { target, to: None }),
        ("argo: rollback, finished", "promoted", |target| Intent::Rollback { target, to: None }),
        ("argo: set image", "stable", image),
    ];
    wishes.into_iter().map(|(words, at, wish)| {
        let snapshot = recorded::seen(at);
        let plan = plan(&wish(recorded::named(&snapshot)), &snapshot, &recorded::place(&snapshot)).unwrap();
        (words, plan.needs)
    })
}

#[test]
fn the_preset_allows_what_each_role_is_for() {
    let (policy, environments) = (preset(), ["production", "staging", "development"]);
    let groups = ["admins", "developers", "viewers", "nobodies"];
    let heading = groups.map(|group| format!("{group:<12}")).join(" ");
    let mut lines = vec![format!("{:<26} {heading}", "").trim_end().to_owned()];
    for environment in environments {
        lines.push(format!("in {environment}:"));
        for (words, needs) in wishes() {
            let cells = groups.map(|group| match policy.decide(&member(group), &needs, environment) {
                Decision::Allowed { permission, .. } => format!("{permission:<12}"),
                Decision::Denied { .. } => format!("{:<12}", "-"),
                Decision::NotConfigured | Decision::Unusable(_) => panic!("the preset has roles"),
            });
            lines.push(format!("{words:<26} {}", cells.join(" ")).trim_end().to_owned());
        }
    }
    assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_denial_names_the_roles_held_and_those_that_would_allow_it() {
    let decision = preset().decide(&member("developers"), &[Permission::Rollback], "production");
    assert_eq!(decision, Decision::Denied { held: vec!["developer".into()], would_allow: vec!["admin".into()] });
}

#[test]
fn without_a_file_there_is_no_opinion() {
    assert_eq!(
        Policy::NotConfigured.decide(&member("x"), &[Permission::Deploy], "production"),
        Decision::NotConfigured
    );
    let empty = Policy::Roles { roles: Vec::new(), bindings: Vec::new() };
    let denied = Decision::Denied { held: Vec::new(), would_allow: Vec::new() };
    assert_eq!(empty.decide(&member("x"), &[Permission::Deploy], "production"), denied, "a file without roles denies");
}

#[test]
fn a_grant_holds_in_its_environments_only_and_a_binding_for_its_names_only() {
    let grant =
        |permission, environment: &str| Grant { permissions: vec![permission], environments: vec![environment.into()] };
    let grants = vec![grant(Permission::Deploy, "staging"), grant(Permission::Monitor, "*")];
    let policy = Policy::Roles {
        roles: vec![Role { name: "dev".into(), grants }],
        bindings: vec![Binding { role: "dev".into(), users: vec!["alice".into()], groups: vec!["devs".into()] }],
    };
    let may = |user: &str, group: &str, permission, environment| {
        let identity = Identity { user: user.into(), groups: vec![group.into()] };
        matches!(policy.decide(&identity, &[permission], environment), Decision::Allowed { .. })
    };
    assert!(may("alice", "x", Permission::Deploy, "staging"));
    assert!(may("bob", "devs", Permission::Deploy, "staging"));
    assert!(may("bob", "devs", Permission::Monitor, "production"));
    assert!(!may("bob", "devs", Permission::Deploy, "production"));
    assert!(!may("bob", "devs", Permission::Deploy, "staging-2"), "a name is a whole name");
    assert!(!may("devs", "alice", Permission::Deploy, "staging"), "a user is no group");
    assert!(!may("", "", Permission::Monitor, "staging"), "nobody is nobody");
}

#[test]
fn roles_that_cannot_be_read_grant_nothing_and_say_why() {
    let policy = Policy::Unusable(Problem::new("the roles file cannot be used", "line 1", "mend it"));
    let decision = policy.decide(&member("admins"), &[Permission::Monitor], "staging");
    let check = crate::operations::checks::of_role(&decision, &[Permission::Monitor], "staging", true).unwrap();
    assert_eq!(check.mark, crate::domain::operation::Mark::Denied);
    assert_eq!(check.remedy, "the roles file cannot be used: line 1; mend it");
    assert!(policy.is_configured() && policy.fault().is_some());
}
