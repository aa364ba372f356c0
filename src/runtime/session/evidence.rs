//! Evidence of a session: who looks, what they are told, and an archive for whoever asks.

use std::sync::Arc;
use std::time::Duration;

use super::Session;
use crate::domain::audit::ActionId;
use crate::domain::evidence::Subject;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::problem::Problem;
use crate::domain::service::ServiceId;
use crate::domain::text::Text;
use crate::runtime::evidence::{Archives, Collector, Head, Question, Sight, collect, gather};
use crate::runtime::message::Message;

/// How long the way back of a guarded shift waits for evidence at most, whatever is configured.
const BRIEF: Duration = Duration::from_secs(2);

/// Which evidence a change has, where it is kept at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    /// What is configured.
    Usual,
    /// What is at hand at once: it shows why everything goes back, and must not hold that up.
    Brief,
    /// None: a step of a guarded shift that raises, or a way back that is tried again.
    None,
}

impl Session {
    /// How evidence is kept.
    pub fn archives(&self) -> &Archives {
        &self.archives
    }

    /// Whether a kind is read at all.
    pub fn wants(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }

    /// Has an archive made of what is to be seen of a service now. It arrives as [`Absorbed::evidence`]; kept where
    /// `is_kept`, else only handed over.
    ///
    /// [`Absorbed::evidence`]: crate::runtime::Absorbed::evidence
    pub fn collect_evidence(&mut self, service: ServiceId, is_kept: bool) {
        let outbox = self.outbox.clone();
        let Some(collector) = self.collector(Subject { service: service.clone(), target: None }) else {
            let what = format!("no connection to {}", service.cluster);
            let problem = Problem::new(what, "", "choose it with --context");
            tokio::spawn(async move { drop(outbox.send(Message::Evidence(Box::new(Err(problem)))).await) });
            return;
        };
        self.last += 1;
        let identity = self.state.cluster(&service.cluster).and_then(|inventory| inventory.identity());
        let by = identity.and_then(|told| told.as_ref().ok()).map(|identity| identity.user.clone());
        let head = Head {
            action: ActionId::of(&self.name, self.last),
            what: Text::from(format!("look at {} in {}", service.name, service.environment)),
            reason: Text::default(),
            by: by.unwrap_or_else(|| "unknown".into()),
            target: Text::default(),
            is_change: false,
        };
        let manifest = head.manifest(&collector.subject, &collector.rules);
        let ledger = Arc::clone(&self.ledger);
        let records = move || ledger.records(|action| action.environment() == service.environment.as_str());
        tokio::spawn(async move {
            let made = collect(collector, manifest, records, is_kept).await;
            drop(outbox.send(Message::Evidence(Box::new(made))).await);
        });
    }

    /// Who looks at the service of an object that is changed, where that is wanted.
    pub(super) fn collector_of(&self, target: &ObjectRef, evidence: Evidence) -> Option<Collector> {
        if !self.archives.is_automatic || evidence == Evidence::None {
            return None;
        }
        let place = self.place_of(target);
        let service =
            ServiceId { cluster: target.cluster.clone(), environment: place.environment, name: place.service };
        let mut collector = self.collector(Subject { service, target: Some(target.clone()) })?;
        if evidence == Evidence::Brief {
            collector.archives.wait = collector.archives.wait.min(BRIEF);
        }
        Some(collector)
    }

    /// Says what is believed of a service. Whoever asked may have gone.
    pub(super) fn answer(&self, question: Question) {
        let Question { subject, is_last, answer } = question;
        let gathered = gather(self, &subject, is_last);
        drop(answer.send(gathered.map_or(Sight::Loading, |gathered| Sight::Seen(Box::new(gathered)))));
    }

    fn collector(&self, subject: Subject) -> Option<Collector> {
        let handle = self.clusters.get(&subject.service.cluster)?;
        Some(Collector {
            reader: handle.reader.clone(),
            rules: self.following.rules(),
            outbox: self.outbox.clone(),
            clock: self.clock.clone(),
            archives: self.archives.clone(),
            subject,
        })
    }
}
