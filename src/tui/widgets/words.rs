//! How times and numbers are said: short, with their unit, and never more exact than is of use; and how lines are broken.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// How long ago, in one unit: "41 s", "8 min", "6 d".
pub fn age(then: Timestamp, now: Timestamp) -> String {
    duration(now.duration_since(then))
}

/// A length of time in one unit.
pub fn duration(duration: SignedDuration) -> String {
    crate::domain::moment::span(duration)
}

/// A moment as people on call say it: the minute within the last day, else how many days ago. UTC, as in logs.
pub fn moment(then: Timestamp, now: Timestamp) -> String {
    if now.duration_since(then) < SignedDuration::from_hours(20) { clock(then) } else { age(then, now) }
}

/// The minute of a moment, in UTC.
pub fn clock(at: Timestamp) -> String {
    let time = at.to_zoned(TimeZone::UTC);
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// A number of things with its word.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// An environment's name where there is little room.
pub fn short_environment(name: &str) -> &str {
    match name {
        "production" => "prod",
        "staging" => "stag",
        "testing" => "test",
        "development" => "dev",
        other => other,
    }
}

/// A number with a comma at every thousand: "10,009".
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut told = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            told.push(',');
        }
        told.push(digit);
    }
    told
}
