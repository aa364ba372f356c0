//! The alerts follow what happens to the fleet: the bad canary pages as long as it gets requests.

use super::*;

const STATUS: &str = "/apis/argoproj.io/v1alpha1/namespaces/production/rollouts/chat-service/status";
const MERGE: &str = "application/merge-patch+json";

impl Bench {
    /// The alerts of Alertmanager: names, severities and states, and when each began.
    async fn alerts(&self) -> Vec<(String, String, String, Timestamp)> {
        let told = self.get("/api/v1/namespaces/monitoring/services/alertmanager:9093/proxy/api/v2/alerts").await;
        let alerts = told.as_array().unwrap().iter().map(|alert| {
            let said = |path: &str| text(alert, path).to_owned();
            let began = text(alert, "startsAt").parse().unwrap();
            (said("labels.alertname"), said("labels.severity"), said("status.state"), began)
        });
        alerts.collect()
    }

    async fn pages(&self) -> bool {
        self.alerts().await.iter().any(|alert| alert.0 == "ChatErrorRate")
    }

    /// How the rule about errors stands by Prometheus: its state, and what its query comes to as it is written there.
    async fn rule(&self) -> (String, f64) {
        let server = "/api/v1/namespaces/monitoring/services/prometheus:9090/proxy/api/v1";
        let rules = self.get(&format!("{server}/rules")).await;
        let rule = list(&rules, "data.groups.0.rules").iter().find(|rule| rule["name"] == "ChatErrorRate").unwrap();
        let query = text(rule, "query").split(" > ").next().unwrap();
        let query = query.bytes().fold(String::new(), |encoded, byte| format!("{encoded}%{byte:02X}"));
        let found = self.get(&format!("{server}/query?query={query}")).await;
        (text(rule, "state").to_owned(), text(&found, "data.result.0.value.1").parse().unwrap())
    }

    async fn abort(&self, aborts: bool) {
        let wish = json!({"status": {"abort": aborts}});
        assert_eq!(self.ask("maria", "PATCH", STATUS, MERGE, wish).await.0, StatusCode::OK);
    }
}

#[tokio::test]
async fn one_of_each_priority_and_the_high_one_began_two_minutes_after_the_bad_canary() {
    let bench = Bench::new();
    let alerts = bench.alerts().await;
    let said: Vec<_> = alerts.iter().map(|(name, severity, state, _)| (&**name, &**severity, &**state)).collect();
    assert_eq!(
        said,
        [
            ("ChatErrorRate", "critical", "active"),
            ("PodCrashLooping", "warning", "active"),
            ("CertificateExpiresSoon", "info", "suppressed"),
        ]
    );
    let after = alerts[0].3.duration_since(start()).as_secs() + 8 * 60;
    assert!((120..180).contains(&after), "{after} s after the release");
    let (state, errors) = bench.rule().await;
    assert!(state == "firing" && (0.012..0.02).contains(&errors), "{state} {errors}");
}

#[tokio::test]
async fn without_requests_to_the_bad_canary_nothing_pages_and_with_them_it_does_again() {
    let bench = Bench::new();
    bench.abort(true).await;
    bench.pass(90);
    assert!(!bench.pages().await);
    let (state, errors) = bench.rule().await;
    assert!(state == "inactive" && errors < 0.004, "{state} {errors}");
    bench.abort(false).await;
    bench.pass(90);
    assert!(bench.rule().await.0 == "pending" && !bench.pages().await, "it does not fire at once");
    bench.pass(120);
    assert!(bench.pages().await);
}

#[tokio::test]
async fn past_its_gate_twice_as_many_of_the_requests_fail() {
    let bench = Bench::new();
    let before = bench.rule().await.1;
    bench.ask("maria", "PATCH", STATUS, MERGE, json!({"status": {"pauseConditions": null}})).await;
    bench.pass(120);
    let after = bench.rule().await.1;
    assert!((1.6..2.1).contains(&(after / before)), "{before} {after}");
}
