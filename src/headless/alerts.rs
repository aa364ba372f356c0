//! `midwatch alerts`: what pages, the most urgent first, with the service and the change that came before.

use jiff::Timestamp;
use serde_json::json;

use crate::domain::alert::Alert;
use crate::domain::described::announcement;
use crate::domain::json::merge;
use crate::domain::kind::Kind;
use crate::domain::problem::Problem;
use crate::runtime::Session;
use crate::state::{RelatedAlert, ServiceBoard, State, Timeline, told_before};

use super::Exit;
use super::answer::{Asked, Needs, answer};
use super::find::{check_place, is_in};
use super::output::text::age;
use super::output::{Item, Listing};
use super::reading::read;
use super::services;
use super::signals::{Matter, Untold, await_alerts, nobody};

/// What services are made of, what changed, and the Services among which servers of alerts are looked for.
pub(super) fn kinds() -> Vec<Kind> {
    let more = [Kind::ConfigMap, Kind::HorizontalPodAutoscaler];
    services::KINDS.into_iter().chain(more).collect()
}

/// Shows alerts.
pub(super) async fn alerts(session: &mut Session, asked: Asked<'_>) -> Result<Exit, Problem> {
    let kinds = kinds();
    read(session, &kinds).await;
    await_alerts(session).await;
    if session.asked_for_alerts().is_empty() {
        let problem = Problem::new(
            "nobody is asked for alerts",
            "no Service that you may see is called alertmanager or prometheus, and the configuration names none",
            "name one under [alertmanager.NAME]: midwatch init shows how",
        );
        return nobody(session, asked, problem);
    }
    let untold = Untold::of(session, Matter::Alerts);
    let (mut board, mut timeline) = (ServiceBoard::default(), Timeline::default());
    let needs = Needs { untold: &untold, ..Needs::of(&kinds, &[]) };
    answer(session, asked, needs, |session, now| {
        check_place(session, asked.place)?;
        board.refresh(session.state(), now);
        timeline.refresh(session.state(), now);
        let is_asked = |one: &&RelatedAlert| {
            let nowhere = asked.place.environment.is_none() && asked.place.namespace.is_empty();
            one.service.as_ref().map_or(nowhere, |service| is_in(asked.place, &service.environment))
        };
        Ok(Listing {
            kind: "Alert",
            header: &["PRIORITY", "STATE", "ALERT", "SERVICE", "ENVIRONMENT", "AGE", "BEFORE", "SUMMARY"],
            items: board
                .alerts()
                .iter()
                .filter(is_asked)
                .map(|one| item(one, session.state(), &timeline, now))
                .collect(),
        })
    })
    .await
}

fn item(one: &RelatedAlert, state: &State, timeline: &Timeline, now: Timestamp) -> Item {
    let alert: &Alert = &one.alert;
    let (service, environment) =
        one.service.as_ref().map_or_else(Default::default, |id| (id.name.clone(), id.environment.clone()));
    let before = one.service.as_ref().and_then(|service| told_before(timeline, alert, service));
    let own = alert.evaluated.map(|own| format!(" ({})", own.words())).unwrap_or_default();
    let summary = format!("{}{own}", alert.summary());
    let labels: Vec<String> = alert.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    Item {
        cluster: alert.cluster.clone(),
        key: format!("{}/{}", alert.cluster, labels.join(",")),
        cells: vec![
            alert.priority.word().into(),
            state.standing_of(alert).into(),
            alert.name.clone(),
            service.clone(),
            environment.clone(),
            age(Some(alert.since), now),
            before.clone().unwrap_or_default().into(),
            summary.into(),
        ],
        json: {
            let mut told = json!({
            "name": alert.name,
            "priority": alert.priority,
            "standing": alert.standing,
            "since": alert.since,
            "service": one.service.as_ref().map(|_| &service),
            "environment": one.service.as_ref().map(|_| &environment),
            "before": before,
            });
            merge(&mut told, announcement(alert));
            told["watchedSince"] = json!(alert.evaluated.map(|own| own.watched));
            told["noDataSince"] = json!(alert.evaluated.and_then(|own| own.no_data));
            told
        },
    }
}
