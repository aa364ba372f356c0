//! Alerts in the timeline: when each began, also before midwatch looked, and when one was seen to end.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::said::Said;
use super::told::service_of;
use crate::domain::alert::Alert;
use crate::domain::change::{Change, ChangeClass};
use crate::domain::kind::Kind;
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::service::ServiceId;
use crate::domain::text::Text;
use crate::state::State;
use crate::state::alerts::RelatedAlert;
use crate::state::family::Families;
use crate::state::naming::{Known, Naming};

/// The services of all clusters, as far as alerts need them.
#[derive(Default)]
pub(super) struct Services {
    known: BTreeMap<ServiceId, (Vec<Text>, Vec<ObjectRef>)>,
}

impl Services {
    /// Takes in the workloads of a cluster.
    pub(super) fn add(&mut self, state: &State, cluster: &ClusterName, families: &Families<'_>) {
        let mut environments: HashMap<&Text, Text> = HashMap::new();
        for family in &families.workloads {
            let meta = &family.workload.meta;
            let place = || state.place(cluster, &meta.namespace).environment;
            let environment = environments.entry(&meta.namespace).or_insert_with(place).clone();
            let id = ServiceId { cluster: cluster.clone(), environment, name: service_of(family) };
            let (namespaces, workloads) = self.known.entry(id).or_default();
            if !namespaces.contains(&meta.namespace) {
                namespaces.push(meta.namespace.clone());
            }
            workloads.push(ObjectRef::of(cluster, family.kind, meta));
        }
    }

    /// What alerts tell.
    pub(super) fn told(&self, state: &State) -> Vec<Change> {
        let known = self.known.iter();
        let naming = Naming::of(known.map(|(id, (namespaces, workloads))| Known { id, namespaces, workloads }));
        let mut changes = Vec::new();
        let place = |alert: &Alert| {
            let known = naming.find(state, &alert.cluster, &alert.labels);
            let workload = known.and_then(|known| known.workloads.first()).cloned();
            (known.map(|known| known.id), workload)
        };
        for alert in state.alerts().iter().filter(|alert| alert.standing.has_begun()) {
            let (service, workload) = place(alert);
            changes.push(change(state, alert, service, workload, alert.since, beginning(alert)));
        }
        for (alert, at) in state.alerts.ended() {
            let (service, workload) = place(alert);
            let ending = Said::ended(format!("alert {} ended", alert.name));
            changes.push(change(state, alert, service, workload.clone(), alert.since, beginning(alert)));
            changes.push(change(state, alert, service, workload, at, ending));
        }
        // Of a server that did not say since when.
        changes.retain(|change| change.at > Timestamp::UNIX_EPOCH);
        changes
    }
}

/// The beginning of an alert as a change.
pub(in crate::state) fn began(state: &State, one: &RelatedAlert) -> Change {
    let alert = &one.alert;
    change(state, alert, one.service.as_ref(), None, alert.since, beginning(alert))
}

fn beginning(alert: &Alert) -> Said {
    Said::began(format!("alert {} began", alert.name))
}

fn change(
    state: &State,
    alert: &Alert,
    service: Option<&ServiceId>,
    workload: Option<ObjectRef>,
    at: Timestamp,
    said: Said,
) -> Change {
    let (object, place) = about(state, alert);
    Change {
        at,
        times: 1,
        class: ChangeClass::Alert,
        object: workload.unwrap_or(object),
        environment: service.map_or(place, |id| id.environment.clone()),
        service: service.map(|id| id.name.clone()),
        what: Text::from(said.what),
        edge: said.edge,
        aim: said.aim,
        is_vague: said.is_vague,
        why: Some(alert.summary()).filter(|summary| !summary.is_empty()).map(Text::from),
        by: None,
    }
}

/// What an alert is about as far as its labels alone tell, and its environment, if it is in one.
fn about(state: &State, alert: &Alert) -> (ObjectRef, Text) {
    let object = |kind, name: &Text| ObjectRef {
        cluster: alert.cluster.clone(),
        kind,
        namespace: Text::default(),
        name: name.clone(),
    };
    match (alert.namespace(), alert.label("node")) {
        (Some(namespace), _) => {
            (object(Kind::Namespace, namespace), state.place(&alert.cluster, namespace).environment)
        }
        (None, Some(node)) => (object(Kind::Node, node), Text::default()),
        (None, None) => (object(Kind::Event, &alert.name), Text::default()),
    }
}
