use proptest::prelude::*;

use super::*;

fn shape(message: &str) -> String {
    Shape::of(message).to_string()
}

#[test]
fn what_differs_from_line_to_line_is_a_star() {
    assert_eq!(shape("redis timeout after 500 ms"), "redis timeout after * ms");
    assert_eq!(shape("2026-11-25T03:12:00.123Z ERROR [worker-3] failed"), "* ERROR [worker-*] failed");
    assert_eq!(shape("user 4bf92f35-77b3-4da6-a3ce-929d0e0e4736 at 10.0.0.1:8080"), "user * at *");
    assert_eq!(shape(r#"path="/a b/c" took=5ms"#), "path=* took=*");
    assert_eq!(shape("GET /rooms/17/users 200"), "GET /rooms/*/users *");
    assert_eq!(shape("mail to <not shown> bounced"), "mail to <not shown> bounced");
    assert_eq!(shape("  "), "");
}

#[test]
fn similar_lines_become_one_shape_and_others_do_not() {
    let (mut one, two) = (Shape::of("cannot open room lobby for eve"), Shape::of("cannot open room kitchen for bob"));
    assert_eq!(one.likeness(&two), Some(4));
    one.take_in(&two);
    assert_eq!(one.to_string(), "cannot open room * for *");
    assert!(one.fits("cannot open room cellar for ann") && !one.fits("cannot close room cellar for ann"));
    assert_eq!(Shape::of("a b c").likeness(&Shape::of("a b c d")), None);
    assert_eq!(Shape::of("message stored").likeness(&Shape::of("room joined")), None);
    assert_eq!(one.longest_word(), Some("cannot"));
}

#[test]
fn of_a_long_word_only_the_beginning_is_kept() {
    let long = |end: &str| format!("dump {}{end} done", "ä".repeat(LONGEST));
    let shape = Shape::of(&long("x"));
    assert_eq!(shape.to_string(), format!("dump {} done", "ä".repeat(LONGEST / 2)));
    assert!(shape.fits(&long("x")) && shape.fits(&long("y")));
    assert!(shape.longest_word().is_some_and(|word| long("x").contains(word)));
    let quoted = format!("path=\"{}\" done", "a".repeat(10 * LONGEST));
    assert_eq!(Shape::of(&quoted).to_string(), "path=* done", "what differs is told before it is cut");
}

proptest! {
    #[test]
    fn a_shape_fits_every_message_that_it_was_made_of(one in "[a-c0-2\"<> ]{0,24}", other in "[a-c0-2\"<> ]{0,24}") {
        let mut shape = Shape::of(&one);
        prop_assert!(shape.fits(&one), "{shape}");
        if shape.likeness(&Shape::of(&other)).is_some() {
            shape.take_in(&Shape::of(&other));
            prop_assert!(shape.fits(&one) && shape.fits(&other), "{shape}");
        }
    }
}
