//! Changes: what it takes to make one, what comes of it, and what is left behind.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::bench::{Bench, ran};
use crate::proxy::{Overtaking, overtaken};
use crate::schema::{check, check_lines, validator};

/// What it takes on a protected environment.
const CONSENT: &str = "--write --reason because --confirm media-service";

/// The image that a workload of production wishes for.
fn image(bench: &Bench) -> String {
    let document = bench.run("maria", "get deploy media-service -n production -o json").expect(0).json();
    document["items"][0]["images"][0].as_str().unwrap().to_owned()
}

#[test]
fn a_stuck_rollout_is_rolled_back_and_verified() {
    let bench = Bench::alive().with_roles();
    assert!(image(&bench).ends_with(":3.2.0"));
    let words = format!("rollback media-service -n production {CONSENT} --wait --timeout 2m -o ndjson");
    let rolled_back = bench.run("maria", &words).expect(0);
    check_lines(&validator(), &rolled_back);
    assert!(image(&bench).ends_with(":3.1.0"));
    let result = rolled_back.result();
    assert_eq!(result["outcome"], "verified");
    let events: Vec<Value> = rolled_back.lines().iter().map(|line| line["event"].clone()).collect();
    let place =
        |name: &str| events.iter().position(|event| event == name).unwrap_or_else(|| panic!("no {name}: {events:?}"));
    assert!(place("proposed") < place("step-started") && place("step-started") < place("step-done"));
    assert!(place("step-done") < place("ended"));
    let journal = midwatch::operations::audit::read(&bench.home().join("state/audit")).unwrap();
    let actions = journal.iter().map(|entry| entry.as_ref().unwrap().action.clone().unwrap().to_string());
    assert!(actions.into_iter().all(|action| result["action"] == action.as_str()));
    assert_eq!(journal.len(), 3, "intent, outcome and verdict: {journal:?}");
}

#[test]
fn without_all_that_shows_that_it_is_meant_nothing_changes() {
    let bench = Bench::still();
    let before = image(&bench);
    for (words, says) in [
        ("--reason because --confirm media-service", "read-only"),
        ("--write --confirm media-service", "--reason"),
        ("--write --reason because", "--confirm media-service"),
        ("--write --reason because --confirm media", "--confirm media-service"),
        ("--write --reason because --confirm media-service --wait --timeout soon", "5m"),
    ] {
        let refused = bench.run("maria", &format!("restart media-service -n production {words}")).expect(2);
        assert!(refused.stderr.contains(says), "{words}: {}", refused.stderr);
        assert_eq!(refused.stdout, "", "{words}");
    }
    assert_eq!(image(&bench), before);
    assert!(!bench.home().join("state/audit").exists(), "nothing was sent, so there is nothing to record");
}

#[test]
fn several_matches_are_told_and_never_guessed() {
    let bench = Bench::still();
    let refused = bench.run("maria", &format!("rollback chat-service {CONSENT}")).expect(2);
    assert!(refused.stderr.contains("--workload rollout/chat-service -n production --context demo"));
    assert!(refused.stderr.contains("--workload deployment/chat-service -n staging --context demo"));
    let refused = bench.run("maria", &format!("rollback chat-service {CONSENT} -o json")).expect(2);
    assert_eq!(refused.result()["candidates"].as_array().unwrap().len(), 2);
    check_lines(&validator(), &refused);
}

#[test]
fn what_does_not_exist_is_not_found_but_what_was_meant_is_offered() {
    let bench = Bench::still();
    let refused = bench.run("maria", "rollback meda-service -n production").expect(2);
    assert!(refused.stderr.contains("did you mean media-service?"), "{}", refused.stderr);
    bench.run("maria", "rollback media-service -n production --to nothing").expect(2);
    bench.run("maria", "rollback media-service -n prod").expect(2);
    bench.run("maria", "evict nothing -n staging").expect(2);
}

#[test]
fn who_may_not_is_denied_by_the_roles_and_by_the_cluster() {
    let bench = Bench::still().with_roles();
    let denied = bench.run("victor", &format!("rollback media-service -n production {CONSENT} -o json")).expect(4);
    check_lines(&validator(), &denied);
    assert_eq!(denied.result()["outcome"], "denied");
    assert!(denied.stderr.contains("viewer: deploy or rollback in production"), "{}", denied.stderr);
    assert!(denied.stderr.contains("role admin, developer would allow it"), "{}", denied.stderr);
    let without_roles = Bench::still();
    let denied = without_roles.run("victor", &format!("restart media-service -n production {CONSENT}")).expect(4);
    assert!(denied.stderr.contains("patch deployments in production"), "{}", denied.stderr);
}

