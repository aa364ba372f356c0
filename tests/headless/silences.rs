//! Silences from a script: what is no silence, how long one lasts, and whom nobody can be told to be quiet about.

use crate::bench::Bench;
use crate::queries::{RULES, configure};
use crate::schema::{check_lines, validator};

#[test]
fn what_is_no_silence_is_wrong_use_whatever_alertmanager_would_say() {
    let bench = Bench::still();
    for (words, says) in [
        ("create ChatErrorRate --for 0s", "0 s is too short"),
        ("create ChatErrorRate --for 31d", "31 d is longer than 30 d"),
        ("create ChatErrorRate --for soon", "no length of time"),
        ("create ChatErrorRate --until 2020-01-01", "it would be over by now"),
        ("create ChatErrorRate --until tomorrow", "2027-01-15"),
        ("create ChatErrorRate", "--for"),
        ("create --for 2h", "MATCHER"),
        ("create pod=~( --for 2h", "is no pattern: error: unclosed group"),
        ("create severity!=critical --for 2h", "one matcher has to name something"),
        ("create severity!=critical namespace=~.* --for 2h", "one matcher has to name something"),
        ("create =x --for 2h", "follows no label"),
        ("create ChatErrorRate -n nowhere --for 2h", "there is no namespace nowhere"),
        ("ack pod=~( --for 1h", "is no pattern"),
        ("ack ChatErorRate", "did you mean ChatErrorRate?"),
        ("ack ChatErrorRate --for 0s", "0 s is too short"),
        ("extend nothing --for 2h", "there is no silence nothing"),
        ("extend nothing --for 59s", "59 s is too short"),
        ("expire nothing", "there is no silence"),
        ("expire a!x", "is no matcher"),
        ("list -e prodution", "did you mean production?"),
    ] {
        let refused = bench.run("maria", &format!("silence {words}")).expect(2);
        assert!(refused.stderr.contains(says), "{words}: {}", refused.stderr);
        assert_eq!(refused.stdout, "", "{words}");
    }
}

#[test]
fn what_is_to_last_for_long_names_its_end_and_is_shown_with_its_year() {
    let bench = Bench::own();
    let shown = "silence create ChatErrorRate namespace=production --until 2199-02-01T08:00Z";
    let plan = bench.run("maria", &format!("{shown} --dry-run")).expect(0);
    assert!(plan.stdout.contains("until Feb 1 2199 08:00Z"), "{}", plan.stdout);
    assert!(plan.stdout.contains("--until 2199-02-01T08:00:00Z"), "{}", plan.stdout);
    let consent = "--write --reason because --confirm chat-service";
    bench.run("maria", &format!("{shown} {consent}")).expect(0);
    let listed = bench.run("maria", "silence list").expect(0);
    let made = listed.stdout.lines().find(|line| line.contains("because")).unwrap_or_else(|| panic!("{listed:?}"));
    assert!(made.contains("Feb 1 2199 08:00Z"), "{made}");
    let ended = bench.run("maria", "silence expire alertname=ChatErrorRate namespace=production --dry-run").expect(0);
    assert!(ended.stdout.contains("--until 2199-02-01T08:00:00Z"), "the way back ends as it did: {}", ended.stdout);
}

#[test]
fn who_evaluates_an_alert_alone_says_that_nobody_can_be_told_to_be_quiet() {
    // What counts grows old where the clock stands still.
    let bench = Bench::own();
    let rules = format!("[rules]\nevaluate = \"always\"\n{RULES}");
    // Beside an Alertmanager, and where there is none at all.
    for more in ["", "[prometheus.main]\nservice = \"monitoring/prometheus:9090\"\n"] {
        configure(&bench, &format!("{rules}{more}"));
        let refused = bench.run("maria", "silence ack high_error_rate -o ndjson").expect(1);
        check_lines(&validator(), &refused);
        assert_eq!(refused.result()["outcome"], "impossible");
        for part in [
            "high_error_rate cannot be acknowledged",
            "midwatch evaluates its rule itself, so no Alertmanager knows it",
            "midwatch rules export",
            "[rules.high_error_rate]",
        ] {
            assert!(refused.stderr.contains(part), "{part}: {}", refused.stderr);
        }
    }
}

#[test]
fn other_verbs_take_wrong_words_for_wrong_use_too() {
    let bench = Bench::still();
    for (words, says) in [
        ("restart chat-service -n staging --timeout soon", "no length of time"),
        ("restart chat-service -n staging --timeout 0s", "longer than nothing"),
        ("scale api-gateway -n production --min 5 --max 2 --dry-run", "5 to 2 is no range"),
        ("set-image user-service -n staging --image x:1 --container nothing --dry-run", "it has no container nothing"),
        ("logs chat-service -n staging --since soon", "no length of time"),
        ("logs chat-service -n staging --grep (", "--grep is no regular expression"),
        ("wait healthy chat-service --for soon", "no length of time"),
        ("changes --around ChatErrorRate --within soon", "no length of time"),
        ("metrics chat-service --by node", "possible values"),
        ("metrics chat-servcie", "did you mean chat-service?"),
        ("rules -e prodution", "did you mean production?"),
    ] {
        let refused = bench.run("maria", words).expect(2);
        assert!(refused.stderr.contains(says), "{words}: {}", refused.stderr);
    }
}
