//! Every verb, headless, on Deployments and pods: asserted on the cluster first, then on stdout, then on the audit.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use color_eyre::eyre::{OptionExt, Result, ensure};
use midwatch::config::roles;
use serde_json::Value;

use crate::command::{Finished, Seat};
use crate::plane::{PATIENCE, Plane, User, wait_until};

crate::tests![
    a_restart_replaces_every_pod,
    a_pause_holds_a_release_until_it_is_resumed,
    a_number_of_pods_is_set_where_nobody_else_chooses_it,
    where_an_autoscaler_chooses_its_bounds_are_set,
    an_image_is_set_and_its_revision_says_why,
    a_pod_is_evicted_within_its_budget,
    a_rollback_goes_to_the_revision_that_is_named,
    a_dry_run_leaves_everything_as_it_is,
    a_name_that_means_two_workloads_means_none,
    what_does_not_converge_in_time_is_told_as_such,
    a_namespace_that_is_not_listed_has_the_environment_of_its_label,
];

/// What a change that was made and watched leaves in the audit.
pub(crate) const WHOLE: [&str; 3] = ["intent", "outcome applied", "verdict verified"];

/// Alice, who may do all of it by midwatch's roles, and what developers may by the cluster's.
pub(crate) fn seat(plane: &Plane) -> Result<Seat> {
    let seat = Seat::new(plane, User::Alice)?;
    let alice = "\n[[bindings]]\nrole = \"admin\"\nusers = [\"alice\"]\n";
    seat.write_config("roles.toml", &format!("{}{alice}", roles::EXAMPLE))?;
    seat.write_config("config.toml", "[verify]\nstable = \"2s\"\ntimeout = \"50s\"\n")?;
    Ok(seat)
}

/// The platform in production. Put there once for all tests that change it: each has a workload of its own, or leaves it
/// as it was.
pub(crate) fn stage(plane: &Plane) -> Result<Seat> {
    static IS_SET: AtomicBool = AtomicBool::new(false);
    if !IS_SET.load(Ordering::Relaxed) {
        plane.deploy_platform("production")?;
        let search = include_str!("../rig/fixtures/extra/search.yaml");
        plane.kubectl_stdin(User::Admin, &["apply", "-n", "production", "--filename=-"], search)?;
        IS_SET.store(true, Ordering::Relaxed);
    }
    seat(plane)
}

/// Runs a change of a service in production with all that shows that it is meant.
pub(crate) fn change(seat: &Seat, verb: &str, service: &str, more: &[&str]) -> Result<Finished> {
    let consent = ["-n", "production", "--write", "--reason=a test", "--confirm", service];
    seat.midwatch(&[&[verb, service], &consent[..], more].concat())
}

/// Requires an exit code.
pub(crate) fn ended(run: Finished, code: i32) -> Result<Finished> {
    ensure!(run.code == Some(code), "{:?}\n{}{}", run.code, run.stdout, run.stderr);
    Ok(run)
}

/// An object in production, as kubectl reads it.
pub(crate) fn object(plane: &Plane, name: &str) -> Result<Value> {
    plane.kubectl_json(User::Admin, &["get", name, "-n", "production"])
}

/// The tag of the first image of a workload.
pub(crate) fn tag(plane: &Plane, workload: &str) -> Result<String> {
    let object = object(plane, workload)?;
    let image = object.pointer("/spec/template/spec/containers/0/image").and_then(Value::as_str);
    let (_, tag) = image.and_then(|image| image.rsplit_once(':')).ok_or_eyre("it has no image with a tag")?;
    Ok(tag.to_owned())
}

/// The pods of a service that are not on their way, each with its identity.
pub(crate) fn pods(plane: &Plane, service: &str) -> Result<BTreeMap<String, String>> {
    let selector = format!("--selector=app.kubernetes.io/name={service}");
    let list = plane.kubectl_json(User::Admin, &["get", "pods", &selector, "-n", "production"])?;
    let items = list["items"].as_array().into_iter().flatten();
    let staying = items.filter(|pod| pod["metadata"]["deletionTimestamp"].is_null());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok(staying.map(|pod| (text(&pod["metadata"]["name"]), text(&pod["metadata"]["uid"]))).collect())
}

