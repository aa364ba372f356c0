//! What is wrong with some pods, counted by reason.

use jiff::{SignedDuration, Timestamp};

use crate::domain::condition::find;
use crate::domain::pod::{Pod, Termination, is_stuck_reason};
use crate::domain::text::Text;

/// A pod younger than this may still be starting.
const YOUNG: SignedDuration = SignedDuration::from_secs(120);
/// A container that ended within this time may end again.
const RECENT: SignedDuration = SignedDuration::from_mins(10);
/// So many restarts are no accident.
const MANY_RESTARTS: u32 = 3;
/// Words of others are cut to so many characters.
const LONGEST: usize = 120;

/// Pods that share a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) count: usize,
    pub(super) reason: Text,
    /// Since the first of them.
    pub(super) since: Option<Timestamp>,
}

/// Pods that are started again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Restarting {
    pub(super) count: usize,
    /// How often the worst of them.
    pub(super) times: u32,
    /// How the latest ended.
    pub(super) reason: Text,
    pub(super) since: Option<Timestamp>,
}

/// Pods, counted. Those on their way out and those that have ended do not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) total: usize,
    pub(super) ready: usize,
    /// Not ready, though old enough to be.
    pub(super) overdue: usize,
    /// Since when the first of the pods that are not ready is not.
    pub(super) unready_since: Option<Timestamp>,
    /// Since when the last of the pods that are ready is.
    pub(super) ready_since: Option<Timestamp>,
    /// The troubles of pods that will not become ready by themselves, most frequent first.
    pub(super) troubles: Vec<Trouble>,
    /// Pods that no node takes.
    pub(super) unschedulable: Option<Trouble>,
    /// Pods that are not ready and were restarted often, but not lately.
    pub(super) looping: Option<Restarting>,
    /// Pods that were restarted often and lately, ready or not.
    pub(super) shaken: Option<Restarting>,
}

impl Tally {
    /// Counts pods.
    pub(super) fn of<'a>(pods: impl IntoIterator<Item = &'a Pod>, now: Timestamp) -> Self {
        let mut tally = Self::default();
        for pod in pods {
            if pod.meta.deleted.is_none() && !pod.is_finished() {
                tally.count(pod, now);
            }
        }
        tally.troubles.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.reason.cmp(&b.reason)));
        tally
    }

    /// Counts one pod.
    fn count(&mut self, pod: &Pod, now: Timestamp) {
        self.total += 1;
        let is_looping = is_looping(pod, now);
        if is_looping {
            restarted(&mut self.shaken, pod);
        }
        if pod.is_ready() {
            self.ready += 1;
            self.ready_since = self.ready_since.max(find(&pod.conditions, "Ready").and_then(|ready| ready.changed));
            return;
        }
        let since = unready_since(pod);
        self.unready_since = earliest(self.unready_since, since);
        self.overdue += usize::from(!is_young(pod.meta.created, now));
        if let Some(reason) = stuck(pod, is_looping) {
            match self.troubles.iter_mut().find(|trouble| trouble.reason == reason) {
                Some(trouble) => {
                    trouble.count += 1;
                    trouble.since = earliest(trouble.since, since);
                }
                None => self.troubles.push(Trouble { count: 1, reason, since }),
            }
        } else if let Some(condition) = pod.unschedulable() {
            let trouble = self.unschedulable.get_or_insert_with(|| Trouble {
                count: 0,
                reason: Text::from(first_sentence(&condition.message)),
                since: None,
            });
            trouble.count += 1;
            trouble.since = earliest(trouble.since, condition.changed.or(since));
        } else if pod.restarts() >= MANY_RESTARTS {
            restarted(&mut self.looping, pod);
        }
    }
}

/// Whether something was made so lately that it may still be starting.
pub(super) fn is_young(created: Option<Timestamp>, now: Timestamp) -> bool {
    created.is_some_and(|created| now.duration_since(created) < YOUNG)
}

/// The earlier of two times, if any is known.
pub(super) fn earliest(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    [one, other].into_iter().flatten().min()
}

/// Why pods may not be made, without the words that every such message begins and ends with.
pub(super) fn refusal(message: &str) -> &str {
    let message = message.split_once("is forbidden: ").map_or(message, |(_, why)| why);
    let message = message.split_once(", requested:").map_or(message, |(why, _)| why);
    cut(message)
}

/// The words for how a container ended: "OOMKilled", "exit 1".
pub(super) fn ending(pod: &Pod) -> Option<Text> {
    pod.last_termination().map(Termination::how)
}

/// Whether a pod was restarted often and lately.
fn is_looping(pod: &Pod, now: Timestamp) -> bool {
    let end = pod.last_termination().filter(|_| pod.restarts() >= MANY_RESTARTS);
    end.and_then(|end| end.at).is_some_and(|at| now.duration_since(at) < RECENT)
}

/// Why a pod that is not ready will not become so by itself: the kubelet's word, and how the container ended where the
/// word does not tell it. A pod that ends, waits and starts again and again is called the same at each of these moments.
fn stuck(pod: &Pod, is_looping: bool) -> Option<Text> {
    let word = pod.trouble().map_or("", Text::as_str);
    let is_of_loop = matches!(word, "CrashLoopBackOff" | "Error" | "OOMKilled") || !is_stuck_reason(word);
    match ending(pod) {
        Some(ending) if word == "CrashLoopBackOff" || is_looping && is_of_loop => {
            Some(Text::from(format!("CrashLoopBackOff: {ending}")))
        }
        Some(ending) if word == "Error" => Some(Text::from(format!("Error: {ending}"))),
        _ => is_stuck_reason(word).then(|| Text::from(word)),
    }
}

/// Counts a pod among those that are started again and again.
fn restarted(among: &mut Option<Restarting>, pod: &Pod) {
    let at = pod.last_termination().and_then(|end| end.at);
    let reason = ending(pod).unwrap_or_default();
    let held = among.get_or_insert_with(|| Restarting { count: 0, times: 0, reason, since: at });
    held.count += 1;
    held.times = held.times.max(pod.restarts());
    held.since = earliest(held.since, at);
}

/// Since when a pod is not ready.
fn unready_since(pod: &Pod) -> Option<Timestamp> {
    find(&pod.conditions, "Ready").and_then(|ready| ready.changed).or(pod.meta.created)
}

/// The first sentence of a message.
fn first_sentence(message: &str) -> &str {
    cut(message.split(". ").next().unwrap_or(message).trim_end_matches('.'))
}

/// The beginning of a message that is too long for a line.
fn cut(message: &str) -> &str {
    message.char_indices().nth(LONGEST).map_or(message, |(end, _)| &message[..end])
}

#[cfg(test)]
mod tests;
