#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::json;

use super::*;
use crate::domain::kind::Kind;
use crate::domain::plan;
use crate::operations::converge;
use crate::operations::fake::objects::merge;
use crate::operations::fake::recorded::rollout as at;

const NEW: &str = "64cf69cfd4";

fn past(step: u32, of: &str) -> Goal {
    let since = argo::of(&at(of)).pauses.first().and_then(|pause| pause.since);
    Goal::Past { revision: NEW.into(), step: Some(step), since }
}

fn done(progress: &Progress) -> bool {
    matches!(progress, Progress::Done(_))
}

#[test]
fn a_release_is_done_at_the_next_gate_and_not_before() {
    let goal = past(1, "gate");
    assert_eq!(progress(&at("gate"), &goal), Progress::Moving("it still waits".into()));
    let mut released = at("gate");
    released["status"].as_object_mut().unwrap().shift_remove("pauseConditions");
    assert_eq!(progress(&released, &goal), Progress::Moving("its controller has not gone on yet".into()));
    assert_eq!(progress(&at("second-gate"), &goal), Progress::Done("step 4 of 6".into()));
    let mut scaling = at("second-gate");
    merge(
        &mut scaling,
        json!({ "status": { "currentStepIndex": 2, "pauseConditions": null, "phase": "Progressing" } }),
    );
    assert_eq!(progress(&scaling, &goal), Progress::Moving("step 3 of 6".into()), "its pods are on their way");
    let promoted = Progress::Done("the new revision is the stable one, 5 of 5 ready".into());
    assert_eq!(progress(&at("promoted"), &goal), promoted);
    let Progress::Replaced(why) = progress(&at("aborted"), &goal) else { panic!("it was stopped") };
    assert_eq!(why, "it was aborted (update to revision 2)");
}

#[test]
fn another_revision_in_its_place_is_no_success() {
    let mut other = at("second-gate");
    other["status"]["currentPodHash"] = json!("other");
    for goal in [past(1, "gate"), Goal::Promoted(NEW.into()), Goal::Retried(NEW.into())] {
        assert_eq!(progress(&other, &goal), Progress::Replaced("another revision is rolled out".into()));
    }
}

#[test]
fn where_something_routes_the_weights_must_be_set_and_taken() {
    let routed = |weight: u32, verified: Option<bool>| {
        let mut object = at("second-gate");
        object["spec"]["strategy"]["canary"]["trafficRouting"] = json!({ "plugins": {} });
        object["status"]["canary"]["weights"] =
            json!({ "canary": { "weight": weight }, "stable": { "weight": 100 - weight }, "verified": verified });
        progress(&object, &past(1, "gate"))
    };
    assert_eq!(routed(20, None), Progress::Moving("20 of 40 % are sent to it".into()));
    assert_eq!(routed(40, Some(false)), Progress::Moving("the data plane has not got its weights yet".into()));
    assert!(done(&routed(40, Some(true))) && done(&routed(40, None)));
}

#[test]
fn a_preview_is_released_when_the_active_service_has_moved() {
    let before = argo::of(&at("preview"));
    let goal = Goal::Past {
        revision: before.current.clone(),
        step: None,
        since: before.pauses.first().and_then(|pause| pause.since),
    };
    assert_eq!(progress(&at("preview"), &goal), Progress::Moving("it still waits".into()));
    assert!(done(&progress(&at("switched"), &goal)));
}

#[test]
fn an_abort_is_done_when_nothing_is_left_of_it() {
    let goal = Goal::Aborted(NEW.into());
    assert_eq!(progress(&at("gate"), &goal), Progress::Replaced("it goes on all the same".into()));
    let mut told = at("second-gate");
    told["status"]["abort"] = json!(true);
    assert_eq!(progress(&told, &goal), Progress::Moving("its controller has not stopped it yet".into()));
    let left = |status: Value| {
        let mut object = at("aborted");
        merge(&mut object["status"], status);
        progress(&object, &goal)
    };
    assert_eq!(left(json!({ "updatedReplicas": 2 })), Progress::Moving("2 of its pods are left".into()));
    assert_eq!(left(json!({ "readyReplicas": 4 })), Progress::Moving("4 of 5 ready".into()));
    assert_eq!(left(json!({})), Progress::Done("the stable revision serves, 5 of 5 ready".into()));
}

#[test]
fn a_promotion_is_done_when_the_revision_is_stable_and_well() {
    let goal = Goal::Promoted(NEW.into());
    assert_eq!(progress(&at("gate"), &goal), Progress::Moving("the new revision is not the stable one yet".into()));
    assert_eq!(progress(&at("promoted"), &goal), Progress::Done("5 of 5 ready".into()));
    let mut wished = at("aborted");
    assert!(matches!(progress(&wished, &goal), Progress::Replaced(_)));
    wished["status"]["promoteFull"] = json!(true);
    assert!(matches!(progress(&wished, &goal), Progress::Moving(_)), "it is brought to everybody all the same");
}

#[test]
fn a_retry_is_done_when_it_moves_again() {
    let goal = Goal::Retried(NEW.into());
    assert!(matches!(progress(&at("aborted"), &goal), Progress::Replaced(_)));
    assert_eq!(progress(&at("retried"), &goal), Progress::Done("it is rolled out again, step 2 of 6".into()));
}

#[test]
fn a_restart_is_done_when_its_controller_says_so() {
    let goal = Goal::Restarted("2026-11-26T08:00:00Z".into());
    let mut object = at("stable");
    assert!(matches!(progress(&object, &goal), Progress::Replaced(_)));
    object["spec"]["restartAt"] = json!("2026-11-26T08:00:00Z");
    assert_eq!(progress(&object, &goal), Progress::Moving("old pods are left".into()));
    object["status"]["restartedAt"] = json!("2026-11-26T08:00:00Z");
    assert!(done(&progress(&object, &goal)));
}

#[test]
fn a_new_template_may_rest_at_a_gate_but_not_be_aborted() {
    let template = |place: &str| {
        let object = at(place);
        let goal = plan::Goal::Template(object["spec"]["template"].clone());
        converge::progress(Kind::Rollout, &object, &goal)
    };
    assert_eq!(template("gate"), Progress::Done("step 2 of 6, waits for a release".into()));
    assert_eq!(template("timed"), Progress::Done("step 6 of 6, waits and goes on by itself".into()));
    assert_eq!(template("promoted"), Progress::Done("5 of 5 ready".into()));
    assert!(matches!(template("aborted"), Progress::GivenUp(_)));
    assert!(matches!(template("held"), Progress::Moving(_)));
    let mut unseen = at("gate");
    unseen["metadata"]["generation"] = json!(3);
    let goal = plan::Goal::Template(unseen["spec"]["template"].clone());
    assert!(matches!(converge::progress(Kind::Rollout, &unseen, &goal), Progress::Moving(_)), "its status is old");
}

#[test]
fn finished_is_what_has_no_rollout_under_way() {
    let finished = ["stable", "gate", "aborted", "promoted", "switched", "preview"]
        .map(|place| converge::is_finished(Kind::Rollout, &at(place)));
    assert_eq!(finished, [true, false, false, true, true, false]);
}