#[test]
fn a_change_that_was_overtaken_is_not_forced() {
    let bench = Bench::own();
    let image = "/spec/template/spec/containers/0/image";
    let theirs = "registry.example.com/messaging/media-service:9.9.9";
    let by = Overtaking {
        path: "/apis/apps/v1/namespaces/production/deployments/media-service",
        patch: serde_json::json!([{ "op": "replace", "path": image, "value": theirs }]).to_string(),
    };
    bench.lead_through(overtaken(bench.address(), by));
    let words = format!("rollback media-service -n production {CONSENT} --wait -o ndjson");
    let refused = bench.run("maria", &words).expect(5);
    check_lines(&validator(), &refused);
    assert_eq!(refused.result()["outcome"], "conflict");
    assert!(refused.stderr.contains("plan again"), "{}", refused.stderr);
    let events: Vec<Value> = refused.lines().iter().map(|line| line["event"].clone()).collect();
    assert_eq!(events.iter().filter(|event| *event == "proposed").count(), 1, "no other plan is made: {events:?}");
    assert_eq!(self::image(&bench), theirs);
    let journal = midwatch::operations::audit::read(&bench.home().join("state/audit")).unwrap();
    assert_eq!(journal.len(), 2, "intent and outcome: {journal:?}");
}

#[test]
fn a_dry_run_shows_the_plan_and_changes_nothing() {
    let bench = Bench::still();
    let before = image(&bench);
    let shown = bench.run("maria", "rollback media-service -n production --dry-run").expect(0);
    for part in
        ["Roll back media-service to 3.1.0", "PATCH /apis/apps/v1/namespaces/production/deployments/media-service"]
    {
        assert!(shown.stdout.contains(part), "{}", shown.stdout);
    }
    for more in ["", "--write"] {
        let planned =
            bench.run("maria", &format!("rollback media-service -n production --dry-run {more} -o ndjson")).expect(0);
        check_lines(&validator(), &planned);
        assert_eq!(planned.result()["outcome"], "planned");
    }
    let document = bench.run("maria", "rollback media-service -n production --dry-run -o json").expect(0).json();
    check(&validator(), &document);
    assert_eq!((&document["outcome"], &document["events"][1]["event"]), (&"planned".into(), &"proposed".into()));
    assert_eq!(image(&bench), before);
}

#[test]
fn the_command_of_a_plan_makes_the_same_plan() {
    let bench = Bench::still();
    for words in [
        "rollback media-service -n production",
        "restart redis -n production",
        "pause auth-service -n staging",
        "scale task-service -n production --replicas 3",
        "scale api-gateway -n production --min 3 --max 9",
        "set-image user-service -n staging --image registry.example.com/messaging/user-service:2.0.0",
    ] {
        let plan = |words: &str| {
            let ran = bench.run("maria", &format!("{words} --dry-run -o ndjson")).expect(0);
            ran.lines().into_iter().find(|line| line["event"] == "proposed").unwrap()["plan"].clone()
        };
        let first = plan(words);
        let command = first["command"].as_str().unwrap().strip_prefix("midwatch ").unwrap();
        let again = plan(command);
        // A restart stamps the time.
        if !words.starts_with("restart") {
            assert_eq!(again["steps"], first["steps"], "{words}: {command}");
        }
        assert_eq!((&again["target"], &again["title"]), (&first["target"], &first["title"]), "{words}: {command}");
    }
}

#[test]
fn a_pod_is_evicted_by_name() {
    let bench = Bench::own();
    let pods = bench.run("maria", "get pods -n staging -o json").expect(0).json();
    let names = pods["items"].as_array().unwrap().iter().map(|pod| pod["name"].as_str().unwrap());
    let pod = names.into_iter().find(|name| name.starts_with("user-service")).unwrap();
    let evicted = bench.run("maria", &format!("evict {pod} -n staging --write --reason because")).expect(0);
    assert!(evicted.stdout.starts_with("accepted"), "{evicted:?}");
    let after = bench.run("maria", &format!("get pods {pod} -n staging -o json"));
    assert!(after.code == 2 || after.json()["items"][0]["deleted"] != Value::Null, "{after:?}");
}

#[test]
fn what_cannot_be_recorded_is_not_done() {
    let bench = Bench::still();
    let before = image(&bench);
    std::fs::create_dir_all(bench.home().join("state")).unwrap();
    std::fs::write(bench.home().join("state/audit"), "a file where the directory belongs").unwrap();
    let refused = bench.run("maria", &format!("rollback media-service -n production {CONSENT} -o json")).expect(12);
    assert_eq!(refused.result()["outcome"], "not-recorded");
    assert_eq!(image(&bench), before);
    let mend = bench.run("maria", "doctor -o json").expect(1).json();
    let findings = mend["items"].as_array().unwrap();
    assert!(findings.iter().any(|finding| finding["area"] == "audit" && finding["state"] == "mend"), "{mend:#}");
}

#[test]
fn a_signal_while_a_change_is_watched_ends_it_with_a_result() {
    let bench = Bench::own();
    let words = format!("restart media-service -n production {CONSENT} --wait --timeout 5m -o ndjson");
    let mut child = bench.command("maria", &words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut seen = String::new();
    let mut lines = std::io::BufReader::new(child.stdout.take().unwrap());
    while !seen.contains("step-done") {
        assert!(std::io::BufRead::read_line(&mut lines, &mut seen).unwrap() > 0, "{seen}");
    }
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    std::io::Read::read_to_string(&mut lines, &mut seen).unwrap();
    let mut ended = ran(&child.wait_with_output().unwrap());
    ended.stdout = seen;
    let result = ended.expect(143).result();
    assert_eq!(result["outcome"], "unknown");
}
