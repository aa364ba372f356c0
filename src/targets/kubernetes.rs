//! A Kubernetes cluster as the control plane that operations need.

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::clients::kubernetes::{self as client, ClientError, Reader, WriteAnswer, WriteRequest, Writer};
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::plan::{Access, Call};
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::update::Identity;
use crate::operations::guard::lease;
use crate::operations::ports::{AlertmanagerReply, Answer, ControlPlane, Earnest, ReadError, Review};

use super::alertmanager::Alertmanagers;
use super::requests::Counters;

/// One cluster, to read fully and to change.
#[derive(Debug)]
pub struct Cluster {
    reader: Reader,
    writer: Option<Writer>,
    alertmanagers: Alertmanagers,
    counters: Counters,
}

impl Cluster {
    /// A cluster by its connection. Without a writer every call is refused here.
    pub fn new(reader: Reader, writer: Option<Writer>, alertmanagers: Alertmanagers, counters: Counters) -> Self {
        Self { reader, writer, alertmanagers, counters }
    }

    async fn write(&self, call: &Call, earnest: Earnest, audit_id: &str) -> Answer {
        let Some((verb, path, content_type, body)) = request(call) else {
            return match earnest {
                Earnest::ForReal => self.alertmanagers.write(call, self.writer.as_ref(), audit_id).await,
                Earnest::DryRun => Answer::Rejected("Alertmanager has no dry run".into()),
            };
        };
        let Some(writer) = &self.writer else { return read_only() };
        let answer = writer
            .send(WriteRequest {
                verb,
                path,
                content_type: content_type.to_owned(),
                body,
                dry_run: earnest == Earnest::DryRun,
                audit_id: audit_id.to_owned(),
                may_be_silent: false,
            })
            .await;
        answer_of(answer)
    }
}

/// What is answered where nothing may be written through a cluster.
pub(super) fn read_only() -> Answer {
    Answer::Denied(
        "this cluster is read-only for midwatch: its certificate is not checked (allow-insecure-writes)".into(),
    )
}

/// A call as a request to the cluster; none where it is for an Alertmanager.
fn request(call: &Call) -> Option<(client::Verb, String, &'static str, Value)> {
    let json_type = "application/json";
    Some(match call {
        Call::Patch { object, subresource, operations } => {
            let path = object.path();
            let path = subresource.map_or_else(|| path.clone(), |part| format!("{path}/{part}"));
            (client::Verb::Patch, path, "application/json-patch+json", Value::from(operations.clone()))
        }
        Call::Evict { object, uid } => {
            let body = json!({
                "apiVersion": "policy/v1",
                "kind": "Eviction",
                "metadata": { "name": object.name, "namespace": object.namespace },
                "deleteOptions": { "preconditions": { "uid": uid } },
            });
            (client::Verb::Post, format!("{}/eviction", object.path()), json_type, body)
        }
        Call::TakeLease { object, body, over: None } => {
            (client::Verb::Post, object.kind.path(Some(&object.namespace)), json_type, body.clone())
        }
        Call::TakeLease { object, body, over: Some(version) } => {
            let operations = Value::from(lease::taking_over(body, version));
            (client::Verb::Patch, object.path(), "application/json-patch+json", operations)
        }
        Call::DeleteBroken { object, uid, version, .. } => {
            let mut preconditions = json!({ "uid": uid });
            if let Some(version) = version {
                preconditions["resourceVersion"] = json!(version);
            }
            let body = json!({ "apiVersion": "v1", "kind": "DeleteOptions", "preconditions": preconditions });
            (client::Verb::Delete, object.path(), json_type, body)
        }
        Call::PostSilence { .. } | Call::DeleteSilence { .. } => return None,
    })
}

