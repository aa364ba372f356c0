//! What is believed about one cluster: its rows, how its sources are doing, and who we are there.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::collection::Collection;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::platform::Autoscaler;
use crate::domain::problem::Problem;
use crate::domain::row::Row;
use crate::domain::text::Text;
use crate::domain::update::{ClusterFacts, Identity, Liveness, Login};

/// A cluster that was not heard for so long is late.
pub const LATE_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// How fresh the rows of a kind are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// They are being listed.
    Loading,
    /// They are complete and watched.
    Live,
    /// They are as old as this.
    Late {
        /// When they were last heard.
        since: Timestamp,
        /// Why.
        problem: Problem,
    },
    /// They may not be read.
    NoAccess(Problem),
    /// The server does not know the kind.
    Absent(Problem),
    /// They are live, except in these namespaces, which may not be read.
    Partial(Vec<Text>),
}

/// How a cluster as a whole is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClusterLiveness {
    /// It has not been heard yet.
    Connecting,
    /// It was heard within the last 10 seconds.
    Live,
    /// It was not.
    Late {
        /// When it was last heard; none if it never was.
        since: Option<Timestamp>,
        /// Why, if that is known.
        problem: Option<Problem>,
    },
}

/// A source and what has been heard of it.
#[derive(Debug)]
struct Source {
    liveness: Liveness,
    /// Whether a list is under way.
    is_listing: bool,
    /// Whether a list was ever completed, so that what comes now is news.
    is_listed: bool,
}

/// Everything known about one cluster.
#[derive(Debug, Default)]
pub struct Inventory {
    collections: [Collection; Kind::READ.len()],
    sources: BTreeMap<(Kind, Option<Text>), Source>,
    /// Moves when the liveness of a source moves.
    pub(super) sources_revision: u64,
    pub(super) facts: Option<ClusterFacts>,
    pub(super) identity: Option<Result<Identity, Problem>>,
    pub(super) login: Option<Login>,
    pub(super) heard: Option<Timestamp>,
    pub(super) silent: Option<Problem>,
}

impl Inventory {
    /// The rows of a kind.
    pub fn rows(&self, kind: Kind) -> &Collection {
        &self.collections[kind.index()]
    }

    /// The autoscaler that chooses the number of pods of a workload.
    pub fn autoscaler_of(&self, workload: &ObjectRef) -> Option<&Autoscaler> {
        self.rows(Kind::HorizontalPodAutoscaler).rows_in(&workload.namespace).find_map(|row| match row {
            Row::Autoscaler(scaler) if scaler.is_for(workload) => Some(&**scaler),
            _ => None,
        })
    }

    /// What is known about the cluster.
    pub fn facts(&self) -> Option<&ClusterFacts> {
        self.facts.as_ref()
    }

    /// Who we are there; none while the server has not been asked.
    pub fn identity(&self) -> Option<&Result<Identity, Problem>> {
        self.identity.as_ref()
    }

    /// How its login program is doing.
    pub fn login(&self) -> Option<&Login> {
        self.login.as_ref()
    }

    /// When it was last heard.
    pub fn heard(&self) -> Option<Timestamp> {
        self.heard
    }

    /// Why it does not answer, while it does not.
    pub fn silence(&self) -> Option<&Problem> {
        self.silent.as_ref()
    }

    /// How the cluster as a whole is doing.
    pub fn liveness(&self, now: Timestamp) -> ClusterLiveness {
        match (self.heard, &self.silent) {
            (None, None) => ClusterLiveness::Connecting,
            (None, Some(problem)) => ClusterLiveness::Late { since: None, problem: Some(problem.clone()) },
            (Some(heard), problem) if now.duration_since(heard) >= LATE_AFTER => {
                ClusterLiveness::Late { since: Some(heard), problem: problem.clone() }
            }
            (Some(_), _) => ClusterLiveness::Live,
        }
    }

