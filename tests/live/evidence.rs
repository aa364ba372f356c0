//! Evidence: when the bad pods are gone, what they said and what was told about them is still there.

use std::process::Command;

use color_eyre::eyre::{OptionExt, Result, ensure};
use serde_json::Value;

use crate::change::{ROLLBACK, is_back, stuck};
use crate::command::Seat;
use crate::plane::{Plane, User};

crate::tests![after_a_rollback_the_bad_pods_can_still_be_looked_at, alice_keeps_what_she_sees];

/// The names of the pods of the stuck release.
fn bad_pods(plane: &Plane) -> Result<Vec<String>> {
    let pods = plane.kubectl_json(User::Admin, &["get", "pods", "-n", "production"])?;
    let is_bad = |pod: &&Value| {
        let name = pod["metadata"]["name"].as_str().unwrap_or_default();
        let waits = pod.pointer("/status/containerStatuses/0/state/waiting/reason");
        name.starts_with("chat-service-") && waits.is_some_and(|reason| reason == "CrashLoopBackOff")
    };
    let names = pods["items"].as_array().into_iter().flatten().filter(is_bad);
    Ok(names.filter_map(|pod| pod["metadata"]["name"].as_str().map(ToOwned::to_owned)).collect())
}

fn after_a_rollback_the_bad_pods_can_still_be_looked_at(plane: &Plane) -> Result<()> {
    stuck(plane)?;
    let bad = crate::plane::wait_until("pods that are stuck", crate::plane::PATIENCE, || {
        let bad = bad_pods(plane)?;
        ensure!(bad.len() == 2, "{bad:?}");
        Ok(bad)
    })?;
    plane.say("production", &bad[0], "ERROR cannot open the store: password=hunter2-live was refused")?;
    let seat = Seat::with_roles_and(plane, User::Alice, "[evidence]\nwait = 30\n")?;
    let rollback = [&ROLLBACK[..], &["--wait", "--timeout=45s", "-ojson"]].concat();
    let run = seat.midwatch(&rollback)?;
    ensure!(run.code == Some(0), "{:?}: {}", run.code, run.stderr);
    is_back(plane)?;
    ensure!(bad_pods(plane)?.is_empty(), "the bad pods are gone from the cluster");

    let result: Value = serde_json::from_str(&run.stdout)?;
    let archive = result["evidence"].as_str().ok_or_eyre("the result names no archive")?;
    let action = result["action"].as_str().ok_or_eyre("the result names no action")?;
    let sums = format!("tar xzf {archive} && cd {action} && sha256sum -c --quiet --strict SHA256SUMS");
    let checked = Command::new("sh").args(["-c", &sums]).current_dir(seat.home()).output()?;
    ensure!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));

    let part = |words: &[&str]| -> Result<Vec<Value>> {
        let run = seat.midwatch(&[&["evidence", "show", action, "-ojson"], words].concat())?;
        ensure!(run.code == Some(0), "{:?}: {}", run.code, run.stderr);
        let document: Value = serde_json::from_str(&run.stdout)?;
        Ok(document["items"].as_array().into_iter().flatten().map(|item| item["line"].clone()).collect())
    };
    let said = part(&["--part=logs", "--moment=before"])?;
    let heard = |pod: &str, previous: bool, words: &str| {
        said.iter().any(|line| {
            line["pod"] == pod
                && line["previous"] == previous
                && line["message"].as_str().is_some_and(|message| message.contains(words))
        })
    };
    for pod in &bad {
        ensure!(heard(pod, true, "out of memory"), "the last words of {pod} before its restart: {said:#?}");
    }
    ensure!(heard(&bad[0], false, "cannot open the store"), "{said:#?}");
    ensure!(!said.iter().any(|line| line.to_string().contains("hunter2")), "{said:#?}");
    ensure!(said.iter().any(|line| line["arm"] == "old"), "the arm that serves is listened to as well: {said:#?}");
    let pods = part(&["--part=pods", "--moment=before"])?;
    ensure!(bad.iter().all(|name| pods[..2].iter().any(|pod| pod["name"] == **name)), "the worst first: {pods:#?}");
    let after = part(&["--part=pods", "--moment=after"])?;
    ensure!(!after.iter().any(|pod| bad.iter().any(|name| pod["name"] == **name && pod["deleted"].is_null())));
    let events = part(&["--part=events"])?;
    let is_told = |pod: &String| events.iter().any(|event| event["about"] == format!("pod/{pod}"));
    ensure!(bad.iter().all(is_told), "{events:#?}");
    let run = seat.midwatch(&["evidence", "show", action])?;
    ensure!(run.stdout.contains("CrashLoopBackOff") && run.stdout.contains("every sum matches"), "{}", run.stdout);
    ensure!(run.stdout.lines().count() <= 24, "{}", run.stdout);
    Ok(())
}

fn alice_keeps_what_she_sees(plane: &Plane) -> Result<()> {
    stuck(plane)?;
    let seat = Seat::with_roles(plane, User::Alice)?;
    let writes = plane.writes_during(User::Alice, || {
        let run = seat.midwatch(&["evidence", "collect", "chat-service", "-e", "production", "-ojson"])?;
        ensure!(run.code == Some(0), "{:?}: {}", run.code, run.stderr);
        let result: Value = serde_json::from_str(&run.stdout)?;
        let bundle = midwatch::operations::evidence::open(result["archive"].as_str().unwrap_or_default().as_ref());
        ensure!(bundle.is_ok_and(|bundle| bundle.is_whole()), "{result:#}");
        Ok(())
    })?;
    ensure!(writes.is_empty(), "to look changes nothing: {writes:?}");
    Ok(())
}
