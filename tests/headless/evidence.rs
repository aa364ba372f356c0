//! Evidence: kept around a change and when somebody asks, listed and shown; without secrets, and never in the way.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::bench::{Bench, private, ran};
use crate::proxy;
use crate::schema::{check, check_lines, validator};

/// What it takes on a protected environment.
const CONSENT: &str = "--write --reason because --confirm media-service";
const CONSENT_OF_USER: &str = "--write --reason because --confirm user-service";

/// Where something stands in the fleet, in its alerts or in the words of a change that may be found in no archive.
const PLACES: [&str; 10] =
    ["label", "annotation", "env", "argument", "status", "event", "line", "alert label", "alert annotation", "reason"];

/// What is planted in a place: how it is written there, and of that what may be found nowhere.
fn planted(place: &str) -> Vec<(String, String)> {
    let number = PLACES.iter().position(|one| *one == place).unwrap() + 10;
    let alone = |secret: String| (secret.clone(), secret);
    let planted = vec![
        (format!("password=hunter2-named-{number}"), format!("hunter2-named-{number}")),
        (format!("password:hunter2-colon-{number}"), format!("hunter2-colon-{number}")),
        (format!("postgres://app:hunter2-url-{number}@db:5432/chat"), format!("hunter2-url-{number}")),
        (format!("bearer hunter2-bearer-{number}"), format!("hunter2-bearer-{number}")),
        alone(format!("ghp_0123456789abcdefghijklmnopqrstuv{number}")),
        alone(format!("somebody-{number}@example.com")),
        alone(format!("+49 151 234567{number}")),
        alone("4111111111111111".to_owned()),
        alone(format!("cust-{number}-own-rule")),
    ];
    // What the first line of a container says stands behind the last colon of its image.
    planted.into_iter().filter(|(text, _)| place != "line" || !text.contains(':')).collect()
}

/// Each of it alone, and all of it in a sentence.
fn texts(place: &str) -> Vec<String> {
    let all: Vec<String> = planted(place).into_iter().map(|(text, _)| text).collect();
    let sentence = format!("{place} failed for {} today", all.join(" and "));
    all.into_iter().chain([sentence]).collect()
}

/// The same under names that tell nothing, beside others.
fn tags(place: &str, mut others: Value) -> Value {
    texts(place).into_iter().enumerate().for_each(|(number, text)| others[format!("note-{number}")] = text.into());
    others
}

/// Puts a pod of media-service into production that holds secrets wherever it can, and says some.
fn plant(bench: &Bench) {
    let env = |place: &str| {
        let named = texts(place).into_iter().map(|text| json!({ "name": "NOTE", "value": text }));
        named.chain([json!({ "name": "API_KEY", "value": "hunter2-by-name" })]).collect::<Vec<_>>()
    };
    let applied = json!({ "kind": "Pod", "spec": { "containers": [{ "env": env("annotation") }] } });
    // Long before the clock of the fleet stood still, and what it says first is among its last lines all the same.
    let started = Timestamp::from_second(Timestamp::now().as_second() - 600).unwrap().to_string();
    let containers: Vec<Value> = texts("line")
        .iter()
        .enumerate()
        .map(|(number, said)| {
            json!({
                "name": format!("leaky-{number}"),
                "image": format!("registry.example.com/leaky:{said}"),
                "env": if number == 0 { env("env") } else { Vec::new() },
                "args": if number == 0 { texts("argument") } else { Vec::new() },
            })
        })
        .collect();
    let statuses = containers.iter().map(|container| {
        json!({
            "name": container["name"], "image": "registry.example.com/leaky:1", "imageID": "", "ready": false,
            "restartCount": 3, "state": { "running": { "startedAt": started } },
        })
    });
    let annotations = json!({
        "kubectl.kubernetes.io/last-applied-configuration": applied.to_string(),
        "vault.example.com/token": "hunter2-by-name",
    });
    bench.place(json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "media-service-leaky",
            "namespace": "production",
            "uid": "uid-leaky",
            "creationTimestamp": started,
            "labels": tags("label", json!({ "app.kubernetes.io/name": "media-service" })),
            "annotations": tags("annotation", annotations),
        },
        "spec": { "nodeName": "node-1", "containers": containers },
        "status": {
            "phase": "Running", "startTime": started, "message": texts("status").pop(), "reason": texts("status")[0],
            "conditions": texts("status").iter().map(|said| json!({ "type": "Said", "status": "False", "message": said }))
                .collect::<Vec<_>>(),
            "containerStatuses": statuses.collect::<Vec<_>>(),
        },
    }));
    for (number, said) in texts("event").iter().enumerate() {
        bench.place(json!({
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {
                "name": format!("leaky.{number}"), "namespace": "production", "uid": format!("uid-event-{number}"),
                "creationTimestamp": started,
            },
            "type": "Warning",
            "reason": "Unhealthy",
            "message": said,
            "count": 1,
            "firstTimestamp": started,
            "lastTimestamp": started,
            "involvedObject": {
                "kind": "Pod", "namespace": "production", "name": "media-service-leaky", "uid": "uid-leaky",
            },
        }));
    }
}

