use super::*;
use crate::domain::object::Meta;
use crate::domain::workload::ControllerRevision;
use crate::state::tests::fixture::*;

#[test]
fn the_history_of_a_deployment_knows_what_is_current_after_a_rollback() {
    let mut workload = workload("chat", 3);
    workload.revision = "4".into();
    let mut sets = [replica_set("chat", 4, "1.3.0"), replica_set("chat", 2, "1.4.0"), replica_set("chat", 3, "1.5.0")];
    // The revision that was rolled back to is the oldest object and has the highest number.
    sets[0].meta.created = Some(ago(900_000));
    sets[2].change_cause = "INC-7".into();
    let mut family = Family::alone(Kind::Deployment, &workload);
    family.replica_sets = sets.iter().collect();
    let history = history(&family);
    let said: Vec<_> = history
        .iter()
        .map(|revision| (revision.number, revision.version.as_str(), revision.standing, revision.change_cause.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            (Some(4), "1.3.0", Standing::Current, ""),
            (Some(3), "1.5.0", Standing::Previous, "INC-7"),
            (Some(2), "1.4.0", Standing::Older, ""),
        ]
    );
    assert_eq!(history[0].hash, "hash4");
}

fn controller_revision(name: &str, hash: &str, seconds_ago: i64) -> ControllerRevision {
    ControllerRevision {
        meta: Meta {
            labels: labels(&[("controller.kubernetes.io/hash", hash)]),
            created: Some(ago(seconds_ago)),
            ..meta(name)
        },
    }
}

#[test]
fn the_history_of_a_stateful_set_takes_images_from_pods() {
    let mut workload = workload("db", 2);
    workload.current_revision = "db-1".into();
    workload.update_revision = "db-2".into();
    let revisions = [
        controller_revision("db-0", "0", 900),
        controller_revision("db-1", "1", 600),
        controller_revision("db-2", "2", 60),
    ];
    let mut old = pod("db", 1, 0);
    old.meta.labels = labels(&[("controller-revision-hash", "db-1")]);
    let mut family = Family::alone(Kind::StatefulSet, &workload);
    family.revisions = revisions.iter().collect();
    family.pods = vec![&old];
    let said: Vec<_> = history(&family)
        .into_iter()
        .map(|revision| (revision.name.to_string(), revision.standing, revision.images.len(), revision.desired))
        .collect();
    assert_eq!(
        said,
        [
            ("db-2".to_owned(), Standing::Current, 1, 0),
            ("db-1".to_owned(), Standing::Previous, 1, 1),
            ("db-0".to_owned(), Standing::Older, 0, 0),
        ]
    );
}

#[test]
fn the_current_revision_of_a_daemon_set_is_that_of_its_youngest_pod() {
    let mut workload = workload("agent", 2);
    workload.update_revision = Text::default();
    let revisions = [controller_revision("agent-a", "a", 900), controller_revision("agent-b", "b", 60)];
    let (mut old, mut back) = (pod("agent", 1, 0), young(pod("agent", 1, 1)));
    old.meta.labels = labels(&[("controller-revision-hash", "b")]);
    back.meta.labels = labels(&[("controller-revision-hash", "a")]);
    let mut family = Family::alone(Kind::DaemonSet, &workload);
    family.revisions = revisions.iter().collect();
    family.pods = vec![&old, &back];
    let current: Vec<_> = history(&family).into_iter().filter(|it| it.standing == Standing::Current).collect();
    assert_eq!(current.len(), 1);
    assert_eq!(current[0].name, "agent-a", "rolled back to, though made earlier");
}
