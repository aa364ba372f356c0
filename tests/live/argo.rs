//! Rollouts of Argo under their real controller: each verb asserted on the cluster first, then on stdout, then on the audit.

use std::thread;

use color_eyre::eyre::{OptionExt, Result, ensure, eyre};
use serde_json::{Value, json};

use crate::command::{Finished, Seat};
use crate::plane::{PATIENCE, Plane, User, wait_until};
use crate::verbs::{WHOLE, audit_holds, ended, in_earnest, object, seat, tag};

crate::tests![
    two_presses_at_the_same_time_open_one_gate,
    a_rollout_is_aborted_and_begun_anew,
    a_rollback_from_an_aborted_rollout_is_at_once,
    a_rollback_of_a_finished_rollout_runs_its_steps_again,
    a_preview_is_released_to_the_active_service,
    a_canary_is_promoted_fully,
    one_that_is_held_by_hand_is_aborted_and_let_go,
    a_step_is_skipped_and_no_gate_after_it,
    an_analysis_that_does_not_decide_is_told_and_released,
    pods_are_made_anew_and_their_number_is_set,
    who_may_not_sends_nothing,
];

const FEED: &str = "rollout/feed-service";
const LOGIN: &str = "rollout/login-service";

/// Runs a change in production with all that shows that it is meant.
fn act(seat: &Seat, verb: &[&str], service: &str, more: &[&str]) -> Result<Finished> {
    let consent = [service, "-n", "production", "--write", "--reason=a test", "--confirm", service];
    seat.midwatch(&[verb, &consent[..], more].concat())
}

/// The same, which must be done and watched to its end, by a new seat; what it says, after a look at the cluster.
fn done(
    plane: &Plane,
    verb: &[&str],
    service: &str,
    more: &[&str],
    look: impl Fn(&Value) -> Result<()>,
) -> Result<String> {
    let seat = seat(plane)?;
    let run = act(&seat, verb, service, &[more, &["--wait"]].concat())?;
    look(&object(plane, &format!("rollout/{service}"))?)
        .map_err(|wrong| eyre!("{wrong:#}\n{}{}", run.stdout, run.stderr))?;
    let run = ended(run, 0)?;
    Ok(run.stdout)
}

/// A Rollout as it is in the fixture, finished, under a controller that runs.
fn fresh(plane: &Plane, name: &str) -> Result<()> {
    plane.start_rollouts()?;
    plane.kubectl(
        User::Admin,
        &["delete", name, "-n", "production", "--ignore-not-found", "--cascade=foreground", "--timeout=60s"],
    )?;
    let fixture = include_str!("../rig/fixtures/extra/rollouts.yaml");
    plane.kubectl_stdin(User::Admin, &["apply", "-n", "production", "--filename=-"], fixture)?;
    at(plane, name, "Healthy", None).map(drop)
}

/// Waits until a Rollout is in a phase and, if one is named, at a step, and its status is about its newest wish.
fn at(plane: &Plane, name: &str, phase: &str, step: Option<u64>) -> Result<Value> {
    wait_until(&format!("{name} to be {phase}"), PATIENCE, || {
        let object = object(plane, name)?;
        let status = &object["status"];
        let generation = object["metadata"]["generation"].to_string();
        ensure!(status["observedGeneration"] == generation.as_str(), "not observed: {status}");
        ensure!(status["phase"] == phase, "{status}");
        ensure!(step.is_none() || status["currentStepIndex"].as_u64() == step, "{status}");
        Ok(object)
    })
}

/// A new image of a service, set by midwatch and watched to where it waits.
fn release(plane: &Plane, service: &str, version: &str) -> Result<String> {
    let image = format!("registry.example/messaging/{service}:{version}");
    done(plane, &["set-image"], service, &["--image", &image], |_| Ok(()))
}

/// The canary at its first gate.
fn waiting(plane: &Plane) -> Result<Value> {
    fresh(plane, FEED)?;
    let said = release(plane, "feed-service", "2.1.0")?;
    ensure!(said.contains("verified: step 2 of 6, waits for a release"), "{said}");
    at(plane, FEED, "Paused", Some(1))
}

