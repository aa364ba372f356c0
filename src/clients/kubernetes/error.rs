//! What goes wrong between midwatch and a cluster, in our words: `kube`'s own texts can hold tokens.

use std::time::Duration;

use thiserror::Error;

use super::kubeconfig::KubeconfigError;
use crate::domain::problem::Problem;
use crate::domain::text::Text;

/// A request or a connection that failed.
#[derive(Clone, Debug, Error)]
pub enum ClientError {
    /// No connection, or it broke before the answer.
    #[error("{server} cannot be reached: {why}")]
    Unreachable {
        /// The API server's address.
        server: Text,
        /// The reason.
        why: Text,
    },
    /// The two ends do not trust each other.
    #[error("no trusted connection to {server}: {why}")]
    Tls {
        /// The API server's address.
        server: Text,
        /// The reason.
        why: Text,
        /// What to do about it; never to stop verifying.
        cure: Text,
    },
    /// No complete answer in time.
    #[error("{server} did not answer within {} s", after.as_secs_f32())]
    Timeout {
        /// The API server's address.
        server: Text,
        /// The deadline that passed.
        after: Duration,
    },
    /// The server does not know who asks, also with a fresh credential.
    #[error("{server} does not accept the credentials: {message}")]
    Unauthorized {
        /// The API server's address.
        server: Text,
        /// The server's words.
        message: Text,
    },
    /// The server knows who asks, and refuses.
    #[error("forbidden: {message}")]
    Forbidden {
        /// The server's words, which name the user, the verb and the resource.
        message: Text,
    },
    /// Any other answer that is not a success.
    #[error("the server answered {code} {reason}: {message}")]
    Status {
        /// The HTTP status.
        code: u16,
        /// The machine-readable reason, such as `Expired`; empty where the answer was not a Kubernetes status.
        reason: Text,
        /// The server's words.
        message: Text,
        /// When the server asks to be tried again.
        retry_after: Option<Duration>,
    },
    /// More than is read into memory.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The cap.
        limit: usize,
    },
    /// The login plugin or the token file gave no credential.
    #[error("{0}")]
    Login(Problem),
    /// An answer or a request that makes no sense.
    #[error("malformed: {what}")]
    Malformed {
        /// What, and where.
        what: Text,
    },
    /// The kubeconfig cannot be used.
    #[error(transparent)]
    Kubeconfig(#[from] KubeconfigError),
}

impl ClientError {
    /// The failure as a person reads it.
    pub fn problem(&self) -> Problem {
        match self {
            Self::Unreachable { server, why } => {
                Problem::new(format!("{server} cannot be reached"), why, "check the network, the VPN and the proxy")
            }
            Self::Tls { server, why, cure } => Problem::new(format!("no trusted connection to {server}"), why, cure),
            Self::Timeout { server, after } => Problem::new(
                format!("{server} did not answer"),
                format!("no complete answer within {} s", after.as_secs_f32()),
                "the server is overloaded or the way to it is broken",
            ),
            Self::Unauthorized { server, message } => Problem::new(
                format!("{server} does not accept the credentials"),
                message,
                "log in again as for kubectl, or renew the token or the certificate in the kubeconfig",
            ),
            Self::Forbidden { message } => {
                let hint = "ask whoever administers the cluster for a role that allows it";
                Problem::new("forbidden", message, hint).denied()
            }
            Self::Status { code, reason, message, .. } => {
                Problem::new(format!("the server answered {code} {reason}"), message, "")
            }
            Self::TooLarge { limit } => Problem::new(
                "the answer is too large",
                format!("more than {} MiB", limit / (1024 * 1024)),
                "narrow what is read to a namespace",
            ),
            Self::Login(problem) => problem.clone(),
            Self::Malformed { what } => Problem::new("malformed", what, "is this address a Kubernetes API server?"),
            Self::Kubeconfig(error) => error.problem(),
        }
    }
}
