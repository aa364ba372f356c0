//! Requests that change nothing: reads, streams, and the reviews by which a server says who we are and what we may do.

use std::sync::Arc;

use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use kube::client::Body;
use prost::bytes::Bytes;
use serde_json::Value;
use tokio::sync::watch;

use super::error::ClientError;
use super::status::{self, content_type};
use super::transport::{Pending, Transport};
use crate::domain::text::Text;

/// The largest refusal that is read, in bytes.
const MAX_REFUSAL: usize = 256 * 1024;

const JSON: &str = "application/json";

/// Reads from one cluster.
#[derive(Clone, Debug)]
pub struct Reader {
    pub(super) transport: Arc<Transport>,
}

/// A successful answer as it came.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status, which is a success.
    pub status: u16,
    /// The content type, by which the body is decoded; empty where the server gave none.
    pub content_type: String,
    /// The body.
    pub body: Bytes,
}

/// A question to the server about ourselves, answered in the object that is posted. None of them is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Review {
    /// Who are we?
    SelfSubject,
    /// May we do this one thing?
    SelfSubjectAccess,
    /// What may we do in a namespace?
    SelfSubjectRules,
}

impl Review {
    /// Where it is posted.
    fn path(self) -> &'static str {
        match self {
            Self::SelfSubject => "/apis/authentication.k8s.io/v1/selfsubjectreviews",
            Self::SelfSubjectAccess => "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            Self::SelfSubjectRules => "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
        }
    }
}

impl Reader {
    /// Opens a stream, such as a watch or a log: the deadline ends with the head of the answer. The body is never
    /// compressed, because a compressed watch cannot be decoded event by event.
    pub async fn get(&self, path_and_query: &str, accept: &str) -> Result<Response<Body>, ClientError> {
        let mut request = get(path_and_query, accept)?;
        request.headers_mut().insert(header::ACCEPT_ENCODING, header::HeaderValue::from_static("identity"));
        self.send(&request).await.map(|pending| pending.response)
    }

    /// Reads a whole answer in whatever form the server chose among those accepted.
    pub async fn get_bytes(&self, path_and_query: &str, accept: &str) -> Result<Answer, ClientError> {
        self.whole(&get(path_and_query, accept)?).await
    }

    /// Reads a whole answer as JSON.
    pub async fn get_json(&self, path_and_query: &str) -> Result<Value, ClientError> {
        json(&self.get_bytes(path_and_query, JSON).await?)
    }

    /// Tells that nothing came through for a while. A stream that was open then may be dead and never say so, so whoever
    /// reads one opens it anew.
    pub fn interrupt(&self) {
        self.transport.interruptions.send_replace(());
    }

    /// Changes with the next [`Reader::interrupt`].
    pub fn interruptions(&self) -> watch::Receiver<()> {
        self.transport.interruptions.subscribe()
    }

    /// Asks the server about ourselves. The body is the review object; the answer is the same with a status.
    pub async fn create_review(&self, review: Review, body: &Value) -> Result<Value, ClientError> {
        let mut request = request(Method::POST, review.path(), JSON, Bytes::from(body.to_string()))?;
        request.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(JSON));
        json(&self.whole(&request).await?)
    }

    /// Sends a request and reads a success in full.
    async fn whole(&self, request: &Request<Bytes>) -> Result<Answer, ClientError> {
        let pending = self.send(request).await?;
        let status = pending.response.status().as_u16();
        let content_type = content_type(pending.response.headers()).to_owned();
        let body = self.transport.body(pending, self.transport.limits.body).await?;
        Ok(Answer { status, content_type, body })
    }

    /// Sends a request and turns every answer but a success into an error.
    async fn send(&self, request: &Request<Bytes>) -> Result<Pending, ClientError> {
        let transport = &self.transport;
        let pending = transport.send(request, transport.limits.read).await.map_err(|failure| failure.error)?;
        let status: StatusCode = pending.response.status();
        if status.is_success() {
            return Ok(pending);
        }
        let headers: HeaderMap = pending.response.headers().clone();
        // A refusal that breaks off is still a refusal.
        let body = transport.body(pending, MAX_REFUSAL).await.unwrap_or_default();
        Err(status::error(&transport.server, status, &headers, &body))
    }
}

/// A GET request.
fn get(path_and_query: &str, accept: &str) -> Result<Request<Bytes>, ClientError> {
    request(Method::GET, path_and_query, accept, Bytes::new())
}

/// A request to a path of the API server.
pub(super) fn request(method: Method, path: &str, accept: &str, body: Bytes) -> Result<Request<Bytes>, ClientError> {
    let malformed = || ClientError::Malformed { what: Text::from(format!("request to {path}")) };
    if !path.starts_with('/') {
        return Err(malformed());
    }
    let built = Request::builder().method(method).uri(path).header(header::ACCEPT, accept).body(body);
    built.map_err(|_invalid| malformed())
}

/// Reads an answer as JSON.
fn json(answer: &Answer) -> Result<Value, ClientError> {
    serde_json::from_slice(&answer.body).map_err(|error| ClientError::Malformed {
        what: Text::from(format!("an answer that is not JSON, at byte {} of {}", error.column(), answer.body.len())),
    })
}
