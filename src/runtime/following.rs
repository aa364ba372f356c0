//! Logs that are read: the pods of each query are followed as they come and go, each by a task of its own.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use crate::domain::kind::Kind;
use crate::domain::logs::{Limits, LogQuery, Patience, Rules, StreamId, Withholder};
use crate::domain::object::ClusterName;
use crate::domain::text::Text;
use crate::sources::kubernetes::{Follower, LogNews, LogOutbox, Stream};
use crate::state::logs::{LogStore, Speaker, speakers};
use crate::state::{Changed, Freshness, State};

use super::clusters::Handle;

/// How many streams are open at the same time: each holds a connection of its own.
const STREAMS: usize = 100;

/// How many pieces of news wait to be taken in.
const WAITING: usize = 64;

/// One query and what is read for it.
struct Followed {
    query: LogQuery,
    store: LogStore,
    /// Open streams by pod and container.
    streams: HashMap<(Text, Text), (StreamId, AbortOnDropHandle<()>)>,
    /// Whether all pods have been seen once, so that one more has joined.
    is_settled: bool,
}

/// Every query that is read.
pub(super) struct Following {
    all: BTreeMap<u64, Followed>,
    last: u64,
    limits: Limits,
    rules: Arc<Rules>,
    sender: mpsc::Sender<LogNews>,
}

impl Following {
    /// Reads nothing yet; with the way by which news will come. It keeps as much as the limits say, and nothing of what
    /// the rules withhold.
    pub(super) fn new(limits: Limits, rules: Rules) -> (Self, mpsc::Receiver<LogNews>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self { all: BTreeMap::new(), last: 0, limits, rules: Arc::new(rules), sender }, receiver)
    }

    /// What of all lines is withheld.
    pub(super) fn rules(&self) -> Arc<Rules> {
        Arc::clone(&self.rules)
    }

    /// Whether a change may have brought or taken a pod, or told more about one.
    pub(super) fn depends_on(changed: Changed) -> bool {
        let kinds = [
            Kind::Pod,
            Kind::ReplicaSet,
            Kind::Deployment,
            Kind::StatefulSet,
            Kind::DaemonSet,
            Kind::Rollout,
            Kind::Job,
        ];
        kinds.iter().any(|kind| changed.touches(*kind)) || changed.touches_sources()
    }

    pub(super) fn follow(
        &mut self,
        query: LogQuery,
        state: &State,
        clusters: &BTreeMap<ClusterName, Handle>,
        now: Timestamp,
    ) {
        if self.store(&query).is_some() {
            return;
        }
        self.last += 1;
        let store = LogStore::new(self.last, self.limits);
        self.all.insert(self.last, Followed { query, store, streams: HashMap::new(), is_settled: false });
        self.refresh(state, clusters, now);
    }

    pub(super) fn unfollow(&mut self, query: &LogQuery) {
        self.all.retain(|_, followed| followed.query != *query);
    }

    pub(super) fn store(&self, query: &LogQuery) -> Option<&LogStore> {
        self.all.values().find(|followed| followed.query == *query).map(|followed| &followed.store)
    }

    /// Lets a test say what is heard.
    #[cfg(test)]
    pub(super) fn store_mut(&mut self, query: &LogQuery) -> Option<&mut LogStore> {
        self.all.values_mut().find(|followed| followed.query == *query).map(|followed| &mut followed.store)
    }

    /// Takes in news; whether there was something to take in.
    pub(super) fn hear(&mut self, news: Vec<LogNews>, now: Timestamp) -> bool {
        let mut heard = false;
        for LogNews { query, stream, fact } in news {
            // What is no longer followed may still have been on its way.
            if let Some(followed) = self.all.get_mut(&query) {
                followed.store.hear(stream, fact, now);
                heard = true;
            }
        }
        heard
    }

    /// Opens and closes streams as pods come and go; whether any did.
    pub(super) fn refresh(&mut self, state: &State, clusters: &BTreeMap<ClusterName, Handle>, now: Timestamp) -> bool {
        let mut did_move = false;
        for (id, followed) in &mut self.all {
            if let Some(handle) = clusters.get(&followed.query.object.cluster) {
                let open = |stream: Stream, id_of_stream| {
                    let outbox = LogOutbox::new(*id, id_of_stream, self.sender.clone());
                    let withholder = Withholder::new(Arc::clone(&self.rules));
                    let follower = Follower::new(stream, handle.reader.clone(), outbox, withholder);
                    AbortOnDropHandle::new(tokio::spawn(follower.run()))
                };
                did_move |= followed.refresh(state, now, &open);
            }
        }
        did_move
    }
}

impl Followed {
    fn refresh(
        &mut self,
        state: &State,
        now: Timestamp,
        open: &dyn Fn(Stream, StreamId) -> AbortOnDropHandle<()>,
    ) -> bool {
        let speakers = speakers(state, &self.query);
        let mut did_move = false;
        let gone: Vec<(Text, Text)> =
            self.streams.keys().filter(|key| !speakers.iter().any(|one| key_of(one) == **key)).cloned().collect();
        for key in gone {
            if let Some((stream, _task)) = self.streams.remove(&key) {
                // Not every node ends the stream of a pod that is deleted.
                self.store.end_stream(stream, now);
                did_move = true;
            }
        }
        let mut left_out = Vec::new();
        for speaker in speakers {
            if let Some((stream, _)) = self.streams.get(&key_of(&speaker)) {
                self.store.describe(*stream, speaker.facts);
            } else if self.streams.len() >= STREAMS {
                left_out.push(speaker.facts.pod);
            } else {
                let stream = self.store.join(speaker.facts.clone(), self.is_settled, now);
                let task = open(self.stream_of(&speaker), stream);
                self.streams.insert(key_of(&speaker), (stream, task));
                did_move = true;
            }
        }
        left_out.dedup();
        self.store.set_left_out(left_out);
        self.is_settled = state.freshness(&self.query.object.cluster, Kind::Pod) != Freshness::Loading;
        did_move
    }

    fn stream_of(&self, speaker: &Speaker) -> Stream {
        Stream {
            namespace: self.query.object.namespace.clone(),
            pod: speaker.facts.pod.clone(),
            container: speaker.facts.container.clone(),
            previous: self.query.previous,
            backlog: self.query.backlog,
            // What has ended for good says nothing more.
            patience: if speaker.is_finished { Patience::Once } else { self.query.patience },
        }
    }
}

fn key_of(speaker: &Speaker) -> (Text, Text) {
    (speaker.uid.clone(), speaker.facts.container.clone())
}
