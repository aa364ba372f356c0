//! A pod: containers on a node.

use jiff::Timestamp;

use super::condition::{Condition, Truth, find};
use super::object::Meta;
use super::text::Text;

/// What a container is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ContainerState {
    /// Nothing has been reported.
    #[default]
    Unreported,
    /// It waits, for the reason given: "CrashLoopBackOff", "ImagePullBackOff", "ContainerCreating".
    Waiting {
        /// Why, in one word.
        reason: Text,
        /// Why, in a sentence.
        message: Text,
    },
    /// It runs.
    Running {
        /// Since when.
        since: Option<Timestamp>,
    },
    /// It has ended.
    Terminated(Termination),
}

/// How a container ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Termination {
    /// Why, in one word: "OOMKilled", "Error", "Completed".
    pub reason: Text,
    /// What it left as its last words.
    pub message: Text,
    /// The exit code.
    pub exit_code: i32,
    /// When.
    pub at: Option<Timestamp>,
}

impl Termination {
    /// In one word or two: "OOMKilled", "exit 1".
    pub fn how(&self) -> Text {
        if self.reason.is_empty() || self.reason == "Error" {
            Text::from(format!("exit {}", self.exit_code))
        } else {
            self.reason.clone()
        }
    }
}

/// Which list of the pod a container stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// An ordinary container.
    #[default]
    Main,
    /// It runs to its end before the others begin.
    Init,
    /// An init container that goes on running beside the others.
    Sidecar,
}

/// One container of a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// The name.
    pub name: Text,
    /// The image, as the specification asks for it.
    pub image: Text,
    /// Which list it stands in.
    pub role: Role,
    /// Whether it passes its readiness probe.
    pub ready: bool,
    /// How often it was started again.
    pub restarts: u32,
    /// What it is doing.
    pub state: ContainerState,
    /// How it ended before.
    pub last: Option<Box<Termination>>,
}

/// A pod as a row shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pod {
    /// Identity and labels.
    pub meta: Meta,
    /// The node it runs on; empty before it is scheduled.
    pub node: Text,
    /// Its address.
    pub ip: Text,
    /// "Pending", "Running", "Succeeded", "Failed" or "Unknown".
    pub phase: Text,
    /// Why it is in that phase: "Evicted", "NodeLost".
    pub reason: Text,
    /// Its containers, init containers first.
    pub containers: Box<[Container]>,
    /// "PodScheduled" when it does not hold, and "Ready".
    pub conditions: Box<[Condition]>,
}

impl Pod {
    /// Containers that count for readiness: ordinary ones and sidecars.
    pub fn serving(&self) -> impl Iterator<Item = &Container> {
        self.containers.iter().filter(|container| container.role != Role::Init)
    }

    /// How many containers are ready, and of how many.
    pub fn readiness(&self) -> (usize, usize) {
        self.serving().fold((0, 0), |(ready, all), container| (ready + usize::from(container.ready), all + 1))
    }

    /// Whether the pod takes traffic.
    pub fn is_ready(&self) -> bool {
        find(&self.conditions, "Ready").is_some_and(|condition| condition.truth == Truth::True)
            && self.meta.deleted.is_none()
    }

    /// Whether it has ended for good.
    pub fn is_finished(&self) -> bool {
        self.phase == "Succeeded" || self.phase == "Failed"
    }

    /// How often its containers were started again.
    pub fn restarts(&self) -> u32 {
        self.containers.iter().map(|container| container.restarts).sum()
    }

    /// How often its containers were started again since a moment, at the least: a pod tells when each ended last, and of
    /// one that was there before not how often it did so before that.
    pub fn restarts_since(&self, moment: Timestamp) -> u32 {
        if self.meta.created.is_some_and(|created| created >= moment) {
            return self.restarts();
        }
        let ended = |container: &&Container| {
            let now = if let ContainerState::Terminated(end) = &container.state { end.at } else { None };
            let last = container.last.as_ref().and_then(|end| end.at);
            container.restarts > 0 && now.max(last).is_some_and(|at| at >= moment)
        };
        u32::try_from(self.containers.iter().filter(ended).count()).unwrap_or(u32::MAX)
    }

    /// The latest end of one of its containers.
    pub fn last_termination(&self) -> Option<&Termination> {
        let ended = self.containers.iter().filter_map(|container| match &container.state {
            ContainerState::Terminated(end) if end.exit_code != 0 => Some(end),
            _ => container.last.as_deref(),
        });
        ended.max_by_key(|end| end.at)
    }

