//! Questions as people ask them: tables, with the times that pass taken out.

use regex::Regex;

use serde_json::Value;

use crate::bench::{Bench, Ran, misses_signals, private};

/// A table without what depends on when it was asked for.
fn timeless(table: &str) -> String {
    let table = Regex::new(r"\b\d+(s|min|h|d)\b +").unwrap().replace_all(table, "<age>  ").into_owned();
    let table = Regex::new(r"\b\d+ (s|min|h|d)\b").unwrap().replace_all(&table, "<span>").into_owned();
    let table = Regex::new(r"\b\d+(s|min|h|d)\b").unwrap().replace_all(&table, "<age>").into_owned();
    let table = Regex::new(r"since [^\n]*?\d\d:\d\d").unwrap().replace_all(&table, "since <moment>").into_owned();
    let table =
        Regex::new(r"fails [\d.]+ %, stable [\d.]+ % \(\d+ requests\)").unwrap().replace_all(&table, "<failures>");
    let table = Regex::new(r"seen [\d.]+%").unwrap().replace_all(&table, "seen <share>").into_owned();
    // How wide a column is depends on the length of an age.
    Regex::new(r" {2,}").unwrap().replace_all(&table, "  ").into_owned()
}

/// What a command tells once everybody has told what is counted and what pages. Each try has a fleet of its own, which is
/// young: what counts grows old where the clock stands still, and what moves comes to its end where it does not.
fn counted(command: &str, is_told: impl Fn(&Ran) -> bool) -> (Bench, Ran) {
    let mut last = None;
    for _ in 0..10 {
        let bench = Bench::own();
        let ran = bench.run("maria", command).expect(0);
        if !misses_signals(&ran) && is_told(&ran) {
            return (bench, ran);
        }
        last = Some(ran);
    }
    panic!("{command} never tells what is counted: {last:?}");
}

/// Whether the numbers of both canaries are known.
fn judges_canaries(ran: &Ran) -> bool {
    ["canary 1.5.0 fails", "canary 5.3.0 fails"].iter().all(|says| ran.stdout.contains(says))
}

#[test]
fn services_are_shown_worst_first_with_the_reason() {
    let (bench, services) = counted("services", judges_canaries);
    assert_eq!(services.stderr, "");
    insta::assert_snapshot!("services", timeless(&services.stdout));
    let staging = bench.run("maria", "services -e staging -o json").expect(0).json();
    let items = staging["items"].as_array().unwrap();
    assert!(items.len() == 6 && items.iter().all(|item| item["environment"] == "staging"), "{staging:#}");
}

#[test]
fn rollouts_are_shown_with_what_holds_them_up() {
    let (_bench, rollouts) = counted("rollouts -n production", judges_canaries);
    insta::assert_snapshot!("rollouts", timeless(&rollouts.stdout));
}

#[test]
fn revisions_and_what_differs_between_them() {
    let bench = Bench::still();
    insta::assert_snapshot!("history", timeless(&bench.run("maria", "history chat-service").expect(0).stdout));
    insta::assert_snapshot!("diff", bench.run("maria", "diff chat-service -n production").expect(0).stdout);
    let pinned = bench.run("maria", "diff chat-service 1 2 -e staging -o json").expect(0).json();
    assert_eq!(
        (&pinned["items"][0]["from"]["version"], &pinned["items"][0]["to"]["version"]),
        (&"1.3.2".into(), &"1.4.0".into())
    );
    bench.run("maria", "diff chat-service nothing").expect(2);
    bench.run("maria", "history redis --workload statefulset/redis").expect(0);
}

#[test]
fn who_names_a_service_where_one_of_kubernetes_is_meant_is_told_which_there_are() {
    let bench = Bench::still();
    let told = bench.run("maria", "switch search-service --to track=green -n production").expect(2).stderr;
    assert!(told.contains("there is no Kubernetes Service search-service"), "{told}");
    assert!(told.contains("search-service-canary, search-service-stable"), "{told}");
}

