#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Mutex;

use super::*;
use crate::domain::kind::Kind;
use crate::operations::fake::objects::{failing, pod, rollback, with_history};
use crate::operations::fake::{Plane, authorized, entries};

/// A rollback of two steps.
fn two_steps() -> Authorized {
    let kind = Kind::StatefulSet;
    let mut snapshot = with_history(kind, failing(kind, "1.5.0"));
    snapshot.pods = vec![pod("chat-service-3", "chat-service-bad", false)];
    authorized(&rollback(kind, None), &mut snapshot)
}

#[tokio::test]
async fn every_step_is_tried_and_nothing_is_sent_in_earnest() {
    let plane = Plane::default();
    rehearse(two_steps(), &plane, "a-1").await.unwrap();
    assert_eq!(
        entries(&plane.diary),
        [
            "dry run PATCH /apis/apps/v1/namespaces/production/statefulsets/chat-service",
            "dry run DELETE /api/v1/namespaces/production/pods/chat-service-3",
        ]
    );
}

#[tokio::test]
async fn what_the_server_would_refuse_ends_it_at_once() {
    for (answer, failure) in [
        (Answer::Conflict("moved".into()), Failure::Conflict),
        (Answer::Denied("no".into()), Failure::Denied),
        (Answer::Rejected("quota".into()), Failure::Rejected),
        (Answer::NotSent("refused".into()), Failure::Unreachable),
        (Answer::Unknown("timeout".into()), Failure::Unreachable),
    ] {
        let plane = Plane { rehearsals: Mutex::new([answer].into()), ..Plane::default() };
        assert_eq!(rehearse(two_steps(), &plane, "a-1").await.unwrap_err().failure, failure);
        assert_eq!(entries(&plane.diary).len(), 1);
    }
}
