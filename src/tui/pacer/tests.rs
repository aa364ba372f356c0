use super::*;

#[test]
fn nothing_wanted_is_nothing_due() {
    let mut pacer = Pacer::default();
    assert_eq!(pacer.due(), None);
    pacer.want(Cause::Key);
    pacer.drawn(Instant::now(), 0);
    assert_eq!(pacer.due(), None);
}

/// A frame drawn for a cause.
fn drawn(pacer: &mut Pacer, cause: Cause, at: Instant) {
    pacer.want(cause);
    pacer.drawn(at, 100);
}

#[test]
fn a_key_is_drawn_sooner_than_data() {
    let at = Instant::now();
    let mut pacer = Pacer::default();
    drawn(&mut pacer, Cause::Data, at);
    pacer.want(Cause::Data);
    assert_eq!(pacer.due(), Some(at + DATA_GAP));
    pacer.want(Cause::Key);
    assert_eq!(pacer.due(), Some(at + GAP));
    pacer.want(Cause::Data);
    assert_eq!(pacer.due(), Some(at + GAP), "data does not put a key off");
}

#[test]
fn what_is_read_whole_does_not_wait_for_the_pace_of_data() {
    let at = Instant::now();
    let mut pacer = Pacer::default();
    drawn(&mut pacer, Cause::Data, at);
    pacer.want(Cause::Data);
    pacer.want(Cause::Source);
    assert_eq!(pacer.due(), Some(at + GAP));
    drawn(&mut pacer, Cause::Source, at + GAP);
    pacer.want(Cause::Data);
    assert_eq!(pacer.due(), Some(at + DATA_GAP), "nor puts data off");
}

#[test]
fn a_key_does_not_put_data_off() {
    let at = Instant::now();
    let mut pacer = Pacer::default();
    drawn(&mut pacer, Cause::Data, at);
    drawn(&mut pacer, Cause::Key, at + GAP);
    pacer.want(Cause::Data);
    assert_eq!(pacer.due(), Some(at + DATA_GAP));

    let mut pacer = Pacer::default();
    drawn(&mut pacer, Cause::Key, at);
    pacer.want(Cause::Data);
    assert_eq!(pacer.due(), Some(at + GAP), "the first rows come at once");
}

#[test]
fn a_flood_of_data_leaves_the_line_free() {
    let begun = Instant::now();
    let mut pacer = Pacer::default();
    let (mut at, mut bytes) = (begun, 0);
    while at < begun + Duration::from_mins(1) {
        pacer.want(Cause::Data);
        at = pacer.due().expect("a frame is wanted").max(at);
        pacer.drawn(at, 6_000);
        bytes += 6_000;
    }
    assert!(bytes <= LINE * 62 + 6_000, "{bytes}");
    pacer.want(Cause::Key);
    assert_eq!(pacer.due(), Some(at + GAP), "a key does not wait for the line");
    pacer.drawn(at + GAP, 6_000);

    drawn(&mut pacer, Cause::Data, at + AHEAD * 2);
    pacer.want(Cause::Data);
    assert_eq!(pacer.due(), Some(at + AHEAD * 2 + DATA_GAP), "after a rest it is free again");
}