#[test]
fn objects_of_any_kind_by_any_name_of_it() {
    let bench = Bench::still();
    let names = ["po", "pod", "pods", "Pod"]
        .map(|name| bench.run("maria", &format!("get {name} -n staging -o json")).expect(0).json());
    assert!(names.iter().all(|answer| answer["items"] == names[0]["items"]));
    insta::assert_snapshot!("deployments", timeless(&bench.run("maria", "get deploy -n staging").expect(0).stdout));
    insta::assert_snapshot!("autoscalers", timeless(&bench.run("maria", "get hpa").expect(0).stdout));
    assert_eq!(bench.run("maria", "get pods nothing").expect(2).stdout, "");
}

#[test]
fn events_and_changes_of_one_service() {
    let bench = Bench::still();
    let events = bench.run("maria", "events task-service -e staging -o json").expect(0).json();
    let about = events["items"].as_array().unwrap().iter().map(|event| event["about"].as_str().unwrap());
    assert!(about.clone().count() > 0 && about.into_iter().all(|about| about.contains("task-service")), "{events:#}");
    let changes = bench.run("maria", "changes chat-service -e production -o json").expect(0).json();
    let items = changes["items"].as_array().unwrap();
    assert!(items.iter().any(|change| change["what"] == "rollout 1.5.0 began"), "{changes:#}");
    assert!(items.windows(2).all(|pair| pair[0]["at"].as_str() >= pair[1]["at"].as_str()), "newest first");
}

#[test]
fn who_we_are_and_what_we_may() {
    let bench = Bench::still().with_roles();
    assert_eq!(bench.run("dana", "whoami -o json").expect(0).json()["items"][0]["roles"][0], "developer");
    for (user, words, code) in [
        ("maria", "can rollback chat-service -e production", 0),
        ("dana", "can rollback user-service -e production", 4),
        // Stopping what is being rolled out is part of deploying.
        ("dana", "can rollback chat-service -e production", 0),
        ("dana", "can restart user-service -e staging", 0),
        ("dana", "can view_logs user-service", 0),
        ("victor", "can restart user-service -e staging", 4),
        ("victor", "can monitor user-service", 0),
        ("nobody", "can monitor user-service", 4),
    ] {
        bench.run(user, words).expect(code);
    }
}

