//! A change described and not yet done: what the screen draws, `--dry-run` prints and the audit stores.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::actor::Permission;
use super::digest::sha256;
use super::intent::{Intent, Verb};
use super::kind::Kind;
use super::object::ObjectRef;
use super::shell::confirmed;
use super::silence::{LabelSet, SilenceRef};
use super::target::Target;
use super::text::Text;
use super::traffic::percent as percent_of;
use super::uri::encode;

/// A change, with everything that somebody needs to know before saying yes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// What is wanted.
    pub intent: Intent,
    /// What is wanted, in words: "Roll back chat-service to 1.4.1".
    pub title: Text,
    /// The service it belongs to; typed to confirm where the environment is protected.
    pub service: Text,
    /// The environment it happens in; several in a row, where it is about alerts of several.
    pub environment: Text,
    /// Where it has to be allowed, each of them.
    pub environments: Vec<Text>,
    /// Whether that environment asks for the service's name to be typed.
    pub is_protected: bool,
    /// What is changed.
    pub target: Target,
    /// The identity of what is changed; empty where it is only made.
    pub uid: Text,
    /// The calls, in order. After each of them the world is in a state that it can stay in.
    pub steps: Vec<Step>,
    /// What is waited for afterwards, in words.
    pub then: Text,
    /// What follows by itself once it is confirmed, in words: the course of a guarded shift.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub course: Vec<Text>,
    /// How much is touched, in words.
    pub touches: Text,
    /// What comes back, for a rollback.
    pub restores: Vec<Text>,
    /// What does not come back.
    pub does_not_restore: Vec<Text>,
    /// The alerts that it makes quiet, or loud again, in words.
    pub alerts: Vec<Text>,
    /// What could go wrong, or who will undo it.
    pub warnings: Vec<Text>,
    /// The permissions of which one is needed.
    pub needs: Vec<Permission>,
    /// What the cluster has to allow.
    pub access: Vec<Access>,
    /// How the outcome is judged.
    pub goal: Goal,
    /// The lines of the template that differ.
    pub difference: Vec<DiffLine>,
    /// The command that undoes it.
    pub way_back: Option<Text>,
    /// The command that does the same.
    pub command: Text,
    /// When the facts were read that it rests on.
    #[serde(skip)]
    pub made: Timestamp,
}

impl Plan {
    /// How long a plan may be confirmed: afterwards the world may be another one.
    pub const FRESH: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);

    /// The hash of everything that is shown and done; an equal plan has an equal one.
    pub fn hash(&self) -> String {
        sha256(serde_json::to_vec(self).expect("a plan holds nothing that JSON lacks"))
    }

    /// The first letters of the hash, for people.
    pub fn short_hash(&self) -> String {
        self.hash()[..6].to_owned()
    }

    /// Whether it goes back to what served before: by its verb, or because all that gains requests is what is trusted,
    /// for which the permission to go back is enough.
    pub fn goes_back(&self) -> bool {
        let is_of_weights = matches!(self.goal, Goal::Weights { .. });
        self.intent.verb().goes_back() || (is_of_weights && self.needs.contains(&Permission::Rollback))
    }

    /// What its way back does that its reader may not expect: it sends requests to the revision that they were taken from.
    pub fn way_back_warns(&self) -> Option<String> {
        self.way_back.as_ref()?;
        if let (Goal::Weights { set, arm, percent, other }, true) = (&self.goal, self.goes_back()) {
            // One of both loses by it, and has it again on the way back.
            let loser = match share_before(set, &arm.name)?.total_cmp(&f64::from(*percent)) {
                Ordering::Greater => arm,
                Ordering::Less => other,
                Ordering::Equal => return None,
            };
            let had = share_before(set, &loser.name)?;
            return Some(format!("it sends {} % of the requests to {} again", percent_of(had), loser.name));
        }
        matches!(self.intent, Intent::Abort { .. })
            .then(|| "it begins the rollout anew, and sends requests to the new revision again".to_owned())
    }

    /// Whether it is too old to be confirmed.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now.duration_since(self.made) > Self::FRESH
    }
}

