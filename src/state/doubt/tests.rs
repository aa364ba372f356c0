use super::*;
use crate::domain::update::Liveness;
use crate::state::tests::fixture::*;

#[test]
fn doubt_names_its_source_and_keeps_what_was_wrong_before() {
    let well = Verdict::new(Health::Healthy, "healthy", None);
    let bad = Verdict::new(Health::Bad, "no pod ready", None);
    let pods = |liveness| {
        let mut inventory = Inventory::default();
        inventory.set_liveness(Kind::Pod, None, liveness);
        inventory
    };
    let late = Liveness::Late { since: ago(300), problem: problem("no answer") };
    for (liveness, reason) in [
        (Liveness::Loading, "unknown: pods are loading"),
        (late.clone(), "unknown: pods last heard 22:08"),
        (Liveness::NoAccess(problem("no access: pods in payments")), "unknown: no access: pods in payments"),
        (Liveness::Absent(problem("no such kind")), "unknown: no such kind"),
    ] {
        let verdict = doubted(&well, doubt(&pods(liveness), &[Kind::Pod], &"payments".into(), NOW));
        assert_eq!((verdict.health, verdict.reason.as_str()), (Health::Unknown, reason));
    }
    let verdict = doubted(&bad, doubt(&pods(late), &[Kind::Pod], &"payments".into(), NOW));
    assert_eq!(verdict.reason, "unknown: pods last heard 22:08, before that no pod ready");
    assert_eq!(verdict.since, Some(ago(300)));
    assert_eq!(doubted(&well, doubt(&pods(Liveness::Live), &[Kind::Pod], &"payments".into(), NOW)), well);
}
