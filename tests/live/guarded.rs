//! Guarded shifts on a real gateway, with real requests: by themselves back to stable when the new version is worse, held
//! where nobody can tell, safe to be killed, and never two at once.

use std::fs;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use color_eyre::eyre::{OptionExt, Result, bail, ensure};
use jiff::Timestamp;
use rustix::process::Signal;
use serde_json::Value;

use crate::change::audit_holds;
use crate::command::{Running, Seat};
use crate::plane::{PATIENCE, Plane, User, wait_until};

crate::tests![
    a_version_with_8_percent_of_errors_goes_back_to_stable_by_itself,
    a_good_version_reaches_the_last_weight_and_a_second_operator_is_refused_meanwhile,
    no_data_holds_and_a_signal_goes_back,
    a_killed_one_leaves_the_weights_of_a_completed_step_and_everybody_names_it,
];

/// Numbers over a short window, and a guard that looks as often as they come.
const QUICK: &str = "[metrics]\nwindow = \"15s\"\nstep = \"1s\"\nspan = \"1m\"\n\
    [guards.quick]\nwindow = \"15s\"\nwarm-up = \"15s\"\nevery = \"15s\"\nrequests = 50\nlatency-factor = 5.0\n";

/// How often that guard looks.
const INTERVAL: Duration = Duration::from_secs(15);

/// How long a lease lasts that nobody renews.
const LEASE: Duration = Duration::from_mins(1);

/// The arguments of a guarded shift of presence.
fn course<'a>(to: &'a str, hold: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let fixed = [
        "shift",
        "presence",
        "-n",
        "production",
        "--guard=quick",
        "--write",
        "--reason=a guarded shift",
        "--confirm=presence",
        "-o",
        "ndjson",
    ];
    [&fixed[..], &["--to", to, "--hold", hold], more].concat()
}

/// The weights of the route, the stable one first.
fn weights(plane: &Plane) -> Result<String> {
    let path = "--output=jsonpath={.spec.rules[0].backendRefs[*].weight}";
    plane.kubectl(User::Admin, &["get", "httproute", "presence", "-n", "production", path])
}

