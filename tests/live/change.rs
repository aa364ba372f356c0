//! Changes, by who may and by who may not: asserted on the cluster first, then on the screen or stderr, then on the audit.

use color_eyre::eyre::{Result, ensure};

use crate::command::Seat;
use crate::console::Console;
use crate::plane::{PATIENCE, Plane, User, wait_until};

crate::tests![
    alice_rolls_a_stuck_release_back_on_the_screen,
    alice_rolls_a_stuck_release_back_from_a_script,
    who_may_not_sends_nothing_and_is_told_the_rule,
    omar_is_stopped_by_his_role_though_the_cluster_would_let_him,
    nobody_is_told_what_to_ask_for,
    a_killed_api_server_is_late_and_comes_back,
];

const SIZE: (u16, u16) = (120, 40);

/// The arguments of a rollback of chat-service.
pub(crate) const ROLLBACK: [&str; 8] = [
    "rollback",
    "chat-service",
    "-n",
    "production",
    "--write",
    "--reason=release 1.5.0 is stuck",
    "--confirm",
    "chat-service",
];

/// The platform with a release that will not become ready.
pub(crate) fn stuck(plane: &Plane) -> Result<()> {
    plane.deploy_platform("production")?;
    plane.release_stuck("production", "deployment/chat-service")
}

/// Asks for a rollback of chat-service, which is selected, with a reason, and confirms what is planned.
pub(crate) fn confirm_rollback(console: &Console, reason: &str) -> Result<()> {
    console.press("b")?;
    console.wait_for("Reason")?;
    // What is typed before anybody can have read the plan does not count, so a first letter is tried until it does.
    wait_until("the field for the reason to take text", PATIENCE, || {
        console.type_text("!")?;
        let screen = console.screen();
        ensure!(screen.lines().any(|line| line.contains("Reason") && line.contains('!')), "{screen}");
        Ok(())
    })?;
    console.type_text(&format!(" {reason}"))?;
    console.press("tab")?;
    console.type_text("chat-service")?;
    console.press("tab")?;
    console.press("tab")?;
    console.press("enter")?;
    console.wait_for("accepted")
}

/// Waits until kubectl sees the image that was rolled back to, and every pod ready.
pub(crate) fn is_back(plane: &Plane) -> Result<()> {
    wait_until("chat-service to be back on 1.4.2", PATIENCE, || {
        let deployment = plane.kubectl_json(User::Admin, &["get", "deployment/chat-service", "-n", "production"])?;
        let image = deployment.pointer("/spec/template/spec/containers/0/image").and_then(|image| image.as_str());
        ensure!(image.is_some_and(|image| image.ends_with(":1.4.2")), "{image:?}");
        let (ready, wanted) = (&deployment["status"]["readyReplicas"], &deployment["spec"]["replicas"]);
        ensure!(ready == wanted, "{ready} of {wanted} ready");
        Ok(())
    })
}

/// The audit of a seat holds exactly these events, in this order, and its chain verifies.
pub(crate) fn audit_holds(seat: &Seat, wanted: &[&str]) -> Result<()> {
    let lines = seat.audit_lines()?;
    let events: Vec<&str> = lines.iter().filter_map(|line| line["event"].as_str()).collect();
    ensure!(events == wanted, "{events:?}");
    let report = midwatch::operations::audit::verify(&seat.audit_dir())?;
    ensure!(report.is_intact(), "{report:?}");
    Ok(())
}

fn alice_rolls_a_stuck_release_back_on_the_screen(plane: &Plane) -> Result<()> {
    stuck(plane)?;
    let seat = Seat::with_roles(plane, User::Alice)?;
    let console = seat.console(SIZE, &["--write"])?;
    // The reason is seen long before the deadline of ten minutes.
    console.wait_for("stuck: CrashLoopBackOff: OOM")?;
    console.wait_for("CrashLoopBackOff: OOMKilled")?;
    confirm_rollback(&console, "release 1.5.0 is stuck")?;
    is_back(plane)?;
    console.wait_for("verified: 4 of 4 ready")?;
    console.press("esc")?;
    // A terminal sends escape and what follows at once as one key.
    console.wait_until("the review to be closed", |screen| !screen.contains("Way back"))?;
    console.quit()?;
    audit_holds(&seat, &["intent", "outcome", "verdict"])
}

