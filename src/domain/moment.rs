//! Spans and times of day as people say and write them: "41 s", "6 min", "1 h 30 min", "03:04".

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

/// Within so long before and after now a time of day cannot be taken for that of another day.
const TODAY: SignedDuration = SignedDuration::from_hours(20);

/// A span in its largest unit that is not too coarse: "41 s", "6 min", "3 h", "12 d". A negative one is "0 s".
pub fn span(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    match seconds {
        0..100 => format!("{seconds} s"),
        100..6_000 => format!("{} min", seconds / 60),
        6_000..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// A span to the minute, in at most two units: "30 min", "2 h", "1 h 30 min", "12 d 4 h".
pub fn length(duration: SignedDuration) -> String {
    let minutes = (duration.as_secs() + 30) / 60;
    let (large, small) = match minutes {
        0..2_880 => ((minutes / 60, "h"), (minutes % 60, "min")),
        _ => ((minutes / 1_440, "d"), (minutes / 60 % 24, "h")),
    };
    match (large, small) {
        ((0, _), (small, unit)) => format!("{small} {unit}"),
        ((large, unit), (0, _)) => format!("{large} {unit}"),
        ((large, unit), (small, smaller)) => format!("{large} {unit} {small} {smaller}"),
    }
}

/// Reads a span as people write it: "30s", "5m", "1h30m", "2d". A day has 24 hours.
pub fn read_span(word: &str) -> Result<SignedDuration, String> {
    let wrong = |error: jiff::Error| format!("`{word}` is no length of time: {error}; write it like 30s, 5m or 2d");
    let span: Span = word.parse().map_err(wrong)?;
    span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(wrong)
}

/// Reads a moment as people write it, in UTC where they name no zone: "2027-01-15", "2027-01-15T08:00Z".
pub fn read_moment(word: &str) -> Result<Timestamp, String> {
    let wrong = || format!("`{word}` is no moment; write it like 2027-01-15 or 2027-01-15T08:00Z");
    if let Ok(moment) = word.parse() {
        return Ok(moment);
    }
    let date: jiff::civil::DateTime = word.parse().map_err(|_odd| wrong())?;
    date.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp()).map_err(|_far| wrong())
}

/// The time of day in UTC, with the day in front where it may be another one, and the year where that is another one.
pub fn time_of_day(at: Timestamp, now: Timestamp) -> String {
    let year = |at: Timestamp| at.to_zoned(TimeZone::UTC).year();
    let form = if now.duration_since(at).abs() < TODAY {
        "%H:%M"
    } else if year(at) == year(now) {
        "%b %-d %H:%M"
    } else {
        "%b %-d %Y %H:%M"
    };
    at.strftime(form).to_string()
}

/// The same with its zone, for what is compared with other clocks: "04:10Z".
pub fn moment(at: Timestamp, now: Timestamp) -> String {
    format!("{}Z", time_of_day(at, now))
}

#[cfg(test)]
mod tests;
