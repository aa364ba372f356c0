//! The server: one listener that all addresses of pods lead to.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::serve::IncomingStream;
use color_eyre::eyre::{Context, Result, bail};
use tokio::net::TcpListener;

use crate::Serve;
use crate::exposition;
use crate::fleet::{Fleet, Played};
use crate::pods::Cluster;
use crate::tally::CODES;

/// How often the cluster is asked for its pods. A list cannot go out of step, as what is watched can.
const EVERY: Duration = Duration::from_millis(250);

/// How long a cluster may be away before the rig is taken to have ended.
const PATIENCE: Duration = Duration::from_mins(1);

/// The address that was called.
#[derive(Clone, Copy)]
struct Called(SocketAddr);

impl Connected<IncomingStream<'_, TcpListener>> for Called {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        Self(stream.io().local_addr().unwrap_or_else(|_gone| (Ipv4Addr::UNSPECIFIED, 0).into()))
    }
}

/// Plays the pods until their cluster has gone.
pub(crate) async fn serve(args: Serve) -> Result<()> {
    let cluster = Cluster::new(&args.kubeconfig).await?;
    let fleet = Arc::new(Fleet::default());
    let listener = TcpListener::bind(args.listen).await.wrap_err_with(|| format!("{} is in use", args.listen))?;
    let service = Router::new().fallback(answer).with_state(Arc::clone(&fleet));
    let server = axum::serve(listener, service.into_make_service_with_connect_info::<Called>());
    tokio::select! {
        ended = server => Ok(ended?),
        reason = follow(&cluster, &fleet, &args.targets) => reason,
    }
}

/// Keeps the fleet and the file of targets as the cluster has them; returns when the cluster has gone.
async fn follow(cluster: &Cluster, fleet: &Fleet, targets: &Path) -> Result<()> {
    let mut heard = Instant::now();
    let mut written = String::new();
    loop {
        match cluster.pods().await {
            Ok(pods) => {
                heard = Instant::now();
                fleet.refresh(pods);
                let told = fleet.targets().to_string();
                if told != written {
                    // Whoever reads it meanwhile reads the old one whole.
                    let draft = targets.with_extension("draft");
                    fs::write(&draft, &told)?;
                    fs::rename(&draft, targets)?;
                    written = told;
                }
            }
            Err(error) if heard.elapsed() > PATIENCE => bail!("the cluster has gone: {error:#}"),
            Err(_) => {}
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn answer(
    State(fleet): State<Arc<Fleet>>,
    ConnectInfo(Called(address)): ConnectInfo<Called>,
    request: Request,
) -> Response {
    let path = request.uri().path();
    match fleet.at(address.ip()) {
        Some(played) if path == "/metrics" => exposition::of_pod(&played).into_response(),
        Some(played) if played.pod.serves => as_pod(&played).await,
        None if address.ip().is_loopback() => match path {
            "/metrics/cadvisor" => exposition::of_containers(&fleet).into_response(),
            "/endpoints" => axum::Json(fleet.endpoints()).into_response(),
            _ => StatusCode::NOT_FOUND.into_response(),
        },
        _ => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// An answer as the pod's template wants it, with the version that gave it.
async fn as_pod(played: &Played) -> Response {
    let begun = Instant::now();
    let (code, latency) = played.tally().next(&played.pod);
    tokio::time::sleep(latency).await;
    played.tally().count(code, begun.elapsed());
    let status = StatusCode::from_u16(CODES[code]).unwrap_or_default();
    (status, [("x-version", played.pod.version.clone())], "answered\n").into_response()
}
