//! Guarded shifts from a script, against the sandbox.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::bench::Bench;
use crate::schema::{check, validator};

/// A guarded shift of the service that has a canary behind a route.
const SHIFT: &str = "shift search-service -e production --write --reason it-looks-well --confirm search-service";

/// One under way, and what it says.
struct Guarded {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Guarded {
    /// Starts one with a guard that lets pass what the canary of the fleet fails.
    fn start(bench: &Bench, user: &str, more: &str) -> Self {
        let lenient = "[guards.lenient]\nerror-ratio = \"50 %\"\nfast-ratio = \"90 %\"\nlatency-factor = 100.0\n";
        std::fs::write(bench.config("config.toml"), lenient).unwrap();
        let mut command = bench.command(user, &format!("{SHIFT} -o ndjson {more}"));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// Reads on to the next event of this name.
    fn wait_for(&mut self, event: &str) -> Value {
        let validator = validator();
        let mut said = Vec::new();
        for line in self.lines.by_ref() {
            let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
            check(&validator, &line);
            if line["event"] == event || line["kind"] == event {
                return line;
            }
            said.push(line.to_string());
        }
        let output = self.child.wait_with_output_of();
        panic!("no {event} among\n{}\n{output}", said.join("\n"));
    }

    fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success());
    }
}

/// What a child has complained of.
trait Complaint {
    fn wait_with_output_of(&mut self) -> String;
}

impl Complaint for Child {
    fn wait_with_output_of(&mut self) -> String {
        let mut said = String::new();
        if let Some(mut stderr) = self.stderr.take() {
            drop(std::io::Read::read_to_string(&mut stderr, &mut said));
        }
        said
    }
}

fn weight(bench: &Bench) -> String {
    let routes = bench.run("maria", "get httproutes -n production -o json").expect(0).json();
    let items = routes["items"].as_array().unwrap();
    let route = items.iter().find(|item| item["name"] == "search-service").unwrap();
    route["weights"].to_string()
}

#[test]
fn a_dry_run_shows_the_whole_course_and_what_is_wrong_with_one_is_told() {
    let bench = Bench::still();
    let base = "shift search-service -e production";
    let shown = bench.run("maria", &format!("{base} --to 20,50 --guard default --hold 5m --dry-run")).expect(0);
    for says in [
        "Guarded shift of search-service-canary to 20, 50 %",
        "step 1: take its lease",
        "course: 20 → 50 %, each held for 5 min at least",
        "course: back to 0 % when in 2 looks over 1 % fail and over 2 × stable's part",
        "--to 20,50 --hold 5m --guard default --on-exit back",
    ] {
        assert!(shown.stdout.contains(says), "{says}: {}", shown.stdout);
    }
    for (more, says) in [
        ("--to 20,50", "add --guard default"),
        ("--to 50,20 --guard default", "must be larger than the one before it, and 20 is not"),
        ("--to 0,20 --guard default", "1 to 100, and 0 is not"),
        ("--to 20,50 --guard defualt", "did you mean default?"),
        ("--to 20,50 --hold 1m", "--guard"),
        ("--to 20,50 --on-exit hold", "--guard"),
        ("--to 20,500 --guard default", "\"500\" is no weight: write 0 to 100"),
    ] {
        let ran = bench.run("maria", &format!("{base} {more} --dry-run")).expect(2);
        assert!(ran.stderr.contains(says), "{more}: {}", ran.stderr);
    }
    let ran = bench.run("maria", "shift chat-service -e production --to 20,50 --guard default --dry-run");
    assert!(ran.stderr.contains("midwatch gate release chat-service"), "{ran:?}");
    let ran = bench.run("victor", &format!("{base} --to 20,50 --guard default --dry-run")).expect(4);
    assert!(ran.stderr.contains("patch httproutes") || ran.stderr.contains("leases"), "{}", ran.stderr);
}

