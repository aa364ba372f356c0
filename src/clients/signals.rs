//! Questions to Prometheus and Alertmanager: by their address, or through the API of the cluster that they live in.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::kubernetes::Reader;
use crate::domain::problem::Problem;
use crate::domain::signal::Reach;
use crate::domain::text::Text;

mod writer;

pub use writer::SignalWriter;

/// The largest answer that is read, in bytes. Five thousand alerts take about eight million.
const MOST: usize = 32 * 1024 * 1024;

/// How long an answer may take in all.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server of signals that can be asked.
#[derive(Clone, Debug)]
pub struct Endpoint {
    way: Way,
    /// As it is called in errors.
    shown: Text,
}

/// How it is reached.
#[derive(Clone, Debug)]
enum Way {
    /// Through the cluster's API.
    Proxied { reader: Reader, prefix: String },
    /// By its address, with a token that is read anew each time.
    Direct { client: reqwest::Client, base: String, token: Option<PathBuf> },
}

impl Endpoint {
    /// A server that is reached in a way, through this cluster where it lives in one.
    pub fn new(reach: &Reach, reader: &Reader, token: Option<PathBuf>) -> Result<Self, Problem> {
        let (way, shown) = match reach {
            Reach::Url(url) => {
                super::install_crypto();
                let client = reqwest::Client::builder()
                    .timeout(PATIENCE)
                    .connect_timeout(PATIENCE / 2)
                    .redirect(reqwest::redirect::Policy::none())
                    .user_agent(concat!("midwatch/", env!("CARGO_PKG_VERSION")))
                    .build()
                    .map_err(|error| Problem::new(format!("{url} cannot be asked"), explain(&error), ""))?;
                (Way::Direct { client, base: url.to_string(), token }, url.clone())
            }
            Reach::Service { namespace, name, port } => {
                let port = if port.is_empty() { String::new() } else { format!(":{port}") };
                let prefix = format!("/api/v1/namespaces/{namespace}/services/{name}{port}/proxy");
                (Way::Proxied { reader: reader.clone(), prefix }, format!("service {namespace}/{name}{port}").into())
            }
        };
        Ok(Self { way, shown })
    }

    /// Where it is: its address, or the path by which the cluster's API leads to it.
    pub fn address(&self) -> &str {
        match &self.way {
            Way::Proxied { prefix, .. } => prefix,
            Way::Direct { base, .. } => base,
        }
    }

    /// Asks for JSON. Errors name the server and what to do.
    pub async fn get_json(&self, path: &str) -> Result<Value, Problem> {
        let bytes = match &self.way {
            Way::Proxied { reader, prefix } => {
                let path = format!("{prefix}{path}");
                match tokio::time::timeout(PATIENCE, reader.get_bytes(&path, "application/json")).await {
                    Ok(Ok(answer)) => answer.body.to_vec(),
                    Ok(Err(error)) => {
                        let Problem { what, why, hint } = error.problem();
                        return Err(self.problem(&format!("{what}: {why}"), &hint));
                    }
                    Err(_elapsed) => return Err(self.problem("no answer within 10 s", "midwatch keeps trying")),
                }
            }
            Way::Direct { client, base, token } => {
                self.direct(client, &format!("{base}{path}"), token.as_ref()).await?
            }
        };
        if bytes.len() > MOST {
            return Err(self.problem("its answer is larger than 32 MiB", "narrow it with a filter on the server"));
        }
        serde_json::from_slice(&bytes).map_err(|_no_json| {
            let begin: String = String::from_utf8_lossy(&bytes).chars().take(60).collect();
            let hint = "is this the address of its API, and not of a page to log in?";
            self.problem(&format!("its answer is not JSON; it begins {:?}", begin.trim()), hint)
        })
    }

    async fn direct(&self, client: &reqwest::Client, url: &str, token: Option<&PathBuf>) -> Result<Vec<u8>, Problem> {
        let unreachable = |error: reqwest::Error| self.problem(&explain(&error), "midwatch keeps trying");
        let mut request = client.get(url).header(ACCEPT, "application/json");
        if let Some(path) = token {
            request = request.header(AUTHORIZATION, self.bearer(path)?);
        }
        let mut response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        if !status.is_success() {
            let hint = match status.as_u16() {
                401 | 403 => "give it a `token-file` in the configuration",
                404 => "is this the address of its API? a path prefix belongs to `url`",
                _ => "midwatch keeps trying",
            };
            return Err(self.problem(&format!("it answered {status}"), hint));
        }
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(unreachable)? {
            body.extend_from_slice(&piece);
            if body.len() > MOST {
                break;
            }
        }
        Ok(body)
    }

    /// The header that a token makes.
    fn bearer(&self, path: &PathBuf) -> Result<HeaderValue, Problem> {
        let wrong = |why: &str| self.problem(&format!("{} {why}", path.display()), "correct `token-file`");
        let token = std::fs::read_to_string(path).map(SecretString::from).map_err(|_gone| wrong("cannot be read"))?;
        let mut header = HeaderValue::try_from(format!("Bearer {}", token.expose_secret().trim()))
            .map_err(|_odd| wrong("holds no token"))?;
        header.set_sensitive(true);
        Ok(header)
    }

    fn problem(&self, why: &str, hint: &str) -> Problem {
        Problem::new(format!("{} cannot be asked", self.shown), why, hint)
    }
}

/// The reason at the bottom of an error of the HTTP client, whose own words only say that something failed.
fn explain(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    if error.is_timeout() { "no answer within 10 s".to_owned() } else { cause.to_string() }
}

#[cfg(test)]
mod tests;
