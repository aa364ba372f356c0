//! Whoever speaks in a log: pods and containers by the shortest names that tell them apart.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use crate::domain::logs::{Standing, StreamId};
use crate::domain::text::Text;

/// Whether a pod is of the newest revision, where several speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RevisionAge {
    /// All are of one revision.
    #[default]
    Only,
    /// The newest of several.
    Newest,
    /// An older one.
    Older,
}

/// Who speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamFacts {
    /// The pod.
    pub pod: Text,
    /// The container.
    pub container: Text,
    /// Its revision and version: "12 1.5.0"; empty where nothing is known.
    pub revision: Text,
    /// How that revision compares with the others.
    pub age: RevisionAge,
    /// When and how the container ended of which this is read, where it has.
    pub end: Option<(Timestamp, Text)>,
}

/// One container of one pod.
#[derive(Clone, Debug)]
pub struct Stream {
    /// Who speaks.
    pub facts: StreamFacts,
    /// The name in the column of pods.
    pub label: Text,
    /// How it stands.
    pub standing: Standing,
    /// When the first line was said that was read of it.
    pub begins: Option<Timestamp>,
    /// When the last one was.
    latest: Option<Timestamp>,
    opened: Timestamp,
    lost: Option<Timestamp>,
}

impl Stream {
    /// Whether everything that was kept of it has been told, as far as one can know: it has told lines, or will tell none.
    fn is_known(&self) -> bool {
        self.begins.is_some() || matches!(self.standing, Standing::Waiting(_) | Standing::Ended | Standing::Refused(_))
    }
}

/// A revision from which there is nothing of a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silent {
    /// The revision.
    pub revision: Text,
    /// When its lines begin; none where it has none.
    pub begins: Option<Timestamp>,
}

/// Everybody who speaks or spoke.
#[derive(Debug, Default)]
pub struct Streams {
    all: Vec<Stream>,
    /// Pods that are not listened to, because there are too many.
    pub left_out: Vec<Text>,
}

impl Streams {
    /// One of them.
    pub fn get(&self, id: StreamId) -> Option<&Stream> {
        self.all.get(id.0 as usize)
    }

    /// All of them, those that have ended included.
    pub fn iter(&self) -> impl Iterator<Item = &Stream> {
        self.all.iter()
    }

    /// The revisions of those who spoke, the newest first.
    pub fn revisions(&self) -> Vec<Text> {
        let mut latest: HashMap<&Text, (Option<u64>, usize)> = HashMap::new();
        for (at, stream) in self.all.iter().enumerate() {
            // It begins with the number of the revision, where there is one; else who joined last is the newest.
            let number = stream.facts.revision.split(' ').next().and_then(|word| word.parse().ok());
            latest.entry(&stream.facts.revision).or_default().0 = number;
            latest.entry(&stream.facts.revision).or_default().1 = at;
        }
        let mut revisions: Vec<_> = latest.into_iter().filter(|(revision, _)| !revision.is_empty()).collect();
        revisions.sort_by_key(|(_, age)| std::cmp::Reverse(*age));
        revisions.into_iter().map(|(revision, _)| revision.clone()).collect()
    }

    /// How many pods are listened to now.
    pub fn pods(&self) -> usize {
        pods_of(self.all.iter().filter(|stream| stream.standing != Standing::Ended))
    }

    /// How many pods were listened to, those that have ended included.
    pub fn all_pods(&self) -> usize {
        pods_of(self.all.iter())
    }

    /// The revisions whose lines begin after a moment: a container that was restarted since has lost what it said then.
    pub fn silent_at(&self, moment: Timestamp) -> Vec<Silent> {
        let silent = self.revisions().into_iter().filter_map(|revision| {
            let mut begins = None;
            for stream in self.all.iter().filter(|stream| stream.facts.revision == revision) {
                if !stream.is_known() || stream.begins.is_some_and(|begins| begins <= moment) {
                    return None;
                }
                begins = begins.into_iter().chain(stream.begins).min();
            }
            Some(Silent { revision, begins })
        });
        silent.collect()
    }

    /// Notes when something was said in a stream.
    pub(super) fn said(&mut self, id: StreamId, at: Timestamp) {
        if let Some(stream) = self.all.get_mut(id.0 as usize) {
            stream.begins = stream.begins.into_iter().chain([at]).min();
            stream.latest = stream.latest.max(Some(at));
        }
    }

    /// When and how a stream ended, where its container tells. The end is told in seconds, and nothing is said after it.
    pub(super) fn end_of(&self, id: StreamId) -> Option<(Timestamp, Text)> {
        let stream = self.get(id)?;
        let (at, how) = stream.facts.end.clone()?;
        Some((stream.latest.map_or(at, |latest| latest.max(at)), how))
    }

    pub(super) fn add(&mut self, facts: StreamFacts, now: Timestamp) -> StreamId {
        let id = StreamId(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        let label = facts.pod.clone();
        self.all.push(Stream {
            facts,
            label,
            standing: Standing::Opening,
            begins: None,
            latest: None,
            opened: now,
            lost: None,
        });
        self.name();
        id
    }

    pub(super) fn describe(&mut self, id: StreamId, facts: StreamFacts) {
        if let Some(stream) = self.all.get_mut(id.0 as usize) {
            stream.facts = facts;
        }
    }

    /// Notes how a stream stands; whether it was not over before.
    pub(super) fn stand(&mut self, id: StreamId, standing: Standing, now: Timestamp) -> bool {
        let Some(stream) = self.all.get_mut(id.0 as usize) else { return false };
        if stream.standing == Standing::Ended {
            return false;
        }
        if matches!(standing, Standing::Lost(_)) {
            stream.lost.get_or_insert(now);
        }
        stream.standing = standing;
        true
    }

    pub(super) fn opened(&self, id: StreamId) -> Timestamp {
        self.get(id).map_or(Timestamp::MIN, |stream| stream.opened)
    }

    /// When a stream was lost that goes on now.
    pub(super) fn take_lost(&mut self, id: StreamId) -> Option<Timestamp> {
        self.all.get_mut(id.0 as usize)?.lost.take()
    }

    /// Gives everybody the shortest name that nobody else has.
    fn name(&mut self) {
        let pods: BTreeSet<&Text> = self.all.iter().map(|stream| &stream.facts.pod).collect();
        let mut shared: HashMap<String, usize> = HashMap::new();
        for pod in pods {
            *shared.entry(short_name(pod).to_owned()).or_default() += 1;
        }
        let containers: BTreeSet<Text> = self.all.iter().map(|stream| stream.facts.container.clone()).collect();
        for stream in &mut self.all {
            let pod = short_name(&stream.facts.pod);
            let is_unique = shared.get(pod) == Some(&1);
            let pod = if is_unique { pod } else { &stream.facts.pod };
            stream.label = match containers.len() {
                1 => Text::from(pod),
                _ => Text::from(format!("{pod} {}", stream.facts.container)),
            };
        }
    }
}

/// How many pods some streams are of.
fn pods_of<'a>(streams: impl Iterator<Item = &'a Stream>) -> usize {
    streams.map(|stream| &stream.facts.pod).collect::<BTreeSet<_>>().len()
}

/// The end of a pod's name: what was drawn by lot, or with its number the word before it.
fn short_name(pod: &str) -> &str {
    let mut dashes = pod.rmatch_indices('-').map(|(at, _)| at);
    match dashes.next() {
        Some(at) if pod.len() - at > 4 => &pod[at + 1..],
        Some(_) => dashes.next().map_or(pod, |at| &pod[at + 1..]),
        None => pod,
    }
}
