//! Plans that the world has overtaken between a look at them and the yes: shown again, never forced. On the screen.

use color_eyre::eyre::{OptionExt, Result, ensure};
use serde_json::Value;

use crate::console::Console;
use crate::plane::{PATIENCE, Plane, User, wait_until};
use crate::verbs::{allows, audit_holds, in_earnest, is_ready, object, pods, set_budget, stage, tag};

crate::tests![
    a_plan_that_was_overtaken_is_shown_again,
    an_eviction_that_the_budget_refuses_at_the_last_moment_is_told_as_such,
];

const SIZE: (u16, u16) = (120, 40);

/// Shows the table of a kind with only the object of a name in it, and begins a change of it.
fn begin(console: &Console, kind: &str, name: &str, key: &str) -> Result<()> {
    console.wait_for("ARMED")?;
    console.press(":")?;
    console.type_text(kind)?;
    console.press("enter")?;
    console.wait_for(name)?;
    console.press("/")?;
    console.type_text(name)?;
    console.press("enter")?;
    console.press(key)?;
    console.wait_for("Reason")
}

/// Fills in what a plan asks for and presses the button that does it.
fn confirm(console: &Console, service: &str) -> Result<()> {
    fill(console, "Reason", "a test", 1)?;
    console.press("tab")?;
    fill(console, &format!("Type {service}"), service, 2)?;
    console.press("tab")?;
    console.press("tab")?;
    console.press("enter")
}

/// Types a text into the field that has the focus until the row of its label shows it so many times: what is typed before
/// anybody can have read the plan does not count.
fn fill(console: &Console, label: &str, text: &str, times: usize) -> Result<()> {
    wait_until(&format!("the field {label} to take text"), PATIENCE, || {
        console.press("ctrl-u")?;
        console.type_text(text)?;
        let screen = console.screen();
        let shows = |row: &str| row.contains(label) && row.matches(text).count() == times;
        ensure!(screen.lines().any(shows), "{screen}");
        Ok(())
    })
}

fn a_plan_that_was_overtaken_is_shown_again(plane: &Plane) -> Result<()> {
    let (seat, name) = (stage(plane)?, "deployment/auth-service");
    is_ready(plane, name, 2)?;
    let console = seat.console(SIZE, &["--write"])?;
    begin(&console, "deploy", "auth-service", "r")?;
    let image = "auth-service=registry.example/messaging/auth-service:0.20.0";
    plane.kubectl(User::Admin, &["set", "image", name, image, "-n", "production"])?;
    is_ready(plane, name, 2)?;
    let restarted = || -> Result<bool> {
        let set = object(plane, name)?;
        let mark = set["spec"]["template"]["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"].clone();
        Ok(mark.is_string())
    };
    let before = object(plane, name)?["metadata"]["generation"].clone();
    ensure!(!restarted()? || tag(plane, name)? == "0.20.0");
    confirm(&console, "auth-service")?;
    console.wait_for("the world changed: this is a new plan")?;
    ensure!(object(plane, name)?["metadata"]["generation"] == before, "it was forced");
    console.wait_for("it changed since the plan was made")?;
    console.wait_for("Reason")?;
    audit_holds(&seat, &["intent", "outcome rejected"])?;

    // The new plan is another consent.
    confirm(&console, "auth-service")?;
    console.wait_for("accepted")?;
    ensure!(restarted()? && tag(plane, name)? == "0.20.0");
    is_ready(plane, name, 2)?;
    console.wait_for("verified: 2 of 2 ready")?;
    console.press("esc")?;
    console.wait_until("the review to be closed", |screen| !screen.contains("Touches"))?;
    console.quit()?;
    let whole = ["intent", "outcome rejected", "intent", "outcome applied", "verdict verified"];
    audit_holds(&seat, &whole)
}

fn an_eviction_that_the_budget_refuses_at_the_last_moment_is_told_as_such(plane: &Plane) -> Result<()> {
    let seat = stage(plane)?;
    is_ready(plane, "deployment/chat-service", 4)?;
    allows(plane, 1)?;
    let before = pods(plane, "chat-service")?;
    let pod = before.keys().next().ok_or_eyre("it has no pods")?;
    let writes = plane.writes_during(User::Alice, || {
        let console = seat.console(SIZE, &["--write"])?;
        begin(&console, "po", pod, "E")?;
        set_budget(plane, 4)?;
        allows(plane, 0)?;
        confirm(&console, "chat-service")?;
        console.wait_for("needs 4 healthy pods and has 4 currently")?;
        console.press("esc")?;
        console.wait_until("the review to be closed", |screen| !screen.contains("Touches"))?;
        console.quit().map(drop)
    });
    set_budget(plane, 3)?;
    let writes = writes?;
    ensure!(pods(plane, "chat-service")? == before, "a pod was evicted");
    let codes: Vec<&Value> = in_earnest(&writes).iter().map(|write| &write["responseStatus"]["code"]).collect();
    ensure!(codes == [&Value::from(429)], "{writes:?}");
    audit_holds(&seat, &["intent", "outcome rejected"])
}
