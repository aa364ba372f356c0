use super::*;
use crate::domain::alert::Standing;
use crate::domain::text::Text;
use crate::tui::test_support::{NOW, cluster};

fn alert(name: &str, priority: Priority, standing: Standing) -> Alert {
    Alert {
        cluster: cluster(),
        name: name.into(),
        priority,
        standing,
        since: NOW,
        labels: [(Text::from("alertname"), Text::from(name))].into_iter().collect(),
        annotations: Labels::default(),
        silenced_by: Vec::new(),
        evaluated: None,
    }
}

fn high(name: &str) -> Alert {
    alert(name, Priority::High, Standing::Firing)
}

/// What is told of alerts seen at so many seconds each, empty where nothing is; the first look is complete.
fn told(looks: &[(i64, &[Alert])]) -> Vec<String> {
    let mut herald = Herald::default();
    let look = |(seconds, alerts): &(i64, &[Alert])| {
        let now = NOW + SignedDuration::from_secs(*seconds);
        herald.look(alerts.iter(), true, now);
        herald.take(now).unwrap_or_default()
    };
    looks.iter().map(look).collect()
}

#[test]
fn only_what_is_new_and_high_and_pages_is_told() {
    let quiet = [
        high("A"),
        alert("B", Priority::Medium, Standing::Firing),
        alert("C", Priority::High, Standing::Silenced),
        alert("D", Priority::High, Standing::Pending),
    ];
    let louder = [high("A"), high("C")];
    assert_eq!(told(&[(0, &[high("A")]), (10, &quiet), (20, &louder)]), ["", "", "High C"]);
}

#[test]
fn what_was_there_before_everybody_had_answered_is_not_told() {
    let mut herald = Herald::default();
    herald.look([high("A")].iter(), false, NOW);
    herald.look([high("A"), high("B")].iter(), true, NOW);
    assert_eq!(herald.take(NOW), None);
    herald.look([high("A"), high("B"), high("C")].iter(), true, NOW);
    assert_eq!(herald.take(NOW).as_deref(), Some("High C"));
}

#[test]
fn what_comes_soon_after_is_told_together_and_what_has_gone_by_then_is_not() {
    let all = [high("A"), high("B"), high("C"), high("D")];
    assert_eq!(
        told(&[
            (0, &[]),
            (10, &all[..1]),
            (12, &all),
            (20, &all[..3]),
            (39, &all[..3]),
            (40, &all[..3]),
            (90, &all[..3])
        ]),
        ["", "High A", "", "", "", "High B; and 1 more", ""]
    );
}

#[test]
fn what_flaps_is_told_once() {
    let one = [high("A")];
    assert_eq!(told(&[(0, &[]), (10, &one), (60, &[]), (120, &one)]), ["", "High A", "", ""]);
    assert_eq!(told(&[(0, &[]), (10, &one), (60, &[]), (700, &[]), (800, &one)]).pop().as_deref(), Some("High A"));
}

#[test]
fn the_title_counts() {
    assert_eq!([title(0, "·"), title(2, "·")], ["midwatch", "2 High · midwatch"]);
}
