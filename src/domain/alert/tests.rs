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
