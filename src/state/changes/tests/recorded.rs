//! What midwatch itself recorded, among what is seen and told.

use super::*;

/// A change that midwatch recorded.
fn recorded(object: ObjectRef, class: ChangeClass, what: &str, at: Timestamp) -> Change {
    Change {
        at,
        times: 1,
        class,
        object,
        environment: "production".into(),
        service: Some("chat".into()),
        what: what.into(),
        edge: None,
        aim: None,
        is_vague: false,
        why: Some("INC-7".into()),
        by: Some("maria".into()),
    }
}

#[test]
fn what_midwatch_did_is_signed_by_who_did_it_and_added_where_nothing_else_tells_it() {
    let mut state = world([chat(|_| {})]);
    say(&mut state, chat(|workload| workload.desired = 2), NOW);
    let own = |seconds_ago| {
        let scaled = recorded(reference(Kind::Deployment, "chat"), ChangeClass::Scale, "scale chat to 2", NOW);
        let route = reference(Kind::HttpRoute, "chat");
        let shifted = recorded(route.clone(), ChangeClass::Traffic, "shift chat-canary to 50 %", ago(seconds_ago));
        let back = recorded(route, ChangeClass::Traffic, "shift chat-canary to 0 %", ago(seconds_ago - 20));
        Update::Recorded(vec![scaled, shifted, back])
    };
    assert!(!state.apply(own(90), NOW).is_nothing());
    assert!(state.apply(own(90), NOW).is_nothing(), "nothing else is told");
    let wanted = [
        said(ChangeClass::Scale, "chat", "scaled 4 → 2 by maria"),
        said(ChangeClass::Traffic, "chat", "shift chat-canary to 0 % by maria"),
        said(ChangeClass::Traffic, "chat", "shift chat-canary to 50 % by maria"),
    ];
    assert_eq!(timeline(&state, later(1)), wanted);
    let mut told = Timeline::default();
    told.refresh(&state, later(1));
    assert!(told.changes().iter().take(3).all(|change| change.why.as_deref() == Some("INC-7")));
    // What somebody else did at the same time is theirs.
    let paused = recorded(reference(Kind::Deployment, "chat"), ChangeClass::Pause, "pause chat", later(20));
    let _ = state.apply(Update::Recorded(vec![paused]), NOW);
    let told = timeline(&state, later(30));
    assert!(told.contains(&said(ChangeClass::Scale, "chat", "scaled 4 → 2")), "{told:?}");
    assert!(told.contains(&said(ChangeClass::Pause, "chat", "pause chat by maria")), "{told:?}");
    // A cluster of which nothing is read is none of ours to tell of.
    let mut elsewhere = State::default();
    let _ = elsewhere.apply(own(90), NOW);
    let mut none = Timeline::default();
    none.refresh(&elsewhere, NOW);
    assert_eq!(none.changes(), []);
}
