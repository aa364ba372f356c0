//! Evidence: kept around a change and when somebody asks, listed and shown; without secrets, and never in the way.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::bench::{Bench, private, ran};
use crate::schema::{check, check_lines, validator};

/// What it takes on a protected environment.
const CONSENT: &str = "--write --reason because --confirm chat-service";

/// Each stands somewhere in the fleet, and none may be found in an archive.
const SECRETS: [&str; 5] = ["hunter2-env", "hunter2-applied", "hunter2-annotation", "hunter2-event", "hunter2-said"];

/// Puts a pod of chat-service into production that holds secrets wherever it can, and says one.
fn plant(bench: &Bench) {
    let applied = json!({ "kind": "Pod", "spec": { "containers": [{ "env": [
        { "name": "API_KEY", "value": "hunter2-applied" },
    ] }] } });
    // What it says first is among its last lines.
    let started = Timestamp::from_second(Timestamp::now().as_second() - 60).unwrap().to_string();
    bench.place(json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "chat-service-leaky",
            "namespace": "production",
            "uid": "uid-leaky",
            "creationTimestamp": started,
            "labels": { "app.kubernetes.io/name": "chat-service" },
            "annotations": {
                "kubectl.kubernetes.io/last-applied-configuration": applied.to_string(),
                "vault.example.com/token": "hunter2-annotation",
            },
        },
        "spec": { "nodeName": "node-1", "containers": [{
            "name": "leaky",
            "image": "registry.example.com/leaky:password=hunter2-said",
            "env": [{ "name": "DB_PASSWORD", "value": "hunter2-env" }],
        }] },
        "status": { "phase": "Running", "startTime": started, "containerStatuses": [{
            "name": "leaky", "image": "registry.example.com/leaky:1", "imageID": "", "ready": false, "restartCount": 3,
            "state": { "running": { "startedAt": started } },
        }] },
    }));
    bench.place(json!({
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": { "name": "leaky.1", "namespace": "production", "uid": "uid-event", "creationTimestamp": started },
        "type": "Warning",
        "reason": "Unhealthy",
        "message": "probe with token=hunter2-event failed",
        "count": 1,
        "firstTimestamp": started,
        "lastTimestamp": started,
        "involvedObject": {
            "kind": "Pod", "namespace": "production", "name": "chat-service-leaky", "uid": "uid-leaky",
        },
    }));
}

/// Has a change wait until what was seen before it is kept, however slow the machine is.
fn patient(bench: Bench) -> Bench {
    let file = bench.config("config.toml");
    let config = fs::read_to_string(&file).unwrap_or_default();
    fs::write(&file, config + "[evidence]\nwait = 60\n").unwrap();
    private(&file, 0o600);
    private(file.parent().unwrap(), 0o700);
    bench
}

/// Everything that is in an archive.
fn unzipped(path: &Path) -> String {
    let mut raw = String::new();
    flate2::read::GzDecoder::new(fs::File::open(path).unwrap()).read_to_string(&mut raw).unwrap();
    raw
}

/// The lines of a part of an archive.
fn lines(bench: &Bench, action: &str, words: &str) -> Vec<Value> {
    let document = bench.run("maria", &format!("evidence show {action} {words} -o json")).expect(0).json();
    check(&validator(), &document);
    document["items"].as_array().unwrap().iter().map(|item| item["line"].clone()).collect()
}

