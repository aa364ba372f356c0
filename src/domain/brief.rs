//! A briefing: what is broken, since when, what changed before, who pages, and what is safe to do; short enough to be
//! read at night and pasted into a chat.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde::Serialize;

use super::alert::Priority;
use super::health::Health;
use super::problem::Problem;
use super::text::Text;

/// One service that needs somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// Its name.
    pub service: Text,
    /// Its environment.
    pub environment: Text,
    /// How it is.
    pub health: Health,
    /// Why.
    pub reason: Text,
    /// Since when.
    pub since: Option<Timestamp>,
}

/// One alert that fires.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Paging {
    /// The name of its rule.
    pub alert: Text,
    /// How soon somebody has to look.
    pub priority: Priority,
    /// The service that it is about, where one is found.
    pub service: Option<Text>,
    /// Since when.
    pub since: Timestamp,
    /// The change that came before: "began 2 min after rollout 1.5.0 began".
    pub before: Option<String>,
    /// Whether midwatch evaluates its rule, because nobody else does.
    #[serde(rename = "evaluatedByMidwatch")]
    pub is_own: bool,
}

/// One sign that somebody is at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OnIt {
    /// Who, where that is known.
    pub who: Option<Text>,
    /// By what that is seen: "changed chat-service at 03:04: rollout 1.5.0 began".
    pub what: String,
}

/// One change that came before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Before {
    /// When.
    pub at: Timestamp,
    /// The service that it concerns; empty where it concerns several.
    pub service: Text,
    /// What happened.
    pub what: String,
    /// Why, where somebody said so.
    pub why: Option<Text>,
    /// Who did it, where that is known.
    pub by: Option<Text>,
}

/// One thing that can be done, which changes nothing by itself until it is confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Safe {
    /// In words.
    pub what: String,
    /// The command that plans it.
    pub command: String,
}

/// One thing that is on its way, or that waits for somebody to let it go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moving {
    /// The service.
    pub service: Text,
    /// Its environment.
    pub environment: Text,
    /// How far it is: "step 2 of 5, 20 %, waits for a release since 03:04".
    pub what: Text,
    /// The command that plans to let it go on, where only somebody can.
    #[serde(rename = "goesOnBy", skip_serializing_if = "Option::is_none")]
    pub goes_on_by: Option<String>,
}

/// The briefing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Brief {
    /// When it was made.
    pub at: Timestamp,
    /// Of which environment; all where none is named.
    pub environment: Option<Text>,
    /// Of which namespaces; all where none is named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<Text>,
    /// How many services there are.
    pub services: usize,
    /// How many of them are not known now.
    pub unknown: usize,
    /// What of all that services are made of may not be read, or does not answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unseen: Vec<Problem>,
    /// Those that need somebody, worst first.
    pub broken: Vec<Broken>,
    /// The alerts that fire, the most urgent first.
    pub alerts: Vec<Paging>,
    /// What changed lately in what is broken, the newest first.
    pub changes: Vec<Before>,
    /// Who is on it: whoever changed last what is broken, and what was silenced.
    #[serde(rename = "onIt")]
    pub on_it: Vec<OnIt>,
    /// What is safe to do.
    pub safe: Vec<Safe>,
    /// What is in motion: what waits for somebody first.
    pub moving: Vec<Moving>,
}

/// How many lines a briefing has at most.
const LINES: usize = 10;

/// The lines under one word.
struct Section {
    word: &'static str,
    told: Vec<String>,
    /// What is told however little room there is.
    always: Option<String>,
}

impl Section {
    fn new(word: &'static str, told: impl Iterator<Item = String>) -> Self {
        Self { word, told: told.collect(), always: None }
    }
}

/// The lines of all sections; what there is no room for is counted in the last one.
fn fill(sections: &[Section]) -> Vec<(&'static str, String)> {
    let always = sections.iter().filter(|section| section.always.is_some()).count();
    let all: usize = sections.iter().map(|section| section.told.len()).sum();
    let room = LINES - always;
    let shares = shares(sections, if all > room { room - 1 } else { room });
    let mut lines = Vec::new();
    let mut left_out = Vec::new();
    for (section, share) in sections.iter().zip(shares) {
        let told = section.told[..share].iter().chain(&section.always);
        lines.extend(told.enumerate().map(|(at, line)| (if at == 0 { section.word } else { "" }, line.clone())));
        let more = section.told.len() - share;
        left_out.extend((more > 0).then(|| format!("{more} {}", section.word)));
    }
    if !left_out.is_empty() {
        lines.push(("more", left_out.join(", ")));
    }
    lines
}

