//! Somebody without any right: each source says that it may not be read, and what to ask for.

use std::collections::BTreeSet;

use color_eyre::eyre::{Result, WrapErr, ensure};
use midwatch::domain::intent::Verb;
use midwatch::domain::kind::{Kind, Scope};
use midwatch::tui::keymap::Keymap;
use serde_json::Value;

use super::hands::Hands;
use super::stops;
use crate::command::Seat;

/// Commands that rest on what may not be read.
const QUESTIONS: [&[&str]; 9] = [
    &["services"],
    &["rollouts"],
    &["events"],
    &["changes"],
    &["logs", "chat-service"],
    &["history", "chat-service"],
    &["diff", "chat-service"],
    &["can", "rollback", "chat-service"],
    &["init", "--stdout"],
];

/// What is to be asked for; kinds and places follow.
const RULE: &str = "ask a cluster administrator for a role with: get, list, watch";

pub(super) fn asks_by_every_command(seat: &Seat) -> Result<()> {
    for kind in Kind::ALL {
        let run = seat.midwatch(&["get", kind.plural()])?;
        ensure!(run.code == Some(4), "get {kind}: {:?}: {}", run.code, run.stderr);
        ensure!(run.stdout.is_empty(), "get {kind} shows a table: {}", run.stdout);
        ensure!(run.stderr.contains(&format!("no access: {}", kind.plural())), "{}", run.stderr);
        ensure!(run.stderr.contains(&format!("{RULE} {}", kind.plural())), "{}", run.stderr);
    }
    let changes = Verb::OF_OBJECTS.map(|verb| {
        let words = verb.command().split(' ').chain(["chat-service", "--write"]);
        words.chain(more(verb)).collect::<Vec<_>>()
    });
    for words in QUESTIONS.iter().map(|words| words.to_vec()).chain(changes) {
        denied(seat, &words).wrap_err_with(|| words.join(" "))?;
    }
    // Who one is may always be asked, and what is wrong here.
    for (words, code, said) in [
        (&["whoami"][..], 0, "nobody"),
        (&["doctor"], 1, "no access: "),
        (&["audit", "show"], 0, ""),
        (&["audit", "verify"], 0, "the chain is whole"),
    ] {
        let run = seat.midwatch(words)?;
        ensure!(run.code == Some(code), "{words:?}: {:?}: {}", run.code, run.stderr);
        ensure!(run.stdout.contains(said), "{words:?}: {}", run.stdout);
    }
    Ok(())
}

/// Runs a command for people and for scripts, and requires that both are told what is missing.
fn denied(seat: &Seat, words: &[&str]) -> Result<()> {
    let run = seat.midwatch(words)?;
    ensure!(run.code == Some(4), "{:?}: {}{}", run.code, run.stdout, run.stderr);
    ensure!(run.stdout.is_empty(), "it shows a table: {}", run.stdout);
    ensure!(run.stderr.contains("no access: ") && run.stderr.contains("get, list, watch "), "{}", run.stderr);
    let run = seat.midwatch(&[words, &["--output=json"]].concat())?;
    ensure!(run.code == Some(4), "as JSON: {:?}: {}{}", run.code, run.stdout, run.stderr);
    let told: Value = serde_json::from_str(&run.stdout).wrap_err_with(|| run.stdout.clone())?;
    ensure!(told["problems"][0]["what"].as_str().is_some_and(|what| what.starts_with("no access: ")), "{told}");
    Ok(())
}

fn more(verb: Verb) -> Vec<&'static str> {
    match verb {
        Verb::Scale => vec!["--replicas=3"],
        Verb::SetImage => vec!["--image=anything"],
        Verb::Shift => vec!["--to=0"],
        Verb::Switch => vec!["--to=version=green"],
        _ => Vec::new(),
    }
}

pub(super) fn looks_in_every_place(seat: &Seat) -> Result<()> {
    let mut hands = Hands::on(seat, ("default", Keymap::usual()), "no access: ")?;
    for kind in Kind::ALL {
        let place = if kind.scope() == Scope::Namespaced { " in production" } else { "" };
        let closed = format!("{}{place}", kind.plural());
        let lines = [format!("no access: {closed}"), format!("{RULE} {closed}")];
        hands.look(kind.short(), &lines).wrap_err_with(|| kind.to_string())?;
    }
    let closed = "deployments, statefulsets, daemonsets, pods in production";
    let services = ["No service can be seen".to_owned(), format!("no access: {closed}"), format!("{RULE} {closed}")];
    hands.look("overview", &services).wrap_err("the overview")?;
    let closed = "deployments, statefulsets, daemonsets in production";
    let rollouts = ["as far as can be seen".to_owned(), format!("no access: {closed}"), format!("{RULE} {closed}")];
    hands.look("rollouts", &rollouts).wrap_err("rollouts")?;
    hands.look("logs", &["no logs to show: no access: ".to_owned()]).wrap_err("logs")?;
    // Whatever is pressed, nothing breaks.
    let mut views = BTreeSet::new();
    for stop in stops::all().iter().filter(|stop| stop.lines.len() == 1 && views.insert(stop.view)) {
        hands.walk(stop)?;
    }
    hands.quit()
}
