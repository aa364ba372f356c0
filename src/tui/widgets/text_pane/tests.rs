use super::*;
use crate::tui::test_support::Stage;

fn pane(lines: &[&str]) -> TextPane {
    let mut pane = TextPane::default();
    pane.set(lines.iter().map(|text| line(Role::Text, *text)).collect());
    pane
}

fn drawn(pane: &mut TextPane, width: u16, height: u16) -> Vec<String> {
    let stage = Stage::new();
    let area = Rect { x: 0, y: 0, width, height };
    let mut buffer = ratatui::buffer::Buffer::empty(area);
    pane.settle(height);
    pane.render(&mut Painter::new(&mut buffer, &stage.look), area);
    (0..height).map(|y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned()).collect()
}

#[test]
fn long_lines_are_cut_scrolled_or_wrapped() {
    let mut pane = pane(&["0123456789abcdef", "short"]);
    assert_eq!(drawn(&mut pane, 12, 2), ["0123456789a…", "short"]);
    pane.handle(Command::ScrollRight, "");
    assert_eq!(drawn(&mut pane, 12, 2), ["89abcdef", ""]);
    pane.handle(Command::Wrap, "");
    assert_eq!(drawn(&mut pane, 12, 3), ["0123456789ab", "cdef", "short"]);
}

#[test]
fn a_search_goes_from_hit_to_hit_and_round() {
    let lines: Vec<String> =
        (0..100).map(|at| if at % 40 == 30 { format!("line {at} Error") } else { format!("line {at}") }).collect();
    let mut pane = pane(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    drawn(&mut pane, 20, 10);
    pane.look_for("error");
    assert!(drawn(&mut pane, 20, 10).iter().any(|line| line == "line 30 Error"));
    pane.handle(Command::NextMatch, "");
    assert!(drawn(&mut pane, 20, 10).iter().any(|line| line == "line 70 Error"));
    pane.handle(Command::NextMatch, "");
    assert!(drawn(&mut pane, 20, 10).iter().any(|line| line == "line 30 Error"));
    pane.handle(Command::PreviousMatch, "");
    assert!(drawn(&mut pane, 20, 10).iter().any(|line| line == "line 70 Error"));
    assert_eq!(pane.handle(Command::Back, ""), Outcome::Redraw);
    assert_eq!(pane.handle(Command::Back, ""), Outcome::Ignored);
}

#[test]
fn the_end_is_the_end() {
    let mut pane = pane(&["a", "b", "c", "d"]);
    drawn(&mut pane, 5, 3);
    pane.handle(Command::SelectLast, "");
    assert_eq!(drawn(&mut pane, 5, 3), ["b", "c", "d"]);
    pane.handle(Command::SelectNext, "");
    assert_eq!(drawn(&mut pane, 5, 3), ["b", "c", "d"]);
}

#[test]
fn what_is_saved_is_the_whole_text() {
    let mut pane = pane(&["a", "b"]);
    let saved = Outcome::Ask(Effect::Save { about: "pod-a".to_owned(), text: "a\nb\n".to_owned() });
    assert_eq!(pane.handle(Command::Save, "pod-a"), saved);
}

#[test]
fn what_is_saved_drives_no_terminal() {
    let pane = pane(&["a\u{1b}[2J", "\u{202e}b", "c\td"]);
    assert_eq!(pane.text(), "a^[\n<U+202E>b\nc    d\n");
}
