use super::*;

#[test]
fn every_theme_has_its_turn_and_then_the_first_one_again() {
    let mut wardrobe = Wardrobe::new(Assets::default(), Depth::TrueColor, "midnight");
    let mut worn = || wardrobe.change().map(|theme| theme.name.to_string()).unwrap_or_default();
    let first = worn();
    let others: Vec<String> = (1..Assets::default().names(Kind::Theme).len()).map(|_| worn()).collect();
    assert!(!others.contains(&first), "{first}, then {others:?}");
    assert_eq!(worn(), first);
}
