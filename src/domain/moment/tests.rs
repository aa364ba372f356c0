use super::*;

#[test]
fn a_span_is_said_in_its_largest_fitting_unit() {
    for (seconds, said) in [
        (-5, "0 s"),
        (41, "41 s"),
        (119, "119 s"),
        (120, "2 min"),
        (7_199, "119 min"),
        (7_200, "2 h"),
        (172_800, "2 d"),
    ] {
        assert_eq!(span(SignedDuration::from_secs(seconds)), said);
    }
}

#[test]
fn an_older_time_names_its_day() {
    let now = Timestamp::constant(1_700_000_000, 0);
    assert_eq!(time_of_day(now - SignedDuration::from_mins(1), now), "22:12");
    assert_eq!(time_of_day(now - SignedDuration::from_hours(48), now), "12 Nov 22:13");
}
