//! Looking back: who wrote what is shown, read now and whenever it is written again.

use std::sync::Arc;

use super::super::message::Message;
use super::Session;
use crate::domain::object::ObjectRef;
use crate::domain::row::Row;
use crate::domain::update::Update;
use crate::sources::kubernetes::past;

impl Session {
    /// Has what this machine's journal tells of the past read. It arrives as a fact.
    pub(super) fn look_at_deeds(&self) {
        self.read_deeds.notify_one();
    }

    /// The same, waited for: for who asks once.
    pub async fn look_at_deeds_now(&mut self) {
        let ledger = Arc::clone(&self.ledger);
        if let Ok(Some(deeds)) = tokio::task::spawn_blocking(move || ledger.deeds()).await {
            let _ = self.state.apply(Update::Recorded(deeds), self.clock.now());
        }
    }

    /// Has read who wrote a workload and the configuration of its pods, now and whenever it is written again. It arrives
    /// as facts.
    pub fn look_back(&mut self, workload: ObjectRef) {
        let generation = self.generation_of(&workload);
        self.looked_back.insert(workload.clone(), generation);
        let Some(handle) = self.clusters.get(&workload.cluster) else { return };
        let (reader, outbox) = (handle.reader.clone(), self.outbox.clone());
        tokio::spawn(async move {
            for update in past(&reader, &workload).await {
                drop(outbox.send(Message::Update(update)).await);
            }
        });
    }

    /// Looks back no more at what is not shown any more.
    pub fn look_no_more_back(&mut self) {
        self.looked_back.clear();
    }

    /// The same, waited for: for who asks once.
    pub async fn look_back_now(&mut self, workload: &ObjectRef) {
        let Some(handle) = self.clusters.get(&workload.cluster) else { return };
        for update in past(&handle.reader, workload).await {
            let _ = self.state.apply(update, self.clock.now());
        }
    }

    /// Looks back again at the workloads that were written since.
    pub(super) fn look_back_again(&mut self) {
        let written = |(workload, generation): (&ObjectRef, &i64)| {
            (self.generation_of(workload) != *generation).then(|| workload.clone())
        };
        let written: Vec<ObjectRef> = self.looked_back.iter().filter_map(written).collect();
        for workload in written {
            self.look_back(workload);
        }
    }

    /// The generation of a workload as it is believed to be; 0 while it is not known.
    fn generation_of(&self, workload: &ObjectRef) -> i64 {
        self.state.find(workload).and_then(Row::workload).map_or(0, |workload| workload.meta.generation)
    }
}
