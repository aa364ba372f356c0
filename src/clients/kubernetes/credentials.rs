//! The credential of a connection and when it is renewed: before it expires and after a 401, in one run for all who wait.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use http::HeaderValue;
use jiff::{SignedDuration, Timestamp};
use kube::Client;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;
use tokio::time::Instant;

use super::authorization::bearer;
use super::error::ClientError;
use super::exec::{Issued, Plugin};
use super::failure::explain_build;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::update::{Login, LoginStage};

/// A plugin's credential is renewed this long before it expires, or after half of its life if that is later.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_secs(60);

/// A token file is read again this often.
const REREAD_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// A failed login is not tried again for this long.
const FAILURE_HOLDS: Duration = Duration::from_secs(5);

/// A credential that answers a 401 and is refused itself is kept for this long before the next attempt.
const REFUSAL_HOLDS: Duration = Duration::from_mins(1);

/// Where a credential comes from.
pub(super) enum Origin {
    /// The kubeconfig itself: a certificate, a token, a password or nothing.
    Fixed(Option<HeaderValue>),
    /// A file that somebody else renews, and the token to use until it can be read.
    TokenFile(PathBuf, Option<HeaderValue>),
    /// A login plugin, and where it is told how it is doing.
    Plugin(Plugin, watch::Sender<Login>),
}

impl Origin {
    /// A login plugin that has not run yet.
    pub(super) fn plugin(plugin: Plugin) -> Self {
        let (login, _) = watch::channel(begun(&plugin.name));
        Self::Plugin(plugin, login)
    }
}

/// A credential in use.
pub(super) struct Session {
    pub(super) client: Client,
    pub(super) authorization: Option<HeaderValue>,
    renew_at: Option<Timestamp>,
    /// Until when it is good, where a plugin says so.
    expires: Option<Timestamp>,
    /// When it was obtained, if that was because the one before was refused.
    replaced_at: Option<Instant>,
}

/// All requests that wait for one run share it.
type Run = Shared<BoxFuture<'static, Result<Arc<Session>, ClientError>>>;

/// The credential of one connection.
pub(super) struct Credentials {
    origin: Origin,
    /// How a client is built; a certificate that a plugin issues comes on top.
    config: kube::Config,
    client: Client,
    slot: Mutex<Slot>,
}

/// What is known at the moment.
#[derive(Default)]
struct Slot {
    session: Option<Arc<Session>>,
    running: Option<Run>,
    failed: Option<(Instant, ClientError)>,
}

impl Credentials {
    /// Prepares the credentials of a connection; nothing runs until the first request.
    pub(super) fn new(origin: Origin, config: kube::Config) -> Result<Arc<Self>, kube::Error> {
        let client = Client::try_from(config.clone())?;
        Ok(Arc::new(Self { origin, config, client, slot: Mutex::default() }))
    }

    /// How the login plugin is doing, if there is one.
    pub(super) fn login(&self) -> Option<watch::Receiver<Login>> {
        if let Origin::Plugin(_, login) = &self.origin { Some(login.subscribe()) } else { None }
    }

    /// The credential to use now, renewed if it is about to expire.
    pub(super) async fn current(self: &Arc<Self>) -> Result<Arc<Session>, ClientError> {
        let run = {
            let mut slot = self.slot();
            match &slot.session {
                Some(session) if session.renew_at.is_none_or(|at| Timestamp::now() < at) => return Ok(session.clone()),
                // It is renewed before it must be. Until then nobody waits for that, nor suffers when it fails.
                Some(session) if session.expires.is_some_and(|at| Timestamp::now() < at) => {
                    let session = Arc::clone(session);
                    drop(self.run(&mut slot, None));
                    return Ok(session);
                }
                _ => self.run(&mut slot, None)?,
            }
        };
        run.await
    }

    /// Another credential than the one that the server refused; `None` where there is no other.
    pub(super) async fn instead_of(
        self: &Arc<Self>,
        refused: &Arc<Session>,
    ) -> Result<Option<Arc<Session>>, ClientError> {
        if matches!(self.origin, Origin::Fixed(_)) {
            return Ok(None);
        }
        let run = {
            let mut slot = self.slot();
            if let Some(session) = &slot.session
                && !Arc::ptr_eq(session, refused)
            {
                return Ok(Some(session.clone()));
            }
            if refused.replaced_at.is_some_and(|at| at.elapsed() < REFUSAL_HOLDS) {
                return Ok(None);
            }
            self.run(&mut slot, Some(Instant::now()))?
        };
        run.await.map(Some)
    }

