//! Where numbers and alerts come from: Prometheus and Alertmanager, by address or through a cluster's API.

use std::fmt;
use std::path::PathBuf;

use super::object::ClusterName;
use super::text::Text;

/// A server of signals by the cluster that it tells about and the name that it has in the configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignalId {
    /// The cluster.
    pub cluster: ClusterName,
    /// The name.
    pub name: Text,
}

impl fmt::Display for SignalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)
    }
}

/// What kind of server it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignalKind {
    /// Alertmanager, API v2.
    Alertmanager,
    /// Prometheus, or whatever speaks its API.
    Prometheus,
}

impl SignalKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Alertmanager => "Alertmanager",
            Self::Prometheus => "Prometheus",
        }
    }
}

/// How a server is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// By its address, which ends without a slash.
    Url(Text),
    /// Through the API of the cluster, so that access to that is enough.
    Service {
        /// The namespace of the Kubernetes Service.
        namespace: Text,
        /// Its name.
        name: Text,
        /// Its port, by name or number; empty where it has only one.
        port: Text,
    },
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => url.fmt(f),
            Self::Service { namespace, name, port } if port.is_empty() => write!(f, "{namespace}/{name}"),
            Self::Service { namespace, name, port } => write!(f, "{namespace}/{name}:{port}"),
        }
    }
}

/// A server of signals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignalServer {
    /// Which one.
    pub id: SignalId,
    /// What kind.
    pub kind: SignalKind,
    /// How it is reached.
    pub reach: Reach,
    /// What is shown to it, where it is asked by its address.
    pub access: Access,
    /// What narrows every question about numbers, in PromQL: `cluster="prod-eu"`. One server may know many clusters.
    pub matchers: Text,
}

/// What a server that is asked by its address wants to see. Secrets are files, read anew for each question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The file with a bearer token.
    pub token: Option<PathBuf>,
    /// A user, and the file with the password.
    pub user: Option<(Text, PathBuf)>,
    /// Headers of every request, such as the tenant of a shared server.
    pub headers: Vec<(Text, Text)>,
    /// The proxy on the way; without one the environment decides.
    pub proxy: Option<Text>,
    /// The file with the certificates that it is trusted by, beside the usual ones.
    pub authority: Option<PathBuf>,
}
