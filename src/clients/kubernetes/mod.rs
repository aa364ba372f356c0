//! Connections to Kubernetes clusters: one kubeconfig, and per chosen context a reader and perhaps a writer.
//!
//! Invariants: nothing here repeats a write, except after a 401, which the server did not execute; every call has a
//! deadline; no error, log line or `Debug` holds a credential, so errors of `kube` are never shown as they are.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::domain::text::Text;
use crate::domain::update::Login;

mod authorization;
mod connect;
mod credentials;
mod error;
mod exec;
mod failure;
pub mod kubeconfig;
mod objects;
mod proxy;
mod reader;
mod status;
mod transport;
mod writer;

pub use connect::connect;
pub use error::ClientError;
pub use reader::{Answer, Reader, Review};
pub use writer::{Verb, WriteAnswer, WriteRequest, Writer};

/// A connection to one cluster. Nothing is sent until something is asked of it.
#[derive(Debug)]
pub struct Connection {
    /// Reads; cheap to clone.
    pub reader: Reader,
    /// Writes; absent where the server's certificate is not verified and the configuration does not allow that.
    pub writer: Option<Writer>,
    /// What is known without asking the cluster.
    pub facts: ClusterFacts,
    /// How the login plugin is doing, if there is one.
    pub login: Option<watch::Receiver<Login>>,
}

/// What the kubeconfig and the environment say about a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterFacts {
    /// The context's name.
    pub context: Text,
    /// The API server's address.
    pub server: Text,
    /// The context's namespace, else `default`.
    pub namespace: Text,
    /// Whether the server's certificate is not verified.
    pub insecure: bool,
    /// Whether the connection is not encrypted, which only a loopback address may be.
    pub plain_http: bool,
    /// Whom the kubeconfig impersonates.
    pub impersonating: Option<Text>,
    /// The proxy in between, without its credentials.
    pub proxy: Option<Text>,
}

/// Looks up an environment variable.
pub type Environment = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// How to connect.
#[derive(Clone)]
pub struct ConnectOptions {
    /// The product token of the User-Agent header, such as `midwatch/0.1.0`.
    pub user_agent: String,
    /// Identifies this run in the servers' audit logs.
    pub session: String,
    /// The environment, for proxies and for finding login plugins.
    pub environment: Environment,
    /// The contexts that may be written to although they have `insecure-skip-tls-verify`; the others are read-only.
    pub insecure_writes: Vec<kubeconfig::ContextName>,
    /// Login plugins allowed beyond the well-known ones, as absolute paths.
    pub allowed_exec: Vec<PathBuf>,
    /// Deadlines and caps.
    pub limits: Limits,
}

impl ConnectOptions {
    /// The defaults for one run, in an environment.
    pub fn new(session: impl Into<String>, environment: Environment) -> Self {
        Self {
            user_agent: concat!("midwatch/", env!("CARGO_PKG_VERSION")).to_owned(),
            session: session.into(),
            environment,
            insecure_writes: Vec::new(),
            allowed_exec: Vec::new(),
            limits: Limits::default(),
        }
    }
}

impl fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectOptions").field("user_agent", &self.user_agent).finish_non_exhaustive()
    }
}

/// Deadlines and caps of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Until a connection stands: name resolution, TCP and TLS.
    pub connect: Duration,
    /// Until a read is answered in full; for a stream, until its headers.
    pub read: Duration,
    /// Until a write is answered in full.
    pub write: Duration,
    /// Until a login plugin has ended.
    pub login: Duration,
    /// The largest body that is read into memory, in bytes.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(15),
            write: Duration::from_secs(20),
            login: Duration::from_secs(20),
            body: 32 * 1024 * 1024,
        }
    }
}

#[cfg(test)]
pub(crate) mod test_support;

#[cfg(test)]
mod tests;