#[test]
fn a_role_that_does_not_grant_a_shift_denies_the_course() {
    let bench = Bench::still().with_roles();
    let ran = bench.run("victor", &format!("{SHIFT} --to 20,50 --guard default")).expect(4);
    assert!(ran.stderr.contains("deploy in production"), "{}", ran.stderr);
}

#[test]
fn a_new_revision_that_fails_already_gets_nothing_more() {
    let bench = Bench::own();
    let before = weight(&bench);
    let ran = bench.run("maria", &format!("{SHIFT} --to 20,50 --guard default -o ndjson")).expect(1);
    assert_eq!(ran.result()["outcome"], "not-begun", "{ran:?}");
    for says in ["the guard default is breached already, and nothing is sent", " %, stable ", "--to 0"] {
        assert!(ran.stderr.contains(says), "{says}: {}", ran.stderr);
    }
    // Whoever wishes for too much at once is not sent up by steps either.
    let ran = bench.run("maria", "shift search-service -e production --to 100 --dry-run").expect(1);
    for says in ["more than 50 points", "the new revision is worse than the stable one", "--to 0"] {
        assert!(ran.stderr.contains(says), "{says}: {}", ran.stderr);
    }
    assert!(!ran.stderr.contains("take it in steps"), "{}", ran.stderr);
    assert_eq!(weight(&bench), before);
}

#[test]
fn a_shift_is_told_among_what_changed_with_who_did_it_and_why() {
    let bench = Bench::alive();
    bench.run("maria", &format!("{SHIFT} --to 0")).expect(0);
    let told = bench.run("maria", "changes -e production -o json").expect(0).json();
    let shifts: Vec<&Value> =
        told["items"].as_array().unwrap().iter().filter(|change| change["class"] == "traffic").collect();
    assert_eq!(shifts.len(), 1, "{shifts:#?}");
    assert_eq!((&shifts[0]["service"], &shifts[0]["why"]), (&"search-service".into(), &"it-looks-well".into()));
    assert!(shifts[0]["by"].as_str().is_some_and(|by| by.contains("maria")), "{shifts:#?}");
}

#[test]
fn a_signal_goes_back_and_meanwhile_nobody_else_shifts_up() {
    let bench = Bench::alive();
    let mut guarded = Guarded::start(&bench, "maria", "--to 20,50 --guard lenient --hold 10m");
    let holding = guarded.wait_for("holding");
    assert_eq!((&holding["step"], &holding["percent"]), (&1.into(), &20.into()));
    for more in ["--to 40", "--to 30,50 --guard default"] {
        let ran = bench.run("dana", &format!("{SHIFT} {more}")).expect(1);
        assert!(ran.stderr.contains("a guarded shift is at it: maria, with the course 20,50 %"), "{}", ran.stderr);
    }
    let told = bench.run("dana", "rollouts -e production").expect(0);
    assert!(told.stdout.contains("guarded by maria: 20 % of 20,50, next in"), "{}", told.stdout);
    guarded.signal("-TERM");
    let result = guarded.wait_for("Result");
    assert_eq!(result["outcome"], "interrupted-went-back", "{result}");
    assert_eq!(guarded.child.wait().unwrap().code(), Some(128 + 15));
    assert!(weight(&bench).contains("search-service-canary 0"), "{}", weight(&bench));
    let told = bench.run("dana", "rollouts -e production").expect(0);
    assert!(!told.stdout.contains("guarded by"), "{}", told.stdout);
}

#[test]
fn somebody_else_who_goes_back_ends_the_guard_and_is_told_so() {
    let bench = Bench::alive();
    let mut guarded = Guarded::start(&bench, "maria", "--to 20,50 --guard lenient --hold 10m");
    guarded.wait_for("holding");
    let back = bench.run("dana", &format!("{SHIFT} --to 0")).expect(0);
    assert!(back.stderr.contains("this ends a guarded shift that is under way: maria"), "{}", back.stderr);
    let ended = guarded.wait_for("ended");
    assert_eq!(ended["outcome"], "stuck", "{ended}");
    assert_eq!(guarded.child.wait().unwrap().code(), Some(11));
    assert!(weight(&bench).contains("search-service-canary 0"), "{}", weight(&bench));
}

