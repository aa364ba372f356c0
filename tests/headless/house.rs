//! What holds for every command: help, exit codes, completions, configuration, and pipes that break.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use midwatch::domain::intent::Verb;

use crate::bench::{Bench, misses_signals, private, ran, until_told};
use crate::schema::{check, validator};

/// Every command but the console.
fn commands() -> Vec<&'static str> {
    let questions =
        ["services", "rollouts", "history", "diff", "get", "events", "changes", "whoami", "can", "doctor", "init"];
    let others = [
        "logs",
        "audit show",
        "audit verify",
        "evidence collect",
        "evidence list",
        "evidence show",
        "silence list",
        "silence create",
        "silence extend",
        "silence expire",
        "silence ack",
        "config check",
        "config show",
        "config paths",
        "completions",
        "man",
        "demo",
    ];
    questions.into_iter().chain(Verb::OF_OBJECTS.map(Verb::command)).chain(others).collect()
}

#[test]
fn the_help_of_each_command() {
    let bench = Bench::still();
    let mut all = String::new();
    for command in std::iter::once("").chain(commands()) {
        let mut run = Command::new(env!("CARGO_BIN_EXE_midwatch"));
        run.env_clear().env("HOME", bench.home()).args(command.split_whitespace()).arg("--help");
        let help = ran(&run.output().unwrap()).expect(0);
        assert_eq!(help.stderr, "");
        let page = format!("$ midwatch {command} --help\n{}\n", help.stdout);
        all.push_str(&page);
    }
    insta::assert_snapshot!("help", all);
}

#[test]
fn a_cluster_that_is_gone_is_unreachable() {
    let bench = Bench::still();
    bench.lead_nowhere();
    for words in ["services", "get pods", "whoami", "rollback chat-service", "changes -o json"] {
        let ran = bench.run("maria", words).expect(7);
        assert!(ran.stderr.contains("cannot be reached"), "{words}: {}", ran.stderr);
        assert!(
            !words.starts_with("services") || ran.stderr.contains("context demo does not answer"),
            "{}",
            ran.stderr
        );
    }
    let doctor = bench.run("maria", "doctor -o json").expect(1).json();
    check(&validator(), &doctor);
}

#[test]
fn a_script_whose_cluster_says_nothing_ends_with_what_was_tried_and_what_to_do() {
    let bench = Bench::still();
    // Whoever connects is taken in by the system, and hears nothing.
    let mute = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    bench.lead_through(mute.local_addr().unwrap());
    let ran = bench.run("maria", "services").expect(7);
    for part in [
        "midwatch: context demo does not answer\n",
        &format!("{}: ", mute.local_addr().unwrap()),
        "within 4 s",
        "then again; midwatch doctor --context demo tells more",
    ] {
        assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
    }
    assert!(!ran.stderr.contains("keeps trying"), "it does not: {}", ran.stderr);
}

#[test]
fn wrong_use_ends_with_2_and_says_what_is_right() {
    let bench = Bench::still();
    for (words, says) in [
        ("servces", "services"),
        ("get pdos", "did you mean pod"),
        ("services --context elsewhere", "demo"),
        ("services -e prodution", "did you mean production?"),
        ("get po -n producton", "did you mean production?"),
        ("can rolback chat-service", "did you mean rollback?"),
        ("services --watch -o json", "-o ndjson --watch"),
        ("scale chat-service", "--replicas"),
    ] {
        let refused = bench.run("maria", words).expect(2);
        assert!(refused.stderr.contains(says), "{words}: {}", refused.stderr);
    }
    let mut console = bench.command("maria", "");
    assert_eq!(ran(&console.output().unwrap()).code, 2, "without a terminal there is no console");
}

