//! Whether a cluster still answers, and who we are there.

use std::time::Duration;

use tokio::time::timeout;

use crate::clients::kubernetes::{ClientError, Reader};
use crate::domain::problem::Problem;
use crate::domain::update::Update;

use super::outbox::Outbox;

/// How often a cluster is asked whether it is there: a watch can be silent for minutes without being dead.
const EVERY: Duration = Duration::from_secs(5);

/// What to look at where nothing comes back.
pub(super) const AWAY: &str =
    "the server is overloaded or the way to it is broken: check the network, the VPN and the proxy";

/// How long it may take to answer.
const LIMIT: Duration = Duration::from_secs(4);

/// Asks the cluster again and again whether it is there.
pub(super) async fn beat(reader: Reader, outbox: Outbox) {
    let mut was_silent = false;
    loop {
        let answer = ask(&reader).await;
        if was_silent && answer.is_ok() {
            reader.interrupt();
        }
        was_silent = answer.is_err();
        match answer {
            Ok(()) => outbox.heard().await,
            Err(problem) => outbox.send(Update::Silent(outbox.cluster().clone(), problem)).await,
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// One question. A refusal is an answer too.
pub(super) async fn ask(reader: &Reader) -> Result<(), Problem> {
    match timeout(LIMIT, reader.get_bytes("/version", "application/json")).await {
        Ok(Ok(_) | Err(ClientError::Forbidden { .. } | ClientError::Unauthorized { .. })) => Ok(()),
        // A gateway that answers for a dead server is no sign of life.
        Ok(Err(ClientError::Status { code, .. })) if code < 500 => Ok(()),
        Ok(Err(error)) => Err(error.problem()),
        Err(_elapsed) => Err(Problem::new("the cluster does not answer", "no answer to /version within 4 s", AWAY)),
    }
}

/// Asks who we are until the server has said so.
pub async fn identity(reader: Reader, outbox: Outbox) {
    loop {
        let answer = reader.identity().await;
        // A server that is too old for the question never answers it; one that is busy does so later.
        let is_final = match &answer {
            Ok(_) | Err(ClientError::Forbidden { .. }) => true,
            Err(ClientError::Status { code, .. }) => *code < 500 && *code != 429,
            Err(_) => false,
        };
        let told = answer.map_err(|error| error.problem());
        outbox.send(Update::Identity(outbox.cluster().clone(), told)).await;
        if is_final {
            return;
        }
        tokio::time::sleep(EVERY).await;
    }
}
