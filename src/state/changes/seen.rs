//! What changed between two sights of an object, while it is watched.

use jiff::Timestamp;

use super::said::Said;
use crate::domain::change::{Change, ChangeClass};
use crate::domain::condition::find;
use crate::domain::object::{ClusterName, Meta, ObjectRef};
use crate::domain::route::HttpRoute;
use crate::domain::row::Row;
use crate::domain::service::named_by;
use crate::domain::text::Text;
use crate::domain::workload::{Workload, image_name, version_of};

/// A change whose environment is yet to be found.
#[derive(Debug)]
pub(in crate::state) struct Noted {
    pub(in crate::state) object: ObjectRef,
    at: Timestamp,
    class: ChangeClass,
    service: Option<Text>,
    said: Said,
    why: Option<Text>,
}

impl Noted {
    /// The change, in its environment.
    pub(in crate::state) fn into_change(self, environment: Text, service: Option<Text>) -> Change {
        Change {
            at: self.at,
            times: 1,
            class: self.class,
            object: self.object,
            environment,
            service: self.service.or(service),
            what: Text::from(self.said.what),
            edge: self.said.edge,
            aim: self.said.aim,
            is_vague: self.said.is_vague,
            why: self.why,
            by: None,
        }
    }
}

/// What changed between two sights of an object. That it came is not noted: its row tells when. A ConfigMap or Secret
/// that is said again by a watch has changed, even though its lean row has not.
pub(in crate::state) fn between(
    cluster: &ClusterName,
    old: Option<&Row>,
    new: Option<&Row>,
    now: Timestamp,
) -> Vec<Noted> {
    let Some(row) = new.or(old).filter(|row| !is_given(row.meta())) else { return Vec::new() };
    let meta = row.meta();
    let template = row.workload().map(|workload| &workload.template_labels);
    let sets: Vec<_> = std::iter::once(&meta.labels).chain(template).collect();
    let service = match row {
        Row::ConfigMap(_) | Row::Secret(_) => named_by_config(meta),
        _ => named_by(&sets).or(row.workload().map(|_| &meta.name)).cloned(),
    };
    let object = ObjectRef::of(cluster, row.kind(), meta);
    let noted = |(class, said): (ChangeClass, Said)| Noted {
        object: object.clone(),
        at: now,
        class,
        service: service.clone(),
        why: row
            .workload()
            .filter(|_| class == ChangeClass::Rollout)
            .map(|workload| workload.change_cause.clone())
            .filter(|cause| !cause.is_empty()),
        said,
    };
    let changes = match (old, new) {
        (Some(old), Some(new)) if old.meta().uid != new.meta().uid => {
            vec![(ChangeClass::Existence, Said::of("deleted and created anew"))]
        }
        (Some(old), Some(new)) => match (old.workload(), new.workload()) {
            (Some(old), Some(new)) => workload(old, new),
            (None, None) => match (old, new) {
                (Row::HttpRoute(old), Row::HttpRoute(new)) => weights(old, new),
                (_, Row::ConfigMap(_) | Row::Secret(_)) => {
                    vec![(ChangeClass::Config, Said::of(config_words(new, "changed")))]
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        },
        (Some(gone), None) if gone.workload().is_some() => vec![(ChangeClass::Existence, Said::of("deleted"))],
        (Some(gone), None) if matches!(gone, Row::ConfigMap(_) | Row::Secret(_)) => {
            vec![(ChangeClass::Config, Said::of(config_words(gone, "deleted")))]
        }
        _ => Vec::new(),
    };
    changes.into_iter().map(noted).collect()
}

/// How the splits of a route changed, told by the arms that get more or less of them. One that is no backend any more
/// gets nothing.
fn weights(old: &HttpRoute, new: &HttpRoute) -> Vec<(ChangeClass, Said)> {
    let mut arms: Vec<&str> = Vec::new();
    for backend in new.splits().chain(old.splits()).flat_map(|rule| &rule.backends) {
        if !arms.contains(&backend.service.as_str()) {
            arms.push(&backend.service);
        }
    }
    let moved = arms.into_iter().filter_map(|service| {
        let (then, now) = (old.share(service).round(), new.share(service).round());
        (then.total_cmp(&now).is_ne()).then(|| format!("{service} {then} → {now} %"))
    });
    let words = moved.collect::<Vec<_>>().join(", ");
    if words.is_empty() { Vec::new() } else { vec![(ChangeClass::Traffic, Said::of(words))] }
}

/// What is said of a ConfigMap or Secret: "ConfigMap chat-config changed".
pub(super) fn config_words(row: &Row, what: &str) -> String {
    match helm_release(row.meta()) {
        Some((release, version)) => format!("Helm release {release} {version} {what}"),
        None => format!("{} {} {what}", row.kind(), row.meta().name),
    }
}

/// Whether the platform itself puts it into every namespace, so that it is nobody's change.
pub(super) fn is_given(meta: &Meta) -> bool {
    matches!(meta.name.as_str(), "kube-root-ca.crt" | "openshift-service-ca.crt" | "istio-ca-root-cert")
}

/// The service that a ConfigMap or Secret is for: by its labels, or because Helm keeps its release there.
pub(super) fn named_by_config(meta: &Meta) -> Option<Text> {
    let release = || helm_release(meta).map(|(release, _)| Text::from(release));
    named_by(&[&meta.labels]).cloned().or_else(release)
}

/// The release that Helm keeps in a Secret or ConfigMap of this name, and its version.
fn helm_release(meta: &Meta) -> Option<(&str, &str)> {
    meta.name.strip_prefix("sh.helm.release.v1.")?.rsplit_once('.')
}

/// What is said when a revision begins to roll out. Told by images where these differ, else by its number or name.
pub(super) fn began(old: &[Text], new: &[Text], version: &Text, revision: &str) -> Said {
    if old == new {
        let name = format!("revision {revision}");
        return Said::began(format!("{name} began, same images")).leading_to_version(name).vaguely();
    }
    let side: Vec<_> = old.iter().zip(new).skip(1).filter(|(old, new)| old != new).collect();
    if old.first() != new.first() || side.is_empty() {
        return Said::began(format!("rollout {version} began")).leading_to_version(version.clone());
    }
    let sides: Vec<_> = side.iter().map(|(old, new)| format!("{} → {}", image_name(old), image_name(new))).collect();
    Said::began(format!("rollout {version} began: {}", sides.join(", "))).leading_to_version(version.clone())
}

/// What changed in a workload.
fn workload(old: &Workload, new: &Workload) -> Vec<(ChangeClass, Said)> {
    let mut changes = Vec::new();
    let version = version_of(&new.template_labels, new.images.first());
    if old.images != new.images {
        changes.push((ChangeClass::Rollout, began(&old.images, &new.images, &version, "")));
    } else if let Some(revision) = new_revision(old, new) {
        changes.push((ChangeClass::Rollout, began(&old.images, &new.images, &version, revision)));
    }
    if old.desired != new.desired {
        let said = Said::of(format!("scaled {} → {}", old.desired, new.desired)).leading_to_pods(new.desired);
        changes.push((ChangeClass::Scale, said));
    }
    match (old.is_paused, new.is_paused) {
        (false, true) => changes.push((ChangeClass::Pause, Said::of("paused"))),
        (true, false) => changes.push((ChangeClass::Pause, Said::of("resumed"))),
        _ => {}
    }
    if !old.is_past_deadline() && new.is_past_deadline() {
        changes.push((ChangeClass::Rollout, Said::of(format!("rollout {version} passed its deadline"))));
    } else if is_complete(new) && !is_complete(old) {
        changes.push((ChangeClass::Rollout, Said::ended(format!("rollout {version} finished"))));
    }
    changes
}

/// The revision that a workload has now and had not before. That of a Deployment comes a moment after its images, and
/// is then the same change: the timeline merges the two.
fn new_revision<'a>(old: &Workload, new: &'a Workload) -> Option<&'a str> {
    let differs = |old: &Text, new: &'a Text| (old != new && !old.is_empty()).then_some(new.as_str());
    differs(&old.revision, &new.revision).or_else(|| differs(&old.update_revision, &new.update_revision))
}

/// Whether a rollout has run to its end.
fn is_complete(workload: &Workload) -> bool {
    let seen = workload.is_observed();
    if workload.update_revision.is_empty() {
        return seen
            && find(&workload.conditions, "Progressing").is_some_and(|it| it.reason == "NewReplicaSetAvailable");
    }
    seen && workload.update_revision == workload.current_revision
}
