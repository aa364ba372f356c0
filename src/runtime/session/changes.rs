//! Changes of a session: each is begun, confirmed or left by its number, and walks through the stages by itself.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::Session;
use super::evidence::Evidence;
use crate::domain::audit::ActionId;
use crate::domain::intent::Intent;
use crate::domain::object::ObjectRef;
use crate::domain::operation::{Failure, OperationEvent, OperationId};
use crate::domain::problem::Problem;
use crate::domain::row::Row;
use crate::domain::service::named_by;
use crate::domain::text::Text;
use crate::operations::confirm::Proof;
use crate::operations::guard::Own;
use crate::operations::plan::Place;
use crate::operations::withdraw::Yes;
use crate::runtime::change::{Change, Order};
use crate::runtime::message::Message;
use crate::runtime::wait::Wait;

/// A change that may still be given orders.
pub(super) struct Pending {
    /// What was wished for.
    pub(super) intent: Intent,
    orders: mpsc::Sender<Order>,
}

impl Session {
    /// Begins a change: it is read, planned, authorised and rehearsed, and then waits to be confirmed.
    pub fn propose(&mut self, intent: Intent, wait: Wait, reason: Text) -> OperationId {
        let Intent::GuardedShift { course, .. } = &intent else {
            return self.begin(intent, wait, reason, None, Evidence::Usual);
        };
        let (wish, wait) = (intent.clone(), wait.for_a_step(course));
        let id = self.begin(intent, wait, reason.clone(), None, Evidence::Usual);
        self.keep_guarded(id, &wish, wait, reason);
        id
    }

    /// Begins a change, of its own or as a step of a guarded shift.
    pub(super) fn begin(
        &mut self,
        intent: Intent,
        wait: Wait,
        reason: Text,
        own: Option<Own>,
        evidence: Evidence,
    ) -> OperationId {
        self.last += 1;
        let id = OperationId(self.last);
        let outbox = self.outbox.clone();
        let Some(handle) = self.clusters.get(intent.cluster()) else {
            let problem =
                Problem::new(format!("no connection to {}", intent.cluster()), "", "choose it with --context");
            let event = OperationEvent::Failed { failure: Failure::Unreachable, problem };
            tokio::spawn(async move { drop(outbox.send(Message::Operation(id, event)).await) });
            return id;
        };
        let evidence = intent.object().and_then(|object| self.collector_of(object, evidence));
        // Of those that have come to their end nobody takes anything back.
        self.withdrawals.retain(|_, withdrawal| withdrawal.is_heard());
        let (withdrawal, yes) = Yes::said();
        self.withdrawals.insert(id, withdrawal);
        let change = Change {
            reason,
            asked: self.clock.now(),
            service: intent.object().map(|object| self.service_of(object)).unwrap_or_default(),
            rules: self.state.rules().clone(),
            traffic: self.traffic.clone(),
            priorities: self.signals.priorities.clone(),
            evidence,
            intent: intent.clone(),
            plane: Arc::clone(&handle.plane),
            policy: Arc::clone(&self.policy),
            armed: self.armed.subscribe(),
            ledger: Arc::clone(&self.ledger),
            action: ActionId::of(&self.name, self.last),
            clock: self.clock.clone(),
            wait,
            own,
            yes,
            sightings: Arc::clone(&self.sightings),
        };
        let (orders, ordered) = mpsc::channel(4);
        self.waiting.insert(id, Pending { intent, orders });
        let (report, mut events) = mpsc::unbounded_channel();
        let running = tokio::spawn(change.run(ordered, Box::new(move |event| drop(report.send(event)))));
        tokio::spawn(async move {
            while let Some(event) = events.recv().await {
                drop(outbox.send(Message::Operation(id, event)).await);
            }
            if running.await.is_err() {
                drop(outbox.send(Message::Operation(id, broken_off())).await);
            }
        });
        id
    }

    /// Says yes to a change, with proof. Where its guard is breached already that is no yes.
    pub fn confirm(&mut self, id: OperationId, proof: Proof) {
        if let Some(problem) = self.refused_guarded(id).cloned() {
            let outbox = self.outbox.clone();
            let event = OperationEvent::NotConfirmed { problem };
            tokio::spawn(async move { drop(outbox.send(Message::Operation(id, event)).await) });
            return;
        }
        self.confirm_guarded(id, &proof);
        self.order(id, Order::Confirm(proof));
    }

    /// Has a change read and planned anew.
    pub fn refresh(&self, id: OperationId) {
        self.order(id, Order::Refresh);
    }

    /// Leaves a change that waits. One that was confirmed goes on.
    pub fn leave(&mut self, id: OperationId) {
        self.leave_guarded(id);
        self.waiting.remove(&id);
    }

    fn order(&self, id: OperationId, order: Order) {
        if let Some(pending) = self.waiting.get(&id) {
            // Full means that the same was said a moment ago.
            drop(pending.orders.try_send(order));
        }
    }

    /// The service and environment that an object belongs to, as far as what is listed tells.
    pub fn place_of(&self, object: &ObjectRef) -> Place {
        let place = self.state.place(&object.cluster, &object.namespace);
        let traffic = self.traffic.of(&place.environment);
        let (environment, is_protected) = (place.environment, place.is_protected);
        Place { service: self.service_of(object), environment, is_protected, traffic }
    }

    /// The name of the service that an object belongs to; its own name when no label tells.
    fn service_of(&self, object: &ObjectRef) -> Text {
        let row = self.state.find(object);
        let labels = match row {
            Some(Row::Pod(pod)) => vec![&pod.meta.labels],
            Some(Row::HttpRoute(_) | Row::Service(_)) => {
                return self.state.service_behind(object).unwrap_or_else(|| object.name.clone());
            }
            Some(row) => row
                .workload()
                .map(|workload| vec![&workload.meta.labels, &workload.template_labels])
                .unwrap_or_default(),
            None => Vec::new(),
        };
        named_by(&labels).unwrap_or(&object.name).clone()
    }
}

/// What is told where a change ended by a defect of ours: whoever waits for its end must not wait for ever.
fn broken_off() -> OperationEvent {
    let why = "a defect of midwatch ended it; what had been sent by then is in the journal";
    let problem = Problem::new("the change broke off", why, "midwatch audit show, then look at the cluster");
    OperationEvent::Failed { failure: Failure::Unknown, problem }
}
