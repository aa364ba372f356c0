//! What a face has read beside the facts: logs, and whole objects.

use super::Session;
use crate::domain::logs::LogQuery;
use crate::domain::object::ObjectRef;
use crate::domain::service::ServiceId;
use crate::runtime::message::Message;
use crate::runtime::overhearing::{Ear, Overhearing, Voices, voices};
use crate::state::logs::LogStore;

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
        let held = self.overhearing.take();
        let Some(service) = service else { return };
        let held = held.filter(|held| held.service == service);
        self.overhearing = match held {
            Some(held) if !held.is_due() => Some(held),
            held => {
                let voices = voices(&self.state, &self.state.splits(&service));
                held.and_then(|held| held.go_on(&voices)).or_else(|| self.listen_to(service, voices))
            }
        };
    }

    fn listen_to(&self, service: ServiceId, voices: Voices) -> Option<Overhearing> {
        let handle = self.clusters.get(&service.cluster)?;
        let ear = Ear {
            reader: handle.reader.clone(),
            rules: self.following.rules(),
            clock: self.clock.clone(),
            outbox: self.outbox.clone(),
        };
        Some(Overhearing::begin(service, voices, ear, self.state.usual_guard().window))
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
