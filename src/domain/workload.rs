//! A workload: a Deployment, StatefulSet, DaemonSet or Argo Rollout, and the revisions that it has rolled out.

use jiff::{SignedDuration, Timestamp};

use super::argo::Argo;
use super::condition::{Condition, Truth, find};
use super::object::{Labels, Meta};
use super::text::Text;

/// How a workload replaces its pods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// A few at a time.
    #[default]
    RollingUpdate,
    /// All old ones go before the first new one comes.
    Recreate,
    /// Only when somebody deletes them.
    OnDelete,
}

/// Who else writes this object and may undo a change, as its marks tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manager {
    /// An Argo CD application.
    ArgoCd(Text),
    /// A Flux Kustomization.
    FluxKustomization(Text),
    /// A Flux HelmRelease.
    FluxHelmRelease(Text),
    /// A Helm release without a controller behind it.
    Helm(Text),
}

/// A Deployment, StatefulSet, DaemonSet or Rollout as a row shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workload {
    /// Identity and labels.
    pub meta: Meta,
    /// Pods wished for.
    pub desired: i32,
    /// Pods that exist.
    pub current: i32,
    /// Pods of the newest revision.
    pub updated: i32,
    /// Pods that are ready.
    pub ready: i32,
    /// Pods that have been ready for long enough.
    pub available: i32,
    /// The generation that the controller has seen.
    pub observed_generation: i64,
    /// Whether rolling out is paused.
    pub is_paused: bool,
    /// How pods are replaced.
    pub strategy: Strategy,
    /// Seconds without progress before the controller gives up; 0 without a deadline.
    pub deadline_seconds: i32,
    /// Ordinals below this one keep the old revision (StatefulSet).
    pub partition: i32,
    /// The labels by which it selects its pods.
    pub selector: Labels,
    /// The images of its template, in the order of its containers.
    pub images: Box<[Text]>,
    /// Labels of the template, for the version.
    pub template_labels: Labels,
    /// What its controller says.
    pub conditions: Box<[Condition]>,
    /// The revision's number (Deployment).
    pub revision: Text,
    /// The revision that all pods had, and the one they are to have (StatefulSet).
    pub current_revision: Text,
    /// See `current_revision`.
    pub update_revision: Text,
    /// Why the newest revision was made, if somebody said so.
    pub change_cause: Text,
    /// Who else writes it.
    pub manager: Option<Manager>,
    /// What is particular to a Rollout.
    pub argo: Option<Box<Argo>>,
}

impl Workload {
    /// Whether the controller has given up waiting for progress.
    pub fn is_past_deadline(&self) -> bool {
        find(&self.conditions, "Progressing").is_some_and(|progress| progress.reason == "ProgressDeadlineExceeded")
    }

    /// Whether its status is about the newest wish.
    pub fn is_observed(&self) -> bool {
        self.observed_generation >= self.meta.generation
    }

    /// When the controller will give up waiting for progress.
    pub fn deadline(&self) -> Option<Timestamp> {
        let progress = find(&self.conditions, "Progressing").filter(|progress| progress.truth == Truth::True)?;
        let last = progress.updated.or(progress.changed)?;
        (self.deadline_seconds > 0).then(|| last + SignedDuration::from_secs(self.deadline_seconds.into()))
    }

    /// The version: the label that names it, else the tag of the first image.
    pub fn version(&self) -> Text {
        version_of(&self.template_labels, self.images.first())
    }
}

/// The version that labels name, else the tag of an image.
pub fn version_of(labels: &Labels, image: Option<&Text>) -> Text {
    super::object::label(labels, "app.kubernetes.io/version")
        .or_else(|| super::object::label(labels, "version"))
        .cloned()
        .or_else(|| image.map(|image| Text::from(image_tag(image))))
        .unwrap_or_default()
}

/// The tag of an image, or the beginning of its digest, or its name when it has neither.
pub fn image_tag(image: &str) -> &str {
    let (name, digest) = image.split_once('@').map_or((image, None), |(name, digest)| (name, Some(digest)));
    let last = name.rsplit('/').next().unwrap_or(name);
    match (last.split_once(':'), digest) {
        (Some((_, tag)), _) => tag,
        (None, Some(digest)) => digest.get(..19).unwrap_or(digest),
        (None, None) => "latest",
    }
}

/// The name of an image without its registry and path: "chat:1.5.0".
pub fn image_name(image: &str) -> &str {
    let name = image.split('@').next().unwrap_or(image);
    name.rsplit('/').next().unwrap_or(name)
}

/// A ReplicaSet: one revision of a Deployment or of a Rollout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplicaSet {
    /// Identity and labels; the hash of the template is one of them.
    pub meta: Meta,
    /// Pods wished for.
    pub desired: i32,
    /// Pods that exist.
    pub current: i32,
    /// Pods that are ready.
    pub ready: i32,
    /// The revision's number; 0 without one.
    pub revision: i64,
    /// The images of its template.
    pub images: Box<[Text]>,
    /// The labels of its template.
    pub template_labels: Labels,
    /// Why it was made, if somebody said so.
    pub change_cause: Text,
    /// What its controller says; `ReplicaFailure` tells of quotas and refusals.
    pub conditions: Box<[Condition]>,
}

impl ReplicaSet {
    /// The hash that tells this revision from the others.
    pub fn hash(&self) -> &str {
        self.meta.revision_hash().map_or("", Text::as_str)
    }

    /// The version: the label that names it, else the tag of the first image.
    pub fn version(&self) -> Text {
        version_of(&self.template_labels, self.images.first())
    }
}

/// A ControllerRevision: one revision of a StatefulSet or DaemonSet. Its template is read only when it is needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ControllerRevision {
    /// Identity and labels.
    pub meta: Meta,
}