/// The traffic with nothing on the canary yet and nobody guarding it, and so many percent of its requests failing.
fn begin(plane: &Plane, errors: &str) -> Result<()> {
    plane.start_traffic()?;
    // What a test before this one left, should it have failed.
    plane.kubectl(
        User::Admin,
        &["delete", "lease", "midwatch-guard-presence", "-n", "production", "--ignore-not-found"],
    )?;
    let weight = |backend: usize, weight: u8| {
        format!(r#"{{"op":"replace","path":"/spec/rules/0/backendRefs/{backend}/weight","value":{weight}}}"#)
    };
    let patch = format!("[{},{}]", weight(0, 100), weight(1, 0));
    plane.kubectl(User::Admin, &["patch", "httproute", "presence", "-n", "production", "--type=json", "-p", &patch])?;
    let annotated =
        format!(r#"{{"spec":{{"template":{{"metadata":{{"annotations":{{"rig.errors":"{errors}"}}}}}}}}}}"#);
    plane.kubectl(
        User::Admin,
        &["patch", "deployment", "presence-canary", "-n", "production", "--type=merge", "-p", &annotated],
    )?;
    let status = ["rollout", "status", "deployment/presence-canary", "-n", "production", "--timeout=60s"];
    plane.kubectl(User::Admin, &status).map(drop)
}

/// The events that a run has told so far.
fn events(running: &Running) -> Result<Vec<Value>> {
    let said = running.said()?;
    let whole = said.rsplit_once('\n').map_or("", |(whole, _)| whole);
    Ok(whole.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?)
}

/// Waits until a run has told an event of a guarded shift.
fn wait_for(running: &Running, event: &str, limit: Duration) -> Result<Value> {
    wait_until(&format!("the guarded shift to be {event}"), limit, || {
        let told = events(running)?;
        let found = told.iter().rev().find(|one| one["kind"] == "GuardEvent" && one["event"] == event);
        found.cloned().ok_or_eyre(format!("{}{}", running.said()?, running.complained()?))
    })
}

fn a_version_with_8_percent_of_errors_goes_back_to_stable_by_itself(plane: &Plane) -> Result<()> {
    begin(plane, "8")?;
    let seat = Seat::with_roles_and(plane, User::Admin, QUICK)?;
    let running = seat.start(&course("20,50,100", "2m", &[]))?;
    wait_until("the first weight", PATIENCE, || {
        ensure!(weights(plane)? == "80 20", "{}{}", weights(plane)?, running.complained()?);
        Ok(())
    })?;
    let set = Instant::now();
    wait_until("everything to be back", 2 * PATIENCE, || {
        ensure!(weights(plane)? == "100 0", "{}", running.said()?);
        Ok(())
    })?;
    let back = set.elapsed();
    let ran = running.finish(PATIENCE)?;
    ensure!(ran.code == Some(13), "{:?}: {}{}", ran.code, ran.stdout, ran.stderr);
    let result: Value = serde_json::from_str(ran.stdout.lines().last().ok_or_eyre("it told nothing")?)?;
    ensure!(result["outcome"] == "went-back", "{result}");
    ensure!(ran.stdout.contains("\"verdict\":\"breach\""), "{}", ran.stdout);
    let looks = looks_before_going_back(&ran.stdout)?;
    let counted = looks.iter().rev().take_while(|look| !["pass", "both-bad"].contains(&&*look.verdict));
    let breaches: Vec<&Seen> = counted.filter(|look| look.verdict.ends_with("breach")).collect();
    // What is seen while it warms up does not count; from then on two looks are enough.
    let is_enough = match breaches[..] {
        [last, first] => first.verdict == "breach" && last.at.duration_since(first.at).unsigned_abs() >= INTERVAL,
        _ => false,
    };
    ensure!(is_enough && looks.last().is_some_and(|last| last.verdict.ends_with("breach")), "{looks:?}");
    writeln!(io::stdout(), "back {back:?} after the weight was set: {}; {looks:?}", result["detail"])?;
    ensure!(holder(plane)?.is_empty(), "its lease is held still: {}", holder(plane)?);
    // The lease and the weight; back and its verdict; the lease again, and what the whole came to.
    audit_holds(
        &seat,
        &["intent", "outcome", "intent", "outcome", "intent", "outcome", "verdict", "intent", "outcome", "verdict"],
    )
}

/// A look at both arms, as a run told it.
#[derive(Debug)]
struct Seen {
    at: Timestamp,
    verdict: String,
}

/// The looks that a run took from the warm-up on, the last of which had it go back.
fn looks_before_going_back(told: &str) -> Result<Vec<Seen>> {
    let told = told.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    let mut looks = Vec::new();
    for event in told.iter().filter(|event| event["kind"] == "GuardEvent") {
        let look = &event["look"];
        match event["event"].as_str() {
            // Before the weight is set it looks too, and before the warm-up is over nothing counts.
            Some("shifting") => looks.clear(),
            Some("looked") if look["beginsBeforeChange"] == false => looks.push(Seen {
                at: look["at"].as_str().ok_or_eyre(look.to_string())?.parse()?,
                verdict: look["verdict"].as_str().ok_or_eyre(look.to_string())?.to_owned(),
            }),
            Some("going-back") => return Ok(looks),
            _ => {}
        }
    }
    bail!("it never went back: {told:?}")
}

/// Who holds the lease of the route.
fn holder(plane: &Plane) -> Result<String> {
    let path = "--output=jsonpath={.spec.holderIdentity}";
    plane.kubectl(User::Admin, &["get", "lease", "midwatch-guard-presence", "-n", "production", path])
}

fn a_good_version_reaches_the_last_weight_and_a_second_operator_is_refused_meanwhile(plane: &Plane) -> Result<()> {
    begin(plane, "0")?;
    let seat = Seat::with_roles_and(plane, User::Admin, QUICK)?;
    let running = seat.start(&course("20,50", "20s", &[]))?;
    wait_for(&running, "holding", PATIENCE)?;
    let other = Seat::with_roles_and(plane, User::Admin, QUICK)?;
    // First of all, as the weight is not held for long.
    wait_until("everybody to see it", PATIENCE, || {
        let told = other.midwatch(&["rollouts", "-n", "production"])?;
        ensure!(told.stdout.contains("guarded by admin: 20 % of 20,50"), "{}{}", told.stdout, told.stderr);
        Ok(())
    })?;
    let plain = ["shift", "presence", "-n", "production", "--to=40", "--write", "--reason=x", "--confirm=presence"];
    for args in [course("30,50", "20s", &[]), plain.to_vec()] {
        let ran = other.midwatch(&args)?;
        ensure!(ran.code == Some(1), "{:?}: {}{}", ran.code, ran.stdout, ran.stderr);
        ensure!(ran.stderr.contains("a guarded shift is at it: admin, with the course 20,50 %"), "{}", ran.stderr);
    }
    let ran = running.finish(2 * PATIENCE)?;
    ensure!(ran.code == Some(0), "{:?}: {}{}", ran.code, ran.stdout, ran.stderr);
    ensure!(ran.stdout.contains("\"outcome\":\"reached\""), "{}", ran.stdout);
    ensure!(weights(plane)? == "50 50", "{}", weights(plane)?);
    ensure!(holder(plane)?.is_empty(), "its lease is held still");
    Ok(())
}

fn no_data_holds_and_a_signal_goes_back(plane: &Plane) -> Result<()> {
    begin(plane, "0")?;
    // Nobody counts so many requests in so short a time.
    let blind = QUICK.replace("requests = 50", "requests = 1000000");
    let seat = Seat::with_roles_and(plane, User::Admin, &blind)?;
    let running = seat.start(&course("20,50", "5s", &[]))?;
    wait_until("it to be held up", PATIENCE, || {
        let told = events(&running)?;
        let held_up = told.iter().filter(|one| one["heldUp"].is_string()).count();
        ensure!(held_up >= 2, "{}{}", running.said()?, running.complained()?);
        Ok(())
    })?;
    ensure!(weights(plane)? == "80 20", "{}", weights(plane)?);
    ensure!(running.said()?.contains("of 1000000 requests seen"), "{}", running.said()?);
    running.signal(Signal::TERM)?;
    let ran = running.finish(PATIENCE)?;
    ensure!(ran.code == Some(128 + 15), "{:?}: {}{}", ran.code, ran.stdout, ran.stderr);
    ensure!(ran.stdout.contains("\"outcome\":\"interrupted-went-back\""), "{}", ran.stdout);
    ensure!(weights(plane)? == "100 0", "{}", weights(plane)?);
    ensure!(holder(plane)?.is_empty(), "its lease is held still");
    let held = seat.start(&course("20,50", "1m", &["--on-exit=hold"]))?;
    wait_for(&held, "holding", PATIENCE)?;
    held.signal(Signal::HUP)?;
    let ran = held.finish(PATIENCE)?;
    ensure!(ran.code == Some(128 + 1), "{:?}: {}{}", ran.code, ran.stdout, ran.stderr);
    ensure!(ran.stdout.contains("\"outcome\":\"interrupted-held\""), "{}", ran.stdout);
    ensure!(weights(plane)? == "80 20", "{}", weights(plane)?);
    ensure!(holder(plane)?.is_empty(), "its lease is held still");
    Ok(())
}

fn a_killed_one_leaves_the_weights_of_a_completed_step_and_everybody_names_it(plane: &Plane) -> Result<()> {
    begin(plane, "0")?;
    let seat = Seat::with_roles_and(plane, User::Admin, QUICK)?;
    let running = seat.start(&course("20,50", "5m", &[]))?;
    wait_for(&running, "holding", PATIENCE)?;
    running.signal(Signal::KILL)?;
    running.finish(PATIENCE)?;
    ensure!(weights(plane)? == "80 20", "{}", weights(plane)?);
    // Taken and set; nothing says that it was released, or what the whole came to.
    audit_holds(&seat, &["intent", "outcome", "intent", "outcome"])?;
    let audit = fs::read_dir(seat.audit_dir())?.count();
    ensure!(audit > 0 && !holder(plane)?.is_empty(), "its lease is not held any more");
    let told = wait_until("midwatch to name it", LEASE + PATIENCE, || {
        let told = seat.midwatch(&["rollouts", "-n", "production"])?;
        ensure!(told.stdout.contains("guard left by admin: 20 % of 20,50"), "{}{}", told.stdout, told.stderr);
        Ok(told)
    })?;
    for command in ["--arm presence-canary --to 0", "--arm presence-canary --to 20,50 --guard quick"] {
        ensure!(told.stderr.contains(command), "{}", told.stderr);
    }
    let json = seat.midwatch(&["rollouts", "-n", "production", "-o", "json"])?.stdout;
    let json: Value = serde_json::from_str(&json)?;
    let items = json["items"].as_array().ok_or_eyre(json.to_string())?;
    let guard = items.iter().find_map(|item| item["guard"].as_object()).ok_or_eyre(json.to_string())?;
    ensure!(guard["standing"] == "abandoned" && guard["percent"] == 20, "{guard:?}");
    let doctor = seat.midwatch(&["doctor", "-n", "production"])?;
    ensure!(doctor.code == Some(1) && doctor.stdout.contains("guard left by admin"), "{}", doctor.stdout);
    let back = ["shift", "presence", "-n", "production", "--to=0", "--write", "--reason=x", "--confirm=presence"];
    let ran = seat.midwatch(&back)?;
    ensure!(ran.code == Some(0), "{:?}: {}{}", ran.code, ran.stdout, ran.stderr);
    ensure!(weights(plane)? == "100 0" && holder(plane)?.is_empty(), "{} {}", weights(plane)?, holder(plane)?);
    let told = seat.midwatch(&["rollouts", "-n", "production"])?;
    ensure!(!told.stdout.contains("guard left by"), "{}", told.stdout);
    Ok(())
}