/// What a write came to, in the words of operations.
fn answer_of(answer: WriteAnswer) -> Answer {
    match answer {
        WriteAnswer::Accepted(object) => Answer::Accepted(object),
        WriteAnswer::Rejected { code, reason, message, body } => match code {
            409 => Answer::Conflict(message),
            // A patch whose test fails is 422, and so is one that makes an invalid object. The first is answered with
            // the server's generic words, the second with the fields that are wrong.
            422 if message.contains("due to an error in our request") => {
                Answer::Conflict("something that the plan rests on is not so any more".into())
            }
            401 | 403 => Answer::Denied(message),
            429 => Answer::Rejected(format!("{message} {}", too_many(&body)).into()),
            _ if message.is_empty() => Answer::Rejected(format!("the server answered {code} {reason}").into()),
            _ => Answer::Rejected(message),
        },
        WriteAnswer::NotSent(why) => Answer::NotSent(why),
        WriteAnswer::Unknown(why) => Answer::Unknown(why),
    }
}

/// Why there were too many requests: a disruption budget says so in a cause of its own, anything else is haste.
fn too_many(refusal: &Value) -> Text {
    let causes = refusal["details"]["causes"].as_array().into_iter().flatten();
    let budget = causes.into_iter().find(|cause| cause["reason"] == "DisruptionBudget");
    match budget.and_then(|cause| cause["message"].as_str()) {
        Some(words) => Text::from_untrusted(words),
        None => "(the server has too much to do: try again later)".into(),
    }
}

fn read_error(error: &ClientError) -> ReadError {
    match error {
        ClientError::Status { code: 404, .. } => ReadError::NotFound,
        ClientError::Forbidden { .. } => ReadError::Forbidden(error.problem()),
        _ => ReadError::Failed(error.problem()),
    }
}

impl ControlPlane for Cluster {
    fn get<'a>(&'a self, object: &'a ObjectRef) -> BoxFuture<'a, Result<Value, ReadError>> {
        async move { self.reader.get_object(object).await.map_err(|error| read_error(&error)) }.boxed()
    }

    fn list<'a>(
        &'a self,
        kind: Kind,
        namespace: &'a str,
        selector: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Value>, ReadError>> {
        async move { self.reader.list_objects(kind, namespace, selector).await.map_err(|error| read_error(&error)) }
            .boxed()
    }

    fn alertmanagers(&self) -> BoxFuture<'_, Vec<AlertmanagerReply>> {
        self.alertmanagers.read().boxed()
    }

    fn counted<'a>(&'a self, services: &'a [ObjectRef]) -> BoxFuture<'a, Option<Vec<f64>>> {
        self.counters.read(services, &self.reader).boxed()
    }

    fn identity(&self) -> BoxFuture<'_, Result<Identity, Problem>> {
        async move { self.reader.identity().await.map_err(|error| error.problem()) }.boxed()
    }

    fn review<'a>(&'a self, access: &'a Access) -> BoxFuture<'a, Review> {
        async move {
            let object = &access.object;
            let attributes = json!({
                "verb": access.verb,
                "group": object.kind.group(),
                "resource": object.kind.plural(),
                "subresource": access.subresource.unwrap_or_default(),
                "namespace": object.namespace,
                "name": object.name,
            });
            let body = json!({
                "apiVersion": "authorization.k8s.io/v1",
                "kind": "SelfSubjectAccessReview",
                "spec": { "resourceAttributes": attributes },
            });
            match self.reader.create_review(client::Review::SelfSubjectAccess, &body).await {
                Ok(answer) if answer["status"]["allowed"] == true => Review::Allowed,
                Ok(answer) if answer["status"]["allowed"] == false => {
                    Review::Denied(Text::from_untrusted(answer["status"]["reason"].as_str().unwrap_or_default()))
                }
                Ok(_) => Review::Unknown("the server did not answer the question".into()),
                Err(error) => Review::Unknown(error.problem().to_string().into()),
            }
        }
        .boxed()
    }

    fn send<'a>(&'a self, call: &'a Call, earnest: Earnest, audit_id: &'a str) -> BoxFuture<'a, Answer> {
        self.write(call, earnest, audit_id).boxed()
    }
}

#[cfg(test)]
mod tests;
