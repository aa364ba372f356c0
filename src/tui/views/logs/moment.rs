//! A moment as people type it: "03:10", "03:10:22", "5m ago", or in full.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// Reads a moment. A time of day is the latest one that is not in the future, in UTC as everywhere.
pub(super) fn parse(typed: &str, now: Timestamp) -> Option<Timestamp> {
    let typed = typed.trim().trim_end_matches(['z', 'Z']);
    // In full before all else: a time of day and a length of time are also read out of longer words.
    if let Ok(at) = format!("{}Z", typed.replace(' ', "T")).parse() {
        return Some(at);
    }
    if let Ok(time) = typed.parse::<Time>().or_else(|_full| Time::strptime("%H:%M", typed)) {
        let today = now.to_zoned(TimeZone::UTC).date().to_datetime(time).to_zoned(TimeZone::UTC).ok()?;
        let day = if today.timestamp() > now { today.checked_sub(1.day()).ok()? } else { today };
        return Some(day.timestamp());
    }
    let ago = typed.strip_suffix("ago").map_or(typed, str::trim);
    let duration = ago.parse::<SignedDuration>().ok()?;
    now.checked_sub(duration.abs()).ok()
}

#[cfg(test)]
mod tests;