/// Has an Alertmanager tell of media-service, whose alert holds secrets as well.
fn plant_alert(bench: Bench) -> Bench {
    let own = json!({ "alertname": "MediaErrors", "namespace": "production", "service": "media-service" });
    let alerts = json!([{
        "labels": tags("alert label", own),
        "annotations": tags("alert annotation", json!({ "summary": texts("alert annotation").pop() })),
        "startsAt": Timestamp::from_second(Timestamp::now().as_second() - 600).unwrap().to_string(),
        "status": { "state": "active", "silencedBy": [], "inhibitedBy": [] },
    }]);
    configure(bench, &format!("[alertmanager.main]\nurl = \"http://{}\"\n", proxy::alertmanager(&alerts)))
}

/// Has a change wait until what was seen before it is kept, however slow the machine is.
fn patient(bench: Bench) -> Bench {
    configure(bench, "[evidence]\nwait = 60\n")
}

/// Adds to the configuration.
fn configure(bench: Bench, more: &str) -> Bench {
    let file = bench.config("config.toml");
    let config = fs::read_to_string(&file).unwrap_or_default();
    fs::write(&file, config + more).unwrap();
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
    let words = format!("rollback media-service -n production {CONSENT} --wait --timeout 2m -o ndjson");
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
    assert!(
        errors.clone().any(|line| line["message"].as_str().unwrap().contains("image decoding failed")),
        "{said:#?}"
    );
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
    for part in [
        "Roll back media-service to 3.1.0",
        "maria admin: because",
        "verified",
        "image decoding failed",
        "every sum matches",
    ] {
        assert!(summary.contains(part), "{part}:\n{summary}");
    }
}

/// What an archive says in every form in which it can be asked.
fn all_forms(bench: &Bench, action: &str) -> String {
    let parts = ["service", "workloads", "pods", "objects", "events", "logs", "metrics", "alerts", "plan", "audit"];
    let mut told = String::new();
    for format in ["text", "json", "ndjson"] {
        told += &bench.run("maria", &format!("evidence show {action} -o {format}")).expect(0).stdout;
        for part in parts {
            told += &bench.run("maria", &format!("evidence show {action} --part {part} -o {format}")).expect(0).stdout;
        }
    }
    for moment in ["before", "after"] {
        told += &bench.run("maria", &format!("evidence show {action} --part pods --moment {moment}")).expect(0).stdout;
    }
    told + &bench.run("maria", "evidence list").expect(0).stdout
}

#[test]
fn nothing_that_is_planted_anywhere_is_in_an_archive_or_shown_of_it() {
    let bench = configure(
        plant_alert(patient(Bench::own().with_roles())),
        "[logs]\nredact = [{ name = \"customer\", pattern = \"cust-[0-9]+-[a-z-]+\" }]\n",
    );
    plant(&bench);
    let mut command =
        bench.command("maria", "restart media-service -n production --write --confirm media-service -o json");
    let done = ran(&command.arg("--reason").arg(texts("reason").join(", ")).output().unwrap()).expect(0);
    let result = done.result();
    let raw = unzipped(Path::new(result["evidence"].as_str().unwrap()));
    let shown = all_forms(&bench, result["action"].as_str().unwrap());
    for place in PLACES {
        let is_there = format!("{place} failed for");
        assert!(raw.contains(&is_there) && shown.contains(&is_there), "the {place} was looked at");
        for (text, secret) in planted(place) {
            assert!(!raw.contains(&secret), "{secret} of the {place} is in it, written {text}");
            assert!(!shown.contains(&secret), "{secret} of the {place} is shown, written {text}");
        }
    }
    assert!(!raw.contains("hunter2") && !shown.contains("hunter2"));
    assert!(raw.contains("starting leaky-0"), "it was listened to");
}

/// What is read for evidence alone when a Deployment is restarted.
const ONLY_FOR_EVIDENCE: [&str; 6] = ["pods", "events", "services", "httproutes", "endpointslices", "replicasets"];