fn two_presses_at_the_same_time_open_one_gate(plane: &Plane) -> Result<()> {
    let before = waiting(plane)?;
    let hash = before["status"]["currentPodHash"].as_str().ok_or_eyre("it has no revision")?;
    let gate = format!("{hash}/2");
    let seats = [seat(plane)?, seat(plane)?];
    let mut runs = Vec::new();
    let writes = plane.writes_during(User::Alice, || {
        let press = |seat: &Seat| act(seat, &["gate", "release"], "feed-service", &["--gate", &gate]);
        let pressed = thread::scope(|scope| {
            let presses = seats.each_ref().map(|seat| scope.spawn(move || press(seat)));
            presses.map(|press| press.join().map_err(|_panic| eyre!("a press panicked")))
        });
        for press in pressed {
            runs.push(press??);
        }
        Ok(())
    })?;
    // Past the first gate, to the second one and no further.
    let after = at(plane, FEED, "Paused", Some(3))?;
    ensure!(after["status"]["controllerPause"] == true, "{}", after["status"]);
    ensure!(after["status"]["updatedReplicas"] == 2, "{}", after["status"]);
    thread::sleep(std::time::Duration::from_secs(2));
    ensure!(object(plane, FEED)?["status"]["currentStepIndex"] == 3, "it went on");
    let taken = in_earnest(&writes).into_iter().filter(|write| write["responseStatus"]["code"] == 200).count();
    ensure!(taken == 1, "{taken} patches were taken: {writes:?}");

    let mut codes: Vec<_> = runs.iter().map(|run| run.code).collect();
    codes.sort_unstable();
    let said = || runs.iter().map(|run| format!("{}{}", run.stdout, run.stderr)).collect::<Vec<_>>().join("\n---\n");
    ensure!(codes == [Some(0), Some(5)], "{codes:?}\n{}", said());
    for (seat, run) in seats.iter().zip(&runs) {
        let events = if seat.audit_dir().exists() { seat.audit_lines()? } else { Vec::new() };
        let applied = events.iter().filter(|line| line["result"] == "applied").count();
        ensure!(applied == usize::from(run.code == Some(0)), "{events:?}");
    }
    // Who comes later with the same gate in hand opens nothing either.
    let late = act(&seat(plane)?, &["gate", "release"], "feed-service", &["--gate", &gate])?;
    ensure!(object(plane, FEED)?["status"]["currentStepIndex"] == 3, "it went on");
    let late = ended(late, 5)?;
    ensure!(late.stderr.contains(&format!("it waits at gate {hash}/4 now")), "{}", late.stderr);
    Ok(())
}

fn a_rollout_is_aborted_and_begun_anew(plane: &Plane) -> Result<()> {
    waiting(plane)?;
    let hands = seat(plane)?;
    let run = act(&hands, &["abort"], "feed-service", &["--wait"])?;
    let status = object(plane, FEED)?["status"].clone();
    ensure!(status["abort"] == true && status["phase"] == "Degraded", "{status}");
    ensure!(status["updatedReplicas"].is_null() && status["readyReplicas"] == 5, "{status}");
    ensure!(ended(run, 0)?.stdout.contains("verified: the stable revision serves, 5 of 5 ready"));
    audit_holds(&hands, &WHOLE)?;
    ensure!(tag(plane, FEED)? == "2.1.0", "the template stays");

    let hands = seat(plane)?;
    let run = act(&hands, &["retry"], "feed-service", &["--wait"])?;
    let status = object(plane, FEED)?["status"].clone();
    ensure!(status["abort"].is_null() && status["phase"] == "Paused" && status["currentStepIndex"] == 1, "{status}");
    ensure!(ended(run, 0)?.stdout.contains("verified: it is rolled out again"));
    audit_holds(&hands, &WHOLE)
}

fn a_rollback_from_an_aborted_rollout_is_at_once(plane: &Plane) -> Result<()> {
    let stable = waiting(plane)?["status"]["stableRS"].clone();
    done(plane, &["abort"], "feed-service", &[], |_| Ok(()))?;
    let hands = seat(plane)?;
    let run = act(&hands, &["rollback"], "feed-service", &["--wait"])?;
    let after = object(plane, FEED)?;
    ensure!(tag(plane, FEED)? == "2.0.0", "{}", after["spec"]["template"]);
    ensure!(
        after["status"]["currentPodHash"] == stable && after["status"]["phase"] == "Healthy",
        "{}",
        after["status"]
    );
    let run = ended(run, 0)?;
    ensure!(run.stderr.contains("at once: 2.0.0 is the stable revision"), "{}", run.stderr);
    ensure!(run.stdout.contains("verified: 5 of 5 ready"), "{}", run.stdout);
    audit_holds(&hands, &WHOLE)
}

fn a_rollback_of_a_finished_rollout_runs_its_steps_again(plane: &Plane) -> Result<()> {
    waiting(plane)?;
    done(plane, &["promote-full"], "feed-service", &[], |_| Ok(()))?;
    let hands = seat(plane)?;
    let run = act(&hands, &["rollback"], "feed-service", &["--wait"])?;
    let status = at(plane, FEED, "Paused", Some(1))?["status"].clone();
    ensure!(status["stableRS"] != status["currentPodHash"] && tag(plane, FEED)? == "2.0.0", "{status}");
    let run = ended(run, 0)?;
    ensure!(run.stderr.contains("NOT AT ONCE: this rollback runs every step"), "{}", run.stderr);
    ensure!(run.stdout.contains("verified: step 2 of 6, waits for a release"), "{}", run.stdout);
    audit_holds(&hands, &WHOLE)
}

