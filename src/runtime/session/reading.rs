//! What a face has read beside the facts: logs, and whole objects.

use std::time::Duration;

use tokio::time::Instant;

use super::Session;
use crate::domain::logs::LogQuery;
use crate::domain::object::ObjectRef;
use crate::domain::service::ServiceId;
use crate::runtime::message::Message;
use crate::runtime::overhearing::{Ear, Overhearing, voices};
use crate::state::logs::LogStore;

/// How often it is looked which pods an arm has.
const LOOKED_AGAIN: Duration = Duration::from_secs(5);

impl Session {
    /// Begins to read logs; asked for twice they are read once.
    pub fn follow(&mut self, query: LogQuery) {
        self.following.follow(query, &self.state, &self.clusters, self.clock.now());
    }

    /// Ends to read logs, and forgets them.
    pub fn unfollow(&mut self, query: &LogQuery) {
        self.following.unfollow(query);
    }

    /// The logs that are read for a query.
    pub fn logs(&self, query: &LogQuery) -> Option<&LogStore> {
        self.following.store(query)
    }

    /// The same, for a test to say what is heard.
    #[cfg(test)]
    pub(crate) fn logs_mut(&mut self, query: &LogQuery) -> Option<&mut LogStore> {
        self.following.store_mut(query)
    }

    /// Has the logs of both arms of a service read now and then while somebody compares them; none ends that. What comes
    /// of it is told like any other fact.
    pub fn overhear(&mut self, service: Option<ServiceId>) {
        let Some(service) = service else {
            self.overhearing = None;
            return;
        };
        let is_other = self.overhearing.as_ref().is_none_or(|(known, _)| *known != service);
        if !is_other && self.overheard_at.elapsed() < LOOKED_AGAIN {
            return;
        }
        self.overheard_at = Instant::now();
        let voices = voices(&self.state, &self.state.splits(&service));
        let is_same = self.overhearing.as_ref().is_some_and(|(known, held)| *known == service && held.voices == voices);
        // Where pods come and go all the time nobody is asked more often for that.
        let is_young = self.overhearing.as_ref().is_some_and(|(known, held)| *known == service && held.is_young());
        if is_same || is_young {
            return;
        }
        self.overhearing = None;
        let Some(handle) = self.clusters.get(&service.cluster) else { return };
        let ear = Ear {
            reader: handle.reader.clone(),
            rules: self.following.rules(),
            clock: self.clock.clone(),
            outbox: self.outbox.clone(),
        };
        let window = self.state.usual_guard().window;
        self.overhearing = Some((service, Overhearing::begin(voices, ear, window)));
    }

    /// Reads a whole object; it arrives as [`Absorbed::objects`](super::Absorbed::objects).
    pub fn fetch(&self, object: ObjectRef) {
        let Some(handle) = self.clusters.get(&object.cluster) else { return };
        let (reader, outbox) = (handle.reader.clone(), self.outbox.clone());
        tokio::spawn(async move {
            let result = reader.get_object(&object).await.map_err(|error| error.problem());
            drop(outbox.send(Message::Object(object, result)).await);
        });
    }
}
