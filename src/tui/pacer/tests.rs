use super::*;

#[test]
fn nothing_wanted_is_nothing_due() {
    let mut pacer = Pacer::default();
    assert_eq!(pacer.due(), None);
    pacer.want(Cause::Key);
    pacer.drawn(Instant::now());
    assert_eq!(pacer.due(), None);
}

#[test]
fn a_key_is_drawn_sooner_than_data() {
    let at = Instant::now();
    let mut pacer = Pacer::default();
    pacer.drawn(at);
    pacer.want(Cause::Data);
    assert_eq!(pacer.due(), Some(at + DATA_GAP));
    pacer.want(Cause::Key);
    assert_eq!(pacer.due(), Some(at + GAP));
    pacer.want(Cause::Data);
    assert_eq!(pacer.due(), Some(at + GAP), "data does not put a key off");
}
