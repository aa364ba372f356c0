//! What of a cluster is read: all namespaces at once where that is allowed, else one by one.

use std::sync::Arc;

use tokio::sync::{Semaphore, watch};

use crate::clients::kubernetes::Reader;
use crate::domain::kind::{Kind, Scope as KindScope};
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::update::{Liveness, SourceId, Update};

use super::heartbeat;
use super::outbox::Outbox;
use super::watch::{Ended, Source};

/// The namespaces that are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them; where that is forbidden, these.
    All {
        /// The namespaces to fall back to.
        fallback: Vec<Text>,
    },
    /// Only these.
    Only(Vec<Text>),
}

impl Scope {
    /// How many clusters are connected to at the same time.
    pub const CONNECTING: usize = 8;
}

/// What is read of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The kinds.
    pub kinds: Vec<Kind>,
    /// The namespaces.
    pub scope: Scope,
}

/// Reads a cluster until the session ends.
pub async fn run(reader: Reader, outbox: Outbox, wanted: Wanted, doors: Arc<Semaphore>) {
    connect(&reader, &outbox, &doors).await;
    tokio::spawn(heartbeat::beat(reader.clone(), outbox.clone()));
    let mut kinds = wanted.kinds.clone();
    kinds.sort_unstable();
    let (listed, pods_listed) = watch::channel(!kinds.contains(&Kind::Pod));
    let listed = Arc::new(listed);
    for kind in kinds {
        let (reader, outbox, scope) = (reader.clone(), outbox.clone(), wanted.scope.clone());
        let (listed, mut pods_listed) = (Arc::clone(&listed), pods_listed.clone());
        tokio::spawn(async move {
            if kind == Kind::Event {
                // Events are many and explain what pods show: pods first.
                drop(pods_listed.wait_for(|&listed| listed).await);
            }
            let tell = (kind == Kind::Pod).then_some(listed);
            read(kind, &scope, &reader, &outbox, tell).await;
        });
    }
}

/// Waits for the first answer, behind one of few doors, so that a list of many clusters does not call all at once.
async fn connect(reader: &Reader, outbox: &Outbox, doors: &Semaphore) {
    let _door = doors.acquire().await;
    match heartbeat::ask(reader).await {
        Ok(()) => outbox.heard().await,
        Err(problem) => outbox.send(Update::Silent(outbox.cluster().clone(), problem)).await,
    }
}

/// Reads one kind.
async fn read(kind: Kind, scope: &Scope, reader: &Reader, outbox: &Outbox, tell: Option<Arc<watch::Sender<bool>>>) {
    let source = |namespace: Option<&Text>| {
        let id = SourceId { cluster: outbox.cluster().clone(), kind, namespace: namespace.cloned() };
        Source::new(id, reader.clone(), outbox.clone(), tell.clone())
    };
    let everywhere = SourceId { cluster: outbox.cluster().clone(), kind, namespace: None };
    match (scope, kind.scope()) {
        (Scope::Only(namespaces), KindScope::Namespaced) => each(namespaces, &source).await,
        (Scope::All { fallback }, KindScope::Namespaced) => match source(None).run(fallback.is_empty()).await {
            Ended::Forbidden(why) => {
                // First that the namespaces are being read, so that nobody takes the refusal for the last word.
                for namespace in fallback {
                    let id = SourceId { namespace: Some(namespace.clone()), ..everywhere.clone() };
                    outbox.send(Update::Source(id, Liveness::Loading)).await;
                }
                outbox.send(no_access(&everywhere, &why)).await;
                each(fallback, &source).await;
            }
            Ended::Closed => {}
        },
        (_, KindScope::Cluster) => {
            source(None).run(true).await;
        }
    }
    if let Some(tell) = tell {
        tell.send_replace(true);
    }
}

/// Reads one kind in some namespaces at once.
async fn each(namespaces: &[Text], source: &(impl Fn(Option<&Text>) -> Source + Sync)) {
    futures::future::join_all(namespaces.iter().map(|namespace| source(Some(namespace)).run(true))).await;
}

/// What is told of a source that may not be read.
pub(super) fn no_access(source: &SourceId, why: &Text) -> Update {
    let plural = source.kind.plural();
    let place = source.namespace.as_ref().map_or_else(String::new, |namespace| format!(" in {namespace}"));
    let problem = Problem::new(
        format!("no access: {plural}{place}"),
        why,
        format!("ask a cluster administrator for a role with: get, list, watch {plural}{place}"),
    );
    Update::Source(source.clone(), Liveness::NoAccess(problem))
}
