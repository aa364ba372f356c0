#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

const NOW: i64 = 1_700_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOW + seconds).unwrap()
}

fn volume(said: impl IntoIterator<Item = (i64, bool)>) -> Volume {
    let mut volume = Volume::default();
    for (seconds, is_error) in said {
        volume.add(at(seconds), is_error, at(0));
    }
    volume
}

#[test]
fn buckets_are_of_a_length_that_people_read_and_fit_the_width() {
    // Five minutes, a line each second, and in the last minute an error each.
    let volume = volume((0..300).map(|second| (second - 300, second >= 240)));
    let bars = volume.bars(64, None).unwrap();
    assert_eq!((bars.seconds, bars.buckets.len()), (5, 57));
    assert_eq!(bars.until, at(0));
    let last = bars.buckets.last().unwrap();
    assert_eq!((last.lines, last.errors), (5, 5));
    assert_eq!(bars.buckets[10].errors, 0);
    assert_eq!(volume.bars(10, None).unwrap().seconds, 30);
    assert_eq!(volume.bars(0, None), None);
}

#[test]
fn a_few_old_lines_do_not_take_the_picture_from_the_many() {
    let old = (0..10).map(|line| (-86_400 * 20 + line * 3_600, false));
    let volume = volume(old.chain((0..600).map(|second| (second - 600, false))));
    let bars = volume.bars(100, None).unwrap();
    assert!(bars.from >= at(-620) && bars.seconds <= 10, "{bars:?}");
    // Unless one looks at just them.
    let bars = volume.bars(100, Some(at(-86_400 * 20))).unwrap();
    assert!(bars.from <= at(-86_400 * 20) && bars.buckets.len() <= 100, "{bars:?}");
}

#[test]
fn what_goes_is_taken_from_the_counts() {
    let mut volume = volume((0..100).map(|second| (second - 100, second % 2 == 0)));
    for second in 0..100 {
        volume.take(at(second - 100).as_second(), second % 2 == 0);
    }
    assert_eq!(volume.bars(80, None), None);
}

#[test]
fn clocks_that_are_wrong_spoil_nothing() {
    let mut volume = volume([(0, false), (86_400, true), (-NOW, true)]);
    volume.add(at(1), true, at(0));
    let bars = volume.bars(80, None).unwrap();
    assert_eq!((bars.from, bars.buckets.len()), (at(0), 2));
    volume.take(0, true);
    assert_eq!(volume.bars(80, None), Some(bars));
}

#[test]
fn silence_between_is_seen_as_silence() {
    let volume = volume([(-50, false), (0, false)]);
    let bars = volume.bars(80, None).unwrap();
    assert_eq!(bars.buckets.len(), 51);
    assert_eq!(bars.buckets.iter().filter(|bucket| bucket.lines == 0).count(), 49);
}
