//! Pods as an API server sends them in a watch, in protobuf: as large as real ones, with what midwatch skips.

use prost::Message;

/// A label, an annotation.
#[derive(Clone, PartialEq, prost::Message)]
struct Pair {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(string, tag = "2")]
    value: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Time {
    #[prost(int64, tag = "1")]
    seconds: i64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Meta {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    generate_name: String,
    #[prost(string, tag = "3")]
    namespace: String,
    #[prost(string, tag = "5")]
    uid: String,
    #[prost(string, tag = "6")]
    resource_version: String,
    #[prost(int64, tag = "7")]
    generation: i64,
    #[prost(message, optional, tag = "8")]
    created: Option<Time>,
    #[prost(message, repeated, tag = "11")]
    labels: Vec<Pair>,
    #[prost(message, repeated, tag = "12")]
    annotations: Vec<Pair>,
    #[prost(message, repeated, tag = "13")]
    owners: Vec<Owner>,
    /// Encoded already: it is the same for all pods of a Deployment.
    #[prost(bytes = "vec", repeated, tag = "17")]
    managed_fields: Vec<Vec<u8>>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Owner {
    #[prost(string, tag = "1")]
    kind: String,
    #[prost(string, tag = "3")]
    name: String,
    #[prost(string, tag = "4")]
    uid: String,
    #[prost(string, tag = "5")]
    api_version: String,
    #[prost(bool, tag = "6")]
    controller: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ManagedFields {
    #[prost(string, tag = "1")]
    manager: String,
    #[prost(string, tag = "2")]
    operation: String,
    #[prost(string, tag = "6")]
    form: String,
    #[prost(message, optional, tag = "7")]
    fields: Option<Raw>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Raw {
    #[prost(bytes = "vec", tag = "1")]
    raw: Vec<u8>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Spec {
    #[prost(message, repeated, tag = "2")]
    containers: Vec<Container>,
    #[prost(string, tag = "3")]
    restart_policy: String,
    #[prost(string, tag = "10")]
    node: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Container {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    image: String,
    /// Name and value have the numbers of a pair.
    #[prost(message, repeated, tag = "7")]
    settings: Vec<Pair>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Status {
    #[prost(string, tag = "1")]
    phase: String,
    #[prost(message, repeated, tag = "2")]
    conditions: Vec<Condition>,
    #[prost(string, tag = "5")]
    host: String,
    #[prost(string, tag = "6")]
    ip: String,
    #[prost(message, repeated, tag = "8")]
    containers: Vec<ContainerStatus>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Condition {
    #[prost(string, tag = "1")]
    about: String,
    #[prost(string, tag = "2")]
    status: String,
    #[prost(message, optional, tag = "4")]
    changed: Option<Time>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ContainerStatus {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "2")]
    state: Option<State>,
    #[prost(bool, tag = "4")]
    ready: bool,
    #[prost(int32, tag = "5")]
    restarts: i32,
    #[prost(string, tag = "6")]
    image: String,
    #[prost(string, tag = "7")]
    image_id: String,
    #[prost(string, tag = "8")]
    id: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct State {
    #[prost(message, optional, tag = "2")]
    running: Option<Running>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Running {
    #[prost(message, optional, tag = "1")]
    since: Option<Time>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Pod {
    #[prost(message, optional, tag = "1")]
    meta: Option<Meta>,
    #[prost(message, optional, tag = "2")]
    spec: Option<Spec>,
    #[prost(message, optional, tag = "3")]
    status: Option<Status>,
}

/// What wraps every object.
#[derive(Clone, PartialEq, prost::Message)]
struct Unknown {
    #[prost(message, optional, tag = "1")]
    form: Option<TypeMeta>,
    #[prost(bytes = "vec", tag = "2")]
    raw: Vec<u8>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct TypeMeta {
    #[prost(string, tag = "1")]
    api_version: String,
    #[prost(string, tag = "2")]
    kind: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Event {
    #[prost(string, tag = "1")]
    class: String,
    #[prost(message, optional, tag = "2")]
    object: Option<Raw>,
}

/// How many Deployments a namespace has.
const DEPLOYMENTS: u32 = 25;

/// How pods are spread: how many there are of each service, and of how many revisions.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) pods: u32,
    pub(crate) revisions: u32,
}

impl Spread {
    /// As a fleet usually is.
    pub(crate) const USUAL: Self = Self { pods: 20, revisions: 1 };
}

/// When everything was made.
const MADE: Time = Time { seconds: 1_795_000_000 };

fn pair(key: &str, value: impl Into<String>) -> Pair {
    Pair { key: key.to_owned(), value: value.into() }
}

/// One frame of a watch: a class of event about an object of a kind.
fn frame(class: &str, kind: &str, object: Vec<u8>) -> Vec<u8> {
    let form = TypeMeta { api_version: "v1".to_owned(), kind: kind.to_owned() };
    let mut raw = b"k8s\0".to_vec();
    raw.extend(Unknown { form: Some(form), raw: object }.encode_to_vec());
    let event = Event { class: class.to_owned(), object: Some(Raw { raw }) }.encode_to_vec();
    let length = u32::try_from(event.len()).unwrap_or(u32::MAX);
    [length.to_be_bytes().as_slice(), &event].concat()
}

/// The bookmark that ends the list with which a watch begins.
pub(crate) fn end_of_list(version: u64) -> Vec<u8> {
    let annotations = vec![pair("k8s.io/initial-events-end", "true")];
    let meta = Meta { resource_version: version.to_string(), annotations, ..Meta::default() };
    frame("BOOKMARK", "Pod", Pod { meta: Some(meta), ..Pod::default() }.encode_to_vec())
}

/// The name of a pod by its number, and that of its ReplicaSet.
pub(crate) fn name_of(spread: Spread, number: u32) -> (String, String) {
    let deployment = number / spread.pods;
    let revision = deployment * spread.revisions + number % spread.revisions;
    let set = format!("service-{deployment:05}-7d9f8b{:04x}", revision.wrapping_mul(2654) & 0xffff);
    (format!("{set}-{:05x}", number.wrapping_mul(7919) & 0xf_ffff), set)
}

/// A pod by its number, of which a container was restarted so often.
pub(crate) fn pod(spread: Spread, class: &str, number: u32, version: u64, restarts: u32, ready: bool) -> Vec<u8> {
    let deployment = number / spread.pods;
    let (namespace, name) = (format!("team-{:03}", deployment / DEPLOYMENTS), format!("service-{deployment:05}"));
    let (own_name, set) = name_of(spread, number);
    let containers = [name.as_str(), "proxy"];
    let spec = Spec {
        containers: containers.iter().map(|container| wish(container)).collect(),
        restart_policy: "Always".to_owned(),
        node: format!("worker-{:03}", number % 500),
    };
    let status = Status {
        phase: "Running".to_owned(),
        conditions: ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"]
            .map(|about| condition(about, ready || !about.contains("Ready")))
            .to_vec(),
        host: "10.1.0.1".to_owned(),
        ip: format!("10.{}.{}.{}", 64 + number / 65_536, number / 256 % 256, number % 256),
        containers: containers.iter().map(|container| report(container, number, restarts, ready)).collect(),
    };
    let meta = Meta {
        name: own_name,
        generate_name: format!("{set}-"),
        namespace: namespace.clone(),
        uid: format!("6fa459ea-ee8a-4ca4-894e-{number:012x}"),
        resource_version: version.to_string(),
        generation: 1,
        created: Some(MADE),
        labels: vec![
            pair("app.kubernetes.io/name", &*name),
            pair("app.kubernetes.io/part-of", "shop"),
            pair("app.kubernetes.io/version", "2.14.3"),
            pair("pod-template-hash", set.rsplit('-').next().unwrap_or_default()),
            pair("team", namespace),
        ],
        annotations: vec![pair("prometheus.io/scrape", "true"), pair("prometheus.io/port", "9090")],
        owners: vec![Owner {
            kind: "ReplicaSet".to_owned(),
            uid: format!("16fd2706-8baf-433b-82eb-{deployment:012x}"),
            api_version: "apps/v1".to_owned(),
            controller: true,
            name: set,
        }],
        managed_fields: vec![managed("kube-controller-manager", 60), managed("kubelet", 20)],
    };
    frame(class, "Pod", Pod { meta: Some(meta), spec: Some(spec), status: Some(status) }.encode_to_vec())
}

fn wish(name: &str) -> Container {
    let setting = |number| pair(&format!("SETTING_{number:02}"), format!("value-of-setting-{number}"));
    Container { name: name.to_owned(), image: image(name), settings: (0..20).map(setting).collect() }
}

fn image(name: &str) -> String {
    format!("registry.example.com/shop/{name}:2.14.3")
}

fn condition(about: &str, holds: bool) -> Condition {
    let status = if holds { "True" } else { "False" };
    Condition { about: about.to_owned(), status: status.to_owned(), changed: Some(MADE) }
}

fn report(name: &str, number: u32, restarts: u32, ready: bool) -> ContainerStatus {
    ContainerStatus {
        name: name.to_owned(),
        state: Some(State { running: Some(Running { since: Some(MADE) }) }),
        ready,
        restarts: i32::try_from(restarts).unwrap_or(i32::MAX),
        image: image(name),
        image_id: format!("{}@sha256:{number:064x}", image(name)),
        id: format!("containerd://{number:064x}"),
    }
}

/// Who wrote which fields, as the server keeps it.
fn managed(manager: &str, fields: usize) -> Vec<u8> {
    let one = r#""k:{\"name\":\"SETTING\"}":{".":{},"f:name":{},"f:value":{}},"#;
    ManagedFields {
        manager: manager.to_owned(),
        operation: "Update".to_owned(),
        form: "FieldsV1".to_owned(),
        fields: Some(Raw { raw: one.repeat(fields).into_bytes() }),
    }
    .encode_to_vec()
}
