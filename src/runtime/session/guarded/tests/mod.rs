//! A guarded shift from the yes to its end, by a clock that a test moves and a cluster that does as it is told.

#![expect(clippy::unwrap_used, reason = "tests")]

use jiff::SignedDuration;

use super::*;
use crate::domain::guard::{OnExit, Verdict};
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::operations::guard::End;
use crate::operations::ports::Answer;
use stage::Stage;

mod cluster;
mod leases;
mod stage;

const STOPPED: &str = "stopped on the screen";

fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

fn breach() -> Verdict {
    Verdict::FastBreach("fails 40 %".into())
}

impl Stage {
    fn stop(&mut self) {
        self.session.stop(self.id, &STOPPED.into());
    }

    fn interrupt(&mut self) {
        self.session.interrupt(self.id, &"signal 15".into());
    }
}

#[tokio::test]
async fn it_goes_up_holds_and_lets_go_of_the_route() {
    let mut stage = Stage::holding(OnExit::Back).await;
    stage.go_on();
    stage.until("the second weight", |stage| matches!(stage.phase(), Phase::Holding { .. })).await;
    stage.look_good();
    // What it came to is said at its end: somebody may end midwatch before.
    assert!(!stage.recorded().iter().any(|one| one.starts_with("Verified: reached")), "{:#?}", stage.recorded());
    assert_eq!(stage.ended().await, End::Reached(50));
    assert_eq!(stage.recorded().last().unwrap(), "Verified: reached 50 %, and the guard held");
    assert_eq!(
        (stage.cluster.set(), stage.cluster.holder()),
        (vec!["80 20".to_owned(), "50 50".to_owned()], String::new())
    );
}

#[tokio::test]
async fn a_breach_while_it_is_verified_that_a_weight_took_goes_back_at_once() {
    let mut stage = Stage::confirmed(OnExit::Back).await;
    stage.cluster.follow(false);
    stage.until("the weight to be accepted", |stage| stage.session.drives[&stage.id].is_accepted).await;
    assert_eq!((stage.phase(), stage.cluster.weights()), (Phase::Shifting, [80, 20]));
    stage.break_canary();
    stage.pass(seconds(29));
    assert_eq!(stage.phase(), Phase::Shifting, "it looks every 30 s");
    stage.pass(seconds(1));
    assert!(matches!(stage.phase(), Phase::GoingBack { .. }), "{:?}", stage.phase());
    stage.until("everything to be back", |stage| stage.cluster.weights() == [100, 0]).await;
    stage.cluster.follow(true);
    assert_eq!(stage.ended().await, End::WentBack("the new revision has no ready pod".into()));
    assert_eq!(stage.cluster.asked(), ["take", "80 20", "100 0", "release"]);
    assert_eq!(stage.cluster.most_in_flight(), 1);
    let recorded = stage.recorded();
    // Whoever reads it later finds the breach: as why everything goes back, and as what the whole came to.
    let why = "because the new revision has no ready pod; the guarded shift was begun because: it looks well";
    assert!(recorded.iter().any(|one| one.contains(why)), "{recorded:#?}");
    let last = recorded.last().unwrap();
    assert_eq!(last, "NotConverged: everything goes to stable again: the new revision has no ready pod");
}

#[tokio::test]
async fn a_breach_while_the_next_weight_is_watched_goes_back_from_there() {
    let mut stage = Stage::holding(OnExit::Back).await;
    stage.cluster.follow(false);
    stage.go_on();
    stage.until("the weight to be accepted", |stage| stage.session.drives[&stage.id].is_accepted).await;
    stage.break_canary();
    stage.pass(seconds(30));
    stage.until("everything to be back", |stage| stage.cluster.weights() == [100, 0]).await;
    stage.cluster.follow(true);
    assert!(matches!(stage.ended().await, End::WentBack(_)));
    assert_eq!(stage.cluster.set(), ["80 20", "50 50", "100 0"]);
}

#[tokio::test]
async fn a_stop_between_the_yes_and_the_first_call_sends_nothing() {
    for on_exit in [OnExit::Back, OnExit::Hold] {
        let mut stage = Stage::confirmed(on_exit).await;
        stage.interrupt();
        assert_eq!(stage.ended().await, End::NotBegun("signal 15".into()));
        assert_eq!((stage.cluster.asked(), stage.recorded()), (Vec::new(), Vec::new()));
    }
}

