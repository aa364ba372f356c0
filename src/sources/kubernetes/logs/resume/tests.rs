use super::*;

fn at(second: i64, nano: i32) -> Timestamp {
    Timestamp::constant(1_700_000_000 + second, nano)
}

/// What a server tells again: every line of the second asked for and later.
fn told_since(lines: &[Timestamp], since: Timestamp) -> Vec<Timestamp> {
    lines.iter().copied().filter(|line| line.as_second() >= since.as_second()).collect()
}

#[test]
fn a_stream_resumed_after_any_line_has_neither_gap_nor_duplicate() {
    let lines = [at(0, 1), at(0, 5), at(0, 5), at(0, 5), at(0, 9), at(1, 0), at(1, 0), at(2, 0)];
    for broken in 1..=lines.len() {
        let mut place = Place::default();
        let mut taken: Vec<Timestamp> = lines[..broken].iter().copied().filter(|at| place.takes(*at)).collect();
        for _ in 0..2 {
            let since = place.since().expect("a line was read");
            place.begin_again();
            taken.extend(told_since(&lines, since).into_iter().filter(|at| place.takes(*at)));
            assert!(place.is_joined(), "broken after {broken}");
        }
        assert_eq!(taken, lines, "broken after {broken}");
    }
}

#[test]
fn lines_that_the_node_has_thrown_away_leave_a_gap_that_is_known() {
    let mut place = Place::default();
    assert!(place.takes(at(0, 5)));
    place.begin_again();
    assert!(place.takes(at(9, 0)));
    assert!(!place.is_joined());
}

#[test]
fn a_line_that_was_late_at_the_node_is_taken() {
    let mut place = Place::default();
    assert!(place.takes(at(0, 5)) && place.takes(at(0, 4)) && place.takes(at(0, 6)));
    assert_eq!(place.since(), Some(at(0, 6)));
}
