//! A release that waits at a gate and is bad, from a script: what comes of it when it goes on, and when it goes back.

use serde_json::Value;

use crate::bench::Bench;

/// Where the canary of chat-service stands.
const PLACE: &str = "chat-service -n production";
const CONSENT: &str = "--write --reason because --confirm chat-service";
/// Long enough for the fleet to move its traffic and for its rules to tell of nothing else.
const SETTLED: u64 = 120;

/// The one item of that name.
fn item(document: &Value, name: &str, value: &str) -> Value {
    let mut items = document["items"].as_array().unwrap().iter();
    items.find(|item| item[name] == value).unwrap_or_else(|| panic!("no {value}: {document:#}")).clone()
}

fn rollout(bench: &Bench) -> Value {
    item(&bench.run("maria", "rollouts -n production -o json").expect(0).json(), "service", "chat-service")
}

/// The part of the requests that the canary gets, in percent; none where there is no canary beside the stable pods.
fn weight(bench: &Bench) -> Option<f64> {
    let traffic = rollout(bench)["traffic"].clone();
    let arms = traffic.as_array().unwrap().first()?["arms"].as_array().unwrap().clone();
    arms.iter().find(|arm| arm["role"] == "canary").unwrap()["set"].as_f64()
}

/// The gate at which it waits.
fn gate(bench: &Bench) -> String {
    rollout(bench)["delivery"]["gate"]["name"].as_str().unwrap().to_owned()
}

/// The part of all requests that fail, in percent, as the alert about them says; none where it does not fire.
fn failing(bench: &Bench) -> Option<f64> {
    let alerts = bench.run("maria", "alerts -o json").expect(0).json();
    let mut alerts = alerts["items"].as_array().unwrap().iter();
    let alert = alerts.find(|alert| alert["name"] == "ChatErrorRate" && alert["standing"] == "firing")?;
    assert_eq!(alert["priority"], "high", "{alert:#}");
    Some(alert["summary"].as_str().unwrap().split_once(" %").unwrap().0.parse().unwrap())
}

#[test]
fn past_its_gate_it_gets_more_requests_and_more_of_all_fail() {
    let bench = Bench::own();
    let before = failing(&bench).unwrap();
    assert!(weight(&bench) == Some(20.0) && (1.2..2.2).contains(&before), "{before}");
    let words = format!("gate release {PLACE} --gate {} {CONSENT}", gate(&bench));
    bench.run("maria", &words).expect(0);
    bench.pass(SETTLED);
    let after = failing(&bench).unwrap();
    assert!(weight(&bench) == Some(40.0) && (2.5..3.8).contains(&after), "{after}");
}

#[test]
fn aborted_or_rolled_back_it_gets_nothing_and_nothing_pages_any_more() {
    // What was rolled back is no canary any more: its Service selects the stable pods.
    for (verb, weighs) in [("abort", Some(0.0)), ("rollback", None)] {
        let bench = Bench::own();
        assert!(weight(&bench) == Some(20.0) && failing(&bench).is_some(), "{verb}");
        bench.run("maria", &format!("{verb} {PLACE} {CONSENT}")).expect(0);
        bench.pass(SETTLED);
        assert_eq!((weight(&bench), failing(&bench)), (weighs, None), "{verb}");
        let services = bench.run("maria", "services -n production -o json").expect(0).json();
        assert_ne!(item(&services, "name", "chat-service")["health"], "bad", "{verb}: {services:#}");
    }
}

#[test]
fn who_would_set_its_weights_is_led_to_the_commands_that_do() {
    let bench = Bench::still();
    let refused = bench.run("maria", "shift chat-service -e production --to 50 --dry-run").expect(1);
    assert!(refused.stderr.contains("Argo Rollouts sets its weights"), "{}", refused.stderr);
    let said = refused.stderr.split("midwatch ").filter(|said| said.contains("--context"));
    let commands: Vec<&str> = said.map(|said| said.split(',').next().unwrap().trim()).collect();
    let it = format!("{PLACE} --context demo");
    assert_eq!(commands, [format!("gate release {it}"), format!("abort {it}")]);
    for command in commands {
        let plan = bench.run("maria", &format!("{command} --dry-run")).expect(0);
        assert!(plan.stdout.contains("rollout/chat-service in production on demo"), "{}", plan.stdout);
    }
}
