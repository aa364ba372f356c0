//! The command that shifts the arm of a route, for whoever types it instead of a guard.

use crate::domain::object::ObjectRef;
use crate::domain::shell::quoted;

/// The command but for the weights, which follow as `--to`.
pub fn shift_of(service: &str, route: &ObjectRef, arm: &str) -> String {
    let (service, name, arm) = (quoted(service), quoted(&route.name), quoted(arm));
    let (namespace, context) = (quoted(&route.namespace), quoted(&route.cluster.0));
    format!("midwatch shift {service} --route {name} -n {namespace} --context {context} --arm {arm}")
}