/// Waits until a Deployment has so many pods, all of them new and ready.
pub(crate) fn is_ready(plane: &Plane, deployment: &str, pods: u64) -> Result<()> {
    wait_until(&format!("{deployment} to be ready"), PATIENCE, || {
        let object = object(plane, deployment)?;
        let status = &object["status"];
        ensure!(status["observedGeneration"] == object["metadata"]["generation"], "not observed");
        for count in ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"] {
            ensure!(status[count] == pods, "{count}: {status}");
        }
        Ok(())
    })
}

/// The audit of a seat holds exactly these records, in this order, and its chain verifies.
pub(crate) fn audit_holds(seat: &Seat, wanted: &[&str]) -> Result<()> {
    let lines = if seat.audit_dir().exists() { seat.audit_lines()? } else { Vec::new() };
    let word = |line: &Value| match (line["event"].as_str(), line["result"].as_str()) {
        (Some("intent"), _) => "intent".to_owned(),
        (Some(event), Some(result)) => format!("{event} {result}"),
        (event, _) => event.unwrap_or("no event").to_owned(),
    };
    let found: Vec<String> = lines.iter().map(word).collect();
    ensure!(found == wanted, "{found:?}");
    if !lines.is_empty() {
        let report = midwatch::operations::audit::verify(&seat.audit_dir())?;
        ensure!(report.is_intact(), "{report:?}");
    }
    Ok(())
}

/// Of the writes of a user those that were meant in earnest.
pub(crate) fn in_earnest(writes: &[Value]) -> Vec<&Value> {
    let is_dry = |write: &&Value| write["requestURI"].as_str().is_some_and(|uri| uri.contains("dryRun=All"));
    writes.iter().filter(|write| !is_dry(write)).collect()
}

fn a_restart_replaces_every_pod(plane: &Plane) -> Result<()> {
    let seat = stage(plane)?;
    let before = pods(plane, "auth-service")?;
    let run = change(&seat, "restart", "auth-service", &["--wait"])?;
    is_ready(plane, "deployment/auth-service", 2)?;
    let after = pods(plane, "auth-service")?;
    ensure!(after.len() == 2 && !after.values().any(|uid| before.values().any(|old| old == uid)), "{after:?}");
    let run = ended(run, 0)?;
    ensure!(run.stdout.contains("verified: 2 of 2 ready"), "{}", run.stdout);
    audit_holds(&seat, &WHOLE)
}

fn a_pause_holds_a_release_until_it_is_resumed(plane: &Plane) -> Result<()> {
    let seat = stage(plane)?;
    let run = change(&seat, "pause", "notification-service", &["--wait"])?;
    let name = "deployment/notification-service";
    ensure!(object(plane, name)?["spec"]["paused"] == true);
    ensure!(ended(run, 0)?.stdout.contains("verified: paused"));
    // A release that comes while it is paused waits; midwatch does not begin one that would.
    let before = pods(plane, "notification-service")?;
    let image = "notification-service=registry.example/messaging/notification-service:3.1.1";
    plane.kubectl(User::Admin, &["set", "image", name, image, "-n", "production"])?;
    wait_until("the controller to have seen the release", PATIENCE, || {
        let object = object(plane, name)?;
        ensure!(object["status"]["observedGeneration"] == object["metadata"]["generation"], "not yet");
        ensure!(object["status"]["updatedReplicas"].is_null(), "it rolls out: {}", object["status"]);
        Ok(())
    })?;
    let refused = ended(change(&seat, "restart", "notification-service", &[])?, 1)?;
    ensure!(refused.stderr.contains("paused") && refused.stderr.contains("resume"), "{}", refused.stderr);
    ensure!(pods(plane, "notification-service")? == before);

    let run = change(&seat, "resume", "notification-service", &["--wait"])?;
    is_ready(plane, name, 2)?;
    ensure!(object(plane, name)?["spec"]["paused"].is_null() && tag(plane, name)? == "3.1.1");
    ensure!(ended(run, 0)?.stdout.contains("verified: 2 of 2 ready"));
    audit_holds(&seat, &[WHOLE, WHOLE].concat())
}

