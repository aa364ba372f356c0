//! The lease of a guarded shift: kept, lost, and left to others.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::operations::guard::lease::read;
use crate::runtime::guarded::keeper::Renewed;

#[tokio::test]
async fn a_lease_that_somebody_else_has_taken_ends_it_and_the_route_is_theirs() {
    let mut stage = Stage::holding(OnExit::Back).await;
    stage.cluster.meddle(|lease| lease.as_mut().unwrap()["spec"]["holderIdentity"] = "s-2".into());
    let mut news = News::new();
    stage.session.lease_lost(stage.id, &"maria has taken it".into(), &mut news);
    assert_eq!(stage.ended().await, End::Stuck("the lease was lost: maria has taken it".into()));
    assert_eq!((stage.cluster.weights(), stage.cluster.holder().as_str()), ([80, 20], "s-2"));
    assert_eq!(stage.cluster.asked(), ["take", "80 20"]);
}

#[tokio::test]
async fn a_lease_that_is_lost_while_it_goes_back_does_not_break_that_off() {
    let mut stage = Stage::holding(OnExit::Back).await;
    stage.cluster.hold(Some(Kind::HttpRoute));
    stage.stop();
    stage.until("the way back", |stage| stage.cluster.asked().last().is_some_and(|one| one == "100 0")).await;
    stage.session.lease_lost(stage.id, &"somebody deleted it".into(), &mut News::new());
    stage.cluster.hold(None);
    assert_eq!(stage.ended().await, End::InterruptedWentBack(STOPPED.into()));
}

#[tokio::test]
async fn nothing_is_raised_while_the_lease_is_not_held() {
    let mut stage = Stage::holding(OnExit::Back).await;
    stage.cluster.meddle(|lease| *lease = None);
    stage.go_on();
    // The next plan finds that out, or who renews it does.
    let end = stage.ended().await;
    assert!(matches!(&end, End::Stuck(why) if why.contains("lease")), "{end:?}");
    assert_eq!(stage.cluster.set(), ["80 20"]);
}

/// A lease of somebody else, who renewed it an hour ago by their clock.
fn foreign() -> serde_json::Value {
    serde_json::json!({
        "metadata": { "name": "midwatch-guard-chat", "namespace": "staging", "uid": "uid-9", "resourceVersion": "9" },
        "spec": { "holderIdentity": "s-9", "leaseDurationSeconds": 60, "renewTime": "2026-11-21T02:12:00.000000Z" },
    })
}

#[tokio::test]
async fn a_lease_that_looks_left_is_watched_before_it_is_taken_over() {
    let mut stage = Stage::new();
    stage.cluster.meddle(|lease| *lease = Some(foreign()));
    stage.propose(OnExit::Back);
    let waits = |stage: &Stage| stage.changes.iter().any(|event| matches!(event, OperationEvent::Waiting { .. }));
    stage.until("it to be watched", waits).await;
    let OperationEvent::Waiting { why } = stage.changes.last().unwrap() else { panic!("{:?}", stage.changes) };
    assert!(why.contains("its lease is watched for 60 s before it is taken to be so"), "{why}");
    assert!(stage.session.drives[&stage.id].plan.is_none());
    // A session that has seen it as it is for so long needs not wait.
    let mut stage = Stage::new();
    stage.cluster.meddle(|lease| *lease = Some(foreign()));
    let long_ago = Instant::now().checked_sub(Lease::LASTS.unsigned_abs()).unwrap();
    stage.session.sightings.see(&Lease::of(&stage::route()), &read(&foreign()), long_ago);
    stage.propose(OnExit::Back);
    stage.until("a plan", |stage| stage.session.drives[&stage.id].plan.is_some()).await;
    assert!(!waits(&stage));
    assert_eq!(stage.cluster.holder(), "s-9", "nobody said yes");
}

/// Who keeps the lease of a stage, and the other end of what it is told.
fn keeper(stage: &Stage) -> (watch::Sender<crate::domain::lease::About>, Keeper) {
    let drive = &stage.session.drives[&stage.id];
    let (about, heard) = watch::channel(crate::domain::lease::About::default());
    let keeper = Keeper {
        id: stage.id,
        held: drive.held.clone().unwrap(),
        plane: Arc::clone(&drive.plane),
        clock: stage.session.clock().clone(),
        about: heard,
        driven: stage.session.driven.subscribe(),
        outbox: stage.session.outbox.clone(),
    };
    (about, keeper)
}

/// What renewing the lease of a stage comes to.
async fn renewed(stage: &Stage) -> Renewed {
    let (about, mut keeper) = keeper(stage);
    let renewed = keeper.renew(stage.session.clock().now()).await;
    drop(about);
    renewed
}

#[tokio::test]
async fn a_lease_is_left_to_others_where_the_guard_is_not_at_work() {
    let mut stage = Stage::holding(OnExit::Back).await;
    stage.pass(seconds(1));
    let (_about, keeper) = keeper(&stage);
    let now = tokio::time::Instant::now();
    assert!(!keeper.is_stalled(now));
    assert!(keeper.is_stalled(now + std::time::Duration::from_secs(31)), "its terminal may take nothing");
}

#[tokio::test]
async fn a_lease_is_lost_to_others_and_not_to_a_server_that_is_away() {
    let stage = Stage::holding(OnExit::Back).await;
    assert_eq!(renewed(&stage).await, Renewed::Yes);
    stage.cluster.be_away(true);
    assert!(matches!(renewed(&stage).await, Renewed::NotNow(_)));
    stage.cluster.be_away(false);
    let holder = |name: &str| {
        let name = name.to_owned();
        move |lease: &mut Option<serde_json::Value>| {
            let lease = lease.as_mut().unwrap();
            lease["spec"]["holderIdentity"] = name.into();
            lease["metadata"]["annotations"]["midwatch.io/who"] = "maria".into();
        }
    };
    stage.cluster.meddle(holder("s-2"));
    assert_eq!(renewed(&stage).await, Renewed::Lost("maria has taken it".into()));
    stage.cluster.meddle(holder(""));
    assert_eq!(renewed(&stage).await, Renewed::Lost("somebody released it, which ends the guard".into()));
    stage.cluster.meddle(|lease| *lease = None);
    assert_eq!(renewed(&stage).await, Renewed::Lost("somebody deleted it".into()));
}
