use unicode_width::UnicodeWidthStr;

use super::*;

/// Every glyph of a set that must fill exactly one cell.
fn single(set: &Glyphs) -> Vec<&'static str> {
    let frame = &set.frame;
    let mut glyphs = vec![
        set.bad,
        set.attention,
        set.waiting,
        set.moving,
        set.fine,
        set.unknown,
        set.quiet,
        set.yes,
        set.no,
        set.current,
        set.trail,
        set.dash,
        set.dot,
        set.separator,
        set.ascending,
        set.descending,
        set.bar,
        set.shade,
        frame.top_left,
        frame.top_right,
        frame.bottom_left,
        frame.bottom_right,
        frame.vertical_left,
        frame.vertical_right,
        frame.horizontal_top,
        frame.horizontal_bottom,
    ];
    glyphs.extend(set.levels);
    glyphs
}

#[test]
fn every_glyph_fills_one_cell() {
    for glyph in single(&UNICODE).into_iter().chain(single(&ASCII)).chain([UNICODE.arrow, UNICODE.ellipsis]) {
        assert_eq!(glyph.width(), 1, "{glyph}");
    }
}

#[test]
fn the_ascii_set_is_ascii() {
    assert!(single(&ASCII).into_iter().chain([ASCII.arrow, ASCII.ellipsis]).all(str::is_ascii));
}

#[test]
fn states_differ_by_glyph_alone() {
    for set in [&UNICODE, &ASCII] {
        let mut states = vec![set.bad, set.attention, set.waiting, set.moving, set.fine, set.unknown, set.quiet];
        states.sort_unstable();
        states.dedup();
        assert_eq!(states.len(), 7);
        for other in [set.dot, set.dash, set.separator] {
            assert!(!set.levels.contains(&other), "a gap or a mark is no value: {other}");
        }
        assert_ne!(set.bar, set.shade);
        assert_ne!(set.yes, set.no);
    }
}

#[test]
fn unicode_is_used_only_where_the_terminal_says_so() {
    for (locale, term, wanted) in [
        (Some("en_US.UTF-8"), Some("xterm-256color"), &UNICODE),
        (Some("de_DE.utf8"), None, &UNICODE),
        (Some("C"), Some("xterm"), &ASCII),
        (None, Some("xterm"), &ASCII),
        (Some("en_US.UTF-8"), Some("linux"), &ASCII),
        (Some("en_US.UTF-8"), Some("dumb"), &ASCII),
    ] {
        assert_eq!(Glyphs::detect(locale, term), wanted, "{locale:?} {term:?}");
    }
}
