//! Changing an object or its scale, for real or as a dry run.

use axum::http::{Method, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::reply;
use super::{Call, patch};
use crate::sandbox::kinds::Kind;
use crate::sandbox::object::{at, list, name, number, set, text, uid};
use crate::sandbox::world::World;

/// The largest weight of a backend of a route.
const MOST_WEIGHT: i64 = 1_000_000;

impl Call<'_> {
    pub(super) fn patch(&self) -> Result<Response, Refusal> {
        let changed = self.platform.with(|world| {
            let old = self.find(world)?;
            let new = patch::apply(self.media_type(), &self.body, &old)?;
            self.commit(world, &old, new)
        })?;
        Ok(reply::json(StatusCode::OK, &self.shape.of(&changed)))
    }

    /// Makes an object in the namespace that the path names.
    pub(super) fn create(&self) -> Result<Response, Refusal> {
        let kind = self.route.kind;
        let mut body: Value =
            serde_json::from_slice(&self.body).map_err(|problem| Refusal::bad_request(problem.to_string()))?;
        set(&mut body, "metadata.namespace", json!(self.route.namespace));
        let name = name(&body).to_owned();
        if name.is_empty() {
            return Err(Refusal::bad_request("name or generateName is required"));
        }
        let made = self.platform.with(|world| {
            if world.store.get(kind.plural, &self.route.namespace, &name).is_some() {
                let message = format!("{} \"{name}\" already exists", kind.qualified());
                return Err(Refusal::new(StatusCode::CONFLICT, "AlreadyExists", message).about(kind, &name));
            }
            if self.is_dry_run() {
                return Ok(body);
            }
            Ok((*world.create(kind.plural, self.manager(), body)).clone())
        })?;
        Ok(reply::json(StatusCode::CREATED, &self.shape.of(&made)))
    }

    /// Changes the status alone; whatever else a patch would change stays as it is.
    pub(super) fn patch_status(&self) -> Result<Response, Refusal> {
        let changed = self.platform.with(|world| {
            let old = self.find(world)?;
            let patched = patch::apply(self.media_type(), &self.body, &old)?;
            check_identity(self.route.kind, &old, &patched)?;
            let mut new = (*old).clone();
            put_status(&mut new, patched.get("status"));
            Ok::<_, Refusal>(self.store(world, &old, new))
        })?;
        Ok(reply::json(StatusCode::OK, &self.shape.of(&changed)))
    }

    pub(super) fn get_scale(&self) -> Result<Response, Refusal> {
        let object = self.platform.with(|world| self.find(world))?;
        Ok(reply::json(StatusCode::OK, &scale_of(&object)))
    }

    pub(super) fn write_scale(&self, method: &Method) -> Result<Response, Refusal> {
        let changed = self.platform.with(|world| {
            let old = self.find(world)?;
            let before = scale_of(&old);
            let scale = if method == Method::PUT {
                serde_json::from_slice(&self.body).map_err(|problem| Refusal::bad_request(problem.to_string()))?
            } else {
                patch::apply(self.media_type(), &self.body, &before)?
            };
            let mut new = (*old).clone();
            for field in ["metadata.uid", "metadata.resourceVersion"] {
                if !at(&scale, field).is_null() {
                    set(&mut new, field, at(&scale, field).clone());
                }
            }
            new["spec"]["replicas"] = json!(number(&scale, "spec.replicas"));
            self.commit(world, &old, new)
        })?;
        Ok(reply::json(StatusCode::OK, &scale_of(&changed)))
    }

    fn media_type(&self) -> &str {
        self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Checks a changed object and stores it, unless this is a dry run; returns it as it is (or would be).
    fn commit(&self, world: &mut World, old: &Value, mut new: Value) -> Result<Value, Refusal> {
        check_identity(self.route.kind, old, &new)?;
        check(self.route.kind, old, &new)?;
        if self.route.kind.has_status() {
            put_status(&mut new, old.get("status"));
        }
        Ok(self.store(world, old, new))
    }

    /// Completes a changed object and stores it, unless this is a dry run.
    fn store(&self, world: &mut World, old: &Value, mut new: Value) -> Value {
        world.finish(old, &mut new, self.manager());
        if self.is_dry_run() {
            return new;
        }
        (*world.store.put(self.route.kind.plural, new)).clone()
    }
}

/// Gives an object the status of another, or none.
fn put_status(object: &mut Value, status: Option<&Value>) {
    match (status, object.as_object_mut()) {
        (Some(status), _) => object["status"] = status.clone(),
        (None, Some(fields)) => {
            fields.shift_remove("status");
        }
        (None, None) => {}
    }
}

/// Refuses changes to another object of that name, and to an outdated one.
fn check_identity(kind: &Kind, old: &Value, new: &Value) -> Result<(), Refusal> {
    let subject = name(old);
    if uid(new) != uid(old) {
        return Err(Refusal::other_uid(kind, subject, uid(new), uid(old)));
    }
    if at(new, "metadata.resourceVersion") != at(old, "metadata.resourceVersion") {
        return Err(Refusal::outdated(kind, subject));
    }
    Ok(())
}

/// Refuses changes of what identifies an object, and what the API's own rules forbid.
fn check(kind: &Kind, old: &Value, new: &Value) -> Result<(), Refusal> {
    let subject = name(old);
    let invalid = |what: &str| {
        let message = format!("{} \"{subject}\" is invalid: {what}", kind_dot_group(kind));
        Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message).about(kind, subject))
    };
    // The selector of a Service may change, and that of a custom object nobody guards.
    let selector = (kind.group == "apps").then_some("spec.selector");
    for field in ["metadata.name", "metadata.namespace"].into_iter().chain(selector) {
        if at(new, field) != at(old, field) {
            return invalid(&format!("{field}: Invalid value: {}: field is immutable", at(new, field)));
        }
    }
    if number(new, "spec.replicas") < 0 {
        let value = number(new, "spec.replicas");
        return invalid(&format!("spec.replicas: Invalid value: {value}: must be greater than or equal to 0"));
    }
    for (index, container) in list(new, "spec.template.spec.containers").iter().enumerate() {
        if text(container, "image").is_empty() {
            return invalid(&format!("spec.template.spec.containers[{index}].image: Required value"));
        }
    }
    weight_out_of_bounds(new).map_or(Ok(()), |what| invalid(&what))
}

