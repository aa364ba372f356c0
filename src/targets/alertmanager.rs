//! The Alertmanagers of a cluster: read whole for a plan, and told of silences.

use std::sync::{Arc, PoisonError, RwLock};

use futures::future::join_all;
use serde_json::Value;

use crate::clients::kubernetes::{Verb, WriteAnswer, WriteRequest, Writer};
use crate::clients::signals::{Endpoint, SignalWriter};
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::plan::Call;
use crate::domain::problem::Problem;
use crate::domain::signal::{Reach, SignalServer};
use crate::domain::text::Text;
use crate::domain::uri::encode;
use crate::operations::ports::{AlertmanagerData, AlertmanagerReply, Answer, ReadError};

use super::kubernetes::read_only;

/// The paths of its API.
const ALERTS: &str = "/api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true";
const SILENCES: &str = "/api/v2/silences";

/// The Alertmanagers of one cluster, as far as they are known by now: some are found only once Services are listed.
#[derive(Clone, Debug, Default)]
pub struct Alertmanagers(Arc<RwLock<Vec<Arc<Alertmanager>>>>);

/// One of them.
#[derive(Debug)]
struct Alertmanager {
    name: Text,
    endpoint: Endpoint,
    way: Way,
}

/// How it is told something.
#[derive(Debug)]
enum Way {
    /// Through the API of the cluster, to this Service.
    Service(ObjectRef),
    /// By its address.
    Address(SignalWriter),
}

impl Alertmanagers {
    /// Takes one in; `writer` is for one that is reached by its address.
    pub fn learn(&self, server: &SignalServer, endpoint: Endpoint, writer: SignalWriter) {
        let way = match &server.reach {
            Reach::Url(_) => Way::Address(writer),
            Reach::Service { namespace, name, port } => {
                // As the API calls it in the path, which is what it asks about.
                let port = if port.is_empty() { String::new() } else { format!(":{port}") };
                Way::Service(ObjectRef {
                    cluster: server.id.cluster.clone(),
                    kind: Kind::Service,
                    namespace: namespace.clone(),
                    name: format!("{name}{port}").into(),
                })
            }
        };
        let one = Arc::new(Alertmanager { name: server.id.name.clone(), endpoint, way });
        self.0.write().unwrap_or_else(PoisonError::into_inner).push(one);
    }

    /// The Services to which the way leads through the API of the cluster.
    pub fn behind(&self) -> Vec<ObjectRef> {
        let service = |one: &Arc<Alertmanager>| match &one.way {
            Way::Service(service) => Some(service.clone()),
            Way::Address(_) => None,
        };
        self.all().iter().filter_map(service).collect()
    }

    fn all(&self) -> Vec<Arc<Alertmanager>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks all of them for what they keep.
    pub(super) async fn read(&self) -> Vec<AlertmanagerReply> {
        let all = self.all();
        join_all(all.iter().map(|one| one.read())).await
    }

    /// Tells one of them, once.
    pub(super) async fn write(&self, call: &Call, writer: Option<&Writer>, audit_id: &str) -> Answer {
        let (silence, verb, path, body) = match call {
            Call::PostSilence { silence, body, .. } => (silence, Verb::Post, SILENCES.to_owned(), body.clone()),
            Call::DeleteSilence { silence, .. } => {
                (silence, Verb::Delete, format!("/api/v2/silence/{}", encode(&silence.id)), Value::Null)
            }
            _ => return Answer::NotSent("this is not for an Alertmanager".into()),
        };
        let all = self.all();
        let Some(one) = all.iter().find(|one| one.name == silence.server) else {
            return Answer::NotSent(format!("{} is not known any more", silence.server).into());
        };
        let request = |path| WriteRequest {
            verb,
            path,
            content_type: "application/json".to_owned(),
            body,
            dry_run: false,
            audit_id: audit_id.to_owned(),
            may_be_silent: true,
        };
        let answer = match &one.way {
            Way::Address(writer) => writer.send(request(path)).await,
            Way::Service(_) => match writer {
                Some(writer) => writer.send(request(format!("{}{path}", one.endpoint.address()))).await,
                None => return read_only(),
            },
        };
        answer_of(answer)
    }
}

impl Alertmanager {
    async fn read(&self) -> AlertmanagerReply {
        let (alerts, silences) = futures::join!(self.endpoint.get_json(ALERTS), self.endpoint.get_json(SILENCES));
        let list = |answer: Result<Value, Problem>| match answer {
            Ok(Value::Array(items)) => Ok(items),
            Ok(_) => Err(ReadError::Failed(Problem::new(
                format!("{} does not answer like Alertmanager", self.name),
                "its answer is JSON of another shape",
                "check its address in the configuration",
            ))),
            Err(problem) if problem.is_denial => Err(ReadError::Forbidden(problem)),
            Err(problem) => Err(ReadError::Failed(problem)),
        };
        let told = list(alerts).and_then(|alerts| Ok(AlertmanagerData { alerts, silences: list(silences)? }));
        let behind = match &self.way {
            Way::Service(service) => Some(service.clone()),
            Way::Address(_) => None,
        };
        AlertmanagerReply { server: self.name.clone(), at: self.endpoint.address().into(), behind, told }
    }
}

/// What a write came to, in the words of operations.
fn answer_of(answer: WriteAnswer) -> Answer {
    match answer {
        WriteAnswer::Accepted(answer) => Answer::Accepted(answer),
        WriteAnswer::Rejected { code, message, body, .. } => {
            let why = words(&body).unwrap_or(message);
            let why = if why.is_empty() { Text::from(format!("it answered {code}")) } else { why };
            match code {
                401 | 403 => Answer::Denied(why),
                404 => Answer::Conflict(format!("it does not know this silence: {why}").into()),
                _ => Answer::Rejected(why),
            }
        }
        WriteAnswer::NotSent(why) => Answer::NotSent(why),
        WriteAnswer::Unknown(why) => Answer::Unknown(why),
    }
}

/// What it says: a string for what makes no sense to it, an object for what is malformed.
fn words(body: &Value) -> Option<Text> {
    let words = body.as_str().or_else(|| body["message"].as_str())?;
    Some(Text::from_untrusted(words.trim()))
}

#[cfg(test)]
mod tests;
