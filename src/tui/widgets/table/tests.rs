use super::*;

const COLUMNS: [Column; 4] = [
    Column::words("NAME", 8, 30).named(),
    Column::words("HEALTH", 10, 40),
    Column::number("AGE", 5, 6).rank(2),
    Column::words("NODE", 6, 20).rank(1),
];

fn fitted(width: u16) -> Vec<u16> {
    let row = [
        cell(Role::Text, "chat-service-596cfc544f-rkmhz"),
        cell(Role::Text, "CrashLoopBackOff: OOMKilled, 2 of 4 pods"),
        cell(Role::Text, "6 d"),
        cell(Role::Text, "node-1"),
    ];
    let mut widths = Widths::default();
    widths.fit(&COLUMNS, width, [&row[..]]);
    widths.given
}

#[test]
fn with_room_every_column_gets_what_it_asks_for() {
    assert_eq!(fitted(120), [29, 40, 5, 6]);
}

#[test]
fn columns_are_squeezed_before_they_fall_away_by_rank() {
    let squeezed = fitted(50);
    assert!(squeezed.iter().all(|width| *width > 0), "{squeezed:?}");
    assert_eq!(fitted(30)[2..], [0, 6], "the highest rank goes first");
    assert_eq!(fitted(22)[2..], [0, 0]);
}

#[test]
fn columns_never_take_more_than_there_is() {
    for width in 20..200 {
        let given = fitted(width);
        let shown: Vec<u16> = given.into_iter().filter(|width| *width > 0).collect();
        let total: u16 = shown.iter().sum::<u16>() + GAP * u16_of(shown.len() - 1);
        assert!(total <= width, "{shown:?} in {width}");
    }
}
