use proptest::prelude::*;

use super::*;

#[test]
fn plain_text_is_left_alone() {
    assert!(matches!(sanitize("redis timeout after 500 ms"), Cow::Borrowed(_)));
    assert_eq!(sanitize("größer → 漢字"), "größer → 漢字");
}

#[test]
fn what_drives_a_terminal_becomes_a_mark() {
    for (hostile, shown) in [
        ("good\rBAD", "good^MBAD"),
        ("a\u{8}b\u{7f}", "a^Hb^?"),
        ("\u{1b}[2Jx", "^[x"),
        ("\u{1b}]0;title\u{7}x", "^[x"),
        ("\u{1b}]52;c;Zm9v\u{1b}\\x", "^[x"),
        ("\u{1b}P+q544e\u{1b}\\x", "^[x"),
        ("\u{9b}31;5Hx", "^[x"),
        ("\u{1b}cx", "^[x"),
        ("\u{1b}(0x", "^[x"),
        ("\u{85}x", "<U+0085>x"),
        ("\u{1b}", "^["),
    ] {
        assert_eq!(sanitize(hostile), shown, "{hostile:?}");
    }
}

#[test]
fn an_unterminated_string_hides_nothing() {
    assert_eq!(sanitize("\u{1b}]0;rm -rf"), "^[0;rm -rf");
    assert_eq!(sanitize("\u{1b}[12;3\u{7}x"), "^[12;3^Gx");
}

#[test]
fn colours_go_without_a_mark() {
    assert_eq!(sanitize("\u{1b}[1;31merror\u{1b}[0m"), "error");
    assert_eq!(sanitize("\u{1b}[>4;1mx"), "^[x", "a private sequence that ends in m is no colour");
}

#[test]
fn what_deceives_a_reader_is_named() {
    assert_eq!(sanitize("prod\u{200b}"), "prod<U+200B>");
    assert_eq!(sanitize("a\u{202e}b"), "a<U+202E>b");
    assert_eq!(sanitize("a\u{e0041}"), "a<U+E0041>");
    assert_eq!(sanitize("\u{301}x"), "<U+0301>x", "it would stand on what was printed before");
    assert_eq!(sanitize("\u{200d}\u{301}x"), "<U+0301>x");
    assert_eq!(sanitize("e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}x"), "e\u{301}\u{301}\u{301}\u{301}<2 marks>x");
}

#[test]
fn bytes_that_are_not_utf8_are_shown_as_such() {
    assert_eq!(Text::from_bytes(b"caf\xe9"), "caf\u{fffd}");
}

proptest! {
    #[test]
    fn nothing_that_is_not_printable_comes_through(text in any::<String>()) {
        let clean = sanitize(&text);
        prop_assert!(clean.chars().all(|c| !c.is_control() && !is_deceptive(c)), "{clean:?}");
        prop_assert_eq!(sanitize(&clean), clean.clone(), "sanitising twice changes nothing");
    }

    #[test]
    fn sequences_of_hostile_pieces_are_harmless(pieces in proptest::collection::vec(
        prop::sample::select(vec!["\u{1b}", "[", "]", "P", "31", "m", ";", "\u{7}", "\\", "\u{9b}", "\u{9c}", "x", "é", "\n", "\u{202e}"]), 0..40)) {
        let text = pieces.concat();
        prop_assert!(sanitize(&text).chars().all(|c| !c.is_control() && !is_deceptive(c)));
    }
}
