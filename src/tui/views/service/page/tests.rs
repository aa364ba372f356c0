use super::*;

fn wish(rank: u8, least: u16, most: u16) -> Wish {
    Wish { rank, least, most }
}

#[test]
fn sections_that_matter_less_fall_away_first() {
    let wishes = [wish(0, 4, 4), wish(1, 6, 11), wish(3, 4, 6), wish(2, 5, 20), wish(4, 4, 40)];
    assert_eq!(share(19, &wishes), [4, 7, 0, 6, 0]);
    let given = share(35, &wishes);
    assert!(given.iter().all(|lines| *lines >= 4), "{given:?}");
    assert_eq!(given.iter().sum::<u16>() + 4, 35, "every line but the four between is used");
}

#[test]
fn no_section_gets_more_than_it_can_use() {
    assert_eq!(share(60, &[wish(0, 2, 2), wish(1, 3, 5)]), [2, 5]);
    assert_eq!(share(60, &[wish(0, 2, 2), wish(1, 0, 0)]), [2, 0]);
}

#[test]
fn what_matters_most_gets_whatever_there_is() {
    assert_eq!(share(3, &[wish(0, 6, 6), wish(1, 3, 3)]), [3, 0]);
    assert_eq!(share(0, &[wish(0, 6, 6)]), [0]);
}

#[test]
fn a_window_follows_the_selection_and_keeps_a_line_for_the_rest() {
    let mut top = 0;
    assert_eq!(window(&mut top, 4, 4, Some(3)), 0..4);
    assert_eq!(window(&mut top, 10, 5, Some(0)), 0..4);
    assert_eq!(window(&mut top, 10, 5, Some(7)), 4..8);
    assert_eq!(window(&mut top, 10, 5, Some(5)), 4..8);
    assert_eq!(window(&mut top, 10, 5, None), 4..8);
    assert_eq!(window(&mut top, 3, 5, None), 0..3);
    assert_eq!(window(&mut top, 0, 0, None), 0..0);
    assert_eq!(window(&mut top, 3, 0, Some(2)), 2..2, "no room is no panic");
}
