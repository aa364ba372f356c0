//! Questions to Prometheus and Alertmanager: by their address, or through the API of the cluster that they live in.

use std::time::Duration;

use serde_json::Value;

use super::kubernetes::Reader;
use crate::domain::problem::Problem;
use crate::domain::signal::{Reach, SignalServer};
use crate::domain::text::Text;

mod direct;
mod writer;

pub use writer::SignalWriter;

use direct::{Direct, Unanswered};

/// The largest answer that is read, in bytes. Five thousand alerts take about eight million.
const MOST: usize = 32 * 1024 * 1024;

/// How long an answer may take in all.
const PATIENCE: Duration = Duration::from_secs(10);

/// What to look at where nothing comes back.
const AWAY: &str = "is it up, and is there a way to it?";

/// What a server says of a refusal is quoted up to here, in characters.
const QUOTED: usize = 200;

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
    /// By its address.
    Direct(Box<Direct>),
}

impl Endpoint {
    /// A server, through this cluster where it lives in one.
    pub fn new(server: &SignalServer, reader: &Reader) -> Result<Self, Problem> {
        let (way, shown) = match &server.reach {
            Reach::Url(url) => {
                let direct = Direct::new(url, &server.access, PATIENCE);
                let direct = direct.map_err(|(why, hint)| Problem::new(format!("{url} cannot be asked"), why, hint))?;
                (Way::Direct(Box::new(direct)), url.clone())
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
            Way::Direct(direct) => direct.base(),
        }
    }

    /// Asks for JSON. Errors name the server and what to do.
    pub async fn get_json(&self, path: &str) -> Result<Value, Problem> {
        self.get(path).await
    }

    /// Asks for JSON of a known form.
    pub async fn get<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T, Problem> {
        let bytes = match &self.way {
            Way::Proxied { reader, prefix } => {
                let path = format!("{prefix}{path}");
                match tokio::time::timeout(PATIENCE, reader.get_bytes(&path, "application/json")).await {
                    Ok(Ok(answer)) => answer.body.to_vec(),
                    Ok(Err(error)) => {
                        let Problem { what, why, hint, is_denial, .. } = error.problem();
                        return Err(Problem { is_denial, ..self.problem(&format!("{what}: {why}"), &hint) });
                    }
                    Err(_elapsed) => return Err(self.problem("no answer within 10 s", AWAY)),
                }
            }
            Way::Direct(direct) => direct.get(path, MOST).await.map_err(|unanswered| match unanswered {
                Unanswered::Denied((why, hint)) => self.problem(&why, hint).denied(),
                Unanswered::Failed((why, hint)) => self.problem(&why, hint),
            })?,
        };
        if bytes.len() > MOST {
            return Err(self.problem("its answer is larger than 32 MiB", "narrow it with a filter on the server"));
        }
        serde_json::from_slice(&bytes).map_err(|error| {
            if error.is_data() {
                return self.problem("its answer is JSON of another shape", "check its address in the configuration");
            }
            let begin: String = String::from_utf8_lossy(&bytes).chars().take(60).collect();
            let hint = "is this the address of its API, and not of a page to log in?";
            self.problem(&format!("its answer is not JSON; it begins {:?}", begin.trim()), hint)
        })
    }

    fn problem(&self, why: &str, hint: &str) -> Problem {
        Problem::new(format!("{} cannot be asked", self.shown), why, hint)
    }
}

/// What a server says about why it refuses: Prometheus in a member of an object, Alertmanager in a string.
fn said(body: &[u8]) -> Option<String> {
    let told: Value = serde_json::from_slice(body).ok()?;
    let words = told["error"].as_str().or_else(|| told["message"].as_str()).or_else(|| told.as_str())?;
    Some(Text::from_untrusted(words).chars().take(QUOTED).collect())
}

#[cfg(test)]
mod tests;
