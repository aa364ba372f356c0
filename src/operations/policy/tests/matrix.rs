//! Every verb by every role on everything that can be changed: who may, and where nobody can, why not.

use std::fmt::Write as _;

use super::*;
use crate::domain::intent::Verb;
use crate::operations::read::Snapshot;

/// What can be changed, in the state in which a verb makes most sense.
struct Subject {
    name: &'static str,
    seen: fn(Verb) -> (ObjectRef, Snapshot),
}

/// A workload of Kubernetes whose rollout is under way.
fn of_workload(kind: Kind, verb: Verb) -> (ObjectRef, Snapshot) {
    let mut seen = with_history(kind, failing(kind, "1.5.0"));
    if verb == Verb::Resume {
        merge(&mut seen.target, serde_json::json!({ "spec": { "paused": true } }));
    }
    (target(kind), seen)
}

const SUBJECTS: [Subject; 7] = [
    Subject { name: "Deployment", seen: |verb| of_workload(Kind::Deployment, verb) },
    Subject { name: "StatefulSet", seen: |verb| of_workload(Kind::StatefulSet, verb) },
    Subject { name: "DaemonSet", seen: |verb| of_workload(Kind::DaemonSet, verb) },
    Subject {
        name: "Rollout",
        seen: |verb| {
            let seen = recorded::seen(match verb {
                Verb::Resume => "held",
                Verb::Retry => "aborted",
                Verb::Restart | Verb::SetImage => "stable",
                _ => "gate",
            });
            (recorded::named(&seen), seen)
        },
    },
    Subject { name: "HTTPRoute", seen: |_| (target(Kind::HttpRoute), split(vec![rule(80, 20)])) },
    Subject { name: "Service", seen: |_| (target(Kind::Service), blue_green(3)) },
    Subject { name: "Pod", seen: |_| (target(Kind::Pod), snapshot(pod("chat-service-1", "r", true))) },
];

/// The wish of a verb about something; none where it is about no object.
fn wish(verb: Verb, target: ObjectRef) -> Option<Intent> {
    Some(match verb {
        Verb::Rollback => Intent::Rollback { target, to: None },
        Verb::Restart => Intent::Restart { target },
        Verb::Pause => Intent::Pause { target },
        Verb::Resume => Intent::Resume { target },
        Verb::Scale => Intent::Scale { target, to: Size::Replicas(2) },
        Verb::SetImage => Intent::SetImage { target, container: None, image: "registry.example/chat:2".into() },
        Verb::Evict => Intent::Evict { target },
        Verb::Shift => Intent::Shift { target, arm: "chat-canary".into(), percent: 50 },
        Verb::Release => Intent::Release { target, gate: None },
        Verb::Skip => Intent::Skip { target, step: None },
        Verb::PromoteFull => Intent::PromoteFull { target },
        Verb::Abort => Intent::Abort { target },
        Verb::Retry => Intent::Retry { target },
        Verb::Switch => Intent::Switch { target, to: vec![("arm".into(), "green".into())] },
        Verb::Silence | Verb::Acknowledge | Verb::ExtendSilence | Verb::ExpireSilence => return None,
    })
}

#[test]
fn every_verb_by_every_role_on_every_backend() {
    let (policy, groups) = (preset(), ["admins", "developers", "viewers", "nobodies"]);
    let mut told = String::new();
    for subject in &SUBJECTS {
        let heading = groups.map(|group| format!("{group:<11}")).join(" ");
        writeln!(told, "\n{:<14} {}", subject.name, heading.trim_end()).unwrap();
        for verb in Verb::OF_OBJECTS {
            let (target, seen) = (subject.seen)(verb);
            let place = Place { service: target.name.clone(), ..crate::operations::fake::objects::place() };
            let cells = match plan(&wish(verb, target).unwrap(), &seen, &place) {
                Ok(plan) => groups
                    .map(|group| match policy.decide(&member(group), &plan.needs, "production") {
                        Decision::Allowed { permission, .. } => format!("{permission:<11}"),
                        Decision::Denied { .. } => format!("{:<11}", "-"),
                        Decision::NotConfigured | Decision::Unusable(_) => panic!("the preset has roles"),
                    })
                    .join(" "),
                Err(none) => format!("nobody: {}", none.problem.why),
            };
            writeln!(told, "  {:<12} {}", verb.word(), cells.trim_end()).unwrap();
        }
    }
    assert_snapshot!(told);
}