#[test]
fn around_a_rollback_it_is_kept_what_was_seen_before_and_after() {
    let bench = patient(Bench::alive().with_roles());
    plant(&bench);
    let words = format!("rollback chat-service -n production {CONSENT} --wait --timeout 30s -o ndjson");
    let rolled_back = bench.run("maria", &words).expect(0);
    check_lines(&validator(), &rolled_back);
    let events: Vec<Value> = rolled_back.lines().iter().map(|line| line["event"].clone()).collect();
    let at = |name: &str| events.iter().position(|event| event == name);
    assert!(at("evidence").is_some() && at("evidence") < at("step-started"), "{events:?}");
    let result = rolled_back.result();
    let action = result["action"].as_str().unwrap();
    let path = PathBuf::from(result["evidence"].as_str().unwrap());
    assert_eq!(path, bench.home().join(format!("state/evidence/{action}.tar.gz")));

    // What the rollback took away is still there to be looked at.
    let bad = |moment: &str| {
        let pods = lines(&bench, action, &format!("--part pods --moment {moment}"));
        let names = pods.iter().filter(|pod| pod["arm"] == "new" && pod["containers"][0]["restarts"] != 0);
        names.map(|pod| pod["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let before = bad("before");
    assert!(!before.is_empty() && bad("after").is_empty(), "{before:?}");
    let said = lines(&bench, action, "--part logs --moment before");
    let is_last_word = |line: &&Value| line["previous"] == true && line["pod"] == before[0].as_str();
    let errors = said.iter().filter(is_last_word).filter(|line| line["level"] == "error");
    assert!(errors.clone().any(|line| line["message"].as_str().unwrap().contains("redis timeout")), "{said:#?}");
    let told = lines(&bench, action, "--part events --moment before");
    assert!(told.iter().any(|event| event["reason"] == "BackOff"), "{told:#?}");
    assert_eq!(lines(&bench, action, "--part plan").len(), 1);
    let records = lines(&bench, action, "--part audit");
    let recorded: Vec<&str> = records.iter().filter_map(|record| record["event"].as_str()).collect();
    assert_eq!(recorded, ["intent", "outcome", "verdict"]);
    let shown = bench.run("maria", &format!("audit show --action {action}")).expect(0);
    assert!(shown.stdout.contains(&format!("evidence: {}", path.display())), "{}", shown.stdout);

    // In short it is a screenful.
    let summary = bench.run("maria", &format!("evidence show {action}")).expect(0).stdout;
    assert!(summary.lines().count() <= 24 && summary.lines().all(|line| line.len() <= 110), "{summary}");
    for part in
        ["Roll back chat-service to 1.4.1", "maria admin: because", "verified", "redis timeout", "every sum matches"]
    {
        assert!(summary.contains(part), "{part}:\n{summary}");
    }

    let raw = unzipped(&path);
    assert!(raw.contains("chat-service-leaky") && raw.contains("probe with token="), "it was looked at");
    assert!(raw.contains("starting leaky"), "it was listened to");
    for secret in SECRETS {
        assert!(!raw.contains(secret), "{secret} is in it");
    }
}

#[test]
fn it_is_kept_when_somebody_asks_and_listed() {
    let bench = Bench::still();
    let kept = bench.run("maria", "evidence collect chat-service -e production").expect(0);
    let path = kept.stdout.trim_end();
    assert!(Path::new(path).is_file(), "{path}");
    let listed = bench.run("maria", "evidence list -o json").expect(0).json();
    check(&validator(), &listed);
    let one = &listed["items"][0];
    assert_eq!((&one["archive"], &one["isWhole"], &one["isChange"]), (&json!(path), &json!(true), &json!(false)));
    assert_eq!((&one["service"], &one["environment"]), (&json!("chat-service"), &json!("production")));
    let table = bench.run("maria", "evidence list").expect(0).stdout;
    assert!(table.starts_with("AT") && table.contains(" ok "), "{table}");
    check_lines(&validator(), &bench.run("maria", "evidence list -o ndjson").expect(0));
    let action = one["action"].as_str().unwrap();
    for format in ["json", "ndjson"] {
        let shown = bench.run("maria", &format!("evidence show {path} -o {format}")).expect(0);
        if format == "json" { check(&validator(), &shown.json()) } else { check_lines(&validator(), &shown) }
    }
    for part in ["service", "workloads", "pods", "objects", "events", "logs", "metrics", "alerts", "audit"] {
        assert!(bench.run("maria", &format!("evidence show {action} --part {part}")).expect(0).stderr.is_empty());
    }
    let numbers = lines(&bench, action, "--part metrics");
    assert!(numbers.iter().any(|line| line["of"] == "arm" && line["measure"] == "cpu"), "{numbers:#?}");
    let refused = bench.run("maria", &format!("evidence show {action} --part plan")).expect(2);
    assert!(
        refused.stderr.contains("it holds no plan") && refused.stderr.contains("pods, objects"),
        "{}",
        refused.stderr
    );
    let document = bench.run("maria", "evidence collect chat-service -e production -o json").expect(0);
    check(&validator(), &document.result());
}

#[test]
fn it_is_written_where_somebody_wants_it_and_never_over_a_file() {
    let bench = Bench::still();
    let file = bench.home().join("mine.tar.gz");
    let words = format!("evidence collect user-service -e production --out {}", file.display());
    let written = bench.run("maria", &words).expect(0);
    assert_eq!(written.stdout.trim_end(), file.display().to_string());
    let first = fs::read(&file).unwrap();
    let refused = bench.run("maria", &words).expect(2);
    assert!(refused.stderr.contains("not there yet"), "{}", refused.stderr);
    assert_eq!(fs::read(&file).unwrap(), first);
    assert!(!bench.home().join("state/evidence").exists());
    let piped = bench.command("maria", "evidence collect user-service -e production --out -").output().unwrap();
    assert!(piped.status.success());
    let bundle = midwatch::operations::evidence::read(piped.stdout.as_slice()).unwrap();
    assert!(bundle.is_whole() && bundle.manifest.service.as_str() == "user-service");
}

#[test]
fn what_is_not_clear_or_not_there_is_told() {
    let bench = Bench::still();
    let several = bench.run("maria", "evidence collect chat-service").expect(2);
    assert!(several.stderr.contains("say which one with -e"), "{}", several.stderr);
    let nothing = bench.run("maria", "evidence collect chat-servcie -e production").expect(2);
    assert!(nothing.stderr.contains("did you mean chat-service?"), "{}", nothing.stderr);
    let gone = bench.run("maria", "evidence show 20260101-1").expect(2);
    assert!(gone.stderr.contains("there is no evidence 20260101-1"), "{}", gone.stderr);
    let empty = bench.run("maria", "evidence list").expect(0);
    assert!(empty.stdout.is_empty() && empty.stderr.contains("no evidence is kept"), "{}", empty.stderr);
    bench.run("nobody", "evidence collect chat-service -e production").expect(4);
}

#[test]
fn what_is_damaged_is_named_and_what_is_foreign_refused() {
    let bench = Bench::still();
    let path = bench.run("maria", "evidence collect user-service -e production").expect(0).stdout.trim_end().to_owned();
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 100]).unwrap();
    let listed = bench.run("maria", "evidence list").expect(1);
    assert!(listed.stdout.contains("DAMAGED") && listed.stderr.contains("breaks off"), "{listed:?}");
    let shown = bench.run("maria", &format!("evidence show {path} -o json")).expect(1).json();
    check(&validator(), &shown);
    assert_eq!(shown["isWhole"], false);
    fs::write(&path, b"this is no archive").unwrap();
    let listed = bench.run("maria", "evidence list -o json").expect(1);
    check(&validator(), &listed.json());
    let refused = bench.run("maria", &format!("evidence show {path}")).expect(2);
    assert!(refused.stderr.contains("is no evidence of midwatch"), "{}", refused.stderr);
    let refused = bench.run("maria", "evidence show /dev/zero").expect(2);
    assert!(refused.stderr.contains("no regular file"), "{}", refused.stderr);
}

#[test]
fn evidence_that_cannot_be_kept_is_told_and_changes_nothing_of_the_change() {
    let bench = Bench::own();
    let directory = bench.home().join("open");
    fs::create_dir(&directory).unwrap();
    private(&directory, 0o755);
    let configure = |more: &str| {
        fs::write(bench.config("config.toml"), format!("[evidence]\n{more}\n")).unwrap();
        private(&bench.config("config.toml"), 0o600);
        private(&bench.home().join("config"), 0o700);
    };
    configure(&format!("directory = {:?}", directory.display().to_string()));
    let done = bench.run("maria", &format!("restart chat-service -n production {CONSENT} -o json")).expect(0);
    assert!(
        done.stderr.contains("the evidence could not be kept") && done.stderr.contains("chmod 700"),
        "{}",
        done.stderr
    );
    let result = done.result();
    assert_eq!((&result["outcome"], &result["evidence"]), (&json!("accepted"), &Value::Null));
    configure("automatic = false");
    let done = bench.run("maria", &format!("pause chat-service -n staging {CONSENT}")).expect(0);
    assert!(!done.stderr.contains("evidence"), "{}", done.stderr);
    assert!(!bench.home().join("state/evidence").exists());
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 0);
}

