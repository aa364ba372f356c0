//! The objects of the sandbox, one global version, and the recent changes that watches replay.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use serde_json::{Value, json};

use super::object;

/// How many changes are kept; a watch that asks for older ones is told that they are gone.
const HISTORY: usize = 2_000;

/// Plural name of the kind, namespace (empty for cluster-wide kinds) and name.
type Key = (&'static str, String, String);

/// All objects by kind, namespace and name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Store {
    objects: BTreeMap<Key, Arc<Value>>,
    /// The objects that each owner controls, by the owner's uid.
    owned: BTreeMap<String, BTreeSet<Key>>,
    version: u64,
    /// The version of the newest change that a controller may care about: any but an event.
    stirred: u64,
    /// The version of the newest change to each kind.
    newest: BTreeMap<&'static str, u64>,
    history: VecDeque<Change>,
    /// The newest version whose change is no longer kept.
    forgotten: u64,
}

/// One write: what was there before and what is there now.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) version: u64,
    pub(crate) plural: &'static str,
    pub(crate) before: Option<Arc<Value>>,
    /// The object after the change; for a deletion its last state, with the deletion's version.
    pub(crate) object: Arc<Value>,
    pub(crate) deleted: bool,
}

/// The changes asked for are no longer kept.
#[derive(Debug)]
pub(crate) struct Expired;

impl Store {
    /// Returns the version of the newest change.
    pub(crate) const fn version(&self) -> u64 {
        self.version
    }

    /// Returns the version of the newest change to anything but an event.
    pub(crate) const fn stirred(&self) -> u64 {
        self.stirred
    }

    /// Returns the version of the newest change to any of some kinds.
    pub(crate) fn newest(&self, plurals: &[&str]) -> u64 {
        plurals.iter().filter_map(|plural| self.newest.get(plural)).copied().max().unwrap_or_default()
    }

    pub(crate) fn get(&self, plural: &'static str, namespace: &str, name: &str) -> Option<Arc<Value>> {
        self.objects.get(&(plural, namespace.to_owned(), name.to_owned())).cloned()
    }

    /// Returns the objects of a kind, by namespace and name.
    pub(crate) fn list(&self, plural: &'static str) -> Vec<Arc<Value>> {
        let from: Key = (plural, String::new(), String::new());
        self.objects
            .range(from..)
            .take_while(|(key, _)| key.0 == plural)
            .map(|(_, object)| Arc::clone(object))
            .collect()
    }

    /// Returns the objects of a kind in one namespace, by name.
    pub(crate) fn list_in(&self, plural: &'static str, namespace: &str) -> Vec<Arc<Value>> {
        let from: Key = (plural, namespace.to_owned(), String::new());
        let here = self.objects.range(from..).take_while(|(key, _)| key.0 == plural && key.1 == namespace);
        here.map(|(_, object)| Arc::clone(object)).collect()
    }

    /// Returns the objects of a kind that an owner controls.
    pub(crate) fn owned(&self, owner: &Value, plural: &'static str) -> Vec<Arc<Value>> {
        let keys = self.owned.get(object::uid(owner)).into_iter().flatten();
        keys.filter(|key| key.0 == plural).filter_map(|key| self.objects.get(key)).map(Arc::clone).collect()
    }

    /// Stores an object under a new version; an object that is the same as the stored one is left alone.
    pub(crate) fn put(&mut self, plural: &'static str, mut new: Value) -> Arc<Value> {
        let key = (plural, object::namespace(&new).to_owned(), object::name(&new).to_owned());
        let before = self.objects.get(&key).cloned();
        if let Some(before) = &before {
            object::set(&mut new, "metadata.resourceVersion", before["metadata"]["resourceVersion"].clone());
            if **before == new {
                return Arc::clone(before);
            }
        } else if let Some(owner) = object::at(&new, "metadata.ownerReferences.0.uid").as_str() {
            self.owned.entry(owner.to_owned()).or_default().insert(key.clone());
        }
        let new = self.versioned(new);
        self.objects.insert(key, Arc::clone(&new));
        self.remember(Change { version: self.version, plural, before, object: Arc::clone(&new), deleted: false });
        new
    }

    /// Removes an object and returns its last state.
    pub(crate) fn remove(&mut self, plural: &'static str, old: &Value) -> Option<Arc<Value>> {
        let key = (plural, object::namespace(old).to_owned(), object::name(old).to_owned());
        let before = self.objects.remove(&key)?;
        if let Some(siblings) = self.owned.get_mut(object::text(&before, "metadata.ownerReferences.0.uid")) {
            siblings.remove(&key);
        }
        let last = self.versioned((*before).clone());
        let change =
            Change { version: self.version, plural, before: Some(before), object: Arc::clone(&last), deleted: true };
        self.remember(change);
        Some(last)
    }

    /// Returns the changes of a kind after a version.
    pub(crate) fn since(&self, plural: &'static str, version: u64) -> Result<Vec<Change>, Expired> {
        if version < self.forgotten {
            return Err(Expired);
        }
        let from = self.history.partition_point(|change| change.version <= version);
        Ok(self.history.range(from..).filter(|change| change.plural == plural).cloned().collect())
    }

    /// Says whether changes after a version can still be told.
    pub(crate) const fn remembers(&self, version: u64) -> bool {
        version >= self.forgotten
    }

    /// Forgets all changes so far, as a server does that compacts its history.
    pub(crate) fn compact(&mut self) {
        self.history.clear();
        self.forgotten = self.version;
    }

    fn versioned(&mut self, mut new: Value) -> Arc<Value> {
        self.version += 1;
        object::set(&mut new, "metadata.resourceVersion", json!(self.version.to_string()));
        Arc::new(new)
    }

    fn remember(&mut self, change: Change) {
        if change.plural != "events" {
            self.stirred = change.version;
        }
        self.newest.insert(change.plural, change.version);
        if self.history.len() == HISTORY
            && let Some(oldest) = self.history.pop_front()
        {
            self.forgotten = oldest.version;
        }
        self.history.push_back(change);
    }
}
