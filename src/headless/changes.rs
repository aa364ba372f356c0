//! `midwatch changes`: what changed, newest first.

use jiff::Timestamp;
use serde_json::json;

use crate::cli::Of;
use crate::domain::change::{Change, ChangeClass};
use crate::domain::kind::Kind;
use crate::domain::problem::Problem;
use crate::runtime::Session;
use crate::state::Timeline;

use super::Exit;
use super::answer::{Asked, Needs, answer};
use super::find::{check_place, is_in, workloads};
use super::output::text::age;
use super::output::{Item, Listing, json};
use super::reading::read;

/// The kinds that tell about the past.
pub(super) const KINDS: [Kind; 11] = [
    Kind::Namespace,
    Kind::Deployment,
    Kind::Pod,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::ReplicaSet,
    Kind::ControllerRevision,
    Kind::HorizontalPodAutoscaler,
    Kind::ConfigMap,
    Kind::Secret,
    Kind::Event,
];

/// Without any of these nothing is known of the past.
const ESSENTIAL: [Kind; 5] =
    [Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet, Kind::ReplicaSet, Kind::ControllerRevision];

/// Shows changes.
pub(super) async fn changes(session: &mut Session, asked: Asked<'_>, args: &Of) -> Result<Exit, Problem> {
    let mut timeline = Timeline::default();
    let needs = Needs { kinds: &KINDS, essential: &ESSENTIAL };
    if let Some(service) = &args.service {
        // Who wrote them is told by the whole objects, so only of the service that is asked about.
        read(session, &KINDS).await;
        for workload in workloads(session, asked.place, service, None).unwrap_or_default() {
            session.look_back_now(&workload).await;
        }
    }
    answer(session, asked, needs, |session, now| {
        check_place(session, asked.place)?;
        timeline.refresh(session.state(), now);
        let service = match &args.service {
            Some(service) => {
                let first = workloads(session, asked.place, service, None)?.into_iter().next();
                first.map(|workload| session.place_of(&workload).service)
            }
            None => None,
        };
        let is_shown = |change: &&Change| {
            is_in(asked.place, &change.environment) && (service.is_none() || change.service == service)
        };
        Ok(Listing {
            kind: "Change",
            header: &["AGE", "CLASS", "ENVIRONMENT", "SERVICE", "OBJECT", "BY", "WHAT", "WHY"],
            items: timeline.changes().iter().filter(is_shown).map(|change| item(change, now)).collect(),
        })
    })
    .await
}

fn item(change: &Change, now: Timestamp) -> Item {
    let object = &change.object;
    Item {
        cluster: object.cluster.clone(),
        key: format!(
            "{}/{}/{}/{}/{}",
            object.cluster,
            object.namespace,
            object.kind_and_name(),
            change.at,
            change.what
        ),
        cells: vec![
            age(Some(change.at), now),
            class(change.class).into(),
            change.environment.clone(),
            change.service.clone().unwrap_or_default(),
            object.kind_and_name().into(),
            change.by.clone().unwrap_or_default(),
            change.sentence().into(),
            change.why.clone().unwrap_or_default(),
        ],
        json: json!({
            "at": change.at,
            "times": change.times,
            "class": class(change.class),
            "object": json::object(object),
            "environment": change.environment,
            "service": change.service,
            "what": change.what,
            "why": change.why,
            "by": change.by,
        }),
    }
}

fn class(class: ChangeClass) -> &'static str {
    match class {
        ChangeClass::Rollout => "rollout",
        ChangeClass::Scale => "scale",
        ChangeClass::Pause => "pause",
        ChangeClass::Config => "config",
        ChangeClass::Existence => "existence",
        ChangeClass::Restart => "restart",
        ChangeClass::Event => "event",
    }
}
