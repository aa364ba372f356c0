//! The simulated cluster: its objects, its time, and what the controllers need to act on them.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::controllers;
use super::kinds::Kind;
use super::object::{self, at, name, namespace, set, uid};
use super::ownership;
use super::random::{self, Random};
use super::signals::{Errors, SCRAPED_EVERY, Samples, Silences};
use super::store::Store;

/// The cluster at one moment.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) store: Store,
    /// The last second that the controllers have seen.
    pub(crate) now: Timestamp,
    pub(crate) random: Random,
    /// The uids of pods that crash although their image is good.
    pub(crate) broken: BTreeSet<String>,
    /// The newest change that the controllers knew of when they last ran.
    pub(crate) reconciled: u64,
    /// The newest change to pods, services or their slices when the slices were last brought up to date.
    pub(crate) sliced: u64,
    /// What the services counted about themselves, while somebody scrapes them.
    pub(crate) samples: Samples,
    /// What the rule about errors found.
    pub(crate) errors: Errors,
    /// What Alertmanager keeps quiet.
    pub(crate) silences: Silences,
}

impl World {
    pub(crate) fn new(seed: u64, now: Timestamp) -> Self {
        Self {
            store: Store::default(),
            now,
            random: Random::new(seed),
            broken: BTreeSet::new(),
            reconciled: 0,
            sliced: 0,
            samples: Samples::default(),
            errors: Errors::default(),
            silences: Silences::default(),
        }
    }

    /// Lets the controllers live through every second up to `now`.
    pub(crate) fn catch_up(&mut self, now: Timestamp) {
        while self.now + SignedDuration::from_secs(1) <= now {
            self.now += SignedDuration::from_secs(1);
            controllers::tick(self);
            if self.now.as_second() % SCRAPED_EVERY == 0 {
                self.samples.scrape(&self.store, self.now);
                self.errors.evaluate(&self.samples, self.now);
            }
        }
    }

    /// Creates an object from its metadata, spec and so on, filling in what a server fills in.
    pub(crate) fn create(&mut self, plural: &'static str, manager: &str, body: Value) -> Arc<Value> {
        let kind = Kind::of(plural);
        let mut whole = json!({"apiVersion": kind.api_version(), "kind": kind.name});
        if let (Some(fields), Value::Object(given)) = (whole.as_object_mut(), body) {
            fields.extend(given);
        }
        if whole.get("spec").is_some() {
            set(&mut whole, "metadata.generation", json!(1));
        }
        ownership::record(manager, self.now, &Value::Null, &mut whole);
        set(&mut whole, "metadata.uid", json!(self.random.uid()));
        set(&mut whole, "metadata.creationTimestamp", json!(self.now.to_string()));
        self.store.put(plural, whole)
    }

    /// Changes an object as `manager`; its generation goes up when its spec (or a Deployment's annotations) changes.
    pub(crate) fn edit(&mut self, old: &Value, manager: &str, change: impl FnOnce(&mut Value)) -> Arc<Value> {
        let mut new = old.clone();
        change(&mut new);
        self.finish(old, &mut new, manager);
        self.store.put(plural_of(old), new)
    }

    /// Completes a changed object as the server does before it is stored.
    pub(crate) fn finish(&self, old: &Value, new: &mut Value, manager: &str) {
        let annotated =
            old["kind"] == "Deployment" && at(old, "metadata.annotations") != at(new, "metadata.annotations");
        if old.get("spec") != new.get("spec") || annotated {
            set(new, "metadata.generation", json!(object::number(old, "metadata.generation") + 1));
        }
        ownership::record(manager, self.now, old, new);
    }

    /// Replaces the status of an object, if it differs.
    pub(crate) fn set_status(&mut self, old: &Value, status: Value) {
        if old.get("status") != Some(&status) {
            let mut new = old.clone();
            new["status"] = status;
            self.store.put(plural_of(old), new);
        }
    }

    /// Reports something about an object; the same report again only raises the count.
    pub(crate) fn report(&mut self, about: &Value, component: &str, kind: &str, reason: &str, message: &str) {
        let mark = random::hash(&format!("{}{reason}{message}", uid(about)));
        let (space, event_name) = (namespace(about), format!("{}.{mark:016x}", name(about)));
        if let Some(known) = self.store.get("events", space, &event_name) {
            let mut again = (*known).clone();
            again["count"] = json!(object::number(&known, "count") + 1);
            again["lastTimestamp"] = json!(self.now.to_string());
            self.store.put("events", again);
            return;
        }
        let body = json!({
            "metadata": {"name": event_name, "namespace": space},
            "involvedObject": {
                "kind": about["kind"], "namespace": space, "name": name(about), "uid": uid(about),
                "apiVersion": about["apiVersion"], "resourceVersion": at(about, "metadata.resourceVersion"),
            },
            "reason": reason, "message": message, "type": kind, "count": 1,
            "source": {"component": component, "host": at(about, "spec.nodeName")},
            "firstTimestamp": self.now.to_string(), "lastTimestamp": self.now.to_string(), "eventTime": null,
            "reportingComponent": component, "reportingInstance": at(about, "spec.nodeName"),
        });
        self.create("events", component, body);
    }
}

/// Returns the plural name of an object's kind.
pub(crate) fn plural_of(object: &Value) -> &'static str {
    super::kinds::KINDS.iter().find(|kind| object["kind"] == kind.name).map_or("pods", |kind| kind.plural)
}
