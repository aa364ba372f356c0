//! What the simulated containers write to their logs: a pure function of container, second and seed.

use jiff::{SignedDuration, Timestamp};

use super::random::{hash, mix};
use super::releases::Sayings;

/// One container of one pod, as far as its log depends on it.
#[derive(Debug, Clone)]
pub(crate) struct Speaker {
    pub(crate) container: String,
    pub(crate) image: String,
    pub(crate) pod_uid: String,
    pub(crate) mood: Mood,
}

/// How a container is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    /// Grows until it is killed, and speaks of nothing else.
    Starving(Sayings),
    /// Fails at its first piece of work.
    Confused,
    /// Works, and fails at some of it.
    Flawed(Sayings),
}

/// A line and when it was written.
pub(crate) type Line = (Timestamp, String);

struct Voice {
    format: Format,
    /// Chance of a line in each quarter of a second, in percent.
    chattiness: u64,
    sayings: &'static [&'static str],
}

#[derive(Clone, Copy)]
enum Format {
    Json,
    Logfmt,
    Plain,
}

const CONFUSED: Sayings = &[
    ("warn", "template push/digest-v2 not found, retrying"),
    ("error", "cannot render notification: template push/digest-v2 is missing"),
];

fn voice(container: &str) -> Voice {
    let (format, chattiness, sayings): (_, _, &[&str]) = match container {
        "api-gateway" => (
            Format::Json,
            60,
            &["request completed", "request completed", "upgraded to websocket", "rate limit checked"],
        ),
        "chat-service" => (Format::Json, 45, &["message delivered", "message stored", "room joined", "typing relayed"]),
        "auth-service" => (Format::Logfmt, 25, &["token issued", "token verified", "session refreshed"]),
        "user-service" => (Format::Logfmt, 20, &["profile read", "profile read", "presence updated"]),
        "notification-service" => (Format::Plain, 20, &["push sent", "push sent", "mail queued", "digest scheduled"]),
        "task-service" => (Format::Plain, 12, &["task claimed", "task finished", "queue depth 12"]),
        "search-service" => (Format::Json, 30, &["query answered", "query answered", "index refreshed", "cache hit"]),
        "media-service" => (Format::Logfmt, 22, &["thumbnail made", "upload stored", "download signed"]),
        "redis" => (
            Format::Plain,
            2,
            &["Background saving started", "DB saved on disk", "Background saving terminated with success"],
        ),
        "envoy" => (Format::Plain, 30, &["GET /v1/rooms 200", "GET /v1/users/me 200", "POST /v1/messages 201"]),
        _ => (Format::Plain, 5, &["heartbeat", "flushed 128 records"]),
    };
    Voice { format, chattiness, sayings }
}

impl Speaker {
    /// Returns the lines that a container, started at `started`, writes in the second that begins at `second`.
    pub(crate) fn lines(&self, started: Timestamp, second: Timestamp) -> Vec<Line> {
        let voice = voice(&self.container);
        let age = second.duration_since(started).as_secs();
        let base = hash(&self.pod_uid) ^ hash(&self.container);
        let chattiness = if matches!(self.mood, Mood::Well | Mood::Flawed(_)) { voice.chattiness } else { 70 };
        let mut lines = Vec::new();
        if age == 0 {
            let version = self.image.rsplit(':').next().unwrap_or_default();
            lines.push(self.line(voice.format, second, 1, "info", &format!("starting {} {version}", self.container)));
        }
        for quarter in 0_u32..4 {
            let slot = second.as_second().unsigned_abs() * 4 + u64::from(quarter);
            let chance = mix(base.wrapping_add(slot));
            if (age > 0 || quarter > 1) && chance % 100 < chattiness {
                let nanoseconds = i64::from(quarter) * 250_000_000
                    + i64::try_from(chance >> 8 & 0x0fff_ffff).unwrap_or(0) % 249_000_000;
                let at = second + SignedDuration::from_nanos(nanoseconds);
                let (level, saying) = self.saying(&voice, chance >> 24);
                lines.push(self.line(voice.format, at, chance >> 32, level, saying));
            }
        }
        lines
    }

    /// Picks what is said: mostly the usual, now and then a complaint.
    fn saying(&self, voice: &Voice, chance: u64) -> (&'static str, &'static str) {
        let pick = |length: usize| usize::try_from(chance >> 8).unwrap_or_default() % length.max(1);
        match self.mood {
            Mood::Starving(complaints) => complaints[pick(complaints.len())],
            Mood::Confused => CONFUSED[pick(CONFUSED.len())],
            Mood::Flawed(complaints) if chance % 100 < 14 => complaints[pick(complaints.len())],
            Mood::Well | Mood::Flawed(_) => match chance % 200 {
                0 => ("error", "upstream closed the connection before the answer"),
                1..=4 => ("warn", "slow answer, took longer than 250 ms"),
                5..=24 => ("debug", "cache hit"),
                _ => ("info", voice.sayings[pick(voice.sayings.len())]),
            },
        }
    }

    fn line(&self, format: Format, at: Timestamp, chance: u64, level: &str, saying: &str) -> Line {
        let (trace, milliseconds) = (mix(chance), chance % 90 + 2);
        let written = match format {
            Format::Json => format!(
                r#"{{"ts":"{at:.3}","level":"{level}","service":"{}","msg":"{saying}","trace_id":"{trace:016x}","duration_ms":{milliseconds}}}"#,
                self.container
            ),
            Format::Logfmt => {
                format!(r#"ts={at:.3} level={level} msg="{saying}" trace_id={trace:016x} duration={milliseconds}ms"#)
            }
            Format::Plain => {
                let worker = chance % 8;
                format!("{at:.3} {:<5} [worker-{worker}] {saying}", level.to_uppercase())
            }
        };
        (at, written)
    }
}
