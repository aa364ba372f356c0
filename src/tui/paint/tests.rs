use proptest::prelude::*;

use super::*;

#[test]
fn names_keep_both_ends() {
    assert_eq!(shorten_middle("chat-service-596cfc544f-rkmhz", 15, "…"), "chat-se…f-rkmhz");
    assert_eq!(shorten_middle("short", 15, "…"), "short");
}

#[test]
fn a_cut_text_says_so() {
    assert_eq!(shorten("rolling out", 8, "…"), "rolling…");
    assert_eq!(shorten("rolling out", 1, "…"), "…");
    assert_eq!(shorten("rolling out", 0, "…"), "");
    assert_eq!(shorten("漢字漢字", 5, "…"), "漢字…");
}

proptest! {
    #[test]
    fn nothing_is_wider_than_its_room(text in "\\PC{0,40}", width in 0usize..30) {
        let clean = sanitize(&text);
        for short in [shorten(&clean, width, "…"), shorten_middle(&clean, width, "…"), shorten(&clean, width, "..")] {
            prop_assert!(cells(&short) <= width.max(1), "{short:?} in {width}");
        }
    }
}