#[tokio::test]
async fn a_breach_before_the_first_call_sends_nothing_either() {
    let mut stage = Stage::confirmed(OnExit::Back).await;
    stage.see(&breach());
    assert_eq!(stage.ended().await, End::NotBegun("the new revision fails 40 %".into()));
    assert_eq!(stage.cluster.asked(), Vec::<String>::new());
    let Some(OperationEvent::Failed { problem, .. }) = stage.changes.last() else { panic!("{:?}", stage.changes) };
    assert_eq!(problem.why, "the new revision fails 40 %", "nothing goes back: {problem}");
}

#[tokio::test]
async fn a_yes_to_a_plan_whose_guard_was_breached_is_no_yes() {
    let mut stage = Stage::new();
    stage.break_canary();
    stage.propose(OnExit::Back);
    stage.until("a plan", |stage| stage.session.drives[&stage.id].plan.is_some()).await;
    // What has mended itself meanwhile is looked at with the next plan.
    stage.mend_canary();
    stage.say_yes();
    stage
        .until("that to be refused", |stage| {
            stage.changes.iter().any(|event| matches!(event, OperationEvent::NotConfirmed { .. }))
        })
        .await;
    assert_eq!((stage.phase(), stage.cluster.asked()), (Phase::Proposed, Vec::new()));
    stage.session.refresh(stage.id);
    stage.until("another plan", |stage| stage.session.drives[&stage.id].refusal.is_none()).await;
    stage.confirm().await;
    stage.until("the first weight", |stage| stage.cluster.weights() == [80, 20]).await;
}

