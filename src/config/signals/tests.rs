#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;

use super::*;
use crate::config::test_support::read;

#[test]
fn servers_are_reached_through_a_cluster_or_by_their_address() {
    let settings = read(
        r#"
[alertmanager.main]
context = "prod-eu"
service = "monitoring/alertmanager:web"

[alertmanager.far]
url = "https://am.example/prefix/"
token-file = "am-token"

[prometheus.main]
context = "prod-eu"
service = "monitoring/prometheus"

[alerts]
labels = ["urgency"]
high = ["now"]
"#,
    )
    .unwrap();
    let told: Vec<_> = settings.signals.iter().map(|one| (one.id.name.as_str(), &one.reach)).collect();
    let service = |name: &str, port: &str| Reach::Service {
        namespace: "monitoring".into(),
        name: name.into(),
        port: port.into(),
    };
    assert_eq!(
        told,
        [
            ("main", &service("alertmanager", "web")),
            ("far", &Reach::Url("https://am.example/prefix".into())),
            ("main", &service("prometheus", "")),
        ]
    );
    assert_eq!(settings.signals[1].access.token, Some(PathBuf::from("/etc/midwatch/am-token")));
    assert_eq!(settings.signals[1].id.cluster, ClusterName::default());
    assert_eq!(settings.priorities.high, ["now"]);
    assert_eq!(settings.priorities.medium, Priorities::default().medium);
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    for (text, says) in [
        ("[alertmanager.a]\n", "1: `a` needs `service` or `url`"),
        ("[alertmanager.a]\nurl = \"https://x\"\nservice = \"m/a\"\n", "1: `a` has both"),
        ("[alertmanager.a]\nurl = \"am.example\"\n", "2: `am.example` is no address"),
        ("[alertmanager.a]\nurl = \"https://me:pw@x\"\n", "2: an address holds no name and no password"),
        ("[prometheus.a]\nservice = \"prometheus\"\n", "2: `prometheus` is no service"),
        ("[prometheus.a]\nservice = \"mon/../x:web\"\n", "2: `mon/../x:web` is no service"),
        ("[alerts]\nhigh = [\"page\", \"critcal\"]\n", "2: unknown severity `critcal`; did you mean `critical`?"),
        ("[alerts]\nhigh = [\"sev1\"]\nmedium = [\"SEV1\"]\n", "3: `SEV1` has a priority already"),
        ("[alerts]\nlabels = [\"severty\"]\n", "2: unknown label `severty`; did you mean `severity`?"),
        ("[alerts]\nacknowledge = \"10s\"\n", "2: `acknowledge`: 10 s is too short"),
        ("[prometheus.a]\nservise = \"m/a\"\n", "2: unknown setting `servise`; did you mean `service`?"),
    ] {
        let faults = read(text).unwrap_err().join("\n");
        assert!(faults.contains(says), "{faults}");
    }
}
