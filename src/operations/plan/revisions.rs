//! The revisions of a workload as full objects: which is newest, which one a rollback means, and their templates.

use serde_json::Value;

use crate::domain::difference::template_of;
use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::text::Text;

use super::super::read::Snapshot;
use super::template::{current, is_same};
use super::{NoPlan, cannot, text};

/// One revision that could be rolled back to.
pub(super) struct Revision<'a> {
    /// The object that holds it.
    pub object: &'a Value,
    /// The number, for people; a rollback gives the old revision a new one.
    pub number: i64,
    /// The hash or name by which it is pinned.
    pub pin: Text,
    /// The template, as the workload would carry it.
    pub template: Value,
}

impl Revision<'_> {
    /// The version: the label that names it, else the tag of the first image.
    pub(super) fn version(&self) -> Text {
        version(&self.template)
    }
}

/// The version that a template names.
pub(super) fn version(template: &Value) -> Text {
    let labels = &template["metadata"]["labels"];
    let named = labels["app.kubernetes.io/version"].as_str().or_else(|| labels["version"].as_str());
    let image = template["spec"]["containers"][0]["image"].as_str().unwrap_or_default();
    Text::from_untrusted(named.unwrap_or_else(|| crate::domain::workload::image_tag(image)))
}

/// All revisions, newest first.
pub(super) fn all<'a>(target: &ObjectRef, snapshot: &'a Snapshot) -> Vec<Revision<'a>> {
    let mut revisions: Vec<Revision<'a>> = snapshot
        .revisions
        .iter()
        .map(|object| if target.kind == Kind::Deployment { of_replica_set(object) } else { of_controller(object) })
        .collect();
    revisions.sort_by_key(|revision| std::cmp::Reverse(revision.number));
    revisions
}

/// A ReplicaSet as a revision: its template without the label that its controller added.
fn of_replica_set(object: &Value) -> Revision<'_> {
    let annotations = &object["metadata"]["annotations"];
    let number = annotations["deployment.kubernetes.io/revision"].as_str().and_then(|number| number.parse().ok());
    let template = template_of(Kind::ReplicaSet, object);
    let pin = text(&object["metadata"]["labels"]["pod-template-hash"]);
    Revision { object, number: number.unwrap_or_default(), pin, template }
}

/// A ControllerRevision as a revision: its data is a patch, whose directive must not reach the workload.
fn of_controller(object: &Value) -> Revision<'_> {
    Revision {
        object,
        number: object["revision"].as_i64().unwrap_or_default(),
        pin: text(&object["metadata"]["name"]),
        template: template_of(Kind::ControllerRevision, object),
    }
}

/// The revision that a rollback means: the one that is pinned, else the newest that differs from what is wished for.
pub(super) fn wanted<'a>(
    intent: &Intent,
    to: Option<&Text>,
    revisions: Vec<Revision<'a>>,
    snapshot: &Snapshot,
) -> Result<Revision<'a>, NoPlan> {
    let (what, target) = (cannot(intent), intent.target());
    let current = current(snapshot);
    let Some(pin) = to else {
        return revisions.into_iter().find(|revision| !is_same(&revision.template, current)).ok_or_else(|| {
            NoPlan::impossible(what, "no earlier revision is kept", "raise spec.revisionHistoryLimit, or set an image")
        });
    };
    let known: Vec<Text> = revisions.iter().map(|revision| revision.pin.clone()).collect();
    let mut found: Vec<_> = revisions.into_iter().filter(|revision| is_meant(revision, target, pin)).collect();
    match (found.pop(), found.len()) {
        (Some(revision), 0) if is_same(&revision.template, current) => Err(NoPlan::nothing_to_do(
            format!("{} has the template of {pin} already", target.name),
            "a rollback to it would change nothing",
        )),
        (Some(revision), 0) => Ok(revision),
        (Some(_), _) => {
            Err(NoPlan::impossible(what, format!("more than one revision begins with {pin}"), "give more letters"))
        }
        (None, _) => {
            let known: Vec<&str> = known.iter().map(Text::as_str).collect();
            Err(NoPlan::impossible(what, format!("no revision {pin} is kept"), format!("kept: {}", known.join(", "))))
        }
    }
}

/// Whether a pin names this revision: by its hash, by its whole name, or by the beginning of either. Numbers are not
/// taken, because a rollback renumbers.
fn is_meant(revision: &Revision<'_>, target: &ObjectRef, pin: &Text) -> bool {
    let name = revision.object["metadata"]["name"].as_str().unwrap_or_default();
    let hash = name.strip_prefix(target.name.as_str()).map_or("", |rest| rest.trim_start_matches('-'));
    let begins = |whole: &str| whole == pin.as_str() || (pin.len() >= 4 && whole.starts_with(pin.as_str()));
    name == pin.as_str() || begins(&revision.pin) || begins(hash)
}
