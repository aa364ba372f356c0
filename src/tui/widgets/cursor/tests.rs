use super::*;

fn settle(cursor: &mut Cursor<&'static str>, rows: &[&'static str], height: usize) {
    cursor.settle(rows.len(), height, |key| rows.iter().position(|row| row == key), |index| rows[index]);
}

#[test]
fn what_is_selected_stays_selected_when_rows_move_under_it() {
    let mut cursor = Cursor::default();
    settle(&mut cursor, &["a", "b", "c"], 10);
    assert!(cursor.moves(Command::SelectNext, 3, |index| ["a", "b", "c"][index]));
    settle(&mut cursor, &["x", "y", "b", "c"], 10);
    assert_eq!((cursor.selected(), cursor.index()), (Some(&"b"), 2));
}

#[test]
fn what_is_gone_gives_its_row_to_what_stands_there() {
    let mut cursor = Cursor::default();
    cursor.select("b");
    settle(&mut cursor, &["a", "b", "c"], 10);
    settle(&mut cursor, &["a", "c"], 10);
    assert_eq!(cursor.selected(), Some(&"c"));
    settle(&mut cursor, &[], 10);
    assert_eq!(cursor.selected(), None);
}

#[test]
fn the_selected_row_is_always_visible() {
    let rows: Vec<usize> = (0..100).collect();
    let mut cursor = Cursor::default();
    for command in
        [Command::SelectLast, Command::PageUp, Command::SelectPrevious, Command::SelectFirst, Command::PageDown]
    {
        cursor.moves(command, rows.len(), |index| rows[index]);
        cursor.settle(rows.len(), 7, |key| rows.iter().position(|row| row == key), |index| rows[index]);
        assert!(cursor.window(rows.len()).contains(&cursor.index()), "{command:?}");
        assert_eq!(cursor.window(rows.len()).len(), 7);
    }
}
