//! Servers of signals that are denied, silent or not there: what a script is told, and how long it waits.

use serde_json::Value;

use crate::bench::{Bench, Ran};
use crate::proxy;
use crate::schema::{check_lines, validator};

/// Commands that are about what servers of signals tell.
const ABOUT_SIGNALS: [&str; 4] = ["alerts", "rules", "metrics", "silence list"];

/// The words of all problems on the last line.
fn problems(ran: &Ran) -> String {
    ran.result()["problems"].as_array().unwrap().iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn who_may_not_look_for_servers_of_signals_is_denied_and_told_what_to_ask_for() {
    let bench = Bench::still();
    let changes = ["create ChatErrorRate --for 2h", "extend 5f2c --for 2h", "expire 5f2c", "ack ChatErrorRate"];
    let changes = changes.map(|change| format!("silence {change} --write --reason because"));
    for words in ABOUT_SIGNALS.map(str::to_owned).into_iter().chain(changes) {
        let denied = bench.run("nobody", &format!("{words} -o ndjson")).expect(4);
        check_lines(&validator(), &denied);
        assert!(problems(&denied).contains("no access: services"), "{words}: {}", denied.stdout);
        assert!(denied.stderr.contains("ask a cluster administrator"), "{words}: {}", denied.stderr);
    }
}

#[test]
fn who_is_not_let_through_to_servers_of_signals_is_denied_in_the_words_of_the_cluster() {
    let bench = Bench::still();
    bench.lead_through(proxy::refused(bench.address()));
    let says = "cannot get resource \\\"services/proxy\\\"";
    for words in ABOUT_SIGNALS {
        let denied = bench.run("maria", &format!("{words} -o ndjson")).expect(4);
        check_lines(&validator(), &denied);
        assert!(problems(&denied).contains(says), "{words}: {}", denied.stdout);
    }
    for change in ["create ChatErrorRate --for 2h", "expire 5f2c", "ack ChatErrorRate"] {
        let words = format!("silence {change} --write --reason because --confirm chat-service -o ndjson");
        let denied = bench.run("maria", &words).expect(4);
        assert!(problems(&denied).contains(says), "{words}: {}", denied.stdout);
    }
}

#[test]
fn a_cluster_that_is_gone_is_unreachable_for_what_its_servers_tell_too() {
    let bench = Bench::still();
    bench.lead_nowhere();
    for words in ABOUT_SIGNALS.into_iter().chain(["silence create ChatErrorRate --for 2h"]) {
        let ran = bench.run("maria", words).expect(7);
        assert!(ran.stderr.contains("cannot be reached"), "{words}: {}", ran.stderr);
    }
}

#[test]
fn what_stands_without_signals_waits_for_them_briefly_and_says_what_is_missing() {
    let bench = Bench::still();
    bench.lead_through(proxy::silent(bench.address()));
    for words in ["services", "changes", "rollouts"] {
        let ran = bench.run("maria", &format!("{words} -o ndjson")).expect(0);
        check_lines(&validator(), &ran);
        assert!(ran.stdout.contains("chat-service"), "{words}: {}", ran.stdout);
        let (told, said) = (problems(&ran), &ran.stderr);
        for (what, server) in [("alerts", "alertmanager"), ("alerts and numbers", "prometheus")] {
            let what = format!("{what} of {server} are missing");
            assert!(told.contains(&what) && said.contains(&what), "{words}: {said}");
        }
        // A server itself is given up after 10 s.
        assert!(told.contains("no answer within 3 s") && !told.contains("10 s"), "{words}: {told}");
    }
    // What does not speak of them does not wait for them.
    for words in ["get pods -n staging", "history chat-service -n staging"] {
        assert_eq!(bench.run("maria", words).expect(0).stderr, "", "{words}");
    }
}

#[test]
fn waiting_for_a_service_ends_in_time_though_servers_of_signals_are_silent() {
    let bench = Bench::still();
    bench.lead_through(proxy::silent(bench.address()));
    let ran = bench.run("maria", "wait healthy chat-service -e production --timeout 1s -o ndjson").expect(11);
    assert!(problems(&ran).contains("no answer within 1 s"), "{}", ran.stdout);
}