fn a_number_of_pods_is_set_where_nobody_else_chooses_it(plane: &Plane) -> Result<()> {
    let seat = stage(plane)?;
    for count in [3, 2] {
        let run = change(&seat, "scale", "auth-service", &["--replicas", &count.to_string(), "--wait"])?;
        is_ready(plane, "deployment/auth-service", count)?;
        ensure!(ended(run, 0)?.stdout.contains(&format!("verified: {count} of {count} ready")));
    }
    audit_holds(&seat, &[WHOLE, WHOLE].concat())
}

fn where_an_autoscaler_chooses_its_bounds_are_set(plane: &Plane) -> Result<()> {
    let seat = stage(plane)?;
    let writes = plane.writes_during(User::Alice, || {
        let refused = ended(change(&seat, "scale", "api-gateway", &["--replicas", "5"])?, 1)?;
        ensure!(refused.stderr.contains("autoscaler api-gateway chooses"), "{}", refused.stderr);
        ensure!(refused.stderr.contains("--min 5 --max 10"), "what to do instead: {}", refused.stderr);
        Ok(())
    })?;
    ensure!(writes.is_empty(), "{writes:?}");
    for (min, max) in [(4, 6), (3, 10)] {
        let bounds = ["--min", &min.to_string(), "--max", &max.to_string(), "--wait"];
        let run = change(&seat, "scale", "api-gateway", &bounds)?;
        let spec = object(plane, "hpa/api-gateway")?["spec"].clone();
        ensure!(spec["minReplicas"] == min && spec["maxReplicas"] == max, "{spec}");
        ensure!(ended(run, 0)?.stdout.contains(&format!("verified: between {min} and {max} pods")));
    }
    audit_holds(&seat, &[WHOLE, WHOLE].concat())
}

fn an_image_is_set_and_its_revision_says_why(plane: &Plane) -> Result<()> {
    let seat = stage(plane)?;
    let image = "registry.example/messaging/auth-service:0.19.3";
    let run = change(&seat, "set-image", "auth-service", &["--image", image, "--wait"])?;
    is_ready(plane, "deployment/auth-service", 2)?;
    ensure!(tag(plane, "deployment/auth-service")? == "0.19.3");
    let cause = &object(plane, "deployment/auth-service")?["metadata"]["annotations"]["kubernetes.io/change-cause"];
    ensure!(cause.as_str().is_some_and(|cause| cause.ends_with("by midwatch")), "{cause}");
    ensure!(ended(run, 0)?.stdout.contains("verified: 2 of 2 ready"));
    audit_holds(&seat, &WHOLE)
}

fn a_pod_is_evicted_within_its_budget(plane: &Plane) -> Result<()> {
    let seat = stage(plane)?;
    is_ready(plane, "deployment/chat-service", 4)?;
    allows(plane, 1)?;
    let (pod, uid) = pods(plane, "chat-service")?.pop_first().ok_or_eyre("it has no pods")?;
    let consent = ["-n", "production", "--write", "--reason=a test", "--confirm", "chat-service"];
    let evict = |more: &[&str]| seat.midwatch(&[&["evict", &pod], &consent[..], more].concat());

    set_budget(plane, 4)?;
    allows(plane, 0)?;
    let writes = plane.writes_during(User::Alice, || {
        let refused = ended(evict(&["-o", "json"])?, 1)?;
        ensure!(refused.stderr.contains("needs 4 healthy pods and has 4 currently"), "{}", refused.stderr);
        Ok(())
    })?;
    ensure!(pods(plane, "chat-service")?.get(&pod) == Some(&uid), "it was evicted");
    ensure!(in_earnest(&writes).is_empty() && writes.len() == 1, "{writes:?}");
    ensure!(writes[0].pointer("/responseStatus/code") == Some(&429.into()), "{}", writes[0]);
    audit_holds(&seat, &[])?;

    set_budget(plane, 3)?;
    allows(plane, 1)?;
    let run = evict(&["--wait"])?;
    ensure!(!pods(plane, "chat-service")?.values().any(|one| *one == uid), "it is still there");
    ensure!(ended(run, 0)?.stdout.contains("verified: gone"));
    audit_holds(&seat, &WHOLE)
}

