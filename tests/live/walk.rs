//! The walk: every key in every place of the console and every change command, by who may not change anything, by who
//! may, and by who may not even look. Asserted on the API server's own account of who wrote what.

use std::thread;

use color_eyre::eyre::{Result, WrapErr, ensure, eyre};
use midwatch::config::assets::Assets;
use midwatch::domain::intent::Verb;
use midwatch::tui::keymap::Keymap;
use serde_json::Value;

use crate::command::Seat;
use crate::plane::{PATIENCE, Plane, User, wait_until};

mod hands;
mod nobody;
mod script;
mod stops;

use hands::Hands;

crate::tests![
    neither_victor_nor_omar_changes_anything,
    the_same_walk_by_admin_changes_something,
    nobody_is_told_the_rule_by_every_command,
    nobody_is_told_the_rule_in_every_place,
];

/// What is to be seen before the walk begins.
const STUCK: &str = "CrashLoopBackOff: OOMKilled";

/// The platform with something to change for every verb: a stuck release, a paused rollout, and a revision to go back to
/// of every kind of workload.
fn set_the_scene(plane: &Plane) -> Result<()> {
    plane.deploy_platform("production")?;
    plane.release_stuck("production", "deployment/chat-service")?;
    plane.kubectl(User::Admin, &["rollout", "pause", "deployment/notification-service"])?;
    for workload in ["statefulset/message-store", "daemonset/log-shipper"] {
        plane.kubectl(User::Admin, &["set", "image", workload, "*=registry.example/messaging/next:2.0.0"])?;
    }
    wait_until("two revisions of each", PATIENCE, || {
        let revisions = plane.kubectl(User::Admin, &["get", "controllerrevisions", "--output=name"])?;
        ensure!(revisions.lines().count() == 4, "{revisions}");
        Ok(())
    })
}

fn neither_victor_nor_omar_changes_anything(plane: &Plane) -> Result<()> {
    set_the_scene(plane)?;
    thread::scope(|scope| {
        let walks = [(User::Victor, "default"), (User::Omar, "vim")].map(|(user, keymap)| {
            let walk = scope.spawn(move || denied(plane, user, keymap));
            (user, walk)
        });
        for (user, walk) in walks {
            let ended = walk.join().unwrap_or_else(|_| Err(eyre!("the walk panicked")));
            ended.wrap_err_with(|| user.to_string())?;
        }
        Ok(())
    })
}

/// What this platform has nothing for: steps, routes, and a Service that could be switched. Who may not is refused there by
/// `tests/live/argo.rs` and `tests/live/traffic.rs`.
const ELSEWHERE: [Verb; 7] =
    [Verb::Shift, Verb::Release, Verb::Skip, Verb::PromoteFull, Verb::Abort, Verb::Retry, Verb::Switch];

/// Walks as somebody who may not change anything, and requires that nothing was sent.
fn denied(plane: &Plane, user: User, keymap: &str) -> Result<()> {
    let seat = Seat::with_roles(plane, user)?;
    let writes = plane.writes_during(user, || {
        walk(&seat, keymap)?;
        let mut refused: Vec<Verb> = Vec::new();
        for (verb, code) in run(plane, &seat)? {
            // Nothing to do, impossible, and not allowed; not every workload has a Service or a route of its name.
            let is_nameless = code == Some(2) && [Verb::Shift, Verb::Switch].contains(&verb);
            ensure!(is_nameless || [Some(0), Some(1), Some(4)].contains(&code), "{verb} ended with {code:?}");
            refused.extend((code == Some(4)).then_some(verb));
        }
        let is_open = |verb: &Verb| !refused.contains(verb) && !ELSEWHERE.contains(verb);
        let open: Vec<_> = Verb::OF_OBJECTS.into_iter().filter(is_open).collect();
        ensure!(open.is_empty(), "never refused: {open:?}");
        Ok(())
    })?;
    ensure!(writes.is_empty(), "{writes:#?}");
    let events = events(&seat)?;
    ensure!(!events.is_empty() && events.iter().all(|event| event == "denied"), "{events:?}");
    Ok(())
}

fn the_same_walk_by_admin_changes_something(plane: &Plane) -> Result<()> {
    set_the_scene(plane)?;
    let seat = Seat::with_roles(plane, User::Admin)?;
    let by_key = plane.writes_during(User::Admin, || walk(&seat, "default"))?;
    let by_command = plane.writes_during(User::Admin, || run(plane, &seat).map(drop))?;
    for (face, writes) in [("the screen", by_key), ("scripts", by_command)] {
        let sent = |is_meant: fn(&Value) -> bool| writes.iter().filter(|write| is_meant(write)).count();
        let rehearsed = sent(|write| write["requestURI"].as_str().is_some_and(|path| path.contains("dryRun=All")));
        ensure!(rehearsed > 0 && rehearsed < writes.len(), "{face}: {rehearsed} dry runs of {}", writes.len());
    }
    let events = events(&seat)?;
    ensure!(events.iter().any(|event| event == "outcome"), "{events:?}");
    // The other tests want a platform as it was.
    plane.deploy_platform("production")
}

fn nobody_is_told_the_rule_by_every_command(plane: &Plane) -> Result<()> {
    nobody::asks_by_every_command(&Seat::with_roles(plane, User::Nobody)?)
}

fn nobody_is_told_the_rule_in_every_place(plane: &Plane) -> Result<()> {
    nobody::looks_in_every_place(&Seat::with_roles(plane, User::Nobody)?)
}

/// Every key in every place; then the console still answers, and leaves the terminal as it was.
fn walk(seat: &Seat, keymap: &str) -> Result<()> {
    let keys = Keymap::load(&Assets::default(), keymap).map_err(|fault| eyre!("{fault}"))?;
    let mut hands = Hands::on(seat, (keymap, keys), STUCK)?;
    for stop in stops::all() {
        hands.walk(&stop)?;
    }
    hands.require_everything()?;
    hands.quit()
}

/// Every change command, with the codes that they end with.
fn run(plane: &Plane, seat: &Seat) -> Result<Vec<(Verb, Option<i32>)>> {
    let mut codes = Vec::new();
    for (verb, command) in script::commands(plane)? {
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        codes.push((verb, seat.midwatch(&words)?.code));
    }
    Ok(codes)
}

/// What the audit of a seat holds, whose chain is whole.
fn events(seat: &Seat) -> Result<Vec<String>> {
    let report = midwatch::operations::audit::verify(&seat.audit_dir())?;
    ensure!(report.is_intact(), "{report:?}");
    let lines = seat.audit_lines()?;
    Ok(lines.iter().filter_map(|line| line["event"].as_str()).map(str::to_owned).collect())
}
