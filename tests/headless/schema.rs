//! What is printed as JSON is what the schema in the repository says.

use jsonschema::Validator;
use serde_json::Value;

use crate::bench::{Bench, Ran};

/// The schema.
pub(crate) fn validator() -> Validator {
    let schema: Value = serde_json::from_str(include_str!("../../src/headless/schema/midwatch-v1.json")).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

/// Makes sure that a value is what the schema says.
#[track_caller]
pub(crate) fn check(validator: &Validator, value: &Value) {
    let errors: Vec<String> = validator.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{value:#}");
}

/// Makes sure of every line.
#[track_caller]
pub(crate) fn check_lines(validator: &Validator, ran: &Ran) {
    for line in ran.lines() {
        check(validator, &line);
    }
}

#[test]
fn every_answer_is_what_the_schema_says() {
    let bench = Bench::still().with_roles();
    let validator = validator();
    let kinds = midwatch::domain::kind::Kind::ALL.map(|kind| format!("get {}", kind.short()));
    let questions = [
        ("services", "Service"),
        ("rollouts", "Rollout"),
        ("alerts", "Alert"),
        ("rules", "Rule"),
        ("silence list", "Silence"),
        ("metrics --points", "Metric"),
        ("metrics chat-service -e production --by revision", "Metric"),
        ("brief", "Brief"),
        ("wait healthy user-service -e production --for 1s", "Waited"),
        ("history chat-service", "Revision"),
        ("diff chat-service", "Diff"),
        ("events", "Event"),
        ("changes", "Change"),
        ("whoami", "Identity"),
        ("can rollback chat-service", "Check"),
        ("doctor", "Finding"),
        ("config check", "Fault"),
        ("config show", "Setting"),
        ("config paths", "Path"),
    ];
    let gets = kinds.iter().map(|words| (words.as_str(), "Resource"));
    for (words, kind) in questions.into_iter().chain(gets) {
        let document = bench.run("maria", &format!("{words} -o json")).expect(0).json();
        assert_eq!(document["kind"], format!("{kind}List"), "{words}");
        check(&validator, &document);
        let stream = bench.run("maria", &format!("{words} -o ndjson")).expect(0);
        check_lines(&validator, &stream);
        assert!(stream.result()["exitCode"] == 0, "{words}");
        let items = document["items"].as_array().unwrap();
        assert_eq!(stream.lines().len(), items.len() + 1, "{words}");
        assert!(!items.is_empty() || kind == "Fault" || words == "get cr", "{words} shows nothing");
    }
}

#[test]
fn logs_are_what_the_schema_says() {
    let bench = Bench::still();
    let validator = validator();
    let words = "logs chat-service -n staging --tail 5";
    let document = bench.run("maria", &format!("{words} -o json")).expect(0).json();
    check(&validator, &document);
    let lines = document["items"].as_array().unwrap();
    assert!(document["kind"] == "LogLineList" && !lines.is_empty(), "{document:#}");
    let stream = bench.run("maria", &format!("{words} -o ndjson")).expect(0);
    check_lines(&validator, &stream);
    assert_eq!(stream.lines().len(), lines.len() + 1);
    assert!(stream.lines().iter().any(|line| line["level"] == "info"), "some line names its level: {stream:?}");
    assert_eq!(stream.result()["exitCode"], 0);
    let folded = "logs chat-service -n staging --patterns";
    let document = bench.run("maria", &format!("{folded} -o json")).expect(0).json();
    check(&validator, &document);
    let counts: Vec<u64> =
        document["items"].as_array().unwrap().iter().map(|one| one["count"].as_u64().unwrap()).collect();
    assert!(document["kind"] == "LogPatternList" && !counts.is_empty() && counts.is_sorted(), "{document:#}");
    check_lines(&validator, &bench.run("maria", &format!("{folded} -o ndjson")).expect(0));
    let compared = bench.run("maria", "logs media-service -n production --compare -o json").expect(0).json();
    check(&validator, &compared);
    let side = &compared["items"][0]["newer"];
    assert!(side["lines"].as_u64() > Some(0) && side["errorShare"].as_f64() > Some(0.1), "{compared:#}");
    let alone = bench.run("maria", "logs user-service -n staging --compare -o json").expect(0).json();
    check(&validator, &alone);
    assert_eq!(alone["problems"][0]["what"], "there is nothing to compare", "{alone:#}");
    let refused = bench.run("maria", "logs nothing -o json").expect(2).json();
    check(&validator, &refused);
}

#[test]
fn the_audit_is_what_the_schema_says() {
    let bench = Bench::own().with_roles();
    let validator = validator();
    let restart = "restart user-service -n staging --write --reason because";
    bench.run("maria", restart).expect(0);
    bench.run("victor", restart).expect(4);
    let document = bench.run("maria", "audit show -o json").expect(0).json();
    check(&validator, &document);
    let outcomes: Vec<&Value> = document["items"].as_array().unwrap().iter().map(|one| &one["outcome"]).collect();
    assert_eq!((document["kind"].as_str(), outcomes), (Some("ActionList"), vec![&"denied".into(), &"accepted".into()]));
    let stream = bench.run("maria", "audit show -o ndjson").expect(0);
    check_lines(&validator, &stream);
    let stream: Vec<Value> = stream.lines().iter().map(|line| line["kind"].clone()).collect();
    assert_eq!(stream, ["Action", "Action", "Result"]);

    let report = bench.run("maria", "audit verify -o json").expect(0).json();
    check(&validator, &report);
    assert_eq!((&report["intact"], &report["head"]["sequence"]), (&true.into(), &report["records"]), "{report:#}");
    let journal = bench.home().join("state/audit/audit-000001.jsonl");
    let edited = std::fs::read_to_string(&journal).unwrap().replacen("because", "whatever", 1);
    std::fs::write(&journal, edited).unwrap();
    let report = bench.run("maria", "audit verify -o ndjson").expect(1);
    check_lines(&validator, &report);
    assert_eq!(report.lines()[0]["faults"][0]["fault"], "edited", "{report:?}");
    assert_eq!(report.result()["exitCode"], 1);
    let shown = bench.run("maria", "audit show -o json").expect(0).json();
    check(&validator, &shown);
    assert_eq!(shown["problems"][0]["what"], "the journal was changed");
}

#[test]
fn a_refusal_is_what_the_schema_says() {
    let bench = Bench::still();
    let validator = validator();
    for (user, words, code) in [("nobody", "services", 4), ("maria", "history nothing", 2), ("maria", "get nothing", 2)]
    {
        for format in ["json", "ndjson"] {
            let ran = bench.run(user, &format!("{words} -o {format}")).expect(code);
            let result: Value = serde_json::from_str(&ran.stdout).unwrap();
            assert_eq!((&result["kind"], &result["exitCode"]), (&"Result".into(), &code.into()));
            assert!(!result["problems"].as_array().unwrap().is_empty());
            check(&validator, &result);
        }
    }
}

#[test]
fn the_schema_takes_nothing_else() {
    let validator = validator();
    for wrong in [
        r#"{"apiVersion":"midwatch/v2","kind":"Result","exitCode":0,"problems":[]}"#,
        r#"{"apiVersion":"midwatch/v1","kind":"ServiceList","items":[{"name":"chat"}],"problems":[]}"#,
        r#"{"apiVersion":"midwatch/v1","kind":"Surprise"}"#,
    ] {
        assert!(!validator.is_valid(&serde_json::from_str(wrong).unwrap()), "{wrong}");
    }
}
