use super::*;

#[test]
fn kinds_go_by_every_name_with_namespace_and_filter() {
    let pods = |namespace: Option<&str>, filter: &str| {
        Some(Picked::Go(Destination::Resources {
            kind: Kind::Pod,
            namespace: namespace.map(ToOwned::to_owned),
            filter: filter.to_owned(),
        }))
    };
    assert_eq!(run("po"), pods(None, ""));
    assert_eq!(run("pods production"), pods(Some("production"), ""));
    assert_eq!(run("pod /chat"), pods(None, "chat"));
    assert_eq!(run("pod app=chat"), pods(None, "-l app=chat"));
}

#[test]
fn arming_takes_a_length_of_time() {
    assert_eq!(run("arm 15m"), Some(Picked::Arm(SignedDuration::from_mins(15))));
    assert_eq!(run("arm"), Some(Picked::Arm(ARMED)));
    assert_eq!(run("arm 40d"), run("arm later"), "a length that is none arms nothing");
    assert!(matches!(run("arm -5m"), Some(Picked::Say(_))));
}

#[test]
fn what_has_no_name_gets_the_nearest_one() {
    assert_eq!(run("deploymnets"), None);
    assert!(unknown("deploymnets").contains("deployments"));
}