/// Sets how many pods of chat-service have to stay.
pub(crate) fn set_budget(plane: &Plane, pods: u64) -> Result<()> {
    let patch = format!(r#"{{"spec": {{"minAvailable": {pods}}}}}"#);
    let args = ["patch", "pdb/chat-service", "-n", "production", "--type=merge", "--patch", &patch];
    plane.kubectl(User::Admin, &args).map(drop)
}

/// Waits until the budget of chat-service allows so many disruptions.
pub(crate) fn allows(plane: &Plane, disruptions: u64) -> Result<()> {
    wait_until("the disruption budget", PATIENCE, || {
        let budget = object(plane, "pdb/chat-service")?;
        ensure!(budget["status"]["observedGeneration"] == budget["metadata"]["generation"], "not observed");
        ensure!(budget["status"]["disruptionsAllowed"] == disruptions, "{}", budget["status"]);
        Ok(())
    })
}

fn a_rollback_goes_to_the_revision_that_is_named(plane: &Plane) -> Result<()> {
    let seat = stage(plane)?;
    let sets = plane.kubectl_json(User::Admin, &["get", "replicasets", "-n", "production"])?;
    let hash_of = |version: &str| {
        let image = format!("registry.example/messaging/chat-service:{version}");
        let mut sets = sets["items"].as_array().into_iter().flatten();
        let set = sets.find(|set| set["spec"]["template"]["spec"]["containers"][0]["image"] == image);
        let hash = set.and_then(|set| set["metadata"]["labels"]["pod-template-hash"].as_str());
        hash.map(ToOwned::to_owned).ok_or_eyre("no such revision is kept")
    };
    for version in ["1.4.0", "1.4.2"] {
        let run = change(&seat, "rollback", "chat-service", &["--to", &hash_of(version)?, "--wait"])?;
        is_ready(plane, "deployment/chat-service", 4)?;
        ensure!(tag(plane, "deployment/chat-service")? == version);
        ensure!(ended(run, 0)?.stdout.contains("verified: 4 of 4 ready"));
    }
    audit_holds(&seat, &[WHOLE, WHOLE].concat())
}

fn a_dry_run_leaves_everything_as_it_is(plane: &Plane) -> Result<()> {
    let seat = stage(plane)?;
    let before = object(plane, "deployment/chat-service")?;
    for (write, dry_runs) in [(&["--dry-run"][..], 0), (&["--dry-run", "--write"], 1)] {
        let writes = plane.writes_during(User::Alice, || {
            let args = ["rollback", "chat-service", "-n", "production"];
            let run = ended(seat.midwatch(&[&args[..], write].concat())?, 0)?;
            ensure!(run.stdout.contains("Roll back chat-service to 1.4.0"), "{}", run.stdout);
            Ok(())
        })?;
        ensure!(in_earnest(&writes).is_empty() && writes.len() == dry_runs, "{writes:?}");
    }
    let after = object(plane, "deployment/chat-service")?;
    ensure!(after["metadata"]["generation"] == before["metadata"]["generation"] && after["spec"] == before["spec"]);
    audit_holds(&seat, &[])
}

fn a_name_that_means_two_workloads_means_none(plane: &Plane) -> Result<()> {
    let seat = stage(plane)?;
    let before = pods(plane, "search")?;
    let writes = plane.writes_during(User::Alice, || {
        let refused = ended(change(&seat, "restart", "search", &[])?, 2)?;
        for workload in ["deployment/search-api", "statefulset/search-index"] {
            let line = format!("--workload {workload} -n production --context rig");
            ensure!(refused.stderr.contains(&line), "{}", refused.stderr);
        }
        Ok(())
    })?;
    ensure!(writes.is_empty() && pods(plane, "search")? == before, "{writes:?}");
    audit_holds(&seat, &[])?;
    let run = change(&seat, "restart", "search", &["--workload", "deployment/search-api", "--wait"])?;
    let after = pods(plane, "search")?;
    ensure!(after.len() == 3 && after.values().filter(|uid| before.values().any(|old| old == *uid)).count() == 2);
    ended(run, 0)?;
    audit_holds(&seat, &WHOLE)
}

fn what_does_not_converge_in_time_is_told_as_such(plane: &Plane) -> Result<()> {
    let seat = stage(plane)?;
    let name = "deployment/notification-service";
    plane.release_stuck("production", name)?;
    let run = change(&seat, "restart", "notification-service", &["--wait", "--timeout", "3s", "-o", "json"])?;
    ensure!(object(plane, name)?["status"]["unavailableReplicas"] != Value::Null, "it converged");
    let run = ended(run, 11)?;
    let result: Value = serde_json::from_str(run.stdout.lines().last().unwrap_or_default())?;
    ensure!(result["outcome"] == "not-converged", "{result}");
    audit_holds(&seat, &["intent", "outcome applied", "verdict not-converged"])?;
    // Neither the restarted revision nor the one before it becomes ready: the way out is to name one that does.
    let history = ended(seat.midwatch(&["history", "notification-service", "-n", "production", "-o", "json"])?, 0)?;
    let history: Value = serde_json::from_str(&history.stdout)?;
    let revisions = history["items"].as_array().into_iter().flatten();
    let good = revisions.filter(|one| one["version"] != "1.5.0").find_map(|one| one["hash"].as_str());
    let to = good.ok_or_eyre("no revision that becomes ready is known")?;
    let run = change(&seat, "rollback", "notification-service", &["--to", to, "--wait"])?;
    is_ready(plane, name, 2)?;
    ended(run, 0).map(drop)
}

/// A namespace of which alice may read everything but the list that it is in.
const BLUE: &str = include_str!("../rig/fixtures/extra/blue.yaml");

fn a_namespace_that_is_not_listed_has_the_environment_of_its_label(plane: &Plane) -> Result<()> {
    let seat = seat(plane)?;
    plane.kubectl_stdin(User::Admin, &["apply", "--filename=-"], BLUE)?;
    let refusal = plane.kubectl(User::Alice, &["get", "namespaces"]);
    ensure!(refusal.is_err_and(|refusal| refusal.to_string().contains("Forbidden")), "alice lists namespaces");
    let restart = |more: &[&str]| seat.midwatch(&[&["restart", "relay", "-n", "blue"], more].concat());
    let planned = || -> Result<(Value, Value)> {
        let run = ended(restart(&["--dry-run", "-o", "ndjson"])?, 0)?;
        let lines = run.stdout.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
        let plan = lines.into_iter().find_map(|line| line.get("plan").filter(|plan| plan.is_object()).cloned());
        let plan = plan.ok_or_eyre("there is no plan")?;
        Ok((plan["environment"].clone(), plan["protected"].clone()))
    };
    let annotations = || -> Result<Value> {
        let object = plane.kubectl_json(User::Admin, &["get", "deployment/relay", "-n", "blue"])?;
        Ok(object["spec"]["template"]["metadata"]["annotations"].clone())
    };
    ensure!(planned()? == ("staging".into(), false.into()), "{:?}", planned()?);
    let run = restart(&["--write", "--reason=a test"])?;
    ensure!(annotations()?["kubectl.kubernetes.io/restartedAt"].is_string(), "it was not restarted");
    ended(run, 0)?;
    audit_holds(&seat, &["intent", "outcome applied", "verdict accepted"])?;

    // Who may not read the label goes by the name, which is no name of a place where mistakes are cheap.
    let blind = BLUE.replace("resources: [namespaces], verbs: [get]", "resources: [namespaces], verbs: [patch]");
    plane.kubectl_stdin(User::Admin, &["apply", "--filename=-"], &blind)?;
    wait_until("the right to be gone", PATIENCE, || {
        ensure!(plane.kubectl(User::Alice, &["get", "namespace/blue"]).is_err(), "alice reads it");
        Ok(())
    })?;
    ensure!(planned()? == ("blue".into(), true.into()), "{:?}", planned()?);
    let before = annotations()?;
    let refused = restart(&["--write", "--reason=a test"])?;
    ensure!(annotations()? == before, "it was restarted");
    ensure!(ended(refused, 2)?.stderr.contains("--confirm relay"));
    plane.kubectl(User::Admin, &["delete", "namespace/blue", "--wait=false"]).map(drop)
}
