use super::*;

fn cluster() -> ClusterName {
    ClusterName("prod-eu".into())
}

#[test]
fn without_rules_the_label_or_else_the_name_decides() {
    for (namespace, label, environment, is_protected) in [
        ("payments", None, "payments", true),
        ("payments", Some("production"), "production", true),
        ("payments", Some(""), "payments", true),
        ("payments", Some("staging"), "staging", false),
        ("testing", Some("production"), "production", true),
        ("dev", None, "dev", false),
        ("Testing", None, "Testing", false),
        ("development", None, "development", false),
        ("dev-tools", None, "dev-tools", true),
        ("", None, "", true),
    ] {
        let place = EnvironmentRules::default().place(&cluster(), &namespace.into(), label.map(Text::from).as_ref());
        assert_eq!(
            (place.environment.as_str(), place.is_protected),
            (environment, is_protected),
            "{namespace} {label:?}"
        );
    }
}

#[test]
fn a_configured_environment_has_the_last_word_on_its_namespaces_only() {
    let rules = EnvironmentRules {
        environments: vec![Environment {
            name: "live".into(),
            color: Some("danger".into()),
            is_protected: true,
            rooms: vec![Room { cluster: cluster(), namespaces: vec!["staging".into()] }],
        }],
    };
    let held = rules.place(&cluster(), &"staging".into(), Some(&"staging".into()));
    assert_eq!((held.environment.as_str(), held.is_protected), ("live", true));
    let other = rules.place(&ClusterName("other".into()), &"staging".into(), None);
    assert_eq!((other.environment.as_str(), other.is_protected), ("staging", false));
}