fn a_preview_is_released_to_the_active_service(plane: &Plane) -> Result<()> {
    fresh(plane, LOGIN)?;
    release(plane, "login-service", "3.1.0")?;
    let before = at(plane, LOGIN, "Paused", None)?;
    let (active, new) = (&before["status"]["blueGreen"]["activeSelector"], &before["status"]["currentPodHash"]);
    ensure!(active != new, "{}", before["status"]);
    let hands = seat(plane)?;
    let gate = new.as_str().ok_or_eyre("it has no revision")?;
    let run = act(&hands, &["gate", "release"], "login-service", &["--wait", "--gate", gate])?;
    let service = object(plane, "service/login-service")?;
    ensure!(service["spec"]["selector"]["rollouts-pod-template-hash"] == *new, "{}", service["spec"]);
    ensure!(ended(run, 0)?.stdout.contains("verified: the new revision is the stable one"));
    audit_holds(&hands, &WHOLE)
}

fn a_canary_is_promoted_fully(plane: &Plane) -> Result<()> {
    let new = waiting(plane)?["status"]["currentPodHash"].clone();
    let hands = seat(plane)?;
    let run = act(&hands, &["promote-full"], "feed-service", &["--wait"])?;
    let status = object(plane, FEED)?["status"].clone();
    ensure!(status["stableRS"] == new && status["updatedReplicas"] == 5 && status["phase"] == "Healthy", "{status}");
    let run = ended(run, 0)?;
    ensure!(run.stderr.contains("RISK: nothing is measured and nobody is asked any more"), "{}", run.stderr);
    ensure!(run.stdout.contains("verified: 5 of 5 ready"), "{}", run.stdout);
    audit_holds(&hands, &WHOLE)
}

fn one_that_is_held_by_hand_is_aborted_and_let_go(plane: &Plane) -> Result<()> {
    waiting(plane)?;
    done(plane, &["pause"], "feed-service", &[], |held| {
        ensure!(held["spec"]["paused"] == true, "{}", held["spec"]["paused"]);
        Ok(())
    })?;
    let hands = seat(plane)?;
    let run = act(&hands, &["abort"], "feed-service", &["--wait"])?;
    let after = object(plane, FEED)?;
    ensure!(after["spec"]["paused"].is_null() && after["status"]["abort"] == true, "{}", after["status"]);
    ensure!(after["status"]["updatedReplicas"].is_null(), "its pods stay: {}", after["status"]);
    ended(run, 0)?;
    audit_holds(&hands, &["intent", "outcome applied", "intent", "outcome applied", "verdict verified"])?;

    // What only waits for a resumption is resumed where it was.
    waiting(plane)?;
    done(plane, &["pause"], "feed-service", &[], |_| Ok(()))?;
    let said = done(plane, &["resume"], "feed-service", &[], |it| {
        ensure!(it["spec"]["paused"].is_null() && it["status"]["currentStepIndex"] == 1, "{}", it["status"]);
        Ok(())
    })?;
    ensure!(said.contains("verified: step 2 of 6, waits for a release"), "{said}");
    Ok(())
}

fn a_step_is_skipped_and_no_gate_after_it(plane: &Plane) -> Result<()> {
    waiting(plane)?;
    let hands = seat(plane)?;
    let run = act(&hands, &["gate", "skip"], "feed-service", &["--step", "2", "--wait"])?;
    let status = at(plane, FEED, "Paused", Some(3))?["status"].clone();
    ensure!(status["controllerPause"] == true && status["updatedReplicas"] == 2, "{status}");
    ended(run, 0)?;
    audit_holds(&hands, &WHOLE)?;
    let again = act(&seat(plane)?, &["gate", "skip"], "feed-service", &["--step", "2"])?;
    ensure!(object(plane, FEED)?["status"]["currentStepIndex"] == 3, "it went on");
    ended(again, 5).map(drop)
}