fn alice_rolls_a_stuck_release_back_from_a_script(plane: &Plane) -> Result<()> {
    stuck(plane)?;
    let seat = Seat::with_roles(plane, User::Alice)?;
    let mut args = ROLLBACK.to_vec();
    args.extend(["--wait", "--timeout", "45s"]);
    let run = seat.midwatch(&args)?;
    is_back(plane)?;
    ensure!(run.code == Some(0), "{:?}: {}", run.code, run.stderr);
    ensure!(run.stdout.contains("verified: 4 of 4 ready"), "{}", run.stdout);
    audit_holds(&seat, &["intent", "outcome", "verdict"])
}

fn who_may_not_sends_nothing_and_is_told_the_rule(plane: &Plane) -> Result<()> {
    stuck(plane)?;
    let seat = Seat::with_roles(plane, User::Victor)?;
    let writes = plane.writes_during(User::Victor, || {
        let run = seat.midwatch(&ROLLBACK)?;
        ensure!(run.code == Some(4), "{:?}: {}", run.code, run.stderr);
        ensure!(run.stderr.contains("viewer: deploy or rollback in production"), "{}", run.stderr);
        ensure!(run.stderr.contains("developer"), "the role that would allow it is named: {}", run.stderr);
        let console = seat.console(SIZE, &["--write"])?;
        console.wait_for("stuck: CrashLoopBackOff: OOM")?;
        console.press("b")?;
        console.wait_for("rollback denied")?;
        console.press("esc")?;
        console.wait_until("the refusal to be closed", |screen| !screen.contains("rollback denied"))?;
        console.quit()?;
        Ok(())
    })?;
    ensure!(writes.is_empty(), "{writes:?}");
    audit_holds(&seat, &["denied", "denied"])
}

fn omar_is_stopped_by_his_role_though_the_cluster_would_let_him(plane: &Plane) -> Result<()> {
    stuck(plane)?;
    let stopped = Seat::with_roles(plane, User::Omar)?;
    let writes = plane.writes_during(User::Omar, || {
        let run = stopped.midwatch(&ROLLBACK)?;
        ensure!(run.code == Some(4), "{:?}: {}", run.code, run.stderr);
        Ok(())
    })?;
    ensure!(writes.is_empty(), "{writes:?}");
    // The same walk by who may does send something: the test above could not fail otherwise.
    let admin = Seat::with_roles(plane, User::Admin)?;
    let writes = plane.writes_during(User::Admin, || {
        let run = admin.midwatch(&ROLLBACK)?;
        ensure!(run.code == Some(0), "{:?}: {}", run.code, run.stderr);
        Ok(())
    })?;
    ensure!(!writes.is_empty());
    Ok(())
}

fn nobody_is_told_what_to_ask_for(plane: &Plane) -> Result<()> {
    let seat = Seat::new(plane, User::Nobody)?;
    let run = seat.midwatch(&ROLLBACK)?;
    ensure!(run.code == Some(4), "{:?}: {}", run.code, run.stderr);
    ensure!(run.stderr.contains("no access: deployments"), "{}", run.stderr);
    ensure!(run.stderr.contains("list, watch deployments"), "{}", run.stderr);
    let console = seat.console(SIZE, &[])?;
    console.wait_for("nobody")?;
    console.wait_for("no access")?;
    console.quit()?;
    Ok(())
}

fn a_killed_api_server_is_late_and_comes_back(plane: &Plane) -> Result<()> {
    plane.deploy_platform("production")?;
    let seat = Seat::new(plane, User::Admin)?;
    let console = seat.console(SIZE, &[])?;
    console.wait_for("All 6 services")?;
    plane.kill_apiserver()?;
    console.wait_for(" late")?;
    console.wait_until("what cannot be known to be called unknown", |screen| screen.contains("unknown"))?;
    plane.restart_apiserver()?;
    console.wait_until("the cluster to be live again", |screen| !screen.contains(" late"))?;
    console.wait_for("All 6 services")?;
    console.quit()?;
    Ok(())
}
