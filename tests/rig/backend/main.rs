//! The data plane of the rig: one process that answers for every pod, and one that asks them.
//!
//! KWOK's pods have addresses and no containers. In a network namespace where this machine answers for all those
//! addresses (`tests/rig/namespace`), the address that was called tells which pod is meant. How it answers stands in the
//! annotations of its template: `rig.errors: "10"`, in percent, and `rig.latency: "200ms"`.

mod answer;
mod exposition;
mod fleet;
mod load;
mod pods;
mod tally;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;
use color_eyre::eyre::Result;

/// The two ends of the traffic.
#[derive(Parser)]
enum Part {
    /// Plays every pod of a cluster, until its API server is away for a minute.
    Serve(Serve),
    /// Asks the pods of every service of a namespace at a steady rate, until the other part is away for half a minute.
    Load(Load),
}

#[derive(clap::Args)]
struct Serve {
    /// How the cluster is reached.
    #[arg(long)]
    kubeconfig: PathBuf,
    /// Where it listens; the addresses of the pods have to lead there.
    #[arg(long, default_value = "0.0.0.0:8080")]
    listen: SocketAddr,
    /// The file in which it keeps the targets for Prometheus (`file_sd_configs`).
    #[arg(long)]
    targets: PathBuf,
}

#[derive(clap::Args)]
struct Load {
    /// The part that plays the pods, by an address of none.
    #[arg(long, default_value = "127.0.0.1:8080")]
    backend: SocketAddr,
    #[arg(long, default_value = "production")]
    namespace: String,
    /// Requests in a second to each service.
    #[arg(long, default_value_t = 20)]
    rate: u32,
    /// The file to which it adds what it saw: a line of JSON for each second, service and version.
    #[arg(long)]
    count: PathBuf,
    /// A gateway that is asked in place of the pods.
    #[arg(long, requires_all = ["service", "host"])]
    through: Option<SocketAddr>,
    /// The service that is behind it.
    #[arg(long)]
    service: Option<String>,
    /// The name of the host by which it knows the service.
    #[arg(long)]
    host: Option<String>,
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<()> {
    // Somebody else may have done so; both want the same.
    drop(rustls::crypto::ring::default_provider().install_default());
    match Part::parse() {
        Part::Serve(args) => answer::serve(args).await,
        Part::Load(args) => load::run(args).await,
    }
}
