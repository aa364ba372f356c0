//! Silences through the same stages as every change: what Alertmanager tells is read, a plan made of it, and read back.
//!
//! Alertmanager knows neither a dry run nor conditions nor who may do what: what a plan rests on is read again just
//! before its call, and the roles decide by the environments of the alerts.

use std::collections::BTreeMap;

use futures::stream::{self, StreamExt};
use jiff::Timestamp;

use crate::domain::intent::Intent;
use crate::domain::object::ClusterName;
use crate::domain::plan::Access;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::update::Identity;

use super::authorize::Asked;
use super::ports::{AlertmanagerReply, ControlPlane, ReadError, Review};
use super::read::environment_of;

mod command_line;
mod listed;
mod lookout;
mod plan;
mod preview;
mod subject;
mod trace;

pub(super) use command_line::of as command_line;
pub(super) use lookout::watch;
pub use plan::{Ground, plan};
pub(super) use trace::{left_by, look_again, recall, trace};

use subject::Subject;

/// How many namespaces are asked for at once.
const AT_ONCE: usize = 8;

/// What was read for one intent about alerts, at one moment.
#[derive(Clone, Debug)]
pub struct AlertSnapshot {
    /// The cluster.
    pub cluster: ClusterName,
    /// Its Alertmanagers.
    pub replies: Vec<AlertmanagerReply>,
    /// The namespaces that the alerts name, each with the label that names its environment, where there is one.
    pub namespaces: BTreeMap<Text, Option<Text>>,
    /// Who we are.
    pub identity: Result<Identity, Problem>,
    /// What the cluster says to each call that the intent needs.
    pub reviews: Vec<(Access, Review)>,
    /// What could not be read.
    pub gaps: Vec<Problem>,
    /// When the change was asked for; it stays the same when the world is read anew for it.
    pub asked: Timestamp,
    /// When this was read.
    pub taken: Timestamp,
}

impl Asked for AlertSnapshot {
    fn identity(&self) -> &Result<Identity, Problem> {
        &self.identity
    }

    fn reviews(&self) -> &[(Access, Review)] {
        &self.reviews
    }
}

/// Reads what a plan about alerts needs. An Alertmanager that does not answer is a gap as long as another one does.
pub async fn read(
    intent: &Intent,
    asked: Timestamp,
    plane: &dyn ControlPlane,
    now: Timestamp,
) -> Result<AlertSnapshot, ReadError> {
    let cluster = intent.cluster().clone();
    let (replies, identity) = futures::join!(plane.alertmanagers(), plane.identity());
    let mut gaps = Vec::new();
    if !replies.iter().any(|reply| reply.told.is_ok()) {
        return Err(nobody_tells(&cluster, &replies));
    }
    for reply in &replies {
        if let Err(ReadError::Failed(problem) | ReadError::Forbidden(problem)) = &reply.told {
            gaps.push(problem.clone());
        }
    }
    let mut snapshot = AlertSnapshot {
        cluster,
        replies,
        namespaces: BTreeMap::new(),
        identity,
        reviews: Vec::new(),
        gaps,
        asked,
        taken: now,
    };
    // What makes no sense is for the plan to say.
    let Ok(subject) = Subject::of(intent, &snapshot) else { return Ok(snapshot) };
    let (namespaces, access) = (subject.namespaces(), subject.access(intent));
    let labels = stream::iter(namespaces).map(|namespace| {
        let cluster = &snapshot.cluster;
        async move { (environment_of(cluster, &namespace, plane).await, namespace) }
    });
    let labels: Vec<_> = labels.buffer_unordered(AT_ONCE).collect().await;
    for (label, namespace) in labels {
        let label = label.unwrap_or_else(|problem| {
            snapshot.gaps.push(problem);
            None
        });
        snapshot.namespaces.insert(namespace, label);
    }
    if let Some(access) = access {
        let review = plane.review(&access).await;
        snapshot.reviews.push((access, review));
    }
    Ok(snapshot)
}

/// Why nothing is known: none is there to ask, or none of them answered.
fn nobody_tells(cluster: &ClusterName, replies: &[AlertmanagerReply]) -> ReadError {
    replies.iter().find_map(|reply| reply.told.as_ref().err().cloned()).unwrap_or_else(|| {
        ReadError::Failed(Problem::new(
            format!("no Alertmanager of {cluster} is known"),
            "no Service is called alertmanager, and the configuration names none",
            "name one under [alertmanager.NAME]",
        ))
    })
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(super) use tests::wishes;
