//! Spans and times of day as people say them: "41 s", "6 min", "03:04".

use jiff::{SignedDuration, Timestamp};

/// A span in its largest unit that is not too coarse: "41 s", "6 min", "3 h", "12 d". A negative one is "0 s".
pub fn span(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// The time of day in UTC, with the day in front when it was not within the last 24 hours.
pub fn time_of_day(at: Timestamp, now: Timestamp) -> String {
    let format = if now.duration_since(at).abs() < SignedDuration::from_hours(24) { "%H:%M" } else { "%d %b %H:%M" };
    at.strftime(format).to_string()
}

#[cfg(test)]
mod tests;
