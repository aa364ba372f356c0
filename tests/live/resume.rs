//! Watches that break: what was changed while nobody listened is there afterwards, each object once.

use color_eyre::eyre::{OptionExt, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};

use crate::command::{MIDWATCH, Seat};
use crate::console::Console;
use crate::plane::{PATIENCE, Plane, User, wait_until};

crate::tests![no_row_is_lost_or_doubled_where_the_place_of_a_watch_has_expired];

/// Wide and high enough for every pod with its whole name.
const SIZE: (u16, u16) = (200, 60);

fn no_row_is_lost_or_doubled_where_the_place_of_a_watch_has_expired(plane: &Plane) -> Result<()> {
    plane.deploy_platform("production")?;
    let seat = Seat::new(plane, User::Admin)?;
    let mut environment = seat.environment();
    environment.push(("MIDWATCH_LOG", "midwatch=debug".into()));
    let console = Console::run(MIDWATCH, &[], environment, SIZE)?;
    console.wait_for("All 6 services")?;
    console.type_text(":po")?;
    console.press("enter")?;
    shows_every_pod_once(plane, &console)?;

    // As behind the lid of a laptop: the streams are closed and the world goes on, and midwatch hears nothing of it.
    signal(&console, Signal::STOP)?;
    let change = |args: &[&str], name: &str| {
        let (namespace, deployment) = ("--namespace=production", format!("deployment/{name}"));
        plane.kubectl(User::Admin, &[args, &[namespace]].concat())?;
        plane.kubectl(User::Admin, &["rollout", "status", &deployment, namespace, "--timeout=60s"])
    };
    change(&["scale", "deployment/notification-service", "--replicas=0"], "notification-service")?;
    plane.kill_apiserver()?;
    plane.restart_apiserver()?;
    change(&["scale", "deployment/api-gateway", "--replicas=6"], "api-gateway")?;
    change(&["delete", "pods", "--selector=app.kubernetes.io/name=auth-service"], "auth-service")?;
    signal(&console, Signal::CONT)?;

    shows_every_pod_once(plane, &console)?;
    console.wait_until("a cluster that is live", |screen| !screen.contains(" late"))?;
    console.quit()?;
    // A new API server does not remember the places of before it: else this was no more than a watch that went on.
    let log = seat.log()?;
    let is_anew = |line: &str| line.contains("listing anew") && line.contains("kind: Pod");
    ensure!(log.lines().any(is_anew), "no place had expired: {log}");
    Ok(())
}

/// Waits until the screen holds the name of each pod that kubectl tells once, and counts as many.
fn shows_every_pod_once(plane: &Plane, console: &Console) -> Result<()> {
    wait_until("the screen to show what kubectl tells", PATIENCE, || {
        let told = plane.kubectl(User::Admin, &["get", "pods", "--all-namespaces", "--output=name"])?;
        let names: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("pod/")).collect();
        let screen = console.screen();
        for name in &names {
            ensure!(screen.matches(name).count() == 1, "{name} is not there once:\n{screen}");
        }
        let heading = format!(" Pods   all namespaces   {}  ", names.len());
        ensure!(screen.lines().any(|line| line.starts_with(&heading)), "there is no {heading:?}:\n{screen}");
        Ok(())
    })
}

fn signal(console: &Console, signal: Signal) -> Result<()> {
    let number = i32::try_from(console.pid()?)?;
    Ok(kill_process(Pid::from_raw(number).ok_or_eyre("no process has the number 0")?, signal)?)
}