#[test]
fn who_may_read_nothing_is_told_what_to_ask_for() {
    let bench = Bench::still();
    let services = bench.run("nobody", "services").expect(4);
    assert_eq!(services.stdout, "");
    assert!(services.stderr.contains("no access: deployments, pods"), "{}", services.stderr);
    assert!(services.stderr.contains("ask a cluster administrator for a role with: get, list, watch"));
    let doctor = bench.run("nobody", "doctor -o json").expect(1).json();
    let mend: Vec<&str> = doctor["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["state"] == "mend")
        .map(|item| item["area"].as_str().unwrap())
        .collect();
    assert_eq!(mend, ["read"], "{doctor:#}");
    assert_eq!(bench.run("maria", "doctor").expect(0).stderr, "");
}

#[test]
fn changes_around_an_alert() {
    let bench = Bench::still();
    let around = bench.run("maria", "changes --around ChatErrorRate -o json").expect(0).json();
    let items = around["items"].as_array().unwrap();
    let place = |what: &str| items.iter().position(|change| change["what"] == what);
    let (alert, rollout) = (place("alert ChatErrorRate began"), place("rollout 1.5.0 began"));
    assert!(alert.is_some() && alert < rollout, "newest first: {around:#}");
    let of = |at: Option<usize>| &items[at.unwrap()]["around"];
    assert_eq!(of(alert)["isAlert"], true);
    assert!(of(rollout)["isAlert"] == false && of(rollout)["seconds"].as_i64().unwrap() < 0, "{around:#}");
    assert!(items.iter().all(|change| change["environment"] == "production"), "{around:#}");
    let near = bench.run("maria", "changes chat-service --around ChatErrorRate --within 1s").expect(0);
    assert!(near.stdout.contains("the alert") && !near.stdout.contains("1.5.0"), "{}", near.stdout);
    let refused = bench.run("maria", "changes --around ChatErorRate").expect(2);
    assert!(refused.stderr.contains("did you mean ChatErrorRate?"), "{}", refused.stderr);
    bench.run("maria", "changes user-service --around ChatErrorRate").expect(2);
}

/// A rule that the sandbox's numbers breach: the canary of chat-service fails some of what it is asked.
pub(crate) const RULES: &str = r#"
[rules.high_error_rate]
condition = '''
100 * sum by (namespace, app) (rate(http_requests_total{code=~"5.."}[5m]))
/ sum by (namespace, app) (rate(http_requests_total{app!="notification-service"}[5m])) > 1
'''
for = "1m"
severity = "critical"
summary = "{{ $value }} % of the requests to {{ $labels.app }} fail"

[rules.nothing_counts]
condition = "no_such_metric > 1"
"#;

/// Writes a configuration that only its owner can change.
pub(crate) fn configure(bench: &Bench, text: &str) {
    std::fs::write(bench.config("config.toml"), text).unwrap();
    private(&bench.config("config.toml"), 0o600);
    private(&bench.home().join("config"), 0o700);
}

#[test]
fn rules_of_the_configuration_are_evaluated_where_no_server_does_and_say_so() {
    // What counts grows old where the clock stands still.
    let bench = Bench::own();
    configure(&bench, RULES);
    // The platform has rules of its own.
    let alerts = bench.run("maria", "alerts -o json").expect(0).json();
    let is_own = |alert: &Value| alert["evaluatedByMidwatch"] == true;
    assert!(!alerts["items"].as_array().unwrap().iter().any(is_own), "{alerts:#}");
    let rules = bench.run("maria", "rules -o json").expect(0).json();
    let of = |rules: &Value, name: &str| {
        rules["items"].as_array().unwrap().iter().find(|rule| rule["name"] == name).unwrap().clone()
    };
    let (own, theirs) = (of(&rules, "high_error_rate"), of(&rules, "ChatErrorRate"));
    assert_eq!((&own["state"], &theirs["state"]), (&"none".into(), &"firing".into()), "{rules:#}");
    assert_eq!(own["problem"], "not evaluated: prometheus has alerting rules of its own");

    configure(&bench, &format!("[rules]\nevaluate = \"always\"\n{RULES}"));
    let alerts = bench.run("maria", "alerts -o json").expect(0).json();
    let is_of_chat = |alert: &&Value| is_own(alert) && alert["service"] == "chat-service";
    let alert = alerts["items"].as_array().unwrap().iter().find(is_of_chat).unwrap_or_else(|| panic!("{alerts:#}"));
    assert_eq!((&alert["name"], &alert["environment"]), (&"high_error_rate".into(), &"production".into()), "{alert:#}");
    assert_eq!(
        (&alert["standing"], &alert["priority"]),
        (&"firing".into(), &"high".into()),
        "one look tells: {alert:#}"
    );
    assert!(alert["summary"].as_str().unwrap().ends_with("% of the requests to chat-service fail"), "{alert:#}");
    let told = bench.run("maria", "alerts").expect(0);
    assert!(told.stdout.contains("(evaluated by midwatch, which looks since "), "{}", told.stdout);
    let rules = bench.run("maria", "rules -o json").expect(0).json();
    assert_eq!(of(&rules, "nothing_counts")["state"], "no-data");
    assert_eq!(of(&rules, "high_error_rate")["state"], "firing");
}

#[test]
fn rules_are_written_for_prometheus() {
    let bench = Bench::still();
    bench.run("maria", "rules export").expect(2);
    configure(&bench, RULES);
    let file = bench.run("maria", "rules export").expect(0).stdout;
    assert!(file.starts_with("groups:\n") && file.contains("alert: high_error_rate"), "{file}");
    let object = bench.run("maria", "rules export --format prometheusrule").expect(0).stdout;
    assert!(object.contains("kind: PrometheusRule") && object.contains("for: 1m"), "{object}");
}

#[test]
fn who_looks_at_one_namespace_is_told_what_pages_about_it() {
    let bench = Bench::own();
    for words in ["alerts -n production -o json", "metrics -n production -o json"] {
        let told = bench.run("maria", words).expect(0).json();
        let about = |item: &Value| item["service"] == "chat-service";
        assert!(told["items"].as_array().is_some_and(|items| items.iter().any(about)), "{words}: {told:#}");
    }
    // Services are told without numbers where those take too long.
    counted("services -n production -o json", |ran| {
        let told = ran.json();
        let chat = told["items"].as_array().and_then(|items| items.iter().find(|item| item["name"] == "chat-service"));
        chat.is_some_and(|chat| chat["errorRatio"].as_f64().is_some_and(|ratio| ratio > 0.01))
    });
}
