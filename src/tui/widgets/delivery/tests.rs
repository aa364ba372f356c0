use jiff::SignedDuration;

use super::*;
use crate::domain::rollout::Delivery;
use crate::tui::theme::glyphs::{ASCII, UNICODE};

/// 2023-11-14 22:13:20 UTC.
const NOW: Timestamp = Timestamp::constant(1_700_000_000, 0);

fn ago(minutes: i64) -> Timestamp {
    NOW - SignedDuration::from_mins(minutes)
}

/// A canary of four weights, at a step.
fn canary(step: u32) -> Argo {
    let pause = |minutes| CanaryStep::Pause(Some(SignedDuration::from_mins(minutes)));
    Argo {
        steps: Box::new([
            CanaryStep::Weight(5),
            pause(5),
            CanaryStep::Weight(20),
            CanaryStep::Pause(None),
            CanaryStep::Weight(40),
            CanaryStep::Analysis,
            CanaryStep::Weight(100),
        ]),
        step: Some(step),
        most: 100,
        current: "new".into(),
        stable: "old".into(),
        ..Argo::default()
    }
}

fn text(spans: &[Span<'_>]) -> String {
    spans.iter().map(|span| span.text.as_ref()).collect()
}

fn told(argo: &Argo, width: usize) -> String {
    text(&track(argo, Role::Attention, &UNICODE, width))
}

#[test]
fn a_gate_says_for_what_it_waits_and_since_or_until_when() {
    let gate = |reason: &str, ends| Gate { reason: reason.into(), since: Some(ago(12)), ends, ..Gate::default() };
    assert_eq!(waits(&gate("CanaryPauseStep", None), NOW), "waits for release since 22:01");
    let ends = Some(NOW + SignedDuration::from_secs(90));
    assert_eq!(waits(&gate("CanaryPauseStep", ends), NOW), "pauses, goes on in 90 s");
    assert_eq!(waits(&gate("CanaryPauseStep", Some(ago(1))), NOW), "pauses, goes on any moment");
    assert_eq!(waits(&gate("BlueGreenPause", None), NOW), "preview waits for release since 22:01");
    let inconclusive = waits(&gate("InconclusiveAnalysisRun", None), NOW);
    assert_eq!(inconclusive, "analysis inconclusive, waits for release since 22:01");
}

#[test]
fn steps_stand_in_a_row_with_the_present_one_marked() {
    assert_eq!(told(&canary(3), 99), "✓ 5 %, 5 min  ›  ▸ 20 %, gate  ›  40 %, analysis  ›  100 %");
    assert_eq!(told(&canary(2), 99), told(&canary(3), 99), "a weight and its pause are one stretch");
    let spans = track(&canary(3), Role::Attention, &UNICODE, 99);
    let present = spans.iter().find(|span| span.text.starts_with('▸'));
    assert_eq!(present.map(|span| span.role), Some(Role::Attention));
    let done = Argo { step: Some(7), ..canary(0) };
    assert_eq!(told(&done, 99), "✓ 5 %, 5 min  ›  ✓ 20 %, gate  ›  ✓ 40 %, analysis  ›  ✓ 100 %");
    let aborted = Argo { is_aborted: true, step: Some(0), ..canary(0) };
    assert_eq!(told(&aborted, 99), "5 %, 5 min  ›  20 %, gate  ›  40 %, analysis  ›  100 %");
}

#[test]
fn in_ascii_the_present_step_is_not_taken_for_a_gap() {
    assert_eq!(
        text(&track(&canary(3), Role::Text, &ASCII, 99)),
        "+ 5 %, 5 min   > 20 %, gate   40 %, analysis   100 %"
    );
}

#[test]
fn with_little_room_what_is_far_from_the_present_step_is_counted() {
    assert_eq!(told(&canary(5), 44), "✓ 2 done  ›  ▸ 40 %, analysis  ›  100 %");
    assert_eq!(told(&canary(1), 44), "▸ 5 %, 5 min  ›  20 %, gate  ›  2 more");
    for width in 30..70 {
        for step in 0..7 {
            assert!(cells(&told(&canary(step), width)) <= width.max(42), "{width} {}", told(&canary(step), width));
        }
    }
}

#[test]
fn what_is_wanted_set_and_seen_stand_side_by_side_and_what_is_not_counted_is_no_zero() {
    let delivery = Delivery { desired_weight: Some(20), weight: Some(20), ..Delivery::default() };
    assert_eq!(text(&weights(&delivery, Some(19.84))), "wants 20 %   set 20 %   seen 19.8 %");
    assert_eq!(text(&weights(&delivery, None)), "wants 20 %   set 20 %   seen not counted");
    let role_of_seen = |seen| weights(&delivery, Some(seen)).last().map(|span| span.role);
    assert_eq!(role_of_seen(19.0), Some(Role::Text));
    assert_eq!(role_of_seen(2.0), Some(Role::Attention));
    let late = Delivery { weight: Some(5), is_verified: Some(false), ..delivery };
    assert!(text(&weights(&late, None)).contains("not verified"));
}

#[test]
fn of_an_analysis_the_metric_that_fails_is_told() {
    let metric = |name: &str, phase: &str, failed| MetricResult {
        name: name.into(),
        phase: phase.into(),
        count: 4,
        failed,
        value: "0.07".into(),
        measured: Some(ago(1)),
    };
    let of = Analysis { name: "chat-1".into(), phase: "Running".into(), ..Analysis::default() };
    let run = AnalysisRun {
        metrics: Box::new([metric("latency", "Running", 0), metric("errors", "Failed", 2)]),
        ..AnalysisRun::default()
    };
    assert_eq!(text(&analysis(&of, Some(&run), NOW)), "analysis Running  errors 0.07 60 s ago, 2 of 4 failed");
}

#[test]
fn a_measured_value_has_the_digits_that_count_and_its_unit_where_that_is_known() {
    for (name, told, wanted) in [
        ("error-ratio", "[0.0005990415335463258]", "0.06 %"),
        ("success-rate", "0.9987", "99.9 %"),
        ("error-ratio", "4", "4"),
        ("latency-p95", "[0.20512345678]", "0.2051"),
        ("latency-p95", "0.21", "0.21"),
        ("queue", "1234.56789", "1235"),
        ("queue", "[12]", "12"),
        ("drift", "0.000012345", "1.2e-5"),
        ("drift", "0.0000000", "0"),
        ("error-ratio", "[NaN]", "no number"),
        ("error-ratio", "[]", "no value"),
        ("both", "[0.1,0.2]", "0.1,0.2"),
        ("job", "Successful", "Successful"),
    ] {
        assert_eq!(value(name, told), wanted, "{name} {told}");
    }
}

#[test]
fn of_blue_and_green_the_version_that_serves_and_the_one_that_is_previewed_are_told() {
    let revision = |hash: &str, version: &str| Revision {
        number: None,
        name: hash.into(),
        hash: hash.into(),
        images: Vec::new(),
        version: version.into(),
        change_cause: Text::default(),
        created: None,
        ready: 0,
        desired: 0,
        standing: crate::domain::rollout::Standing::Older,
    };
    let mut argo = Argo { strategy: Strategy::BlueGreen, active: "old".into(), preview: "new".into(), ..canary(0) };
    argo.services.canary = "chat-preview".into();
    let told = preview(&argo, &[revision("new", "1.5.0"), revision("old", "1.4.1")]).unwrap_or_default();
    assert_eq!(text(&told), "active 1.4.1   preview 1.5.0 behind chat-preview");
    assert_eq!(preview(&canary(0), &[]), None);
}
