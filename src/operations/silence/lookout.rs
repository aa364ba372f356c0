//! Whether a silence is so: read back from every Alertmanager that is asked, with the alerts that it was to hide.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::domain::moment::moment;
use crate::domain::operation::{OperationEvent, Verdict};
use crate::domain::plan::Goal;
use crate::domain::silence::{LabelSet, Silence, SilenceRef, SilenceState};
use crate::domain::text::Text;

use super::super::ports::{AlertmanagerReply, ControlPlane};
use super::super::verify::Patience;
use super::listed::{alerts, silences};
use super::preview::counted;
use super::trace::{ends_of, is_like, untold};

/// What is seen of it.
enum Sight {
    /// It is so.
    So(String),
    /// It is not so yet.
    NotYet(String),
    /// Somebody undid it.
    Undone(String),
    /// Nobody answers.
    Dark(String),
}

/// Watches until what was asked for is so everywhere, or patience ends. An Alertmanager hides an alert at once, and tells
/// the other of its pair within seconds.
pub(in crate::operations) async fn watch(
    goal: &Goal,
    plane: &dyn ControlPlane,
    patience: Patience,
    now: &(dyn Fn() -> Timestamp + Send + Sync),
    report: &mut (dyn FnMut(OperationEvent) + Send),
) -> Verdict {
    let began = now();
    let limit = SignedDuration::try_from(patience.limit).unwrap_or(SignedDuration::MAX);
    let mut last = String::new();
    loop {
        let replies = plane.alertmanagers().await;
        let at = now();
        let is_late = at.duration_since(began) >= limit;
        let words = match sight(goal, &replies, at) {
            Sight::So(words) => return Verdict::Verified(words.into()),
            Sight::Undone(words) => return Verdict::Reverted(words.into()),
            Sight::NotYet(words) if is_late => return Verdict::NotConverged(words.into()),
            Sight::Dark(words) if is_late => return Verdict::Unknown(words.into()),
            Sight::NotYet(words) | Sight::Dark(words) => words,
        };
        if words != last {
            report(OperationEvent::Verifying { progress: Text::from(words.as_str()) });
            last = words;
        }
        tokio::time::sleep(patience.every).await;
    }
}

/// One look.
fn sight(goal: &Goal, replies: &[AlertmanagerReply], now: Timestamp) -> Sight {
    let answered: Vec<&AlertmanagerReply> = replies.iter().filter(|reply| reply.told.is_ok()).collect();
    if answered.is_empty() {
        return Sight::Dark(untold(replies).to_string());
    }
    match goal {
        Goal::Silenced { silence, body, alerts } => silenced((silence, body), alerts, replies, &answered, now),
        Goal::Expired(silence) => expired(silence, replies, &answered),
        _ => Sight::Dark("this is not about a silence".to_owned()),
    }
}

fn silenced(
    (wanted, body): (&SilenceRef, &Value),
    expected: &[LabelSet],
    replies: &[AlertmanagerReply],
    answered: &[&AlertmanagerReply],
    now: Timestamp,
) -> Sight {
    let is_it = |silence: &Silence| {
        if wanted.id.is_empty() { is_like(silence, body) } else { silence.id == wanted.id }
    };
    let held: Vec<_> = silences(replies, &wanted.cluster).filter(|held| is_it(&held.silence)).collect();
    let Some(first) = held.first() else { return Sight::NotYet("no Alertmanager has it yet".to_owned()) };
    if held.iter().all(|held| held.silence.state(now) == SilenceState::Expired) {
        return Sight::Undone("somebody ended it".to_owned());
    }
    // One that is made longer or shorter keeps its name: only its end tells whether it was changed.
    let ends = ends_of(body).unwrap_or(first.silence.ends);
    let has_it = |server: &Text| held.iter().any(|held| held.reply.server == *server && held.silence.ends == ends);
    let seen = match (answered.iter().filter(|reply| has_it(&reply.server)).count(), replies.len()) {
        (_, 1) => String::new(),
        (seen, all) => format!("; seen on {seen} of {all}"),
    };
    let is_other = |silence: &Silence| silence.state(now) != SilenceState::Expired && silence.ends != ends;
    if let Some(other) = held.iter().find(|held| is_other(&held.silence)) {
        let (until, instead) = (moment(ends, now), moment(other.silence.ends, now));
        return Sight::NotYet(format!("at {} it lasts until {instead}, not {until}{seen}", other.reply.server));
    }
    let id = &first.silence.id;
    let hiding = Hiding::of(id, expected, replies);
    if let Some(first) = hiding.loud.first() {
        let more = if hiding.loud.len() > 1 { format!(", and {} more", hiding.loud.len() - 1) } else { String::new() };
        return Sight::NotYet(format!("{first}{more}{seen}"));
    }
    let until = moment(ends, now);
    Sight::So(format!("silence {id} is active until {until}, hides {}{seen}", hiding.words(expected.len())))
}

