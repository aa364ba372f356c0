//! Services whose selector could be another one: pods of the same service stand ready to be selected in place of those
//! that get the requests now.

use std::collections::BTreeSet;

use crate::domain::kind::Kind;
use crate::domain::object::{ObjectRef, label};
use crate::domain::platform::Service;
use crate::domain::pod::Pod;
use crate::domain::row::Row;
use crate::domain::service::{ServiceId, named_by};
use crate::domain::text::Text;
use crate::state::State;
use crate::state::inventory::Inventory;

/// Labels that controllers make up for each revision: nobody switches these by hand.
const OF_CONTROLLERS: [&str; 3] = ["pod-template-hash", "rollouts-pod-template-hash", "controller-revision-hash"];

/// A Service that could select other pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// The Service.
    pub service: ObjectRef,
    /// The label of its selector.
    pub label: Text,
    /// What it selects now.
    pub now: Text,
    /// What else there is.
    pub others: Vec<Text>,
}

impl State {
    /// The Services of a service that could be switched, by name. One behind a route is shifted, not switched.
    pub fn switches(&self, id: &ServiceId) -> Vec<Switch> {
        let Some(inventory) = self.cluster(&id.cluster) else { return Vec::new() };
        let splits = self.splits(id);
        let is_arm = |name: &Text| splits.iter().any(|split| split.arm_behind(name).is_some());
        let rows = inventory.rows(Kind::Service).rows();
        let mut switches: Vec<Switch> = rows
            .filter_map(|row| match row {
                Row::Service(service) if service.cluster_ip != "None" && !is_arm(&service.meta.name) => {
                    Some(&**service)
                }
                _ => None,
            })
            .filter(|service| self.place(&id.cluster, &service.meta.namespace).environment == id.environment)
            .flat_map(|service| of_service(inventory, service, id))
            .collect();
        switches.sort_by(|one, other| (&one.service, &one.label).cmp(&(&other.service, &other.label)));
        switches
    }
}

/// Each label of a Service's selector that tells pods of the same service apart.
fn of_service(inventory: &Inventory, service: &Service, id: &ServiceId) -> Vec<Switch> {
    let meta = &service.meta;
    let pods = inventory.rows(Kind::Pod).rows_in(&meta.namespace).filter_map(|row| match row {
        Row::Pod(pod) if pod.meta.deleted.is_none() && named_by(&[&pod.meta.labels]) == Some(&id.name) => Some(&**pod),
        _ => None,
    });
    let pods: Vec<&Pod> = pods.collect();
    let labels = service.selector.iter().filter(|(key, _)| !OF_CONTROLLERS.contains(&key.as_str()));
    let switch = |(key, now): &(Text, Text)| {
        let is_alike = |pod: &&&Pod| {
            service.selector.iter().all(|(name, value)| name == key || label(&pod.meta.labels, name) == Some(value))
        };
        let values: BTreeSet<&Text> =
            pods.iter().filter(is_alike).filter_map(|pod| label(&pod.meta.labels, key)).collect();
        let others: Vec<Text> = values.into_iter().filter(|value| *value != now).cloned().collect();
        let object = ObjectRef::of(&id.cluster, Kind::Service, meta);
        (!others.is_empty()).then(|| Switch { service: object, label: key.clone(), now: now.clone(), others })
    };
    labels.filter_map(switch).collect()
}
