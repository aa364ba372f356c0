//! Where the sources of one cluster put what they saw.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::domain::object::ClusterName;
use crate::domain::time::Clock;
use crate::domain::update::Update;

/// The way from the sources of one cluster to the state. It is bounded: a source waits when nobody takes anything in.
#[derive(Clone, Debug)]
pub struct Outbox {
    cluster: ClusterName,
    clock: Clock,
    sender: mpsc::Sender<Update>,
    /// The second in which the cluster was last told to have been heard.
    heard: Arc<AtomicI64>,
}

impl Outbox {
    /// The outbox of a cluster.
    pub fn new(cluster: ClusterName, clock: Clock, sender: mpsc::Sender<Update>) -> Self {
        Self { cluster, clock, sender, heard: Arc::new(AtomicI64::new(i64::MIN)) }
    }

    /// The cluster.
    pub fn cluster(&self) -> &ClusterName {
        &self.cluster
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Sends an update. When nobody listens any more the session has ended, and so will the source.
    pub async fn send(&self, update: Update) {
        drop(self.sender.send(update).await);
    }

    /// Sends an update without waiting, from where nothing can be waited for; there is room for it at the start.
    pub fn post(&self, update: Update) {
        drop(self.sender.try_send(update));
    }

    /// Whether nobody listens any more.
    pub fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Tells that the cluster was heard, at most once a second.
    pub async fn heard(&self) {
        let now = self.now();
        if self.heard.swap(now.as_second(), Ordering::Relaxed) != now.as_second() {
            self.send(Update::Heard(self.cluster.clone(), now)).await;
        }
    }
}
