#![expect(clippy::unwrap_used, reason = "tests")]

use jiff::Timestamp;

use super::*;
use crate::domain::object::Meta;
use crate::domain::pod::Pod;
use crate::domain::row::Row;
use crate::domain::update::SourceId;

/// How many rows one update holds here.
const ROWS: usize = 256;

/// A batch of pods of a list.
fn batch(cluster: &ClusterName, number: usize) -> Message {
    let source = SourceId { cluster: cluster.clone(), kind: Kind::Pod, namespace: None };
    let rows = (0..ROWS).map(|index| {
        let meta = Meta { namespace: "shop".into(), name: format!("pod-{number}-{index}").into(), ..Meta::default() };
        Row::Pod(Box::new(Pod { meta, ..Pod::default() }))
    });
    Message::Update(Update::Applied(source, rows.collect()))
}

#[tokio::test]
async fn so_few_facts_are_taken_in_at_once_that_a_key_never_waits_for_long() {
    let mut session = Session::offline(Clock::new(Timestamp::now));
    let cluster = ClusterName("rig".into());
    for number in 0..3 * AT_ONCE {
        session.outbox.try_send(batch(&cluster, number)).unwrap();
    }
    let pods = |session: &Session| session.state().cluster(&cluster).unwrap().rows(Kind::Pod).len();
    for drain in 1..=3 {
        let absorbed = session.absorb().await;
        assert!(absorbed.changed.touches(Kind::Pod));
        assert_eq!(pods(&session), drain * AT_ONCE * ROWS);
    }
}

#[test]
fn what_a_login_program_has_said_already_is_not_said_again() {
    use crate::domain::update::{Login, LoginStage};
    let mut session = Session::offline(Clock::new(Timestamp::now));
    let mut hear = |said: &[&str], stage: LoginStage| {
        let said = said.iter().map(|line| Text::from(*line)).collect();
        let update = Update::Login(ClusterName("rig".into()), Login { said, stage });
        let new = session.newly_said(&update).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let _ = session.believe(update);
        new
    };
    assert_eq!(hear(&["login runs"], LoginStage::Running), "login runs");
    assert_eq!(hear(&["visit", "code A"], LoginStage::Running), "visit code A");
    assert_eq!(hear(&["visit", "code AX7", "thanks"], LoginStage::Ready), "code AX7 thanks", "a line may grow");
    assert_eq!(hear(&["visit"], LoginStage::Ready), "visit", "that is another run, which nobody saw begin");
}
