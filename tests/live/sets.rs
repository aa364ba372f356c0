//! Rolling back a StatefulSet and a DaemonSet, with what is peculiar to each of them.

use color_eyre::eyre::{OptionExt, Result, bail, ensure};
use serde_json::Value;

use crate::plane::{PATIENCE, Plane, User, wait_until};
use crate::verbs::{WHOLE, audit_holds, change, ended, in_earnest, object, pods, stage, tag};

crate::tests![
    a_stateful_set_heals_in_the_middle_of_a_failing_rollout,
    a_daemon_set_is_rolled_back,
    a_set_that_waits_for_deletions_moves_no_pod,
];

/// Waits until every pod of a StatefulSet is of its newest revision and ready.
fn is_whole(plane: &Plane, name: &str) -> Result<()> {
    wait_until(&format!("{name} to be whole"), PATIENCE, || {
        let set = object(plane, name)?;
        let status = &set["status"];
        ensure!(status["observedGeneration"] == set["metadata"]["generation"], "not observed");
        ensure!(status["updateRevision"] == status["currentRevision"], "{status}");
        ensure!(status["readyReplicas"] == set["spec"]["replicas"], "{status}");
        Ok(())
    })
}

fn a_stateful_set_heals_in_the_middle_of_a_failing_rollout(plane: &Plane) -> Result<()> {
    let (seat, name) = (stage(plane)?, "statefulset/message-store");
    is_whole(plane, name)?;
    plane.release_stuck("production", name)?;
    let broken = wait_until("the broken pod", PATIENCE, || {
        let pod = object(plane, "pod/message-store-2")?;
        let waiting = &pod["status"]["containerStatuses"][0]["state"]["waiting"]["reason"];
        ensure!(waiting == "CrashLoopBackOff", "{}", pod["status"]);
        Ok(pod)
    })?;
    let uid = |pod: &Value| pod["metadata"]["uid"].clone();
    let untouched = pods(plane, "message-store")?;

    let mut runs = Vec::new();
    let writes = plane.writes_during(User::Alice, || {
        runs.push(change(&seat, "rollback", "message-store", &["--wait"])?);
        Ok(())
    })?;
    is_whole(plane, name)?;
    ensure!(tag(plane, name)? == "16.4.0");
    ensure!(uid(&object(plane, "pod/message-store-2")?) != uid(&broken), "the broken pod is still there");
    let after = pods(plane, "message-store")?;
    for pod in ["message-store-0", "message-store-1"] {
        ensure!(after.get(pod) == untouched.get(pod), "{pod} was well and was replaced");
    }
    // What was done in earnest: the template, then the pod, by identity and in the version in which it was seen broken.
    let earnest = in_earnest(&writes);
    let [patch, delete] = earnest.as_slice() else { bail!("{writes:?}") };
    ensure!(patch["verb"] == "patch" && delete["verb"] == "delete", "{earnest:?}");
    let options = &delete["requestObject"];
    ensure!(options["dryRun"].is_null() && options["preconditions"]["uid"] == uid(&broken), "{delete}");
    ensure!(options["preconditions"]["resourceVersion"].is_string(), "{delete}");
    ensure!(writes.len() == 4, "each was tried before: {writes:?}");

    let run = ended(runs.pop().ok_or_eyre("it was not run")?, 0)?;
    ensure!(run.stderr.contains("step 2: accepted"), "{}", run.stderr);
    ensure!(run.stdout.contains("verified: 3 of 3 ready"), "{}", run.stdout);
    audit_holds(&seat, &["intent", "outcome applied", "intent", "outcome applied", "verdict verified"])
}

fn a_daemon_set_is_rolled_back(plane: &Plane) -> Result<()> {
    let (seat, name) = (stage(plane)?, "daemonset/log-shipper");
    let image = "registry.example/platform/log-shipper:5.0.4";
    for (verb, more, version) in
        [("set-image", vec!["--image", image, "--wait"], "5.0.4"), ("rollback", vec!["--wait"], "5.0.3")]
    {
        let before = pods(plane, "log-shipper")?;
        let run = change(&seat, verb, "log-shipper", &more)?;
        let set = object(plane, name)?;
        let status = &set["status"];
        ensure!(tag(plane, name)? == version, "{set}");
        ensure!(status["observedGeneration"] == set["metadata"]["generation"], "{status}");
        for count in ["updatedNumberScheduled", "numberAvailable"] {
            ensure!(status[count] == status["desiredNumberScheduled"], "{count}: {status}");
        }
        let after = pods(plane, "log-shipper")?;
        ensure!(!after.values().any(|uid| before.values().any(|old| old == uid)), "a pod was left");
        ensure!(ended(run, 0)?.stdout.contains("verified: 3 of 3 ready"));
    }
    audit_holds(&seat, &[WHOLE, WHOLE].concat())
}

fn a_set_that_waits_for_deletions_moves_no_pod(plane: &Plane) -> Result<()> {
    let (seat, name) = (stage(plane)?, "statefulset/search-index");
    let index = ["--workload", name];
    let before = wait_until("the pods of the index", PATIENCE, || {
        let pods = pods(plane, "search")?;
        ensure!(pods.len() == 3, "{pods:?}");
        Ok(pods)
    })?;
    let image = ["--image", "registry.example/messaging/search-index:2.5.0"];
    let planned = change(&seat, "set-image", "search", &[&index[..], &image, &["--dry-run"]].concat())?;
    let words = "nothing moves until pods are deleted: its update strategy is OnDelete";
    let said = ended(planned, 0)?.stdout;
    ensure!(said.contains(words), "{said}");
    for (verb, more, version) in [("set-image", &image[..], "2.5.0"), ("rollback", &[], "2.4.0")] {
        let run = change(&seat, verb, "search", &[&index[..], more, &["--wait"]].concat())?;
        ensure!(tag(plane, name)? == version);
        ensure!(pods(plane, "search")? == before, "a pod moved");
        let run = ended(run, 0)?;
        ensure!(run.stderr.contains(words), "{}", run.stderr);
        let seen = "verified: the template is set; pods change when they are deleted";
        ensure!(run.stdout.contains(seen), "{}", run.stdout);
    }
    audit_holds(&seat, &[WHOLE, WHOLE].concat())
}
