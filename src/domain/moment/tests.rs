#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

#[test]
fn a_span_is_said_in_its_largest_fitting_unit() {
    for (seconds, said) in
        [(-5, "0 s"), (41, "41 s"), (99, "99 s"), (100, "1 min"), (5_999, "99 min"), (6_000, "1 h"), (172_800, "2 d")]
    {
        assert_eq!(span(SignedDuration::from_secs(seconds)), said);
    }
}

#[test]
fn a_length_is_said_in_two_units_at_most() {
    for (minutes, said) in [
        (0, "0 min"),
        (30, "30 min"),
        (120, "2 h"),
        (90, "1 h 30 min"),
        (2_879, "47 h 59 min"),
        (2_880, "2 d"),
        (43_140, "29 d 23 h"),
    ] {
        assert_eq!(length(SignedDuration::from_mins(minutes)), said);
    }
}

#[test]
fn spans_and_moments_are_read_as_people_write_them() {
    for (word, seconds) in [("90s", 90), ("1h30m", 5_400), ("2h 30m", 9_000), ("3d", 259_200), ("1w", 604_800)] {
        assert_eq!(read_span(word).unwrap(), SignedDuration::from_secs(seconds), "{word}");
    }
    for word in ["", "soon", "5", "1y", "1mo", "5 parsecs"] {
        let why = read_span(word).unwrap_err();
        assert!(why.contains("write it like 30s, 5m or 2d"), "{word}: {why}");
    }
    for (word, moment) in [
        ("2027-01-15", "2027-01-15T00:00:00Z"),
        ("2027-01-15T08:00", "2027-01-15T08:00:00Z"),
        ("2027-01-15T08:00Z", "2027-01-15T08:00:00Z"),
        ("2027-01-15T08:00+01:00", "2027-01-15T07:00:00Z"),
    ] {
        assert_eq!(read_moment(word).unwrap(), at(moment), "{word}");
    }
    for word in ["", "tomorrow", "15.01.2027", "2027-13-01", "2h"] {
        assert!(read_moment(word).is_err(), "{word}");
    }
}

#[test]
fn a_time_of_another_day_names_the_day_and_one_of_another_year_the_year() {
    let now = at("2026-11-26T03:12:00Z");
    for (time, said) in [
        ("2026-11-26T03:11:00Z", "03:11"),
        ("2026-11-25T22:13:00Z", "22:13"),
        ("2026-11-24T22:13:00Z", "Nov 24 22:13"),
        ("2026-12-24T22:13:00Z", "Dec 24 22:13"),
        ("2027-01-03T22:13:00Z", "Jan 3 2027 22:13"),
        ("2025-11-26T03:12:00Z", "Nov 26 2025 03:12"),
    ] {
        assert_eq!(time_of_day(at(time), now), said);
        assert_eq!(moment(at(time), now), format!("{said}Z"));
    }
    // Where the year has just ended nobody is in doubt.
    assert_eq!(moment(at("2027-01-01T04:10:00Z"), at("2026-12-31T23:50:00Z")), "04:10Z");
}
