use super::*;

#[test]
fn a_moment_is_read_as_people_type_it() {
    let now: Timestamp = "2026-11-21T03:13:37Z".parse().expect("it is one");
    for (typed, wanted) in [
        ("03:10", Some("2026-11-21T03:10:00Z")),
        ("03:10:22", Some("2026-11-21T03:10:22Z")),
        ("03:10Z", Some("2026-11-21T03:10:00Z")),
        ("23:50", Some("2026-11-20T23:50:00Z")),
        ("5m ago", Some("2026-11-21T03:08:37Z")),
        ("-5m", Some("2026-11-21T03:08:37Z")),
        ("-1h 30m", Some("2026-11-21T01:43:37Z")),
        ("90s", Some("2026-11-21T03:12:07Z")),
        ("2026-11-20 01:02:03", Some("2026-11-20T01:02:03Z")),
        ("2026-11-20T01:02:03Z", Some("2026-11-20T01:02:03Z")),
        ("soon", None),
        ("", None),
    ] {
        let wanted = wanted.map(|wanted| wanted.parse().expect("it is one"));
        assert_eq!(parse(typed, now), wanted, "{typed}");
    }
}
