//! The rig itself: what the other live tests take for granted.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use color_eyre::eyre::{OptionExt, Result, bail, ensure};
use serde_json::Value;

use crate::command::Seat;
use crate::console::Console;
use crate::plane::{PATIENCE, Plane, RIG, User, wait_until};

crate::tests![
    the_server_has_the_version_of_its_kubectl,
    alice_reads_deployments_where_she_is_bound_and_nowhere_else,
    nobody_is_forbidden,
    a_stuck_release_runs_out_of_memory_again_and_again,
    a_pod_says_what_a_test_makes_it_say,
    the_audit_log_holds_writes_dry_runs_and_refusals_by_user,
    a_killed_api_server_returns_with_its_data,
    a_terminal_shows_what_is_drawn_and_answers_for_its_cursor,
    midwatch_runs_in_a_home_of_its_own,
    where_no_network_namespace_may_be_made_it_is_said,
];

fn the_server_has_the_version_of_its_kubectl(plane: &Plane) -> Result<()> {
    let version = plane.kubectl_json(User::Admin, &["version"])?;
    let of = |side: &str| version.pointer(&format!("/{side}/gitVersion")).and_then(Value::as_str);
    ensure!(of("serverVersion") == Some("v1.36.3"), "{version}");
    ensure!(of("serverVersion") == of("clientVersion"), "{version}");
    Ok(())
}

fn alice_reads_deployments_where_she_is_bound_and_nowhere_else(plane: &Plane) -> Result<()> {
    for namespace in ["production", "staging"] {
        plane.kubectl(User::Alice, &["get", "deployments", "--namespace", namespace])?;
    }
    forbidden(plane, User::Alice, &["get", "deployments", "--all-namespaces"])?;
    forbidden(plane, User::Alice, &["get", "deployments", "--namespace=default"])
}

fn nobody_is_forbidden(plane: &Plane) -> Result<()> {
    for kind in ["deployments", "pods", "namespaces", "nodes"] {
        forbidden(plane, User::Nobody, &["get", kind])?;
    }
    Ok(())
}

fn a_stuck_release_runs_out_of_memory_again_and_again(plane: &Plane) -> Result<()> {
    plane.deploy_platform("production")?;
    let history = plane.kubectl(User::Alice, &["rollout", "history", "deployment/chat-service"])?;
    ensure!(history.contains("release 1.4.1") && history.contains("release 1.4.2"), "{history}");

    plane.release_stuck("production", "deployment/chat-service")?;
    wait_until("a pod of the bad release", PATIENCE, || {
        let pods = plane.kubectl_json(User::Alice, &["get", "pods", "--selector=rig.stuck"])?;
        let first = pods.pointer("/items/0/status/containerStatuses/0").ok_or_eyre("no container has a status")?;
        let reason = |path: &str| first.pointer(path).and_then(Value::as_str);
        ensure!(reason("/state/waiting/reason") == Some("CrashLoopBackOff"), "{first}");
        ensure!(reason("/lastState/terminated/reason") == Some("OOMKilled"), "{first}");
        Ok(())
    })?;
    let ready = "--output=jsonpath={.status.readyReplicas}/{.status.replicas}";
    wait_until("the rollout to be held up", PATIENCE, || {
        let counted = plane.kubectl(User::Alice, &["get", "deployment", "chat-service", ready])?;
        ensure!(counted == "3/5", "{counted} pods are ready");
        Ok(())
    })
}

fn a_pod_says_what_a_test_makes_it_say(plane: &Plane) -> Result<()> {
    plane.deploy_platform("production")?;
    plane.say("production", "message-store-0", "checkpoint complete")?;
    plane.say("production", "message-store-0", "too many connections")?;
    let said = plane.kubectl(User::Victor, &["logs", "message-store-0"])?;
    ensure!(said == "checkpoint complete\ntoo many connections", "{said}");
    let other = plane.kubectl(User::Victor, &["logs", "message-store-1"])?;
    ensure!(other == "ready", "{other}");

    plane.deploy_platform("production")?;
    plane.say("production", "message-store-0", "a life of its own")
}

