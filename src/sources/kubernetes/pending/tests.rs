use jiff::Timestamp;
use tokio::sync::mpsc;

use super::*;
use crate::domain::kind::Kind;
use crate::domain::object::{ClusterName, Meta};
use crate::domain::pod::Pod;
use crate::domain::time::Clock;

fn pod(name: &str, phase: &str) -> Row {
    let meta = Meta { namespace: "shop".into(), name: name.into(), ..Meta::default() };
    Row::Pod(Box::new(Pod { meta, phase: phase.into(), ..Pod::default() }))
}

#[tokio::test]
async fn each_object_is_told_once_as_it_was_last_and_in_the_order_of_the_list() {
    let (sender, mut told) = mpsc::channel(8);
    let outbox = Outbox::new(ClusterName::default(), Clock::new(Timestamp::now), sender);
    let source = SourceId { cluster: ClusterName::default(), kind: Kind::Pod, namespace: None };
    let names: Vec<String> = (0..100).map(|number| format!("pod-{number:03}")).collect();
    let mut pending = Pending::default();
    for name in &names {
        pending.applied(pod(name, "Pending"));
    }
    pending.applied(pod("pod-007", "Running"));
    pending.gone(&pod("pod-099", "Running"));
    pending.flush(&source, &outbox).await;
    let Some(Update::Applied(_, rows)) = told.recv().await else { panic!("rows are told first") };
    let listed: Vec<&str> = rows.iter().map(|row| row.meta().name.as_str()).collect();
    assert_eq!(listed, names[..99]);
    assert_eq!(rows[7], pod("pod-007", "Running"));
    let Some(Update::Gone(_, gone)) = told.recv().await else { panic!("what is gone is told") };
    assert_eq!(gone, [("shop".into(), "pod-099".into())]);
    assert!(pending.is_empty());
}
