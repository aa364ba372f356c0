//! One exchange with an API server: the credential, the deadline, and the one repetition that a 401 permits.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kube::client::Body;
use prost::bytes::Bytes;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::Limits;
use super::credentials::{Credentials, Session};
use super::error::ClientError;
use super::failure::{Failure, explain};
use crate::domain::text::Text;

/// The way to one API server, shared by its reader and its writer.
pub(super) struct Transport {
    pub(super) server: Text,
    pub(super) credentials: Arc<Credentials>,
    pub(super) limits: Limits,
    /// Moves when streams that are open may be dead without saying so.
    pub(super) interruptions: watch::Sender<()>,
}

/// The head of an answer, and until when its body has to be there.
pub(super) struct Pending {
    pub(super) response: Response<Body>,
    within: Duration,
    deadline: Instant,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("server", &self.server).finish_non_exhaustive()
    }
}

impl Transport {
    /// Sends a request and waits for the head of the answer. After a 401, which means that nothing was executed, it is
    /// sent once more with a new credential if there is one. The time of a login does not count.
    pub(super) async fn send(&self, request: &Request<Bytes>, within: Duration) -> Result<Pending, Failure> {
        let session = self.credentials.current().await.map_err(Failure::before_sending)?;
        let pending = self.attempt(&session, request, within).await?;
        if pending.response.status() != StatusCode::UNAUTHORIZED {
            return Ok(pending);
        }
        match self.credentials.instead_of(&session).await.map_err(Failure::before_sending)? {
            None => Ok(pending),
            Some(session) => self.attempt(&session, request, within).await,
        }
    }

    /// Sends a request once.
    async fn attempt(&self, session: &Session, request: &Request<Bytes>, within: Duration) -> Result<Pending, Failure> {
        let mut request = request.clone().map(Body::from);
        if let Some(authorization) = &session.authorization {
            request.headers_mut().insert(header::AUTHORIZATION, authorization.clone());
        }
        let deadline = Instant::now() + within;
        match timeout_at(deadline, session.client.send(request)).await {
            Err(_elapsed) => Err(Failure::uncertain(self.timeout(within))),
            Ok(Err(error)) => Err(explain(&self.server, &error)),
            Ok(Ok(response)) => Ok(Pending { response, within, deadline }),
        }
    }

    /// Reads the whole body of an answer, up to a cap in bytes.
    pub(super) async fn body(&self, pending: Pending, cap: usize) -> Result<Bytes, ClientError> {
        let Pending { response, within, deadline } = pending;
        match timeout_at(deadline, Limited::new(response.into_body(), cap).collect()).await {
            Err(_elapsed) => Err(self.timeout(within)),
            Ok(Ok(body)) => Ok(body.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(ClientError::TooLarge { limit: cap }),
            Ok(Err(error)) => Err(explain(&self.server, &*error).error),
        }
    }

    /// A deadline that passed.
    fn timeout(&self, after: Duration) -> ClientError {
        ClientError::Timeout { server: self.server.clone(), after }
    }
}