fn the_audit_log_holds_writes_dry_runs_and_refusals_by_user(plane: &Plane) -> Result<()> {
    let reads = plane.writes_during(User::Victor, || {
        plane.kubectl(User::Victor, &["get", "configmaps"])?;
        ensure!(plane.kubectl(User::Victor, &["auth", "can-i", "create", "configmaps"]).is_err(), "victor may write");
        Ok(())
    })?;
    ensure!(reads.is_empty(), "reading and asking are no writes: {reads:?}");

    for (user, code) in [(User::Omar, 201), (User::Victor, 403)] {
        let writes = plane.writes_during(user, || {
            let attempt = ["create", "configmap", "attempt", "--namespace=staging", "--dry-run=server"];
            let answer = plane.kubectl(user, &attempt);
            ensure!(answer.is_ok() == (code == 201), "{user}: {answer:?}");
            Ok(())
        })?;
        let [write] = writes.as_slice() else { bail!("{user} made one write: {writes:?}") };
        ensure!(write.pointer("/responseStatus/code") == Some(&code.into()), "{write}");
        ensure!(write.to_string().contains("/configmaps?dryRun=All"), "{write}");
    }
    Ok(())
}

fn a_killed_api_server_returns_with_its_data(plane: &Plane) -> Result<()> {
    plane.kubectl(User::Admin, &["create", "configmap", "kept", "--namespace=staging"])?;
    plane.kill_apiserver()?;
    ensure!(plane.kubectl(User::Admin, &["get", "configmap", "kept", "--namespace=staging"]).is_err(), "it answers");
    plane.restart_apiserver()?;
    plane.kubectl(User::Admin, &["delete", "configmap", "kept", "--namespace=staging"])?;
    Ok(())
}

fn a_terminal_shows_what_is_drawn_and_answers_for_its_cursor(plane: &Plane) -> Result<()> {
    let ask = r#"
        stty raw -echo; printf '\n\nhere: \033[6n'; IFS= read -r -d R answer; stty sane
        printf 'cursor at %s\n' "${answer#??}"; read -r word; printf 'typed %s\n' "$word"; sleep 600"#;
    let environment = Seat::new(plane, User::Nobody)?.environment();
    let console = Console::run("bash", &["-c", ask], environment, (40, 10))?;
    console.wait_for("here: cursor at 3;7")?;
    console.type_text("a word")?;
    console.press("enter")?;
    console.wait_for("typed a word")?;
    ensure!(console.screen().split('\n').count() == 10, "{}", console.screen());
    console.quit()?;
    Ok(())
}

fn midwatch_runs_in_a_home_of_its_own(plane: &Plane) -> Result<()> {
    let seat = Seat::new(plane, User::Alice)?;
    let done = seat.midwatch(&["--version"])?;
    ensure!(done.code == Some(0), "{:?}: {}{}", done.code, done.stdout, done.stderr);
    seat.console((80, 24), &["--version"])?.wait_until("an end", |_| true)
}

fn where_no_network_namespace_may_be_made_it_is_said(plane: &Plane) -> Result<()> {
    let folder = plane.dir().join("refused");
    std::fs::create_dir_all(&folder)?;
    let unshare = folder.join("unshare");
    std::fs::write(&unshare, "#!/bin/sh\necho 'unshare failed: Operation not permitted' >&2\nexit 1\n")?;
    std::fs::set_permissions(&unshare, Permissions::from_mode(0o755))?;
    let mut path = folder.into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let elsewhere = plane.dir().join("elsewhere");
    let mut script = Command::new(format!("{RIG}/signals"));
    let done = script.arg(&elsewhere).env("PATH", path).env_remove("MIDWATCH_RIG_NAMESPACE").output()?;
    let said = String::from_utf8_lossy(&done.stderr);
    ensure!(done.status.code() == Some(77), "{}: {said}", done.status);
    ensure!(said.contains("no network namespace may be made here: unshare failed"), "{said}");
    ensure!(!elsewhere.exists(), "it has begun all the same");
    Ok(())
}

/// Requires that Kubernetes refuses a user.
fn forbidden(plane: &Plane, user: User, args: &[&str]) -> Result<()> {
    match plane.kubectl(user, args) {
        Ok(answer) => bail!("{user} is not refused: {answer}"),
        Err(refusal) => {
            ensure!(refusal.to_string().contains("Forbidden"), "{refusal}");
            Ok(())
        }
    }
}
