//! The embedded platform behind `midwatch demo`: the Kubernetes API over a small simulated fleet, on loopback.
//!
//! It knows nothing of the console that talks to it, and the console nothing of it: what it serves is JSON over HTTP.
//! The same seed under the same clock gives the same fleet, so that pictures and tests can be made again.

mod access;
mod api;
mod clock;
mod controllers;
mod fleet;
mod kinds;
mod object;
mod ownership;
mod random;
mod releases;
mod selector;
mod signals;
mod speech;
mod store;
#[cfg(test)]
mod tests;
mod world;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpListener;

use self::api::Platform;
pub use self::clock::Clock;

/// What a sandbox is made from.
#[derive(Debug, Clone)]
pub struct Options {
    /// Decides names, identities and what the logs say.
    pub seed: u64,
    /// Decides what time it is in the fleet.
    pub clock: Clock,
}

/// A running sandbox; it stops when dropped.
pub struct Sandbox {
    address: SocketAddr,
    platform: Platform,
}

impl Sandbox {
    /// Builds the fleet and serves it on a free port of 127.0.0.1; needs a tokio runtime.
    ///
    /// Fails when no loopback port can be opened.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (seed, start) = (options.seed, options.clock.start());
        let built = tokio::task::spawn_blocking(move || fleet::build(seed, start)).await;
        let world = built.map_err(io::Error::other)?;
        let platform = Platform::new(world, options.clock);
        let stopping = platform.stopping.clone().cancelled_owned();
        tokio::spawn(platform.clone().run());
        tokio::spawn(axum::serve(listener, platform.clone().router()).with_graceful_shutdown(stopping).into_future());
        Ok(Self { address, platform })
    }

    /// Returns where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Puts an object into the fleet as it is, unchecked, so that tests can serve what no real server would accept.
    ///
    /// Its `kind` must be one that the sandbox serves; anything else is taken for a pod.
    pub fn place(&self, object: serde_json::Value) {
        self.platform.with(|world| world.store.put(world::plural_of(&object), object));
    }

    /// Returns the names of its users.
    pub fn users() -> [&'static str; 4] {
        access::names()
    }

    /// Returns a kubeconfig with one context, `demo`, for one of its users: `maria` (admin), `dana` (developer),
    /// `victor` (viewer) or `nobody` (no rights).
    pub fn kubeconfig_yaml(&self, user: &str) -> String {
        format!(
            "apiVersion: v1\n\
             kind: Config\n\
             current-context: demo\n\
             clusters:\n\
             - name: demo\n  cluster:\n    server: http://{}\n\
             users:\n\
             - name: {user}\n  user:\n    token: {user}\n\
             contexts:\n\
             - name: demo\n  context:\n    cluster: demo\n    user: {user}\n",
            self.address
        )
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.platform.stopping.cancel();
    }
}
