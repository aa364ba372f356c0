use super::*;

/// What has been told: lines, and lines that were dropped.
fn told(news: &mut mpsc::Receiver<LogNews>) -> (usize, u64) {
    let (mut lines, mut dropped) = (0, 0);
    while let Ok(LogNews { fact, .. }) = news.try_recv() {
        match fact {
            LogFact::Lines(told) => lines += told.len(),
            LogFact::Dropped(told) => dropped += told,
            other => panic!("{other:?}"),
        }
    }
    (lines, dropped)
}

#[test]
fn what_nobody_takes_in_is_dropped_and_counted() {
    let (sender, mut news) = mpsc::channel(4);
    let mut outlet = Outlet::new(LogOutbox::new(1, StreamId(0), sender), Withholder::default());
    let sent = 100_000;
    for _ in 0..sent {
        outlet.put(Timestamp::UNIX_EPOCH, b"INFO a line of a flood", 0);
    }
    let (before, _) = told(&mut news);
    assert!(before < 4 * ROOM_LINES, "memory is bounded: {before}");
    outlet.try_flush();
    let (after, dropped) = told(&mut news);
    assert!(dropped > 0);
    assert_eq!(before as u64 + after as u64 + dropped, sent, "delivered and dropped are all that was sent");
}

#[test]
fn lines_that_were_cut_say_so() {
    let (sender, mut news) = mpsc::channel(4);
    let mut outlet = Outlet::new(LogOutbox::new(1, StreamId(0), sender), Withholder::default());
    outlet.put(Timestamp::UNIX_EPOCH, b"caf\xe9 \x1b[2J", 12);
    outlet.put_unfinished(Timestamp::UNIX_EPOCH, b"and the");
    outlet.try_flush();
    let Ok(LogNews { fact: LogFact::Lines(lines), .. }) = news.try_recv() else { panic!("no lines") };
    let words: Vec<&str> = lines.iter().map(|line| line.text).collect();
    assert_eq!(words, ["caf\u{fffd} ^[ [12 more bytes left out]", "and the [line not finished]"]);
}