    /// How fresh the rows of a kind are, in all namespaces that are read.
    pub fn freshness(&self, kind: Kind) -> Freshness {
        let everywhere = self.source(kind, None);
        if let Some(source) = everywhere
            && !matches!(source.liveness, Liveness::NoAccess(_))
        {
            return fresh(&source.liveness);
        }
        // The whole cluster may not be read, so single namespaces are tried.
        let mut denied = Vec::new();
        let mut refusal = everywhere.map(|source| fresh(&source.liveness));
        let mut worst = None;
        for ((_, namespace), source) in self.sources_of(kind) {
            let (Some(namespace), freshness) = (namespace, fresh(&source.liveness)) else { continue };
            match freshness {
                Freshness::NoAccess(_) | Freshness::Absent(_) => {
                    denied.push(namespace.clone());
                    refusal = Some(freshness);
                }
                _ if worst.as_ref().is_none_or(|worst| rank(worst) < rank(&freshness)) => worst = Some(freshness),
                _ => {}
            }
        }
        match worst {
            Some(Freshness::Live) if !denied.is_empty() => Freshness::Partial(denied),
            Some(freshness) => freshness,
            None => refusal.unwrap_or(Freshness::Loading),
        }
    }

    /// How fresh the rows of a kind are in one namespace.
    pub fn freshness_in(&self, kind: Kind, namespace: &Text) -> Freshness {
        let own = self.source(kind, Some(namespace));
        own.or_else(|| self.source(kind, None)).map_or(Freshness::Loading, |source| fresh(&source.liveness))
    }

    /// Every source with its liveness: the kind, and the namespace unless it reads all of them.
    pub fn sources(&self) -> impl Iterator<Item = (Kind, Option<&Text>, &Liveness)> {
        self.sources.iter().map(|((kind, namespace), source)| (*kind, namespace.as_ref(), &source.liveness))
    }

    /// The rows of a kind, to be changed.
    pub(super) fn rows_mut(&mut self, kind: Kind) -> &mut Collection {
        &mut self.collections[kind.index()]
    }

    /// Begins a list.
    pub(super) fn begin_list(&mut self, kind: Kind, namespace: Option<&Text>) {
        self.source_mut(kind, namespace).is_listing = true;
        self.rows_mut(kind).begin_list(namespace);
    }

    /// Ends a list and gives what it did not name.
    pub(super) fn end_list(&mut self, kind: Kind, namespace: Option<&Text>) -> Vec<Row> {
        let source = self.source_mut(kind, namespace);
        source.is_listing = false;
        source.is_listed = true;
        self.rows_mut(kind).end_list(namespace)
    }

    /// Notes how a source is doing; true when that is new.
    pub(super) fn set_liveness(&mut self, kind: Kind, namespace: Option<&Text>, liveness: Liveness) -> bool {
        let source = self.source_mut(kind, namespace);
        let is_new = source.liveness != liveness;
        source.liveness = liveness;
        self.sources_revision += u64::from(is_new);
        is_new
    }

    /// Whether what a source says now is news, not the first sight of what was there before.
    pub(super) fn tells_news(&self, kind: Kind, namespace: Option<&Text>) -> bool {
        self.source(kind, namespace).is_some_and(|source| source.is_listed)
    }

    /// Whether what a source says now comes from its watch, where each word means that something changed.
    pub(super) fn is_watching(&self, kind: Kind, namespace: Option<&Text>) -> bool {
        self.source(kind, namespace).is_some_and(|source| source.is_listed && !source.is_listing)
    }

    fn source(&self, kind: Kind, namespace: Option<&Text>) -> Option<&Source> {
        self.sources_of(kind).find(|((_, of), _)| of.as_ref() == namespace).map(|(_, source)| source)
    }

    fn sources_of(&self, kind: Kind) -> impl Iterator<Item = (&(Kind, Option<Text>), &Source)> {
        self.sources.range((kind, None)..).take_while(move |((of, _), _)| *of == kind)
    }

    fn source_mut(&mut self, kind: Kind, namespace: Option<&Text>) -> &mut Source {
        self.sources_revision += u64::from(self.source(kind, namespace).is_none());
        self.sources.entry((kind, namespace.cloned())).or_insert(Source {
            liveness: Liveness::Loading,
            is_listing: false,
            is_listed: false,
        })
    }
}

/// The freshness that one source gives.
fn fresh(liveness: &Liveness) -> Freshness {
    match liveness {
        Liveness::Loading => Freshness::Loading,
        Liveness::Live => Freshness::Live,
        Liveness::Late { since, problem } => Freshness::Late { since: *since, problem: problem.clone() },
        Liveness::NoAccess(problem) => Freshness::NoAccess(problem.clone()),
        Liveness::Absent(problem) => Freshness::Absent(problem.clone()),
    }
}

/// How much one namespace's freshness weighs in that of all.
fn rank(freshness: &Freshness) -> u8 {
    match freshness {
        Freshness::Late { .. } => 2,
        Freshness::Loading => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