/// What is missing in an archive, in words.
fn missing(bench: &Bench, action: &str) -> Vec<String> {
    let shown = bench.run("maria", &format!("evidence show {action} -o json")).expect(0).json();
    let missing = shown["missing"].as_array().unwrap();
    missing.iter().map(|one| format!("{} {}: {}", one["moment"], one["part"], one["why"])).collect()
}

#[test]
fn a_cluster_that_never_answers_what_evidence_asks_keeps_no_change_waiting() {
    let bench = configure(Bench::own(), "[evidence]\nwait = 1\n");
    let (address, asked) = proxy::unanswered(bench.address(), &ONLY_FOR_EVIDENCE);
    bench.lead_through(address);
    let done = bench.run("maria", &format!("restart user-service -n production {CONSENT_OF_USER} -o json")).expect(0);
    let result = done.result();
    assert_eq!(result["outcome"], "accepted", "{result:#}");
    // A list that is not answered is given up after fifteen seconds and asked for again: the change did not wait for that.
    let asked = asked.lock().unwrap();
    let changed = asked.iter().position(|line| proxy::does_change(line)).unwrap_or_else(|| panic!("{asked:#?}"));
    assert_eq!(asked[..changed].iter().filter(|line| proxy::does_read(line, "pods")).count(), 1, "{asked:#?}");
    let missing = missing(&bench, result["action"].as_str().unwrap());
    for kind in ONLY_FOR_EVIDENCE {
        for moment in ["before", "after"] {
            let is_it =
                |one: &&String| one.contains(moment) && one.contains(&format!("{kind} were not read to their end"));
            assert!(missing.iter().any(|one| is_it(&one)), "{kind} {moment}: {missing:#?}");
        }
    }
}

#[test]
fn who_may_not_read_what_evidence_asks_changes_things_all_the_same() {
    let bench = patient(Bench::own());
    let services =
        ["media-service", "user-service", "auth-service", "notification-service", "task-service", "api-gateway"];
    for (kind, service) in ONLY_FOR_EVIDENCE.into_iter().zip(services) {
        bench.lead_through(proxy::denied(bench.address(), kind));
        let words = format!("restart {service} -n production --write --reason because --confirm {service} -o json");
        let result = bench.run("maria", &words).expect(0).result();
        assert_eq!(result["outcome"], "accepted", "{kind}: {result:#}");
        let missing = missing(&bench, result["action"].as_str().unwrap());
        let is_told = |one: &&String| one.contains(&format!("{kind} is forbidden"));
        assert!(missing.iter().any(|one| is_told(&one)), "{kind}: {missing:#?}");
    }
}

#[test]
fn it_is_kept_when_somebody_asks_and_listed() {
    // What counts grows old where the clock stands still.
    let bench = Bench::own();
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
    let done = bench.run("maria", &format!("restart media-service -n production {CONSENT} -o json")).expect(0);
    assert!(
        done.stderr.contains("the evidence could not be kept") && done.stderr.contains("chmod 700"),
        "{}",
        done.stderr
    );
    let result = done.result();
    assert_eq!((&result["outcome"], &result["evidence"]), (&json!("accepted"), &Value::Null));
    configure("automatic = false");
    let done = bench.run("maria", &format!("pause user-service -n staging {CONSENT_OF_USER}")).expect(0);
    assert!(!done.stderr.contains("evidence"), "{}", done.stderr);
    assert!(!bench.home().join("state/evidence").exists());
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 0);
}

#[test]
fn what_is_only_planned_or_denied_leaves_no_evidence() {
    let bench = Bench::still().with_roles();
    bench.run("maria", "restart media-service -n production --dry-run --write").expect(0);
    bench.run("victor", &format!("restart media-service -n production {CONSENT}")).expect(4);
    assert!(!bench.home().join("state/evidence").exists());
    let mut listed = bench.command("victor", "evidence list");
    assert_eq!(ran(&listed.output().unwrap()).code, 0);
}

#[test]
fn what_was_seen_before_outlives_a_process_that_is_killed_in_the_middle() {
    let bench = patient(Bench::own());
    let words = format!("rollback media-service -n production {CONSENT} --wait");
    let killed = bench.command("maria", &words).env("MIDWATCH_DIE_AT", "answered:1").output().unwrap();
    assert!(!killed.status.success());
    let listed = bench.run("maria", "evidence list -o json").expect(0).json();
    let one = &listed["items"][0];
    assert_eq!((&one["isWhole"], &one["outcome"]), (&json!(true), &json!("")), "{listed:#}");
    let moments: Vec<&Value> = one["taken"].as_array().unwrap().iter().map(|taken| &taken["moment"]).collect();
    assert_eq!(moments, ["before"]);
    assert!(!lines(&bench, one["action"].as_str().unwrap(), "--part pods").is_empty());
}
