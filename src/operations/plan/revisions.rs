//! The revisions of a workload as full objects: which is newest, which one a rollback means, and their templates.

use serde_json::Value;

use crate::domain::difference::template_of;
use crate::domain::kind::Kind;
use crate::domain::object::{ObjectRef, TEMPLATE_HASHES};
use crate::domain::operation::Failure;
use crate::domain::problem::Problem;
use crate::domain::text::Text;

use super::super::read::Snapshot;
use super::template::{current, is_same, is_same_release};
use super::{NoPlan, Wish, cannot, text};

/// When a revision was first made, as the server writes it, and its first number.
type Age = (String, i64);

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
    /// How old it is. Whoever goes back to a revision gives it a new number, and the controller notes those that it had.
    fn age(&self) -> Age {
        let made = self.object["metadata"]["creationTimestamp"].as_str().unwrap_or_default().to_owned();
        let had = annotation(self.object, "revision-history").unwrap_or_default();
        let had = had.split(',').filter_map(|number| number.trim().parse().ok());
        (made, had.chain([self.number]).min().unwrap_or_default())
    }

    /// Whether it was first made before another one.
    pub(super) fn came_before(&self, other: &Self) -> bool {
        self.age() < other.age()
    }

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
        .map(|object| match target.kind {
            Kind::Deployment | Kind::Rollout => of_replica_set(object),
            _ => of_controller(object),
        })
        .collect();
    revisions.sort_by_key(|revision| std::cmp::Reverse(revision.number));
    revisions
}

/// A ReplicaSet as a revision: its template without the label that its controller added.
fn of_replica_set(object: &Value) -> Revision<'_> {
    let number = annotation(object, "revision").and_then(|number| number.parse().ok());
    let template = template_of(Kind::ReplicaSet, object);
    Revision { object, number: number.unwrap_or_default(), pin: hash_of(object), template }
}

/// The hash of a ReplicaSet's template.
pub(super) fn hash_of(object: &Value) -> Text {
    let labels = &object["metadata"]["labels"];
    TEMPLATE_HASHES.iter().map(|label| text(&labels[label])).find(|hash| !hash.is_empty()).unwrap_or_default()
}

/// What the controller of Deployments or of Rollouts notes about a ReplicaSet.
fn annotation<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    let annotations = &object["metadata"]["annotations"];
    let of = |controller: &str| annotations[format!("{controller}/{name}")].as_str();
    of("deployment.kubernetes.io").or_else(|| of("rollout.argoproj.io"))
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
    wish: Wish<'_>,
    to: Option<&Text>,
    revisions: Vec<Revision<'a>>,
    snapshot: &Snapshot,
) -> Result<Revision<'a>, NoPlan> {
    let (what, target) = (cannot(wish), wish.target);
    let current = current(snapshot);
    let Some(pin) = to else { return earlier(&what, revisions, current) };
    let known = listed(&revisions);
    let is_pinned = revisions.iter().any(|revision| is_meant(revision, target, pin));
    let is_meant = |revision: &Revision<'_>| {
        if is_pinned { is_meant(revision, target, pin) } else { revision.version() == *pin }
    };
    let mut found: Vec<_> = revisions.into_iter().filter(is_meant).collect();
    match (found.pop(), found.len()) {
        (Some(revision), 0) if is_same(&revision.template, current) => Err(NoPlan::nothing_to_do(
            format!("{} has the template of {pin} already", target.name),
            "a rollback to it would change nothing",
        )),
        (Some(revision), 0) => Ok(revision),
        (Some(_), _) => {
            let (why, hint) = if is_pinned {
                (format!("more than one revision begins with {pin}"), "give more letters".to_owned())
            } else {
                (format!("more than one revision is of {pin}"), format!("name one by its hash: {known}"))
            };
            Err(NoPlan::invalid(what, why, hint))
        }
        (None, _) => {
            let problem = Problem::new(what, format!("no revision {pin} is kept"), format!("kept: {known}"));
            Err(NoPlan::new(Failure::NotFound, problem))
        }
    }
}

/// The revision that going back means where none is named: the latest one of those that are older than what is wished
/// for now; one that differs by a restart alone is the same release. Where what runs was itself gone back to, none is
/// meant: a rollback that is asked for twice, because the first did not seem to help, must neither bring the bad release
/// back nor go back behind a good one.
fn earlier<'a>(what: &str, revisions: Vec<Revision<'a>>, current: &Value) -> Result<Revision<'a>, NoPlan> {
    let now = age_of_release(&revisions, current);
    let (others, same): (Vec<_>, Vec<_>) =
        revisions.into_iter().partition(|revision| !is_same_release(&revision.template, current));
    let (older, left): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|revision| now.as_ref().is_none_or(|now| revision.age() < *now));
    if left.is_empty() {
        let hint = "raise spec.revisionHistoryLimit, or set an image";
        return older.into_iter().next().ok_or_else(|| NoPlan::impossible(what, "no earlier revision is kept", hint));
    }
    let version = same.first().map_or_else(|| version(current), Revision::version);
    let why = format!("{version} was gone back to already, from {}", listed(&left));
    let further = if older.is_empty() { String::new() } else { format!(" further back {};", listed(&older)) };
    let hint = format!(
        "watch whether it comes up; what else is meant has to be named with --to:{further} forth again {}",
        listed(&left)
    );
    Err(NoPlan::impossible(what, why, hint))
}

/// Revisions as people choose among them: each hash with its version.
fn listed(revisions: &[Revision<'_>]) -> String {
    let named: Vec<String> =
        revisions.iter().map(|revision| format!("{} ({})", revision.pin, revision.version())).collect();
    named.join(", ")
}

/// Since when the release that is wished for now has been known; restarts of it are younger.
fn age_of_release(all: &[Revision<'_>], current: &Value) -> Option<Age> {
    all.iter().filter(|revision| is_same_release(&revision.template, current)).map(Revision::age).min()
}

/// Whether a revision came after what is wished for now, so that going to it is going forth again.
pub(super) fn is_later(revision: &Revision<'_>, all: &[Revision<'_>], snapshot: &Snapshot) -> bool {
    let current = current(snapshot);
    !is_same_release(&revision.template, current)
        && age_of_release(all, current).is_some_and(|now| now < revision.age())
}

/// Whether a pin names this revision: by its hash, by its whole name, or by the beginning of either. Numbers are not
/// taken, because a rollback renumbers; a version is where one revision alone has it.
fn is_meant(revision: &Revision<'_>, target: &ObjectRef, pin: &Text) -> bool {
    let name = revision.object["metadata"]["name"].as_str().unwrap_or_default();
    let hash = name.strip_prefix(target.name.as_str()).map_or("", |rest| rest.trim_start_matches('-'));
    let begins = |whole: &str| whole == pin.as_str() || (pin.len() >= 4 && whole.starts_with(pin.as_str()));
    name == pin.as_str() || begins(&revision.pin) || begins(hash)
}