#[test]
fn whoever_wants_the_weights_to_stay_is_left_with_them_and_with_a_free_route() {
    let bench = Bench::alive();
    let mut guarded = Guarded::start(&bench, "maria", "--to 20,50 --guard lenient --hold 10m --on-exit hold");
    guarded.wait_for("holding");
    guarded.signal("-HUP");
    let result = guarded.wait_for("Result");
    assert_eq!(result["outcome"], "interrupted-held", "{result}");
    assert_eq!(guarded.child.wait().unwrap().code(), Some(128 + 1));
    assert!(weight(&bench).contains("search-service-canary 20"), "{}", weight(&bench));
    let told = bench.run("dana", "rollouts -e production").expect(0);
    assert!(!told.stdout.contains("guarded by") && !told.stdout.contains("guard left by"), "{}", told.stdout);
}

#[test]
fn a_second_signal_ends_it_at_once_and_what_is_left_is_told() {
    let bench = Bench::alive();
    let mut guarded = Guarded::start(&bench, "maria", "--to 20,50 --guard lenient --hold 10m");
    guarded.wait_for("holding");
    guarded.signal("-TERM");
    // From here on it is verified for a while that everything is back.
    guarded.wait_for("going-back");
    guarded.signal("-TERM");
    let result = guarded.wait_for("Result");
    assert_eq!(result["outcome"], "unknown", "{result}");
    assert_eq!(guarded.child.wait().unwrap().code(), Some(128 + 15));
    let said = guarded.child.wait_with_output_of();
    assert!(said.contains("a second signal ends this at once"), "{said}");
    assert!(said.contains("midwatch shift --to 0 sends everything back"), "{said}");
}

#[test]
fn the_commands_that_end_a_guard_that_was_left_can_be_copied_and_run() {
    let bench = Bench::own();
    let labels = json!({ "app.kubernetes.io/managed-by": "midwatch", "midwatch.io/guard": "httproute" });
    let about = json!({
        "midwatch.io/who": "maria", "midwatch.io/route": "search-service", "midwatch.io/service": "search-service",
        "midwatch.io/arm": "search-service-canary", "midwatch.io/course": "5,20,50", "midwatch.io/guard": "default",
    });
    bench.place(json!({
        "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
        "metadata": {
            "name": "midwatch-guard-search-service", "namespace": "production", "labels": labels, "annotations": about,
        },
        "spec": {
            "holderIdentity": "gone", "leaseDurationSeconds": 60,
            "acquireTime": "2026-01-01T00:00:00.000000Z", "renewTime": "2026-01-01T00:10:00.000000Z",
        },
    }));
    let is_command = |line: &&str| line.trim_start().starts_with("midwatch shift");
    let commands = |told: &str| told.lines().filter(is_command).map(|line| line.trim().to_owned()).collect::<Vec<_>>();
    let told = commands(&bench.run("maria", "doctor").expect(1).stdout);
    let end = " --write --reason \"WHY\" --confirm search-service";
    let of = "midwatch shift search-service --route search-service -n production --context demo \
              --arm search-service-canary";
    assert_eq!(told, [format!("{of} --to 0{end}"), format!("{of} --to 20,50 --guard default{end}")]);
    assert_eq!(commands(&bench.run("maria", "rollouts").expect(0).stderr), told);
    let doctor = bench.run("maria", "doctor -o json").expect(1).json();
    check(&validator(), &doctor);
    // As it stands, without waiting for the reason that belongs there.
    let back = told[0].strip_prefix("midwatch ").unwrap();
    bench.run("maria", back).expect(0);
    assert!(weight(&bench).contains("search-service-canary 0"), "{}", weight(&bench));
}
