//! A server of signals by its address: with a token or a password, headers, a proxy and certificates of its own.

use std::path::Path;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, Proxy, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};

use crate::domain::signal::Access;

/// A connection to an address.
#[derive(Clone, Debug)]
pub(super) struct Direct {
    client: Client,
    base: String,
    access: Access,
}

/// Why nothing could be asked, or nothing was answered, and what to do.
pub(super) type Trouble = (String, &'static str);

/// Why a question was not answered.
pub(super) enum Unanswered {
    /// It could not be asked, or not be answered.
    Failed(Trouble),
    /// The server wants to know who asks, or refuses who does.
    Denied(Trouble),
}

impl From<Trouble> for Unanswered {
    fn from(trouble: Trouble) -> Self {
        Self::Failed(trouble)
    }
}

impl Direct {
    /// The way to an address.
    pub(super) fn new(base: &str, access: &Access, patience: Duration) -> Result<Self, Trouble> {
        crate::clients::install_crypto();
        let mut client = Client::builder()
            .timeout(patience)
            .connect_timeout(patience / 2)
            .redirect(reqwest::redirect::Policy::none())
            .default_headers(headers(access)?)
            .user_agent(concat!("midwatch/", env!("CARGO_PKG_VERSION")));
        if let Some(proxy) = &access.proxy {
            let proxy = Proxy::all(proxy.as_str()).map_err(|error| (explain(&error), "correct `proxy`"))?;
            client = client.proxy(proxy);
        }
        if let Some(path) = &access.authority {
            let wrong = |why: String| (format!("{} {why}", path.display()), "correct `ca-file`");
            let pem = std::fs::read(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
            let found = Certificate::from_pem_bundle(&pem).map_err(|error| wrong(explain(&error)))?;
            if found.is_empty() {
                return Err(wrong("holds no certificate".to_owned()));
            }
            client = found.into_iter().fold(client, reqwest::ClientBuilder::add_root_certificate);
        }
        let client = client.build().map_err(|error| (explain(&error), ""))?;
        Ok(Self { client, base: base.to_owned(), access: access.clone() })
    }

    /// The address.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// A request for whatever is to be sent to a path, with who asks.
    pub(super) fn request(&self, method: reqwest::Method, path: &str) -> Result<RequestBuilder, Trouble> {
        self.authorized(self.client.request(method, format!("{}{path}", self.base)))
    }

    /// Asks for what is at a path; at most so many bytes are taken in, and one more when there are more.
    pub(super) async fn get(&self, path: &str, most: usize) -> Result<Vec<u8>, Unanswered> {
        let unreachable = |error: reqwest::Error| Unanswered::Failed((explain(&error), super::AWAY));
        let request = self.client.get(format!("{}{path}", self.base)).header(ACCEPT, "application/json");
        let mut response = self.authorized(request)?.send().await.map_err(unreachable)?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(unreachable)? {
            body.extend_from_slice(&piece);
            if body.len() > most {
                break;
            }
        }
        if status.is_success() {
            return Ok(body);
        }
        let said = super::said(&body).map(|said| format!(": {said}")).unwrap_or_default();
        let why = format!("it answered {status}{said}");
        let hint = match status.as_u16() {
            401 | 403 => {
                let hint = "give it a `token-file`, or `user` and `password-file`, in the configuration";
                return Err(Unanswered::Denied((why, hint)));
            }
            404 => "is this the address of its API? a path prefix belongs to `url`",
            _ => "it or what stands before it is ill: look there",
        };
        Err(Unanswered::Failed((why, hint)))
    }

    /// The request with who asks.
    fn authorized(&self, request: RequestBuilder) -> Result<RequestBuilder, Trouble> {
        if let Some(path) = &self.access.token {
            let token = secret(path, "correct `token-file`")?;
            let header = HeaderValue::try_from(format!("Bearer {}", token.expose_secret().trim()));
            let mut header =
                header.map_err(|_odd| (format!("{} holds no token", path.display()), "correct `token-file`"))?;
            header.set_sensitive(true);
            return Ok(request.header(AUTHORIZATION, header));
        }
        if let Some((user, path)) = &self.access.user {
            let password = secret(path, "correct `password-file`")?;
            return Ok(request.basic_auth(user, Some(password.expose_secret().trim_end_matches(['\r', '\n']))));
        }
        Ok(request)
    }
}

/// The headers of every request. Their values may be secrets of a kind, so no error and no log shows them.
fn headers(access: &Access) -> Result<HeaderMap, Trouble> {
    let mut headers = HeaderMap::new();
    for (name, value) in &access.headers {
        let wrong = |_odd: ()| (format!("`{name}` cannot be a header with this value"), "correct `headers`");
        let key = HeaderName::try_from(name.as_str()).map_err(|_odd| wrong(()))?;
        let mut value = HeaderValue::try_from(value.as_str()).map_err(|_odd| wrong(()))?;
        value.set_sensitive(true);
        headers.insert(key, value);
    }
    Ok(headers)
}

fn secret(path: &Path, hint: &'static str) -> Result<SecretString, Trouble> {
    let read = std::fs::read_to_string(path).map(SecretString::from);
    read.map_err(|_gone| (format!("{} cannot be read", path.display()), hint))
}

/// The reason at the bottom of an error of the HTTP client, whose own words only say that something failed.
pub(super) fn explain(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    if error.is_timeout() { "no answer within 10 s".to_owned() } else { cause.to_string() }
}
