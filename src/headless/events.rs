//! `midwatch events`: what the clusters tell about their objects, latest last.

use std::collections::BTreeSet;

use crate::cli::Of;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::platform::Event;
use crate::domain::problem::Problem;
use crate::domain::row::Row;
use crate::domain::text::Text;
use crate::runtime::Session;

use super::Exit;
use super::answer::{Asked, Needs, answer};
use super::find::{check_place, is_in, object_of, objects, workloads};
use super::output::text::age;
use super::output::{Item, Listing};
use super::resource::describe;

/// Events, and what tells which service they concern.
pub(super) const KINDS: [Kind; 7] =
    [Kind::Namespace, Kind::Deployment, Kind::Pod, Kind::StatefulSet, Kind::DaemonSet, Kind::Rollout, Kind::Event];

/// Shows events.
pub(super) async fn events(session: &mut Session, asked: Asked<'_>, args: &Of) -> Result<Exit, Problem> {
    let needs = Needs::of(&KINDS, &[Kind::Event]);
    answer(session, asked, needs, |session, now| {
        check_place(session, asked.place)?;
        let about = args.service.as_deref().map(|service| about(session, asked, service)).transpose()?;
        let mut found: Vec<(ObjectRef, &Row, &Event)> = Vec::new();
        for (cluster, inventory) in session.state().clusters() {
            for row in inventory.rows(Kind::Event).rows() {
                let Row::Event(event) = row else { continue };
                let object = object_of(cluster, row);
                let environment = session.state().place(cluster, &object.namespace).environment;
                let concerns = about.as_ref().is_none_or(|about| about.contains(&event.about_uid));
                if concerns && is_in(asked.place, &environment) {
                    found.push((object, row, event.as_ref()));
                }
            }
        }
        found.sort_by(|(one, _, a), (other, _, b)| a.last.cmp(&b.last).then_with(|| one.cmp(other)));
        let item = |(object, row, event): (ObjectRef, &Row, &Event)| Item {
            key: format!("{}/{}/{}", object.cluster, object.namespace, object.name),
            cells: vec![
                age(event.last, now),
                event.class.clone(),
                event.reason.clone(),
                object.namespace.clone(),
                format!("{}/{}", event.about_kind.to_lowercase(), event.about_name).into(),
                event.count.to_string().into(),
                event.message.clone(),
            ],
            json: describe(row, &object),
            cluster: object.cluster,
        };
        Ok(Listing {
            kind: "Event",
            header: &["LAST", "TYPE", "REASON", "NAMESPACE", "OBJECT", "COUNT", "MESSAGE"],
            items: found.into_iter().map(item).collect(),
        })
    })
    .await
}

/// The identities of a service's workloads and pods.
fn about(session: &Session, asked: Asked<'_>, service: &str) -> Result<BTreeSet<Text>, Problem> {
    let mut identities = BTreeSet::new();
    let mut names = BTreeSet::new();
    for workload in workloads(session, asked.place, service, None)? {
        names.insert(session.place_of(&workload).service);
        identities.extend(session.state().find(&workload).map(|row| row.meta().uid.clone()));
    }
    for pod in objects(session, &[Kind::Pod]) {
        let place = session.place_of(&pod);
        if names.contains(&place.service) && is_in(asked.place, &place.environment) {
            identities.extend(session.state().find(&pod).map(|row| row.meta().uid.clone()));
        }
    }
    Ok(identities)
}
