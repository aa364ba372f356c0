//! Both wires on the real server: every object of every kind that is read gives the same row over protobuf and JSON.

use std::sync::Arc;

use color_eyre::eyre::{OptionExt, Result, ensure, eyre};
use midwatch::clients::kubernetes::kubeconfig::Kubeconfig;
use midwatch::clients::kubernetes::{Answer, ConnectOptions, Reader, connect};
use midwatch::domain::kind::Kind;
use midwatch::domain::row::Row;
use midwatch::sources::kubernetes::rows;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::plane::{PATIENCE, Plane, User, wait_until};
use crate::protobuf;

crate::tests![every_object_of_every_kind_gives_the_same_row_on_both_wires];

/// Objects that the two wires spell differently.
const ODD: &str = include_str!("wires.yaml");

/// A way in which a list may travel.
#[derive(Clone, Copy, Debug)]
enum Wire {
    Protobuf,
    Json,
}

fn every_object_of_every_kind_gives_the_same_row_on_both_wires(plane: &Plane) -> Result<()> {
    if plane.kubectl(User::Admin, &["get", "deployment/chat-service", "--namespace=production"]).is_err() {
        plane.deploy_platform("production")?;
    }
    plane.kubectl_stdin(User::Admin, &["apply", "--namespace=staging", "--filename=-"], ODD)?;
    protobuf::create_event(plane, "staging", "odd-bytes", b"Odd\xff", b"caf\xe9 \xf0\x9f \xed\xa0\x80 end")?;
    let compared = has_settled(plane).and_then(|()| compare(plane));
    plane.kubectl_stdin(User::Admin, &["delete", "--namespace=staging", "--filename=-"], ODD)?;
    plane.kubectl(User::Admin, &["delete", "event/odd-bytes", "--namespace=staging"])?;
    wait_until("an empty namespace", PATIENCE, || {
        let left = plane.kubectl(User::Admin, &["get", "pods", "--namespace=staging", "--output=name"])?;
        ensure!(left.is_empty(), "{left}");
        Ok(())
    })?;
    compared
}

/// Waits until the controllers have written every status.
fn has_settled(plane: &Plane) -> Result<()> {
    wait_until("what the controllers write", PATIENCE, || {
        for (object, path) in [
            ("job/odd-done", "/status/succeeded"),
            ("job/odd-suspended", "/status/conditions/0"),
            ("hpa/odd-scaler", "/status/conditions/0"),
            ("pdb/odd-number", "/status/expectedPods"),
            ("statefulset/odd-parts", "/status/availableReplicas"),
            ("daemonset/odd-everywhere", "/status/numberAvailable"),
            ("pod/odd-nowhere", "/status/conditions/0"),
        ] {
            let found = plane.kubectl_json(User::Admin, &["get", object, "--namespace=staging"])?;
            ensure!(found.pointer(path).is_some(), "{object} has no {path} yet");
        }
        Ok(())
    })
}

/// Compares the rows of every kind.
fn compare(plane: &Plane) -> Result<()> {
    let server = Server::new(plane)?;
    for kind in Kind::ALL.into_iter().filter(|kind| !kind.is_custom()) {
        let json = server.list(kind, Wire::Json, "")?;
        let version = serde_json::from_slice::<Value>(&json.body)?;
        let version = version.pointer("/metadata/resourceVersion").and_then(Value::as_str).unwrap_or_default();
        // The same moment for both, whatever the controllers do meanwhile.
        let protobuf = server.list(kind, Wire::Protobuf, version)?;
        ensure!(protobuf.content_type.contains("protobuf"), "{kind}: {}", protobuf.content_type);
        let (from_json, from_protobuf) = (rows(kind, &json)?, rows(kind, &protobuf)?);
        for (json, protobuf) in from_json.iter().zip(&from_protobuf) {
            ensure!(json == protobuf, "{kind}:\n{json:#?}\n{protobuf:#?}");
            ensure!(!matches!(json, Row::Unreadable(_)), "{json:#?}");
        }
        let named = objects_of(&serde_json::from_slice(&json.body)?);
        let told: Vec<String> = from_protobuf.iter().map(|row| row.meta().uid.to_string()).collect();
        ensure!(!told.is_empty() && told == named, "{kind}: {told:?} of {named:?}");
        shows_what_is_odd(kind, &from_protobuf)?;
    }
    Ok(())
}

