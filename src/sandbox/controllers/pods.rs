//! Making, ending and counting pods: what all workload controllers share.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::sandbox::object::{self, at, condition, set, text};
use crate::sandbox::selector::matches_labels;
use crate::sandbox::world::World;

/// Seconds that a pod has to end by itself, and the default of the API.
pub(super) const GRACE_SECONDS: i64 = 30;

/// Creates a pod of `owner` from a pod template with some more labels.
pub(super) fn from_template(
    world: &mut World,
    owner: &Value,
    name: &str,
    template: &Value,
    labels: &[(&str, &str)],
) -> Arc<Value> {
    let mut metadata = template["metadata"].clone();
    for (key, value) in labels {
        if !metadata["labels"].is_object() {
            metadata["labels"] = Value::Object(Map::new());
        }
        metadata["labels"][*key] = json!(value);
    }
    set(&mut metadata, "name", json!(name));
    set(&mut metadata, "namespace", json!(object::namespace(owner)));
    set(&mut metadata, "ownerReferences", json!([object::owner_reference(owner)]));
    let body = json!({
        "metadata": metadata, "spec": template["spec"],
        "status": {"phase": "Pending", "qosClass": "Burstable"},
    });
    let pod = world.create("pods", "kube-controller-manager", body);
    let component = format!("{}-controller", text(owner, "kind").to_lowercase());
    world.report(owner, &component, "Normal", "SuccessfulCreate", &format!("Created pod: {name}"));
    pod
}

impl World {
    /// Begins the end of a pod; the kubelet removes it a little later.
    pub(crate) fn terminate(&mut self, pod: &Value) {
        if object::is_terminating(pod) {
            return;
        }
        let mut ending = pod.clone();
        set(&mut ending, "metadata.deletionTimestamp", json!(object::stamp(self.now, GRACE_SECONDS)));
        set(&mut ending, "metadata.deletionGracePeriodSeconds", json!(GRACE_SECONDS));
        self.store.put("pods", ending);
    }

    /// Ends a pod on behalf of its controller, which says so.
    pub(super) fn terminate_for(&mut self, owner: &Value, pod: &Value) {
        self.terminate(pod);
        let component = format!("{}-controller", text(owner, "kind").to_lowercase());
        let message = format!("Deleted pod: {}", object::name(pod));
        self.report(owner, &component, "Normal", "SuccessfulDelete", &message);
    }

    /// Returns the pods of a namespace that carry all labels of a selector's map.
    pub(super) fn selected_pods(&self, namespace: &str, labels: &Value) -> Vec<Arc<Value>> {
        let mut pods = self.store.list_in("pods", namespace);
        pods.retain(|pod| matches_labels(labels, pod));
        pods
    }

    /// Returns the pods that an owner controls and that are not ending.
    pub(super) fn live_pods(&self, owner: &Value) -> Vec<Arc<Value>> {
        let mut pods = self.store.owned(owner, "pods");
        pods.retain(|pod| !object::is_terminating(pod));
        pods
    }
}

/// Says whether a pod is ready to serve; with no `minReadySeconds` in the fleet, ready is available.
pub(crate) fn is_available(pod: &Value) -> bool {
    text(condition(at(pod, "status"), "Ready"), "status") == "True"
}

/// Counts things as the API's numbers are: signed.
pub(super) fn count<T>(items: &[T], is_counted: impl Fn(&T) -> bool) -> i64 {
    i64::try_from(items.iter().filter(|item| is_counted(item)).count()).unwrap_or(i64::MAX)
}