/// What a silence does to the alerts that are told.
#[derive(Default)]
struct Hiding {
    /// Those that it was to hide and that page all the same.
    loud: Vec<String>,
    /// How many it hides of those that the plan showed.
    hidden: usize,
    /// How many of those are quiet only by another silence.
    elsewhere: usize,
    /// Those that it hides and that the plan did not show.
    unshown: Vec<String>,
}

impl Hiding {
    fn of(id: &Text, expected: &[LabelSet], replies: &[AlertmanagerReply]) -> Self {
        let mut hiding = Self::default();
        for alert in alerts(replies) {
            let is_shown = expected.contains(&alert.labels);
            let is_hidden = alert.silenced_by.iter().any(|(_, ids)| ids.contains(id));
            let open = alert.silenced_by.iter().find(|(_, ids)| ids.is_empty());
            match (is_shown, open) {
                (true, Some((server, _))) => hiding.loud.push(format!("{} still pages from {server}", alert.name())),
                (true, None) if is_hidden => hiding.hidden += 1,
                (true, None) => hiding.elsewhere += 1,
                (false, _) if is_hidden => hiding.unshown.push(alert.name().to_owned()),
                (false, _) => {}
            }
        }
        hiding
    }

    /// What it hides, in words, where the plan showed so many.
    fn words(&self, shown: usize) -> String {
        let Self { hidden, elsewhere, unshown, .. } = self;
        let mut words = if *hidden == 0 { "nothing".to_owned() } else { counted(*hidden) };
        let gone = shown.saturating_sub(hidden + elsewhere);
        if gone == 0 && *elsewhere == 0 && unshown.is_empty() && *hidden > 0 {
            words += " as shown";
        }
        if *elsewhere > 0 {
            words.extend([format!(", {elsewhere} that only another silence keeps quiet")]);
        }
        if gone > 0 {
            words.extend([format!(", {gone} that the plan showed ended meanwhile")]);
        }
        if let Some(first) = unshown.first() {
            words.extend([format!(", and {} that the plan did not show, such as {first}", unshown.len())]);
        }
        words
    }
}

fn expired(wanted: &SilenceRef, replies: &[AlertmanagerReply], answered: &[&AlertmanagerReply]) -> Sight {
    let mut still: Vec<Text> = silences(replies, &wanted.cluster)
        .filter(|held| held.silence.id == wanted.id && held.silence.told != SilenceState::Expired)
        .map(|held| held.reply.server.clone())
        .collect();
    // What an Alertmanager tells twice counts once.
    still.dedup();
    let seen = match (answered.len().saturating_sub(still.len()), replies.len()) {
        (_, 1) => String::new(),
        (seen, all) => format!("; seen on {seen} of {all}"),
    };
    match still.first() {
        Some(server) => Sight::NotYet(format!("still active at {server}{seen}")),
        None => Sight::So(format!("the silence is over{seen}")),
    }
}