    /// Joins the run under way or starts one. It goes on when those who wait for it give up, because others may wait.
    fn run(self: &Arc<Self>, slot: &mut Slot, replaced_at: Option<Instant>) -> Result<Run, ClientError> {
        if let Some(run) = slot.running.as_ref().filter(|run| run.peek().is_none()) {
            return Ok(run.clone());
        }
        if let Some((at, error)) = &slot.failed
            && at.elapsed() < FAILURE_HOLDS
        {
            return Err(error.clone());
        }
        let this = Arc::clone(self);
        let task = tokio::spawn(async move {
            let obtained = this.obtain(replaced_at).await.map(Arc::new);
            let mut slot = this.slot();
            slot.running = None;
            slot.failed = obtained.as_ref().err().map(|error| (Instant::now(), error.clone()));
            if let Ok(session) = &obtained {
                slot.session = Some(Arc::clone(session));
            }
            obtained
        });
        let ended_early = || ClientError::Login(Problem::new("the login was ended", "midwatch is shutting down", ""));
        let run = task.map(move |ended| ended.unwrap_or_else(|_ended| Err(ended_early()))).boxed().shared();
        slot.running = Some(run.clone());
        Ok(run)
    }

    /// Gets a credential from where it comes from.
    async fn obtain(&self, replaced_at: Option<Instant>) -> Result<Session, ClientError> {
        let session = |authorization, renew_at| Session {
            client: self.client.clone(),
            authorization,
            renew_at,
            expires: None,
            replaced_at,
        };
        match &self.origin {
            Origin::Fixed(authorization) => Ok(session(authorization.clone(), None)),
            Origin::TokenFile(path, until_read) => {
                let token = std::fs::read_to_string(path).ok().and_then(|token| bearer(token.trim()));
                // A file that has gone does not take the token away that was read from it.
                let before = || self.slot().session.as_ref().and_then(|session| session.authorization.clone());
                let token = token.or_else(before).or_else(|| until_read.clone()).ok_or_else(|| {
                    let what = format!("no token in {}", path.display());
                    ClientError::Login(Problem::new(what, "it cannot be read or holds no token", "check tokenFile"))
                })?;
                Ok(session(Some(token), Some(Timestamp::now() + REREAD_AFTER)))
            }
            Origin::Plugin(plugin, login) => {
                let ran = self.ask(plugin, login).await;
                let stage = ran.as_ref().err().map_or(LoginStage::Ready, |problem| LoginStage::Failed(problem.clone()));
                // What it said stays: it may have been said and done before anybody looked.
                login.send_modify(|login| login.stage = stage);
                let (issued, client) = ran.map_err(ClientError::Login)?;
                let renew_at = issued.expires.map(renewal);
                Ok(Session { client, expires: issued.expires, ..session(issued.authorization, renew_at) })
            }
        }
    }

    /// Runs the plugin and builds the client that its credential needs.
    async fn ask(&self, plugin: &Plugin, login: &watch::Sender<Login>) -> Result<(Issued, Client), Problem> {
        login.send_replace(begun(&plugin.name));
        let say = |said| login.send_modify(|login| login.said = said);
        let issued = plugin.run(say).await?;
        let Some((certificate, key)) = &issued.identity else { return Ok((issued, self.client.clone())) };
        let mut config = self.config.clone();
        config.auth_info.client_certificate_data = Some(STANDARD.encode(certificate));
        config.auth_info.client_key_data = Some(SecretString::from(STANDARD.encode(key.expose_secret())));
        let client = Client::try_from(config).map_err(|error| {
            Problem::new(format!("the certificate of login plugin {}", plugin.name), explain_build(&error), "")
        })?;
        Ok((issued, client))
    }

    /// The slot; what it holds is whole at any moment, also after a panic elsewhere.
    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A plugin that has said nothing yet.
fn begun(name: &Text) -> Login {
    Login { said: vec![format!("{name} runs").into()], stage: LoginStage::Running }
}

/// When a credential that expires is renewed.
fn renewal(expires: Timestamp) -> Timestamp {
    let left = expires.duration_since(Timestamp::now());
    expires - RENEW_BEFORE.min(left / 2).max(SignedDuration::ZERO)
}

#[cfg(test)]
mod tests;