#[test]
fn what_is_only_planned_or_denied_leaves_no_evidence() {
    let bench = Bench::still().with_roles();
    bench.run("maria", "restart chat-service -n production --dry-run --write").expect(0);
    bench.run("victor", &format!("restart chat-service -n production {CONSENT}")).expect(4);
    assert!(!bench.home().join("state/evidence").exists());
    let mut listed = bench.command("victor", "evidence list");
    assert_eq!(ran(&listed.output().unwrap()).code, 0);
}

#[test]
fn what_was_seen_before_outlives_a_process_that_is_killed_in_the_middle() {
    let bench = patient(Bench::own());
    let words = format!("rollback chat-service -n production {CONSENT} --wait");
    let killed = bench.command("maria", &words).env("MIDWATCH_DIE_AT", "answered:1").output().unwrap();
    assert!(!killed.status.success());
    let listed = bench.run("maria", "evidence list -o json").expect(0).json();
    let one = &listed["items"][0];
    assert_eq!((&one["isWhole"], &one["outcome"]), (&json!(true), &json!("")), "{listed:#}");
    let moments: Vec<&Value> = one["taken"].as_array().unwrap().iter().map(|taken| &taken["moment"]).collect();
    assert_eq!(moments, ["before"]);
    assert!(!lines(&bench, one["action"].as_str().unwrap(), "--part pods").is_empty());
}
