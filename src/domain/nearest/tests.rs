use super::*;

#[test]
fn a_slip_of_the_finger_finds_the_word() {
    let words = ["attention", "accent", "fine", "roll-back"];
    assert_eq!(nearest("atention", words), Some("attention"));
    assert_eq!(nearest("rollback", words), Some("roll-back"));
    assert_eq!(nearest("fien", words), Some("fine"));
    assert_eq!(nearest("FINE", words), Some("fine"));
}

#[test]
fn a_different_word_finds_nothing() {
    assert_eq!(nearest("banana", ["attention", "fine"]), None);
    assert_eq!(nearest("x", []), None);
}

#[test]
fn the_closest_of_several_is_offered() {
    assert_eq!(nearest("sort-by-nam", ["sort-by-age", "sort-by-name"]), Some("sort-by-name"));
}
