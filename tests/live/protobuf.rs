//! Objects in protobuf, whose texts may be no UTF-8: kubectl cannot make them, and any controller can.

use color_eyre::eyre::{Result, ensure};
use http::Request;
use http_body_util::BodyExt;
use kube::client::Body;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use prost::Message;
use tokio::runtime::Runtime;

use crate::plane::{Plane, User};

/// The content type of Kubernetes' protobuf.
const FORM: &str = "application/vnd.kubernetes.protobuf";

/// Creates a warning about a pod `odd-0`, with any bytes as its reason and its message.
pub(crate) fn create_event(plane: &Plane, namespace: &str, name: &str, reason: &[u8], message: &[u8]) -> Result<()> {
    create_events(plane, namespace, &[(name.to_owned(), reason.to_vec(), message.to_vec())])
}

/// Creates several of them: name, reason and message each.
pub(crate) fn create_events(plane: &Plane, namespace: &str, events: &[(String, Vec<u8>, Vec<u8>)]) -> Result<()> {
    midwatch::clients::install_crypto();
    let kubeconfig = Kubeconfig::read_from(plane.kubeconfig(User::Admin))?;
    Runtime::new()?.block_on(async {
        let client =
            Client::try_from(Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?)?;
        for (name, reason, message) in events {
            let path = format!("/api/v1/namespaces/{namespace}/events");
            let request = Request::post(path).header("content-type", FORM).header("accept", "application/json");
            let request = request.body(Body::from(wrapped(&event(namespace, name, reason, message))))?;
            let answer = client.send(request).await?;
            let status = answer.status();
            let body = answer.into_body().collect().await?.to_bytes();
            ensure!(status.is_success(), "{name}: {status}: {}", String::from_utf8_lossy(&body));
        }
        Ok(())
    })
}

/// An event with bytes for words.
fn event(namespace: &str, name: &str, reason: &[u8], message: &[u8]) -> Event {
    let now = Time { seconds: jiff::Timestamp::now().as_second() };
    Event {
        metadata: Some(Meta { name: name.to_owned(), namespace: namespace.to_owned() }),
        involved: Some(Reference { kind: "Pod".to_owned(), namespace: namespace.to_owned(), name: "odd-0".to_owned() }),
        reason: reason.to_vec(),
        message: message.to_vec(),
        source: Some(Source { component: reason.to_vec() }),
        first: Some(now),
        last: Some(now),
        count: 1,
        class: "Warning".to_owned(),
    }
}

/// An object in the envelope that says what it is.
fn wrapped(event: &Event) -> Vec<u8> {
    let is = TypeMeta { api_version: "v1".to_owned(), kind: "Event".to_owned() };
    let unknown = Unknown { is: Some(is), raw: event.encode_to_vec() };
    [b"k8s\0".as_slice(), &unknown.encode_to_vec()].concat()
}

#[derive(Clone, PartialEq, Message)]
struct Unknown {
    #[prost(message, optional, tag = "1")]
    is: Option<TypeMeta>,
    #[prost(bytes = "vec", tag = "2")]
    raw: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
struct TypeMeta {
    #[prost(string, tag = "1")]
    api_version: String,
    #[prost(string, tag = "2")]
    kind: String,
}

#[derive(Clone, PartialEq, Message)]
struct Event {
    #[prost(message, optional, tag = "1")]
    metadata: Option<Meta>,
    #[prost(message, optional, tag = "2")]
    involved: Option<Reference>,
    #[prost(bytes = "vec", tag = "3")]
    reason: Vec<u8>,
    #[prost(bytes = "vec", tag = "4")]
    message: Vec<u8>,
    #[prost(message, optional, tag = "5")]
    source: Option<Source>,
    #[prost(message, optional, tag = "6")]
    first: Option<Time>,
    #[prost(message, optional, tag = "7")]
    last: Option<Time>,
    #[prost(int32, tag = "8")]
    count: i32,
    #[prost(string, tag = "9")]
    class: String,
}

#[derive(Clone, PartialEq, Message)]
struct Meta {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "3")]
    namespace: String,
}

#[derive(Clone, PartialEq, Message)]
struct Reference {
    #[prost(string, tag = "1")]
    kind: String,
    #[prost(string, tag = "2")]
    namespace: String,
    #[prost(string, tag = "3")]
    name: String,
}

#[derive(Clone, PartialEq, Message)]
struct Source {
    #[prost(bytes = "vec", tag = "1")]
    component: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Message)]
struct Time {
    #[prost(int64, tag = "1")]
    seconds: i64,
}
