use super::*;

fn at(text: &str, depth: Depth) -> Option<Color> {
    Swatch::parse(text).expect(text).at(depth)
}

#[test]
fn a_mixture_is_kept_where_the_terminal_can_show_it() {
    assert_eq!(at("#86c28b", Depth::TrueColor), Some(Color::Rgb(0x86, 0xc2, 0x8b)));
}

#[test]
fn a_mixture_becomes_the_nearest_of_256() {
    assert_eq!(at("#ffffff", Depth::Indexed), Some(Color::Indexed(231)));
    assert_eq!(at("#000000", Depth::Indexed), Some(Color::Indexed(16)));
    assert_eq!(at("#87afff", Depth::Indexed), Some(Color::Indexed(111)));
    assert_eq!(at("#121212", Depth::Indexed), Some(Color::Indexed(233)));
    assert_eq!(at("#eeeeee", Depth::Indexed), Some(Color::Indexed(255)));
}

#[test]
fn a_mixture_becomes_the_named_one_of_16_or_the_nearest() {
    assert_eq!(at("#1d2a40 blue", Depth::Sixteen), Some(Color::Blue));
    assert_eq!(at("#f01010", Depth::Sixteen), Some(Color::LightRed));
    assert_eq!(at("#0e1218", Depth::Sixteen), Some(Color::Black));
}

#[test]
fn names_are_the_terminals_own_colours_in_every_depth() {
    assert_eq!(at("bright-red", Depth::TrueColor), Some(Color::LightRed));
    assert_eq!(at("default", Depth::Sixteen), Some(Color::Reset));
}

#[test]
fn without_colours_there_are_none() {
    assert_eq!(at("#86c28b green", Depth::None), None);
    assert_eq!(at("default", Depth::None), None);
}

#[test]
fn what_is_no_colour_is_refused_with_the_nearest_name() {
    for (text, wanted) in [
        ("#12345", "six digits"),
        ("#+12345", "six digits"),
        ("bright-rde", "did you mean `bright-red`"),
        ("#123456 gren", "did you mean `green`"),
        ("red green", "a second word may only follow"),
        ("#123456 green blue", "one word too many"),
        ("", "unknown colour"),
    ] {
        let error = Swatch::parse(text).expect_err(text);
        assert!(error.contains(wanted), "{text}: {error}");
    }
}

#[test]
fn a_terminal_that_shows_no_colours_has_no_depth() {
    assert_eq!(Depth::from(None), Depth::None);
}