#[tokio::test]
async fn a_shift_that_goes_too_far_is_not_offered_in_steps_where_the_canary_is_worse() {
    let mut stage = Stage::new();
    stage.shift(100);
    assert!(stage.refused().await.hint.starts_with("take it in steps: "));
    stage.break_canary();
    stage.shift(100);
    let problem = stage.refused().await;
    assert!(
        problem.more[0].starts_with("the new revision is worse than the stable one: has no ready pod"),
        "{problem}"
    );
    assert!(problem.hint.starts_with("it gets nothing now"), "{problem}");
    // Whichever arm is named, the way back is that of the new revision.
    stage.cluster.set_weights(60, 40);
    stage.break_canary();
    stage.shift_arm("chat-stable", 5);
    let problem = stage.refused().await;
    assert!(problem.hint.contains("--arm chat-canary --to 0` takes"), "{problem}");
    assert_eq!(stage.cluster.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_stop_while_the_lease_is_taken_sets_no_weight_and_releases_it() {
    let mut stage = Stage::confirmed(OnExit::Back).await;
    stage.cluster.hold(Some(Kind::Lease));
    stage.until("the lease to be asked for", |stage| !stage.cluster.asked().is_empty()).await;
    stage.until("that to be told", |stage| stage.phase() == Phase::Shifting).await;
    stage.stop();
    stage.cluster.hold(None);
    assert_eq!(stage.ended().await, End::NotBegun(STOPPED.into()));
    assert_eq!((stage.cluster.asked(), stage.cluster.holder()), (vec!["take".into(), "release".into()], String::new()));
}

#[tokio::test]
async fn a_stop_while_a_raise_is_in_flight_waits_for_its_answer_and_goes_back() {
    let mut stage = Stage::confirmed(OnExit::Back).await;
    stage.cluster.hold(Some(Kind::HttpRoute));
    stage
        .until("the raise to be in flight", |stage| stage.cluster.asked().last().is_some_and(|one| one == "80 20"))
        .await;
    stage.stop();
    stage.pass(seconds(40));
    assert!(matches!(stage.phase(), Phase::GoingBack { .. }));
    assert_eq!(stage.cluster.asked(), ["take", "80 20"], "nothing is sent while an answer is due");
    stage.cluster.hold(None);
    assert_eq!(stage.ended().await, End::InterruptedWentBack(STOPPED.into()));
    assert_eq!(stage.cluster.asked(), ["take", "80 20", "100 0", "release"]);
    assert_eq!(stage.cluster.most_in_flight(), 1);
}

#[tokio::test]
async fn a_raise_that_is_planned_or_confirmed_and_not_sent_is_taken_back() {
    for is_confirmed in [false, true] {
        let mut stage = Stage::holding(OnExit::Back).await;
        stage.go_on();
        let wanted =
            |errand| matches!(errand, Some(Errand::Shift { percent: 50, is_confirmed: is, .. }) if is == is_confirmed);
        stage.until("the raise", |stage| wanted(stage.errand())).await;
        stage.see(&breach());
        assert_eq!(stage.ended().await, End::WentBack("the new revision fails 40 %".into()));
        assert_eq!(stage.cluster.set(), ["80 20", "100 0"], "{is_confirmed}");
    }
}

#[tokio::test]
async fn going_back_is_tried_until_it_works_with_longer_and_longer_pauses() {
    let mut stage = Stage::holding(OnExit::Back).await;
    stage.cluster.be_away(true);
    stage.stop();
    let tries = |stage: &Stage| stage.session.guarded_shift(stage.id).unwrap().trouble.clone();
    for count in 1..=205_u32 {
        stage.until("a try", |stage| tries(stage).is_some_and(|trouble| trouble.tries == count)).await;
        let again = tries(&stage).unwrap().again;
        let pause = seconds(i64::from(2_u32.saturating_pow(count).min(30)));
        assert_eq!(again.duration_since(stage.session.clock().now()), pause, "after {count} tries");
        stage.pass(pause - seconds(1));
        assert_eq!(stage.errand(), None, "not before it is time");
        if count == 205 {
            stage.cluster.be_away(false);
        }
        stage.pass(seconds(1));
    }
    assert_eq!(stage.ended().await, End::InterruptedWentBack(STOPPED.into()));
    assert_eq!(stage.cluster.set(), ["80 20", "100 0"]);
    let by_hand = stage.told.iter().find_map(|event| match event {
        GuardEvent::NotBack { by_hand, .. } => Some(by_hand.to_string()),
        _ => None,
    });
    let says = "midwatch shift chat --route chat -n staging --context it --arm chat-canary --to 0 --write --reason \"WHY\" \
                --confirm chat; or kubectl";
    assert!(by_hand.unwrap().starts_with(says), "{:?}", stage.told);
}

#[tokio::test]
async fn whatever_a_server_says_to_going_back_does_not_end_the_guard() {
    let lost = || Answer::Unknown("connection reset".into());
    for answer in [
        Answer::Denied("forbidden".into()),
        Answer::Rejected("a webhook is down".into()),
        Answer::NotSent("refused".into()),
        Answer::Conflict("moved".into()),
        lost(),
    ] {
        let mut stage = Stage::holding(OnExit::Back).await;
        stage.cluster.answer(answer.clone());
        stage.stop();
        let is_tried = |stage: &Stage| stage.session.guarded_shift(stage.id).unwrap().trouble.is_some();
        stage.until("a try", is_tried).await;
        assert_eq!(stage.cluster.weights(), [80, 20], "{answer:?}");
        stage.pass(seconds(2));
        assert_eq!(stage.ended().await, End::InterruptedWentBack(STOPPED.into()), "{answer:?}");
        assert_eq!(stage.cluster.weights(), [100, 0]);
    }
}

#[tokio::test]
async fn a_raise_of_which_nobody_can_tell_is_watched_to_be_back_and_not_taken_to_be() {
    let mut stage = Stage::confirmed(OnExit::Back).await;
    stage.cluster.answer(Answer::Unknown("connection reset".into()));
    // It is read back as not done, and everything is at the stable revision: that may not be the last word.
    let end = stage.ended().await;
    assert!(matches!(&end, End::WentBack(why) if why.contains("the answer was lost")), "{end:?}");
    assert_eq!(stage.cluster.asked(), ["take", "80 20", "100 0", "release"]);
    assert!(stage.recorded().iter().any(|one| one.starts_with("Verified")), "{:#?}", stage.recorded());
}

#[tokio::test]
async fn a_raise_that_does_not_come_about_is_tried_again_and_guarded_meanwhile() {
    for answer in [None, Some(Answer::NotSent("refused".into())), Some(Answer::Conflict("the test failed".into()))] {
        let mut stage = Stage::holding(OnExit::Back).await;
        match answer {
            None => stage.cluster.be_away(true),
            Some(answer) => stage.cluster.answer(answer),
        }
        stage.go_on();
        let is_held_up = |stage: &Stage| stage.session.guarded_shift(stage.id).unwrap().held_up.is_some();
        stage.until("it to be held up", is_held_up).await;
        assert!(matches!(stage.phase(), Phase::Holding { .. }), "{:?}", stage.phase());
        assert_eq!((stage.cluster.weights(), stage.cluster.holder().is_empty()), ([80, 20], false));
        stage.cluster.be_away(false);
        stage.go_on();
        stage.until("the second weight", |stage| matches!(stage.phase(), Phase::Holding { .. })).await;
        stage.look_good();
        assert_eq!(stage.ended().await, End::Reached(50));
    }
}

#[tokio::test]
async fn what_it_found_is_no_work_of_somebody_else_where_nobody_can_tell_what_was_set() {
    let mut stage = Stage::new();
    stage.cluster.set_weights(90, 10);
    stage.propose(OnExit::Back);
    stage.cluster.answer(Answer::Unknown("connection reset".into()));
    stage.confirm().await;
    let end = stage.ended().await;
    assert!(matches!(&end, End::WentBack(_)), "{end:?}");
    assert_eq!(stage.cluster.asked(), ["take", "80 20", "100 0", "release"]);
}

#[tokio::test]
async fn a_raise_that_met_other_weights_ends_it_and_fights_nobody() {
    let mut stage = Stage::holding(OnExit::Back).await;
    stage.cluster.set_weights(60, 40);
    stage.go_on();
    assert!(matches!(stage.ended().await, End::Stuck(_)));
    assert_eq!(stage.cluster.set(), ["80 20"]);
    // Nor does one that goes back while somebody else is at it.
    let mut stage = Stage::holding(OnExit::Back).await;
    stage.cluster.set_weights(60, 40);
    stage.stop();
    let end = stage.ended().await;
    assert!(matches!(&end, End::Stuck(why) if why.contains("somebody else changed the weights")), "{end:?}");
    assert_eq!(stage.cluster.weights(), [60, 40]);
}

#[tokio::test]
async fn the_end_of_midwatch_is_as_the_course_says_and_a_second_signal_doubles_nothing() {
    let mut stage = Stage::holding(OnExit::Hold).await;
    stage.interrupt();
    stage.interrupt();
    assert_eq!(stage.ended().await, End::InterruptedHeld("signal 15".into()));
    assert_eq!(stage.cluster.asked(), ["take", "80 20", "release"]);
    let mut stage = Stage::holding(OnExit::Back).await;
    stage.cluster.follow(false);
    stage.interrupt();
    stage.interrupt();
    stage.until("the way back to be accepted", |stage| stage.session.drives[&stage.id].is_accepted).await;
    stage.interrupt();
    stage.cluster.follow(true);
    assert_eq!(stage.ended().await, End::InterruptedWentBack("signal 15".into()));
    assert_eq!(stage.cluster.asked(), ["take", "80 20", "100 0", "release"]);
}

#[tokio::test]
async fn whoever_wants_it_to_stay_may_still_stop_it() {
    let mut stage = Stage::holding(OnExit::Hold).await;
    stage.stop();
    assert_eq!(stage.ended().await, End::InterruptedWentBack(STOPPED.into()));
    assert_eq!(stage.cluster.weights(), [100, 0]);
}

#[tokio::test]
async fn without_numbers_it_stays_where_it_is_however_long_that_takes() {
    let mut stage = Stage::holding(OnExit::Back).await;
    for _ in 0..200 {
        stage.pass(SignedDuration::from_mins(10));
        assert!(matches!(stage.phase(), Phase::Holding { .. }), "{:?}", stage.phase());
    }
    let held_up = stage.session.guarded_shift(stage.id).unwrap().held_up.clone();
    assert_eq!(held_up.unwrap(), "not enough data: nobody counts its requests");
    assert_eq!(stage.cluster.set(), ["80 20"]);
}

#[tokio::test]
async fn who_rolls_back_what_does_not_ail_is_told_what_does() {
    let mut stage = Stage::new();
    let workload = ObjectRef { kind: Kind::Deployment, ..stage::route() };
    stage.cluster.set_weights(60, 40);
    stage.mend_canary();
    let now = stage.session.clock().now();
    assert_eq!(stage.session.beside(&workload, now), None);
    stage.break_canary();
    let said = stage.session.beside(&workload, now).unwrap();
    assert!(said.starts_with("what ails it is the canary chat-canary, which has no ready pod"), "{said}");
    assert!(said.contains("--arm chat-canary --to 0` takes them"), "{said}");
    stage.cluster.set_weights(100, 0);
    stage.break_canary();
    assert_eq!(stage.session.beside(&workload, now), None, "it gets nothing");
}
