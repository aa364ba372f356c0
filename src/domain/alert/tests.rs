use super::*;

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(name, value)| (Text::from(*name), Text::from(*value))).collect()
}

#[test]
fn the_words_of_the_usual_rules_have_a_priority() {
    let usual = Priorities::default();
    for (pairs, priority) in [
        (&[("severity", "critical")][..], Priority::High),
        (&[("severity", "PAGE")], Priority::High),
        (&[("severity", "warning")], Priority::Medium),
        (&[("severity", "info")], Priority::Low),
        (&[("severity", "none")], Priority::Low),
        (&[("severity", "critical"), ("priority", "low")], Priority::Low),
        (&[], Priority::Medium),
    ] {
        assert_eq!(usual.of(&labels(pairs)), priority, "{pairs:?}");
    }
}

#[test]
fn words_that_mean_a_priority_are_known_and_others_are_not() {
    let usual = Priorities::default();
    for known in ["critical", "Warning", "p4", "none"] {
        assert!(usual.knows(known), "{known}");
    }
    assert!(!usual.knows("critcal") && !usual.knows(""));
}

#[test]
fn who_is_no_business_of_alertmanager_says_so_with_what_to_do() {
    let at = Timestamp::UNIX_EPOCH;
    let alert = |standing, evaluated| Alert {
        cluster: ClusterName("eu".into()),
        name: "HighCpu".into(),
        priority: Priority::High,
        standing,
        since: at,
        labels: labels(&[]),
        annotations: labels(&[]),
        silenced_by: Vec::new(),
        evaluated,
    };
    let told = |alert: Alert| alert.unheard().map(|problem| problem.to_string()).unwrap_or_default();
    let own = told(alert(Standing::Firing, Some(Evaluated { watched: at, no_data: None })));
    assert!(own.contains("midwatch evaluates its rule itself") && own.contains("[rules.HighCpu]"), "{own}");
    assert!(told(alert(Standing::Pending, None)).contains("has not held for long enough"));
    for heard in [Standing::Firing, Standing::Silenced, Standing::Inhibited] {
        assert_eq!(told(alert(heard, None)), "");
    }
}