#[test]
fn a_reader_who_has_had_enough_is_no_error() {
    let bench = Bench::still();
    for words in ["get events", "services -o json", "completions bash", "init --stdout", "man", "audit verify"] {
        let read = || {
            let mut child =
                bench.command("maria", words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            drop(child.stdout.take());
            ran(&child.wait_with_output().unwrap()).expect(0)
        };
        let ended = until_told(read, |ran| !misses_signals(ran));
        assert_eq!(ended.stderr, "", "{words}");
    }
}

#[test]
fn a_watch_tells_what_changes_and_ends_with_a_result() {
    let bench = Bench::own();
    let mut child =
        bench.command("maria", "get cm -n staging -o ndjson --watch").stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || -> serde_json::Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    let validator = validator();
    for _ in 0..2 {
        check(&validator, &next());
    }
    bench.place(serde_json::json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": { "name": "new-config", "namespace": "staging", "uid": "new" },
    }));
    assert_eq!(next()["name"], "new-config");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let result = next();
    check(&validator, &result);
    assert_eq!((&result["kind"], &result["exitCode"]), (&"Result".into(), &130.into()));
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn who_goes_on_telling_ends_when_nobody_reads_any_more_though_nothing_happens() {
    let bench = Bench::still();
    let watches =
        ["services --watch", "rollouts --watch", "get po -n staging --watch", "events --watch", "changes --watch"];
    for words in watches.into_iter().chain(["logs chat-service -n staging --follow"]) {
        for format in ["text", "ndjson"] {
            let read = || {
                let mut command = bench.command("maria", &format!("{words} -o {format}"));
                let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
                let mut stdout = BufReader::new(child.stdout.take().unwrap());
                assert!(stdout.read_line(&mut String::new()).unwrap() > 0, "{words}");
                drop(stdout);
                ran(&child.wait_with_output().unwrap()).expect(0)
            };
            let ended = until_told(read, |ran| !misses_signals(ran));
            assert!(ended.stderr.lines().all(|line| line.contains(": joined")), "{words}: {}", ended.stderr);
        }
    }
}

#[test]
fn hostile_names_and_labels_reach_neither_stdout_nor_stderr() {
    let bench = Bench::own();
    let evil = "evil\u{1b}[2J\u{9b}1m\u{202e}txt\u{200b}\r\nX";
    bench.place(serde_json::json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": { "name": evil, "namespace": "staging", "uid": "evil", "labels": { "app": evil } },
    }));
    for format in ["text", "json", "ndjson"] {
        let ran = bench.run("maria", &format!("get cm -n staging -o {format}")).expect(0);
        assert!(ran.stdout.contains("evil"));
        let is_ours = |letter: char| letter == '\n' || letter == ' ' || letter.is_ascii_graphic();
        assert!((ran.stdout + &ran.stderr).chars().all(is_ours), "{format}");
    }
}

#[test]
fn init_writes_what_config_check_accepts_and_never_overwrites() {
    let bench = Bench::still();
    bench.run("maria", "init").expect(0);
    private(&bench.home().join("config"), 0o700);
    bench.run("maria", "config check").expect(0);
    let written = std::fs::read_to_string(bench.config("config.toml")).unwrap();
    assert!(written.contains("[environments.production]"), "{written}");
    assert!(bench.run("maria", "init").expect(2).stderr.contains("already"));
    assert_eq!(bench.run("maria", "init --stdout").expect(0).stdout, written);
    assert!(bench.run("maria", "services").expect(0).stdout.contains("chat-service"));
}

#[test]
fn config_check_names_file_line_and_the_nearest_name() {
    let bench = Bench::still();
    std::fs::write(bench.config("config.toml"), "theme = \"midnigth\"\nroles = \"roles.toml\"\n").unwrap();
    private(&bench.config("config.toml"), 0o600);
    private(&bench.home().join("config"), 0o700);
    let faults = bench.run("maria", "config check").expect(1);
    assert!(faults.stdout.contains("config.toml:1") && faults.stdout.contains("midnight"), "{faults:?}");
    bench.run("maria", "services").expect(2);
    bench.run("maria", "doctor").expect(1);
}

#[test]
fn completions_know_the_commands() {
    let bench = Bench::still();
    for shell in ["bash", "zsh", "fish"] {
        let script = bench.run("maria", &format!("completions {shell}")).expect(0).stdout;
        assert!(commands().iter().all(|command| script.contains(command.split(' ').next().unwrap())), "{shell}");
    }
}

#[test]
fn the_manual_has_a_page_for_everything_and_for_each_command() {
    let bench = Bench::still();
    let page = bench.run("maria", "man").expect(0).stdout;
    assert!(page.contains(".TH MIDWATCH 1") && page.contains("EXIT STATUS"), "{page}");
    for command in commands() {
        let name = format!("midwatch\\-{}", command.replace([' ', '-'], "\\-"));
        let own = bench.run("maria", &format!("man {command}")).expect(0).stdout;
        assert!(own.contains(&format!(".SH NAME\n{name}")), "{name}: {own}");
    }
    let unknown = bench.run("maria", "man rolback").expect(2);
    assert!(unknown.stderr.contains("did you mean rollback?"), "{}", unknown.stderr);
}

#[test]
fn stdout_is_data_even_where_something_may_not_be_read() {
    let bench = Bench::still();
    let mut child = bench.command("victor", "changes -o json").stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = String::new();
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "what else is known is an answer");
    let document: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(document["problems"][0]["what"], "no access: secrets in default");
}