/// What is wrong with a weight of a route, in the words of its schema.
fn weight_out_of_bounds(object: &Value) -> Option<String> {
    let rules = list(object, "spec.rules").iter().enumerate();
    let mut backends = rules.flat_map(|(rule, it)| {
        list(it, "backendRefs").iter().enumerate().map(move |(backend, it)| (rule, backend, &it["weight"]))
    });
    backends.find_map(|(rule, backend, weight)| {
        let wrong = match weight.as_i64() {
            None if weight.is_null() => return None,
            None => format!("Invalid value: {weight}: must be of type integer"),
            Some(0..=MOST_WEIGHT) => return None,
            Some(..0) => format!("Invalid value: {weight}: should be greater than or equal to 0"),
            Some(_) => format!("Invalid value: {weight}: should be less than or equal to {MOST_WEIGHT}"),
        };
        Some(format!("spec.rules[{rule}].backendRefs[{backend}].weight: {wrong}"))
    })
}

fn kind_dot_group(kind: &Kind) -> String {
    if kind.group.is_empty() { kind.name.to_owned() } else { format!("{}.{}", kind.name, kind.group) }
}

/// Returns the `/scale` of an object.
fn scale_of(object: &Value) -> Value {
    let labels = at(object, "spec.selector.matchLabels").as_object().into_iter().flatten();
    let selector: Vec<String> =
        labels.map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default())).collect();
    let mut metadata = json!({});
    for field in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
        metadata[field] = object["metadata"][field].clone();
    }
    json!({
        "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata,
        "spec": {"replicas": number(object, "spec.replicas")},
        "status": {"replicas": number(object, "status.replicas"), "selector": selector.join(",")},
    })
}