/// The share that a Service had in the first rule whose weights are set, in percent.
#[expect(clippy::cast_precision_loss, reason = "weights are at most a million")]
fn share_before(set: &[WeightSet], service: &str) -> Option<f64> {
    let rule = set.first()?.rule;
    let of_rule = || set.iter().filter(|one| one.rule == rule);
    let all: u64 = of_rule().map(|one| one.before).sum();
    let own: u64 = of_rule().filter(|one| one.service == *service).map(|one| one.before).sum();
    (all > 0).then(|| own as f64 * 100.0 / all as f64)
}

/// One call of a plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// What it does, in words.
    pub what: Text,
    /// How it is now.
    pub before: Text,
    /// How it will be.
    pub after: Text,
    /// The call.
    pub call: Call,
}

/// A call that changes something.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// A JSON Patch whose tests hold identity and every field that it replaces.
    Patch {
        /// The object.
        object: ObjectRef,
        /// A part of the object with rights of its own: "scale".
        subresource: Option<&'static str>,
        /// The operations.
        operations: Vec<Value>,
    },
    /// Ask a pod to go, within its disruption budget.
    Evict {
        /// The pod.
        object: ObjectRef,
        /// Its identity.
        uid: Text,
    },
    /// Take the lease of a guard: make it, or take it over from who left it. Who takes it and when is filled in when it is
    /// sent, so that a plan stays the same however long it is looked at.
    TakeLease {
        /// The lease.
        object: ObjectRef,
        /// The lease as it is to be.
        body: Value,
        /// The version in which its holder left it; none where there is none yet.
        over: Option<Text>,
    },
    /// Delete a pod that is broken: it is not sent when the pod has become ready or is another one.
    DeleteBroken {
        /// The pod.
        object: ObjectRef,
        /// Its identity.
        uid: Text,
        /// The hash of the revision that it must have.
        revision: Text,
        /// The version in which it was last seen broken; a plan leaves it open, because a broken pod reports all the time.
        #[serde(skip_serializing_if = "Option::is_none")]
        version: Option<Text>,
    },
    /// Make a silence, or change one. Alertmanager has neither a dry run nor conditions, so what the plan rests on is
    /// looked at again just before.
    PostSilence {
        /// The silence; without an id it is made.
        silence: SilenceRef,
        /// Where its Alertmanager is.
        at: Text,
        /// The silence as it is to be.
        body: Value,
        /// What must be so.
        expects: Expected,
    },
    /// End a silence.
    DeleteSilence {
        /// The silence.
        silence: SilenceRef,
        /// Where its Alertmanager is.
        at: Text,
        /// What must be so.
        expects: Expected,
    },
}

/// What a call about a silence expects to find.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Expected {
    /// The alerts that it is about, by their labels; another one must not have come to them.
    pub alerts: Vec<LabelSet>,
    /// What the silence is like; none for one that is to be made.
    pub silence: Option<Value>,
}

impl Call {
    /// The request in one line: "PATCH /apis/apps/v1/namespaces/production/deployments/chat-service".
    pub fn request(&self) -> String {
        match self {
            Self::Patch { object, subresource: None, .. } | Self::TakeLease { object, over: Some(_), .. } => {
                format!("PATCH {}", object.path())
            }
            Self::Patch { object, subresource: Some(part), .. } => format!("PATCH {}/{part}", object.path()),
            Self::Evict { object, .. } => format!("POST {}/eviction", object.path()),
            Self::TakeLease { object, over: None, .. } => format!("POST {}", object.kind.path(Some(&object.namespace))),
            Self::DeleteBroken { object, .. } => format!("DELETE {}", object.path()),
            Self::PostSilence { at, .. } => format!("POST {at}/api/v2/silences"),
            Self::DeleteSilence { silence, at, .. } => format!("DELETE {at}/api/v2/silence/{}", encode(&silence.id)),
        }
    }

    /// What it does it to.
    pub fn target(&self) -> Target {
        match self {
            Self::Patch { object, .. }
            | Self::Evict { object, .. }
            | Self::TakeLease { object, .. }
            | Self::DeleteBroken { object, .. } => Target::Object(object.clone()),
            Self::PostSilence { silence, .. } | Self::DeleteSilence { silence, .. } => Target::Silence(silence.clone()),
        }
    }

    /// Whether a server can be asked whether it would accept it.
    pub fn can_be_rehearsed(&self) -> bool {
        matches!(self.target(), Target::Object(_))
    }
}

/// What a cluster is asked whether we may do it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Access {
    /// The API's verb: "patch".
    pub verb: &'static str,
    /// The object.
    pub object: ObjectRef,
    /// A part of the object with rights of its own.
    pub subresource: Option<&'static str>,
}

