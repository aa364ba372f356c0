#![expect(clippy::unwrap_used, reason = "tests")]

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::*;
use crate::tui::test_support::Stage;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

/// Ten buckets that rise, with errors in the last two.
fn picture() -> Picture {
    let bucket = |number: u32| Bucket { lines: number * 10, errors: number.saturating_sub(7) * 2 };
    let bars = Bars { from: at(0), until: at(50), seconds: 5, buckets: (0..10).map(bucket).collect(), errors: 6 };
    Picture::new(bars, Some(at(12)))
}

fn drawn(rows: u16, width: u16, is_ascii: bool) -> Vec<String> {
    let mut stage = Stage::new();
    if is_ascii {
        stage.look.glyphs = &ASCII;
    }
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, rows));
    picture().draw(&mut Painter::new(&mut buffer, &stage.look), 0, 0, width, rows);
    let line = |y| (0..width).map(|x| buffer[(x, y)].symbol().to_owned()).collect::<String>();
    (0..rows).map(|y| line(y).trim_end().to_owned()).collect()
}

#[test]
fn lines_and_errors_stand_below_each_other_with_their_times_and_their_size() {
    assert_eq!(
        drawn(2, 60, false),
        ["22:13:20  ▂▃▄▅▅▆▇██ 22:14:10   lines, 5 s each", "                 ▅█            6 errors"],
    );
}

#[test]
fn errors_from_before_the_picture_are_counted_and_said() {
    let stage = Stage::new();
    let mut picture = picture();
    picture.bars.errors = 17;
    let mut buffer = Buffer::empty(Rect::new(0, 0, 80, 2));
    picture.draw(&mut Painter::new(&mut buffer, &stage.look), 0, 0, 80, 2);
    let line: String = (0..80).map(|x| buffer[(x, 1)].symbol().to_owned()).collect();
    assert!(line.contains("17 errors, 11 earlier"), "{line}");
}

#[test]
fn in_one_row_the_colour_tells_of_errors_and_in_ascii_a_sign() {
    assert_eq!(drawn(1, 60, false), ["22:13:20  ▂▃▄▅▅▆▇██ 22:14:10   lines, 5 s each   6 errors"]);
    assert_eq!(drawn(1, 60, true), ["22:13:20  ,:~==+*!! 22:14:10   lines, 5 s each   6 errors"]);
    assert_eq!(drawn(1, 45, false), ["22:13:20  ▂▃▄▅▅▆▇██ 22:14:10   6 errors"], "what does not fit is left out");
}

#[test]
fn a_bucket_is_loud_by_its_share_of_errors() {
    let bucket = |lines, errors| role_of(Bucket { lines, errors });
    assert_eq!(bucket(100, 0), Role::Information);
    assert_eq!(bucket(100, 4), Role::Attention);
    assert_eq!(bucket(100, 5), Role::Bad);
    assert_eq!(bucket(1, 1), Role::Bad);
}
