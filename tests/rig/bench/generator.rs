//! The generator: an API server that has nothing but pods, and changes them as fast as it is told to. It runs in a
//! process of its own, so that what it takes is not counted as midwatch's.

use std::convert::Infallible;
use std::io::{Write, stdout};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use color_eyre::eyre::Result;
use futures::stream;
use prost::bytes::Bytes;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};

use crate::message::{Spread, end_of_list, pod};
use crate::said;

/// The argument that makes this program the generator.
pub(crate) const ROLE: &str = "generate";

/// What it is told where all pods are of one service, or of many.
pub(crate) const ONE: &str = "one";
pub(crate) const MANY: &str = "many";

/// How much is sent at once while the list is sent.
const PIECE: usize = 64 * 1024;

/// How often each second changes are sent.
const TICKS: u32 = 100;

/// How many pods there are, and how many change in a second.
#[derive(Clone)]
struct Fleet {
    pods: u32,
    spread: Spread,
    is_one: bool,
    changes: watch::Sender<u32>,
}

/// Serves so many pods on loopback and prints the port.
///
/// With `one`, all of them are of one service in eight revisions, each tenth of them restarts, and they have logs and
/// numbers.
pub(crate) fn serve(pods: u32, is_one: bool) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        writeln!(stdout(), "{}", listener.local_addr()?.port())?;
        let spread = if is_one { Spread { pods, revisions: 8 } } else { Spread::USUAL };
        let fleet = Fleet { pods, spread, is_one, changes: watch::Sender::new(0) };
        let routes = Router::new()
            .route("/api/v1/pods", get(watch_pods))
            .route("/changes/{rate}", post(change))
            .route("/apis/authentication.k8s.io/v1/selfsubjectreviews", post(review))
            .fallback(other)
            .with_state(fleet);
        let routes = if is_one { routes.merge(said::routes(pods, spread)) } else { routes };
        Ok(axum::serve(listener, routes).await?)
    })
}

async fn change(State(fleet): State<Fleet>, Path(rate): Path<u32>) {
    fleet.changes.send_replace(rate);
}

async fn review() -> Response {
    json_answer(&json!({"status": {"userInfo": {"username": "bench", "groups": ["system:masters"]}}}))
}

/// The version, and kinds of which there are no objects.
async fn other(uri: Uri) -> Response {
    if uri.path() == "/version" {
        return json_answer(&json!({"gitVersion": "v1.36.3"}));
    }
    if uri.query().is_none_or(|query| !query.contains("watch=1")) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let (pieces, answer) = watching();
    tokio::spawn(async move {
        let _ = pieces.send(end_of_list(1).into()).await;
        // It says nothing more until nobody listens.
        pieces.closed().await;
    });
    answer
}

/// All pods, and from then on those that change.
async fn watch_pods(State(fleet): State<Fleet>, Query(asked): Query<Vec<(String, String)>>) -> Response {
    let (pieces, answer) = watching();
    let lists = asked.iter().any(|(key, _)| key == "sendInitialEvents");
    tokio::spawn(async move {
        if lists {
            list(&pieces, &fleet).await;
        }
        keep_changing(&pieces, &fleet).await;
    });
    answer
}

async fn list(pieces: &mpsc::Sender<Bytes>, fleet: &Fleet) {
    let mut piece = Vec::with_capacity(PIECE * 2);
    for number in 0..fleet.pods {
        let restarts = if fleet.is_one && number.is_multiple_of(10) { number / 10 % 7 + 1 } else { 0 };
        piece.extend(pod(fleet.spread, "ADDED", number, 1, restarts, restarts == 0));
        if piece.len() >= PIECE && pieces.send(Bytes::from(std::mem::take(&mut piece))).await.is_err() {
            return;
        }
    }
    piece.extend(end_of_list(u64::from(fleet.pods)));
    let _ = pieces.send(piece.into()).await;
}

/// Every change is sent by itself, as an API server does.
async fn keep_changing(pieces: &mpsc::Sender<Bytes>, fleet: &Fleet) {
    let mut rate = fleet.changes.subscribe();
    let mut ticks = interval(Duration::from_secs(1) / TICKS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut made: u32 = 0;
    while !pieces.is_closed() {
        let each_second = *rate.borrow();
        if each_second == 0 {
            tokio::select! {
                _ = rate.changed() => continue,
                () = pieces.closed() => return,
            }
        }
        ticks.tick().await;
        for _ in 0..each_second / TICKS {
            made += 1;
            // A step that has no factor in common with the number of pods goes through all of them.
            let number = made.wrapping_mul(7919) % fleet.pods;
            let changed =
                pod(fleet.spread, "MODIFIED", number, u64::from(fleet.pods + made), made, made.is_multiple_of(2));
            let _ = pieces.send(changed.into()).await;
        }
    }
}

/// The answer to a watch, and where its pieces go in.
fn watching() -> (mpsc::Sender<Bytes>, Response) {
    let (pieces, taken) = mpsc::channel::<Bytes>(64);
    let body = stream::unfold(taken, |mut taken| async {
        let piece = taken.recv().await?;
        Some((Ok::<_, Infallible>(piece), taken))
    });
    let form = [(header::CONTENT_TYPE, "application/vnd.kubernetes.protobuf;stream=watch")];
    (pieces, (form, Body::from_stream(body)).into_response())
}

pub(crate) fn json_answer(value: &serde_json::Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}
