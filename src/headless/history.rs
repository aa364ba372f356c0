//! `midwatch history`: the revisions that the workloads of a service have had.

use jiff::Timestamp;
use serde_json::json;

use crate::cli::History;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::problem::Problem;
use crate::domain::rollout::{Revision, Standing};
use crate::domain::text::Text;
use crate::runtime::Session;
use crate::state;

use super::Exit;
use super::answer::{Asked, Needs, answer};
use super::find::{check_place, workloads};
use super::output::text::{age, join};
use super::output::{Item, Listing, json};

/// What revisions are told by.
pub(super) const KINDS: [Kind; 8] = [
    Kind::Namespace,
    Kind::Deployment,
    Kind::Pod,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::Rollout,
    Kind::ReplicaSet,
    Kind::ControllerRevision,
];

/// Without any of these there is no workload.
pub(super) const ESSENTIAL: [Kind; 3] = Kind::BUILT_IN_WORKLOADS;

/// Shows revisions, newest first.
pub(super) async fn history(session: &mut Session, asked: Asked<'_>, args: &History) -> Result<Exit, Problem> {
    let needs = Needs::of(&KINDS, &ESSENTIAL);
    answer(session, asked, needs, |session, now| {
        check_place(session, asked.place)?;
        let mut items = Vec::new();
        for workload in workloads(session, asked.place, &args.service, args.workload.as_deref())? {
            items.extend(revisions(session, &workload).iter().map(|revision| item(&workload, revision, now)));
        }
        Ok(Listing {
            kind: "Revision",
            header: &["WORKLOAD", "NAMESPACE", "REVISION", "HASH", "VERSION", "AGE", "PODS", "IMAGES", "CAUSE"],
            items,
        })
    })
    .await
}

/// The revisions of a workload, newest first.
pub(super) fn revisions(session: &Session, workload: &ObjectRef) -> Vec<Revision> {
    session.state().family(workload).map(|family| state::history(&family)).unwrap_or_default()
}

fn item(workload: &ObjectRef, revision: &Revision, now: Timestamp) -> Item {
    let number = revision.number.map_or_else(String::new, |number| number.to_string());
    let standing = standing(revision.standing);
    Item {
        cluster: workload.cluster.clone(),
        key: format!("{}/{}/{}", workload.cluster, workload.namespace, revision.name),
        cells: vec![
            workload.kind_and_name().into(),
            workload.namespace.clone(),
            Text::from(format!("{number} {standing}").trim().replace(' ', ",")),
            revision.hash.clone(),
            revision.version.clone(),
            age(revision.created, now),
            format!("{}/{}", revision.ready, revision.desired).into(),
            join(&revision.images),
            revision.change_cause.clone(),
        ],
        json: json!({
            "workload": json::object(workload),
            "number": revision.number,
            "name": revision.name,
            "hash": revision.hash,
            "standing": standing,
            "version": revision.version,
            "images": revision.images,
            "changeCause": revision.change_cause,
            "created": revision.created,
            "ready": revision.ready,
            "desired": revision.desired,
        }),
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Current => "current",
        Standing::Previous => "previous",
        Standing::Older => "older",
    }
}