/// The identities of the objects of a list, as anybody can read them.
fn objects_of(list: &Value) -> Vec<String> {
    let uid = |item: &Value| item.pointer("/metadata/uid").and_then(Value::as_str).unwrap_or_default().to_owned();
    list["items"].as_array().into_iter().flatten().map(uid).collect()
}

/// Equal rows could be equally wrong: what the wires spell differently is looked at once more.
fn shows_what_is_odd(kind: Kind, rows: &[Row]) -> Result<()> {
    let odd = |name: &str| {
        let found = rows.iter().find(|row| row.meta().name == name && row.meta().namespace == "staging");
        found.ok_or_else(|| eyre!("there is no {kind} {name}"))
    };
    match kind {
        Kind::PodDisruptionBudget => {
            for (name, min, max) in [("odd-number", "0", ""), ("odd-word", "", "25%"), ("odd-nothing", "", "")] {
                let Row::DisruptionBudget(row) = odd(name)? else { unreachable!() };
                ensure!((&*row.min_available, &*row.max_unavailable) == (min, max), "{row:?}");
            }
        }
        Kind::Deployment => {
            let Some(row) = odd("odd-none")?.workload() else { unreachable!() };
            ensure!((row.desired, row.is_paused, row.deadline_seconds) == (0, true, 0), "{row:?}");
        }
        Kind::Event => {
            let Row::Event(row) = odd("odd-bytes")? else { unreachable!() };
            let told = (&*row.reason, &*row.message);
            ensure!(told == ("Odd\u{fffd}", "caf\u{fffd} \u{fffd}\u{fffd} \u{fffd}\u{fffd}\u{fffd} end"), "{row:?}");
            let Row::Event(row) = odd("odd-series")? else { unreachable!() };
            ensure!((row.count, row.last) == (7, Some("2026-11-21T08:10:00.5Z".parse()?)), "{row:?}");
        }
        Kind::EndpointSlice => {
            let Row::EndpointSlice(row) = odd("odd-endpoints")? else { unreachable!() };
            ensure!((row.ready, row.total) == (3, 4), "{row:?}");
        }
        _ => {}
    }
    Ok(())
}

/// The server, asked by midwatch's own client.
struct Server {
    reader: Reader,
    runtime: Runtime,
}

impl Server {
    fn new(plane: &Plane) -> Result<Self> {
        let runtime = Runtime::new()?;
        let kubeconfig = Kubeconfig::load(&|_| None, Some(&plane.kubeconfig(User::Admin)))?;
        let context = kubeconfig.current().ok_or_eyre("there is no context")?;
        let options = ConnectOptions::new("wires", Arc::new(|_: &str| None));
        let connection = runtime.block_on(async { connect(&kubeconfig, &context, &options) })?;
        Ok(Self { reader: connection.reader, runtime })
    }

    /// Reads all objects of a kind by one wire; as they were at a version, if one is given.
    fn list(&self, kind: Kind, wire: Wire, version: &str) -> Result<Answer> {
        let path = kind.path(None);
        let at = if version.is_empty() {
            String::new()
        } else {
            format!("resourceVersion={version}&resourceVersionMatch=Exact")
        };
        let form = match wire {
            Wire::Protobuf => "application/vnd.kubernetes.protobuf",
            Wire::Json => "application/json",
        };
        // As the sources ask: what may be secret is not sent at all.
        let only = if kind.is_metadata_only() { ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1" } else { "" };
        let answer = self.runtime.block_on(self.reader.get_bytes(&format!("{path}?{at}"), &format!("{form}{only}")));
        answer.map_err(|error| eyre!("{kind} over {wire:?}: {error}"))
    }
}