    /// The word that kubectl shows as the status, which names what is wrong where something is: "Running",
    /// "CrashLoopBackOff", "Init:Error", "Init:0/2".
    pub fn status(&self) -> Text {
        match self.initializing() {
            _ if self.is_going() => Text::from(self.status_word()),
            Some((_, Some(word))) => Text::from(format!("Init:{word}")),
            Some((done, None)) => {
                let all = self.containers.iter().filter(|container| container.role != Role::Main).count();
                Text::from(format!("Init:{done}/{all}"))
            }
            None => Text::from(self.status_word()),
        }
    }

    /// The same without what says how far the init containers are: a word to sort and to judge by.
    pub fn status_word(&self) -> &str {
        if self.is_going() {
            return if self.reason == "NodeLost" { "Unknown" } else { "Terminating" };
        }
        match self.initializing() {
            Some((_, word)) => word.unwrap_or("Init"),
            None => self.serving_word(),
        }
    }

    fn is_going(&self) -> bool {
        self.meta.deleted.is_some() && !self.is_finished()
    }

    /// How many init containers are done, and why the next one is not, while they keep the others waiting.
    fn initializing(&self) -> Option<(usize, Option<&str>)> {
        let has_begun = |container: &Container| {
            container.role == Role::Main
                && matches!(container.state, ContainerState::Running { .. } | ContainerState::Terminated(_))
        };
        if self.containers.iter().any(has_begun) {
            return None;
        }
        let before = self.containers.iter().filter(|container| container.role != Role::Main);
        before.enumerate().find_map(|(done, container)| match &container.state {
            ContainerState::Terminated(end) if end.exit_code == 0 => None,
            ContainerState::Running { .. } if container.role == Role::Sidecar => None,
            ContainerState::Terminated(end) if end.reason.is_empty() => Some((done, Some("Error"))),
            ContainerState::Terminated(end) => Some((done, Some(end.reason.as_str()))),
            ContainerState::Waiting { reason, .. } if !reason.is_empty() && reason != "PodInitializing" => {
                Some((done, Some(reason.as_str())))
            }
            _ => Some((done, None)),
        })
    }

    /// The word of the containers that serve: that of the first one that does not run, else that of the whole pod.
    fn serving_word(&self) -> &str {
        let word = self.serving().find_map(|container| match &container.state {
            ContainerState::Waiting { reason, .. } if !reason.is_empty() => Some(reason.as_str()),
            ContainerState::Terminated(end) if !end.reason.is_empty() => Some(end.reason.as_str()),
            ContainerState::Terminated(end) if end.exit_code != 0 => Some("Error"),
            _ => None,
        });
        let runs = |container: &Container| container.ready && matches!(container.state, ContainerState::Running { .. });
        match word {
            // One has come to its end, as a job's does, while what stands beside it goes on.
            Some("Completed") if self.serving().any(runs) => {
                if self.is_ready() {
                    "Running"
                } else {
                    "NotReady"
                }
            }
            Some(word) => word,
            None if self.reason.is_empty() => &self.phase,
            None => &self.reason,
        }
    }

    /// The reason of the first container that does not do what it should, in the word of the kubelet.
    pub fn trouble(&self) -> Option<&Text> {
        let waiting = self.containers.iter().find_map(|container| match &container.state {
            ContainerState::Waiting { reason, .. } if !reason.is_empty() && reason != "PodInitializing" => Some(reason),
            _ => None,
        });
        waiting.or_else(|| {
            self.containers.iter().find_map(|container| match &container.state {
                ContainerState::Terminated(end) if end.exit_code != 0 || container.role == Role::Main => {
                    (!end.reason.is_empty()).then_some(&end.reason)
                }
                _ => None,
            })
        })
    }

    /// Why no node takes it, when none does.
    pub fn unschedulable(&self) -> Option<&Condition> {
        find(&self.conditions, "PodScheduled").filter(|condition| condition.truth == Truth::False)
    }
}

/// Whether a status word means that the pod will not become ready without somebody's help.
pub fn is_stuck_reason(reason: &str) -> bool {
    matches!(
        reason,
        "CrashLoopBackOff"
            | "ImagePullBackOff"
            | "ErrImagePull"
            | "InvalidImageName"
            | "CreateContainerConfigError"
            | "CreateContainerError"
            | "RunContainerError"
            | "OOMKilled"
            | "Error"
            | "StartError"
    )
}

#[cfg(test)]
mod tests;
