//! `midwatch changes`: what changed, newest first; also around an alert.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::cli::Changes;
use crate::domain::change::Change;
use crate::domain::kind::Kind;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::runtime::Session;
use crate::state::{Near, RelatedAlert, ServiceBoard, Timeline, around};

use super::Exit;
use super::answer::{Asked, Needs, answer};
use super::find::{check_place, is_in, meant, workloads};
use super::output::text::age;
use super::output::{Item, Listing, json};
use super::reading::read;
use super::signals::{Matter, Untold, await_alerts, await_briefly};

/// The kinds that tell about the past, and the Services among which servers of alerts are looked for.
pub(super) const KINDS: [Kind; 14] = [
    Kind::Namespace,
    Kind::Deployment,
    Kind::Pod,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::Rollout,
    Kind::ReplicaSet,
    Kind::ControllerRevision,
    Kind::HorizontalPodAutoscaler,
    Kind::ConfigMap,
    Kind::Secret,
    Kind::Event,
    Kind::Job,
    Kind::Service,
];

/// Without any of these nothing is known of the past.
const ESSENTIAL: [Kind; 5] =
    [Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet, Kind::ReplicaSet, Kind::ControllerRevision];

/// The columns of all changes.
const HEADER: [&str; 8] = ["AGE", "CLASS", "ENVIRONMENT", "SERVICE", "OBJECT", "BY", "WHAT", "WHY"];

/// The columns of those around an alert.
const AROUND: [&str; 8] = ["WHEN", "CLASS", "ENVIRONMENT", "SERVICE", "OBJECT", "BY", "WHAT", "WHY"];

/// Shows changes.
pub(super) async fn changes(session: &mut Session, asked: Asked<'_>, args: &Changes) -> Result<Exit, Problem> {
    let (mut board, mut timeline) = (ServiceBoard::default(), Timeline::default());
    session.look_at_deeds_now().await;
    read(session, &KINDS).await;
    let untold = if args.around.is_some() {
        await_alerts(session).await;
        Untold::of(session, Matter::Alerts).problems
    } else {
        await_briefly(session).await
    };
    let untold = Untold::beside(untold);
    let needs = Needs { untold: &untold, ..Needs::of(&KINDS, &ESSENTIAL) };
    if let Some(service) = &args.service {
        // Who wrote them is told by the whole objects, so only of the service that is asked about.
        for workload in workloads(session, asked.place, service, None).unwrap_or_default() {
            session.look_back_now(&workload).await;
        }
    }
    answer(session, asked, needs, |session, now| {
        check_place(session, asked.place)?;
        timeline.refresh(session.state(), now);
        if let Some(alert) = &args.around {
            board.refresh(session.state(), now);
            let one = alert_of(&board, asked, alert, args.service.as_deref())?;
            let within = SignedDuration::try_from(args.within).unwrap_or(SignedDuration::MAX);
            let near = around(session.state(), &timeline, one, within);
            return Ok(Listing { kind: "Change", header: &AROUND, items: near.iter().map(item_near).collect() });
        }
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
            header: &HEADER,
            items: timeline.changes().iter().filter(is_shown).map(|it| item(it, age(Some(it.at), now))).collect(),
        })
    })
    .await
}

/// The alert of a name, of a service where one is named. Where several services have one the name alone does not do; of
/// several of one service the first that began is meant.
fn alert_of<'a>(
    board: &'a ServiceBoard,
    asked: Asked<'_>,
    name: &str,
    service: Option<&str>,
) -> Result<&'a RelatedAlert, Problem> {
    let begun = || board.alerts().iter().filter(|one| one.alert.standing.has_begun());
    let found: Vec<&RelatedAlert> = begun()
        .filter(|one| {
            let id = one.service.as_ref();
            one.alert.name == name
                && service.is_none_or(|service| id.is_some_and(|id| id.name == service))
                && id.map_or(asked.place.environment.is_none(), |id| is_in(asked.place, &id.environment))
        })
        .collect();
    let whose: BTreeSet<String> = found
        .iter()
        .map(|one| one.service.as_ref().map_or_else(String::new, |id| format!("{} -e {}", id.name, id.environment)))
        .collect();
    match (found.iter().min_by_key(|one| one.alert.since), whose.len()) {
        (Some(one), 1) => Ok(one),
        (None, _) => {
            let names: BTreeSet<Text> = begun().map(|one| one.alert.name.clone()).collect();
            let of = service.map(|service| format!(" of {service}")).unwrap_or_default();
            Err(Problem::new(
                format!("no alert {name}{of} is on now"),
                meant(name, &names),
                "midwatch alerts shows what there is",
            ))
        }
        _ => Err(Problem::new(
            format!("the alert {name} is on for several services"),
            "its name alone does not say which",
            format!("name one: {}", whose.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(", ")),
        )),
    }
}

fn item_near(near: &Near) -> Item {
    let mut item = item(&near.change, near.when().into());
    if let Value::Object(members) = &mut item.json {
        members.insert("around".to_owned(), json!({"isAlert": near.is_alert, "seconds": near.after.as_secs()}));
    }
    item
}

fn item(change: &Change, when: Text) -> Item {
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
            when,
            change.class.word().into(),
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
            "class": change.class.word(),
            "object": json::object(object),
            "environment": change.environment,
            "service": change.service,
            "what": change.what,
            "why": change.why,
            "by": change.by,
        }),
    }
}
