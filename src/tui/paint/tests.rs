use proptest::prelude::*;

use super::*;
use crate::tui::test_support::Stage;

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

#[test]
fn no_edge_leaves_half_a_wide_character() {
    let stage = Stage::new();
    let area = Rect { x: 0, y: 0, width: 8, height: 1 };
    let drawn = |over: &dyn Fn(&mut Painter<'_>)| {
        let mut buffer = Buffer::empty(area);
        let painter = &mut Painter::new(&mut buffer, &stage.look);
        painter.text(0, 0, 8, Role::Text, "漢字漢字");
        over(painter);
        (0..8).map(|x| buffer[(x, 0)].symbol()).collect::<Vec<_>>().join("|")
    };
    assert_eq!(drawn(&|_| {}), "漢| |字| |漢| |字| ");
    assert_eq!(
        drawn(&|painter| painter.fill(Rect { x: 1, y: 0, width: 4, height: 1 }, Role::Panel)),
        " | | | | | |字| "
    );
    assert_eq!(drawn(&|painter| painter.right(5, 0, 2, Role::Text, "ab")), "漢| | |a|b| |字| ");
    assert_eq!(drawn(&|painter| painter.right(3, 0, 2, Role::Text, "漢")), " |漢| | |漢| |字| ");
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

#[test]
fn what_is_three_cells_wide_leaves_no_cell_behind_at_an_edge() {
    let stage = Stage::new();
    let mut buffer = Buffer::empty(Rect { x: 0, y: 0, width: 8, height: 1 });
    let mut painter = Painter::new(&mut buffer, &stage.look);
    painter.fill(Rect { x: 0, y: 0, width: 8, height: 1 }, Role::Panel);
    painter.text(2, 0, 6, Role::Danger, "क्षि!");
    painter.text(0, 0, 3, Role::Danger, "abc");
    let row: Vec<&str> = buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect();
    assert_eq!(row, ["a", "b", "c", " ", " ", "!", " ", " "]);
    assert_eq!(buffer[(3, 0)].style(), buffer[(5, 0)].style());
    assert_eq!(buffer[(4, 0)].style(), buffer[(5, 0)].style());
}
