use super::*;
use crate::domain::rule::{RuleKind, RuleState};

/// Production, of a cluster with one namespace of it.
fn production(place: &Place) -> Concern<'_> {
    let cluster = ClusterName("prod-eu".into());
    Concern { place, namespaces: BTreeMap::from([(cluster, vec!["shop".into()])]) }
}

fn place() -> Place {
    Place { environment: Some("production".to_owned()), ..Place::default() }
}

fn rule(query: &str, labels: &[(&str, &str)]) -> Rule {
    Rule {
        cluster: ClusterName("prod-eu".into()),
        name: "ChatErrorRate".into(),
        group: "chat".into(),
        kind: RuleKind::Alerting,
        state: RuleState::Inactive,
        since: None,
        alerts: 0,
        query: query.into(),
        hold: jiff::SignedDuration::ZERO,
        evaluated: None,
        problem: None,
        labels: labels.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
    }
}

#[test]
fn a_silence_is_about_every_place_that_its_matchers_leave() {
    let place = place();
    let concern = production(&place);
    for (matchers, wanted) in [
        ("ChatErrorRate", true),
        ("ChatErrorRate namespace=shop", true),
        ("ChatErrorRate namespace=~\"shop|shop-staging\"", true),
        ("ChatErrorRate namespace=shop-staging", false),
        ("ChatErrorRate namespace!=shop", false),
        ("ChatErrorRate environment=production", true),
        ("ChatErrorRate env=staging", false),
        ("ChatErrorRate namespace=~\"(\"", false),
    ] {
        let matchers = parse(matchers).expect(matchers);
        assert_eq!(concern.is_taken(&ClusterName("prod-eu".into()), &matchers), wanted, "{matchers:?}");
    }
    let elsewhere = parse("ChatErrorRate namespace=other").expect("matchers");
    assert!(concern.is_taken(&ClusterName("prod-us".into()), &elsewhere), "what nobody tells is not ruled out");
}

#[test]
fn a_rule_is_about_the_places_of_its_labels_and_of_the_series_that_it_asks_about() {
    let place = place();
    let concern = production(&place);
    for (query, labels, wanted) in [
        ("rate(errors[5m]) > 1", &[][..], true),
        ("rate(errors{code=~\"5..\"}[5m]) > 1", &[], true),
        ("rate(errors{namespace=\"shop\"}[5m]) > 1", &[], true),
        ("rate(errors{namespace=\"shop-staging\"}[5m]) > 1", &[], false),
        ("errors{namespace=\"shop-staging\"} / requests{namespace=\"shop\"}", &[], true),
        ("up == 0", &[("namespace", "shop-staging")], false),
        ("up == 0", &[("env", "production")], true),
    ] {
        assert_eq!(concern.is_ruled(&rule(query, labels)), wanted, "{query} {labels:?}");
    }
}