/// How many lines of each section are told where there is room for so many: each says something, then the first ones more.
fn shares(sections: &[Section], mut room: usize) -> Vec<usize> {
    let mut shares = vec![0; sections.len()];
    loop {
        let before = room;
        for (share, section) in shares.iter_mut().zip(sections) {
            let more = usize::from(*share < section.told.len()).min(room);
            *share += more;
            room -= more;
        }
        if room == before {
            return shares;
        }
    }
}

impl Brief {
    /// What stands above everything.
    pub fn title(&self) -> String {
        let names = self.namespaces.iter().map(Text::as_str).collect::<Vec<_>>().join(", ");
        let place = match (&self.environment, self.namespaces.len()) {
            (Some(environment), 0) => environment.to_string(),
            (Some(environment), _) => format!("{environment}, of it {names}"),
            (None, 0) => "all environments".to_owned(),
            (None, 1) => format!("namespace {names}"),
            (None, _) => format!("namespaces {names}"),
        };
        format!("{place}, {}", self.at.strftime("%Y-%m-%d %H:%MZ"))
    }

    /// The lines, each with the word before it; an empty word goes on with the one before.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let clock = |at: &Timestamp| at.strftime("%H:%M").to_string();
        let broken = self.broken.iter().map(|one| {
            let since = one.since.as_ref().map(|at| format!(", since {}", clock(at))).unwrap_or_default();
            format!("{} ({}): {}{since}", one.service, one.environment, one.reason)
        });
        let well = match (self.unseen.first(), self.unknown) {
            (Some(unseen), _) => format!("not everything is seen: {unseen}"),
            (None, 0) => format!("nothing; {} services do their work", self.services),
            (None, unknown) => format!("{unknown} of {} services are not known now", self.services),
        };
        let is_known = self.unknown == 0 && self.unseen.is_empty();
        let always = (self.broken.is_empty() || !is_known).then_some(well);
        let safe = self.safe.iter().map(|one| format!("{}: {}", one.what, one.command));
        let moving = self.moving.iter().map(|one| {
            let command = one.goes_on_by.as_ref().map(|command| format!("; to let it go on: {command}"));
            format!("{} ({}): {}{}", one.service, one.environment, one.what, command.unwrap_or_default())
        });
        let alerts = self.alerts.iter().map(|one| {
            let service = one.service.as_ref().map(|service| format!(" ({service})")).unwrap_or_default();
            let before = one.before.as_ref().map(|before| format!(", {before}")).unwrap_or_default();
            let own = if one.is_own { ", evaluated by midwatch" } else { "" };
            format!("{} {}{service}, since {}{before}{own}", one.priority, one.alert, clock(&one.since))
        });
        let changes = self.changes.iter().map(|one| {
            let by = one.by.as_ref().map(|by| format!(", by {by}")).unwrap_or_default();
            let why = one.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            format!("{} {} {}{by}{why}", clock(&one.at), one.service, one.what)
        });
        let on_it = self.on_it.iter().map(|one| match &one.who {
            Some(who) => format!("{who} {}", one.what),
            None => one.what.clone(),
        });
        fill(&[
            Section { always, ..Section::new("broken", broken) },
            // Before all that explains it: on a small screen the rest is further down.
            Section::new("safe to do", safe),
            Section::new("changed", changes),
            Section::new("in motion", moving),
            Section::new("alerts", alerts),
            Section::new("on it", on_it),
        ])
    }

    /// As plain text.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.title());
        for (word, line) in self.lines() {
            let _ = writeln!(text, "{word:<11} {line}");
        }
        text
    }

    /// As Markdown, for a chat.
    pub fn markdown(&self) -> String {
        let mut text = format!("**{}**\n", self.title());
        for (word, line) in self.lines() {
            if !word.is_empty() {
                let _ = writeln!(text, "\n*{word}*");
            }
            // What a cluster says must not be read as markup.
            let line = match line.split_once(": midwatch ") {
                Some((what, command)) => format!("{}: `midwatch {command}`", plain(what)),
                None => plain(&line),
            };
            let _ = writeln!(text, "- {line}");
        }
        text
    }
}

/// Text in which nothing is markup.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~') {
            plain.push('\\');
        }
        plain.push(letter);
    }
    plain
}

#[cfg(test)]
mod tests;
