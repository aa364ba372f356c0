use super::*;

#[test]
fn nothing_wanted_is_nothing_due() {
    let mut pacer = Pacer::default();
    assert_eq!(pacer.due(), None);
    pacer.want(Cause::Key);
    pacer.drawn(Instant::now());
    assert_eq!(pacer.due(), None);
}

/// A frame drawn for a cause.
fn drawn(pacer: &mut Pacer, cause: Cause, at: Instant) {
    pacer.want(cause);
    pacer.drawn(at);
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
