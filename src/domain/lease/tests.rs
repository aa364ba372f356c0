use super::*;
use crate::domain::object::ClusterName;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).expect("a moment")
}

fn held() -> Lease {
    Lease { holder: "s-1".into(), lasts: Lease::LASTS, renewed: Some(at(0)), ..Lease::default() }
}

#[test]
fn it_is_abandoned_when_it_was_neither_renewed_nor_released() {
    assert_eq!(held().standing(at(60)), Standing::Live);
    assert_eq!(held().standing(at(61)), Standing::Abandoned);
    assert_eq!(Lease { holder: Text::default(), ..held() }.standing(at(61)), Standing::Released);
    assert_eq!(Lease { renewed: None, ..held() }.standing(at(0)), Standing::Abandoned);
}

#[test]
fn its_name_is_one_that_a_server_takes_however_long_that_of_the_route_is() {
    let route = |name: String| ObjectRef {
        cluster: ClusterName::default(),
        kind: Kind::HttpRoute,
        namespace: "production".into(),
        name: name.into(),
    };
    assert_eq!(Lease::of(&route("chat".to_owned())).name, "midwatch-guard-chat");
    let long = |end: &str| Lease::of(&route("r".repeat(250) + end)).name;
    assert_eq!(long("one").len(), 253);
    assert_ne!(long("one"), long("two"));
}

#[test]
fn what_annotations_say_is_read_back_and_nonsense_is_nothing() {
    let about = About {
        who: "maria".into(),
        route: "chat".into(),
        service: "chat-service".into(),
        arm: "chat-canary".into(),
        course: "5,20".into(),
        guard: "default".into(),
        percent: Some(5),
        since: Some(at(0)),
        next: None,
    };
    let written = about.annotations();
    let find = |key: &str| written.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str().into());
    assert_eq!(About::read(|key| find(key).unwrap_or_default()), about);
    let hostile = About::read(|_| Text::from_untrusted("\u{1b}[2J250"));
    assert_eq!((hostile.percent, hostile.since), (None, None));
}

#[test]
fn whoever_has_seen_it_unchanged_for_as_long_as_it_holds_takes_it_to_be_left() {
    let (minute, second, rest) = (Duration::from_mins(1), Duration::from_secs(1), Duration::from_secs(59));
    assert_eq!(held().still_to_watch(Duration::ZERO), Some(minute));
    assert_eq!(held().still_to_watch(rest), Some(second));
    assert_eq!(held().still_to_watch(minute), None);
    // What it says of itself cannot make that too short or too long.
    let short = Lease { lasts: SignedDuration::ZERO, ..held() };
    assert_eq!(short.still_to_watch(second), Some(rest));
    let long = Lease { lasts: SignedDuration::from_hours(24), ..held() };
    assert_eq!(long.still_to_watch(5 * minute), None);
    assert_eq!(Lease { holder: Text::default(), ..held() }.still_to_watch(Duration::ZERO), None);
}

#[test]
fn one_that_says_what_cannot_be_keeps_nobody_away_for_ever() {
    let ahead = Lease { renewed: Some(at(3_600)), ..held() };
    assert_eq!(ahead.standing(at(0)), Standing::Abandoned);
    let long = Lease { lasts: SignedDuration::from_hours(24), ..held() };
    assert_eq!(long.standing(at(299)), Standing::Live);
    assert_eq!(long.standing(at(301)), Standing::Abandoned);
}
