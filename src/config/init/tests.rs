#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::config::{Locations, Overrides, Settings};
use crate::domain::environment::EnvironmentRules;

/// A cluster whose namespaces have the environments that are guessed without rules.
fn cluster(name: &str, namespaces: &[(&str, Option<&str>)]) -> DiscoveredCluster {
    let name = ClusterName(name.into());
    let found = |(namespace, label): &(&str, Option<&str>)| DiscoveredNamespace {
        name: (*namespace).into(),
        place: EnvironmentRules::default().place(&name, &(*namespace).into(), label.map(Text::from).as_ref()),
    };
    DiscoveredCluster { namespaces: namespaces.iter().map(found).collect(), services: 14, name }
}

fn interpret(text: &str) -> Settings {
    let at = Locations::new("/nowhere", "/nowhere");
    Settings::interpret(text, &at, &Overrides::default()).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Makes every setting that is a comment a setting.
fn uncommented(text: &str) -> String {
    let bare =
        |line: &str| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line).to_owned() + "\n";
    text.lines().map(bare).collect()
}

#[test]
fn what_was_discovered_is_read_back() {
    let discovered = Discovered {
        clusters: vec![
            cluster(
                "prod-eu",
                &[("payments", Some("production")), ("chat", Some("production")), ("kube-system", None)],
            ),
            cluster("arn:aws:eks:eu-1:1:cluster/lab", &[("dev", None), ("chat", Some("production"))]),
        ],
    };
    let settings = interpret(&describe(&discovered));
    let contexts: Vec<_> = settings.contexts.iter().map(|context| context.0.as_str()).collect();
    assert_eq!(contexts, ["prod-eu", "arn:aws:eks:eu-1:1:cluster/lab"]);
    assert_eq!(settings.favourites, ["chat", "dev", "payments"]);
    assert_eq!(settings.environments.environments.len(), 2);
    for cluster in &discovered.clusters {
        for namespace in &cluster.namespaces {
            assert_eq!(settings.environments.place(&cluster.name, &namespace.name, None), namespace.place);
        }
    }
}

#[test]
fn an_environment_with_one_protected_namespace_is_protected() {
    let namespaces = [("dev", Some("shop")), ("live", Some("shop"))];
    let settings = interpret(&describe(&Discovered { clusters: vec![cluster("c", &namespaces)] }));
    assert_eq!(settings.environments.environments.len(), 1);
    assert!(settings.environments.environments[0].is_protected);
}

#[test]
fn nothing_discovered_is_no_configuration() {
    assert_eq!(interpret(&describe(&Discovered::default())), Settings::default());
}

#[test]
fn the_commented_settings_are_valid_and_hold_the_usual_values() {
    let text = uncommented(&describe(&Discovered::default())).replace("roles = \"roles.toml\"\n", "");
    assert!(text.contains("\n[verify]\n") && text.contains("\n[environments.production]\n"), "{text}");
    let settings = interpret(&text);
    assert_eq!(settings.environments.environments.len(), 1);
    assert_eq!(Settings { environments: EnvironmentRules::default(), ..settings }, Settings::default());
}

#[test]
fn hostile_and_long_names_leave_the_file_valid() {
    let many: Vec<String> = (0..40).map(|number| format!("team-{number}")).collect();
    let many: Vec<_> = many.iter().map(|name| (name.as_str(), Some("a \"b\" \\ ] = # é\n[verify]"))).collect();
    let odd = [("Upper", None), ("", None), ("x\"]", None), ("star", Some("*")), ("fine", None)];
    let discovered = Discovered { clusters: vec![cluster("a\"b]\n#", &many), cluster("", &odd), cluster("c", &odd)] };
    let settings = interpret(&describe(&discovered));
    assert_eq!(settings.contexts.len(), 2);
    assert_eq!(settings.favourites.len(), 9);
    let sizes: Vec<_> =
        settings.environments.environments.iter().map(|found| found.rooms[0].namespaces.len()).collect();
    assert_eq!(sizes, [40, 1]);
}

#[test]
fn the_file_reads_well() {
    let discovered = Discovered { clusters: vec![cluster("prod-eu", &[("payments", None), ("staging", None)])] };
    let text = describe(&discovered);
    let (_, environments) = text.split_once("\n[environments").unwrap();
    let expected = ".payments]\nprotected = true\nnamespaces = [\"prod-eu/payments\"]\n\n\
                    [environments.staging]\nprotected = false\nnamespaces = [\"prod-eu/staging\"]\n";
    assert_eq!(environments, expected);
    assert!(text.contains("\n# prod-eu: services 14, namespaces 2\ncontexts = [\"prod-eu\"]\n"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
}

/// The rules that the file shows, as a configuration of their own.
fn shown_rules() -> String {
    let text = describe(&Discovered::default());
    let from = text.find("#     [rules]").unwrap();
    let rules = text[from..].lines().map_while(|line| line.strip_prefix("#     "));
    rules.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_rules_that_are_shown_are_valid() {
    let rules = interpret(&shown_rules()).rules;
    let names: Vec<&str> = rules.rules.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(
        names,
        ["high_error_rate", "high_cpu", "high_memory", "instance_down", "high_disk_usage", "high_connections"]
    );
    assert!(rules.rules[0].criterion.query.ends_with("(rate(http_requests_total[5m]))"), "{rules:?}");
    assert_eq!(crate::domain::rule::OwnRules { rules: Vec::new(), ..rules }, crate::domain::rule::OwnRules::default());
}
