//! What is told of before anybody watched, and in which order.

use super::*;
use crate::domain::platform::LastWriting;

#[test]
fn configuration_tells_when_it_was_written_last_before_anybody_watched() {
    let written = |seconds_ago| LastWriting { at: ago(seconds_ago), by: "kubectl-edit".into() };
    let config = |created, written| {
        let mut meta = meta("chat-config");
        meta.created = Some(ago(created));
        Row::ConfigMap(Box::new(MetadataOnly { meta, written }))
    };
    let changed = |state: &State| {
        let told = timeline(state, NOW).into_iter().map(|(_, _, what)| what);
        told.filter(|what| !what.contains("created")).collect::<Vec<_>>()
    };
    let mut state = world([config(500_000, Some(written(300)))]);
    assert_eq!(changed(&state), ["ConfigMap chat-config changed by kubectl-edit"]);
    // What was written is told where somebody has looked.
    let object = ObjectRef::of(&cluster(), Kind::ConfigMap, &meta("chat-config"));
    let parts = vec!["mode".into()];
    let _ = state.apply(Update::Written(object, vec![Writing { at: ago(300), by: "kubectl-edit".into(), parts }]), NOW);
    assert_eq!(changed(&state), ["ConfigMap chat-config written: mode by kubectl-edit"]);
    // That is one change, which is seen and told.
    let mut state = world([config(500_000, None)]);
    say(&mut state, config(500_000, Some(written(0))), NOW);
    assert_eq!(changed(&state), ["ConfigMap chat-config changed"]);
    // Who makes something writes it.
    assert!(changed(&world([config(300, Some(written(300)))])).is_empty());
}

#[test]
fn of_what_is_seen_in_one_moment_the_later_comes_first() {
    let sized = |pods| chat(|workload| workload.desired = pods);
    let mut state = world([sized(4)]);
    say(&mut state, sized(5), NOW);
    say(&mut state, sized(6), NOW);
    let scaled = |what| said(ChangeClass::Scale, "chat", what);
    assert_eq!(timeline(&state, NOW), [scaled("scaled 5 → 6"), scaled("scaled 4 → 5")]);
}

#[test]
fn what_was_done_soon_after_a_writing_is_not_laid_at_its_door() {
    let image = |version: &str| {
        let image = format!("registry.example/chat:{version}");
        chat(|workload| workload.images = Box::new([image.as_str().into()]))
    };
    let mut state = world([image("1.4.1")]);
    say(&mut state, image("1.5.0"), ago(40));
    say(&mut state, image("1.4.1"), ago(10));
    let written = Writing { at: ago(41), by: "ci-deploy".into(), parts: vec!["image".into()] };
    let _ = state.apply(Update::Written(reference(Kind::Deployment, "chat"), vec![written]), NOW);
    let rollout = |what| said(ChangeClass::Rollout, "chat", what);
    assert_eq!(timeline(&state, NOW), [rollout("rollout 1.4.1 began"), rollout("rollout 1.5.0 began by ci-deploy")]);
}