impl Plan {
    /// The command that does the same, with what arms and confirms it: why, where that is not part of the wish.
    pub fn as_command(&self, reason: &str) -> String {
        let reason = if reason.is_empty() { self.intent.reason().map_or("", Text::as_str) } else { reason };
        self.confirmed(&self.command, reason)
    }

    /// A command line of this plan with what arms and confirms it, so that it can be run as it stands.
    pub fn confirmed(&self, command: &str, reason: &str) -> String {
        confirmed(command, reason, self.is_protected.then_some(self.service.as_str()))
    }
}

impl Access {
    /// What a verb may need to be allowed on a workload or a pod, or on the autoscaler that chooses its number of pods.
    /// Whether a rollback of a StatefulSet deletes pods is for its plan to say; which ones is not known before, so the
    /// question is for any.
    pub fn needed(verb: Verb, target: &ObjectRef, autoscaler: Option<&str>) -> Vec<Self> {
        let on = |verb, object: &ObjectRef, subresource| Self { verb, object: object.clone(), subresource };
        match (verb, autoscaler) {
            (Verb::Rollback, _) if target.kind == Kind::StatefulSet => {
                let pod = ObjectRef { kind: Kind::Pod, name: Text::default(), ..target.clone() };
                vec![on("patch", target, None), on("delete", &pod, None)]
            }
            (Verb::Scale, Some(name)) => {
                let scaler = ObjectRef { kind: Kind::HorizontalPodAutoscaler, name: name.into(), ..target.clone() };
                vec![on("patch", &scaler, None)]
            }
            (Verb::Scale, None) => vec![on("patch", target, Some("scale"))],
            (Verb::Release | Verb::Skip | Verb::PromoteFull | Verb::Abort | Verb::Retry, _) => {
                vec![on("patch", target, Some("status"))]
            }
            (Verb::Evict, _) => vec![on("create", target, Some("eviction"))],
            _ => vec![on("patch", target, None)],
        }
    }

    /// In words: "patch deployments/scale in production".
    pub fn words(&self) -> String {
        let part = self.subresource.map(|part| format!("/{part}")).unwrap_or_default();
        format!("{} {}{part} in {}", self.verb, self.object.kind.plural(), self.object.namespace)
    }
}

/// What must be seen before a change counts as done.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// The template is this one, and every pod is of it and ready.
    Template(Value),
    /// The template carries this annotation, and every pod is of it and ready.
    Restarted(Text),
    /// Rolling out is paused, or is not.
    Paused(bool),
    /// So many pods are wished for and ready.
    Replicas(u32),
    /// An autoscaler has these bounds.
    Bounds {
        /// Fewest.
        min: u32,
        /// Most.
        max: u32,
    },
    /// The weights of a route are these, each of its parents has taken it so, and requests go where they say.
    Weights {
        /// Each weight that is set.
        set: Vec<WeightSet>,
        /// The Service whose share was asked for, and its share in percent.
        arm: ObjectRef,
        /// See `arm`.
        percent: u8,
        /// The other Service, which gets the rest.
        other: ObjectRef,
    },
    /// The selector of a Service is this one, and its addresses are those of the pods that it selects.
    Selector(Value),
    /// The pod of this identity is gone.
    Gone(Text),
    /// A Rollout of Argo is so.
    Rollout(super::argo::Goal),
    /// A silence is so, and these alerts are quiet.
    Silenced {
        /// The silence; without an id it is known by what it is like.
        silence: SilenceRef,
        /// What it is like.
        body: Value,
        /// The alerts, by their labels.
        alerts: Vec<LabelSet>,
    },
    /// A silence is over.
    Expired(SilenceRef),
}

/// A weight as a plan sets it: of which backend of which rule, each from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WeightSet {
    /// The rule.
    pub rule: usize,
    /// The backend.
    pub backend: usize,
    /// Its Service.
    pub service: Text,
    /// The weight that was found.
    pub before: u64,
    /// The weight.
    pub weight: u64,
}

/// One line of a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", content = "text", rename_all = "kebab-case")]
pub enum DiffLine {
    /// It is in both.
    Same(Text),
    /// It goes.
    Removed(Text),
    /// It comes.
    Added(Text),
    /// So many lines in both are left out.
    Skipped(usize),
}
