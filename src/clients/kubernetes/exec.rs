//! Login plugins: a program that prints a credential, run without a shell, a terminal or patience.
//!
//! What it prints on stdout is the credential and is never shown; what it prints on stderr is for people.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use http::HeaderValue;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

use super::authorization::bearer;
use crate::domain::problem::Problem;
use crate::domain::text::Text;

mod allow;

pub(super) use allow::{Denied, permit};

/// The most that a plugin may print as its credential, in bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// The most that is kept of what a plugin says to people, in bytes.
const MAX_TALK: usize = 8 * 1024;

/// A plugin as the kubeconfig describes it. Arguments and environment can hold secrets; therefore without `Debug`.
pub(super) struct Plugin {
    /// The program, found and permitted.
    pub(super) program: std::path::PathBuf,
    /// The command as the kubeconfig spells it.
    pub(super) name: Text,
    pub(super) args: Vec<String>,
    pub(super) env: Vec<(String, String)>,
    /// What the plugin is told: an `ExecCredential` without a status.
    pub(super) info: String,
    /// The API version that its answer must have.
    pub(super) api_version: String,
    pub(super) limit: Duration,
}

/// A credential that a plugin gave.
pub(super) struct Issued {
    pub(super) authorization: Option<HeaderValue>,
    /// A client certificate and its key, both PEM.
    pub(super) identity: Option<(String, SecretString)>,
    pub(super) expires: Option<Timestamp>,
}

/// What a plugin prints.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Printed {
    kind: String,
    api_version: String,
    status: Option<PrintedStatus>,
}

/// The part of it that matters.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PrintedStatus {
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
    expiration_timestamp: Option<Timestamp>,
}

/// Why a run gave nothing.
enum Broken {
    Pipe,
    TooLong,
}

impl Plugin {
    /// Runs the plugin once. All it has said so far is passed on each time it says something.
    pub(super) async fn run(&self, say: impl Fn(Vec<Text>)) -> Result<Issued, Problem> {
        let mut command = Command::new(&self.program);
        command.args(&self.args).envs(self.env.iter().map(|(name, value)| (name, value)));
        command.env("KUBERNETES_EXEC_INFO", &self.info);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.process_group(0).kill_on_drop(true);
        let child = command.spawn().map_err(|error| self.failed(error.kind().to_string(), ""))?;
        let mut talk = Vec::new();
        let ran = tokio::time::timeout(self.limit, attend(child, &mut talk, &say)).await;
        let last_words = lines(&talk).pop().unwrap_or_default();
        match ran {
            Err(_elapsed) => Err(self.failed(format!("no answer within {} s", self.limit.as_secs_f32()), &last_words)),
            Ok(Err(Broken::TooLong)) => Err(self.failed("it printed more than a credential".to_owned(), &last_words)),
            Ok(Err(Broken::Pipe)) => Err(self.failed("it could not be read".to_owned(), &last_words)),
            Ok(Ok((_, status))) if !status.success() => Err(self.failed(status.to_string(), &last_words)),
            Ok(Ok((answer, _))) => self.read(&answer),
        }
    }

    /// Reads the credential that was printed; what is wrong with it is told without quoting it.
    fn read(&self, answer: &[u8]) -> Result<Issued, Problem> {
        let wrong = |why: &str| self.failed(why.to_owned(), "");
        let printed: Printed =
            serde_json::from_slice(answer).map_err(|_secret| wrong("what it printed is not an ExecCredential"))?;
        if printed.kind != "ExecCredential" || printed.api_version != self.api_version {
            return Err(wrong("it printed another kind or version than the kubeconfig's apiVersion"));
        }
        let status = printed.status.ok_or_else(|| wrong("its ExecCredential has no status"))?;
        let identity = status.client_certificate_data.zip(status.client_key_data.map(SecretString::from));
        let authorization = status.token.as_deref().and_then(bearer);
        if authorization.is_none() && identity.is_none() {
            return Err(wrong("its ExecCredential has neither a usable token nor a certificate with its key"));
        }
        Ok(Issued { authorization, identity, expires: status.expiration_timestamp })
    }

    /// A failure of this plugin, with the last thing it said.
    fn failed(&self, why: String, last_words: &str) -> Problem {
        let why = if last_words.is_empty() { why } else { format!("{why}: {last_words}") };
        Problem::new(
            format!("login plugin {} gave no credential", self.name),
            why,
            "log in with it in a shell first, then come back",
        )
    }
}

/// Reads all that a plugin prints until it ends; ends it, with all that it started, when this is given up.
async fn attend(
    mut child: Child,
    talk: &mut Vec<u8>,
    say: &impl Fn(Vec<Text>),
) -> Result<(Vec<u8>, ExitStatus), Broken> {
    let mut group = Group(child.id());
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let wait = async { child.wait().await.map_err(|_error| Broken::Pipe) };
    let ended = tokio::try_join!(read_answer(stdout), relay(stderr, talk, say), wait);
    let (answer, (), status) = ended?;
    group.0 = None;
    Ok((answer, status))
}

/// Reads stdout, up to its cap.
async fn read_answer(stdout: Option<impl AsyncRead + Unpin>) -> Result<Vec<u8>, Broken> {
    let mut answer = Vec::new();
    if let Some(stdout) = stdout {
        let cap = MAX_ANSWER as u64 + 1;
        stdout.take(cap).read_to_end(&mut answer).await.map_err(|_error| Broken::Pipe)?;
    }
    if answer.len() > MAX_ANSWER { Err(Broken::TooLong) } else { Ok(answer) }
}

/// Passes stderr on, up to its cap, and drains the rest so that the plugin is not blocked by it.
async fn relay(
    stderr: Option<impl AsyncRead + Unpin>,
    talk: &mut Vec<u8>,
    say: &impl Fn(Vec<Text>),
) -> Result<(), Broken> {
    let Some(mut stderr) = stderr else { return Ok(()) };
    let mut chunk = [0; 1024];
    loop {
        let count = stderr.read(&mut chunk).await.map_err(|_error| Broken::Pipe)?;
        if count == 0 {
            return Ok(());
        }
        let room = (MAX_TALK - talk.len()).min(count);
        if room > 0 {
            talk.extend_from_slice(&chunk[..room]);
            say(lines(talk));
        }
    }
}

/// The lines of what a plugin said, sanitised; the last one may still grow.
fn lines(talk: &[u8]) -> Vec<Text> {
    talk.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.is_empty()).map(Text::from_bytes).collect()
}

/// A process group that is killed on drop, unless it ended by itself.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        let leader = self.0.and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        if let Some(leader) = leader {
            // A group that is gone already is as good as a killed one.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests;