/// Lets the first step of the canary be an analysis that can come to no answer, because what it reads is neither.
fn undecided(plane: &Plane) -> Result<()> {
    let port = std::fs::read_to_string(plane.dir().join("port"))?;
    let template = json!({
        "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate", "metadata": { "name": "undecided" },
        "spec": { "metrics": [{
            "name": "minor", "successCondition": "result == \"1\"", "failureCondition": "result == \"2\"",
            "provider": { "web": {
                "url": format!("https://127.0.0.1:{}/version", port.trim()), "insecure": true, "jsonPath": "{$.minor}",
            } },
        }] },
    });
    plane.kubectl_stdin(User::Admin, &["apply", "-n", "production", "--filename=-"], &template.to_string())?;
    let steps = json!([{ "op": "replace", "path": "/spec/strategy/canary/steps", "value": [
        { "setWeight": 20 }, { "analysis": { "templates": [{ "templateName": "undecided" }] } }, { "pause": {} },
    ] }]);
    let patch = ["patch", FEED, "-n", "production", "--type=json", "--patch", &steps.to_string()];
    plane.kubectl(User::Admin, &patch)?;
    at(plane, FEED, "Healthy", None).map(drop)
}

fn an_analysis_that_does_not_decide_is_told_and_released(plane: &Plane) -> Result<()> {
    fresh(plane, FEED)?;
    undecided(plane)?;
    release(plane, "feed-service", "2.1.0")?;
    let status = at(plane, FEED, "Paused", Some(1))?["status"].clone();
    ensure!(status["pauseConditions"][0]["reason"] == "InconclusiveAnalysisRun", "{status}");
    let hands = seat(plane)?;
    // Which one it is has to be said: the same command again would open the next one.
    let run = ended(act(&hands, &["gate", "release"], "feed-service", &["--wait"])?, 2)?;
    let hash = status["currentPodHash"].as_str().ok_or_eyre("it has no revision")?;
    let gate = format!("{hash}/2");
    ensure!(run.stderr.contains(&format!("--gate {gate}")), "{}", run.stderr);
    let run = act(&hands, &["gate", "release"], "feed-service", &["--wait", "--gate", &gate])?;
    // To the gate that follows, and not past it as well.
    let status = at(plane, FEED, "Paused", Some(2))?["status"].clone();
    ensure!(status["pauseConditions"][0]["reason"] == "CanaryPauseStep", "{status}");
    let run = ended(run, 0)?;
    ensure!(run.stderr.contains("came to no answer: Metric \"minor\" assessed Inconclusive"), "{}", run.stderr);
    audit_holds(&hands, &WHOLE)
}

fn pods_are_made_anew_and_their_number_is_set(plane: &Plane) -> Result<()> {
    fresh(plane, FEED)?;
    // The controller leaves those alone that were made in the second of the restart or later: they are new enough.
    wait_until("pods of a second ago", PATIENCE, || {
        let path = "--output=jsonpath={.items[*].metadata.creationTimestamp}";
        let made = plane.kubectl(User::Admin, &["get", "pods", "--namespace=production", path])?;
        let newest = made.split_whitespace().max().ok_or_eyre("there are no pods")?.parse::<jiff::Timestamp>()?;
        ensure!(newest.as_second() + 1 < jiff::Timestamp::now().as_second(), "{newest}");
        Ok(())
    })?;
    let before = crate::verbs::pods(plane, "feed-service")?;
    done(plane, &["restart"], "feed-service", &[], |it| {
        ensure!(it["status"]["restartedAt"] == it["spec"]["restartAt"], "{}", it["status"]);
        Ok(())
    })?;
    let after = crate::verbs::pods(plane, "feed-service")?;
    ensure!(after.len() == 5 && !after.values().any(|uid| before.values().any(|old| old == uid)), "{after:?}");
    let said = done(plane, &["scale"], "feed-service", &["--replicas=3"], |it| {
        ensure!(it["spec"]["replicas"] == 3 && it["status"]["readyReplicas"] == 3, "{}", it["status"]);
        Ok(())
    })?;
    ensure!(said.contains("verified: 3 of 3 ready"), "{said}");
    Ok(())
}

fn who_may_not_sends_nothing(plane: &Plane) -> Result<()> {
    waiting(plane)?;
    for (user, why) in [(User::Victor, "viewer: deploy"), (User::Omar, "viewer: deploy")] {
        let hands = Seat::with_roles(plane, user)?;
        let writes = plane.writes_during(user, || {
            for verb in [&["gate", "release"][..], &["gate", "skip"], &["promote-full"], &["abort"]] {
                let run = ended(act(&hands, verb, "feed-service", &[])?, 4)?;
                ensure!(run.stderr.contains(why), "{}", run.stderr);
            }
            Ok(())
        })?;
        ensure!(writes.is_empty(), "{writes:?}");
        audit_holds(&hands, &["denied"; 4])?;
    }
    let status = object(plane, FEED)?["status"].clone();
    ensure!(status["currentStepIndex"] == 1 && status["phase"] == "Paused", "{status}");
    Ok(())
}
