//! What looks secret in a template: withheld in every plan, difference and detail, and in the audit.

use color_eyre::eyre::{Result, ensure};

use crate::plane::{Plane, User};
use crate::verbs::{WHOLE, audit_holds, change, ended, is_ready, object, stage};

crate::tests![what_looks_secret_is_shown_nowhere];

/// How every secret of the fixture begins.
const SECRET: &str = "not-to-be-seen";

/// Requires that a text shows that there are secrets, and none of them.
fn withholds(what: &str, text: &str) -> Result<()> {
    ensure!(!text.contains(SECRET), "{what} shows a secret:\n{text}");
    ensure!(text.contains("<not shown #"), "{what} does not show that something is withheld:\n{text}");
    Ok(())
}

fn what_looks_secret_is_shown_nowhere(plane: &Plane) -> Result<()> {
    let (seat, name) = (stage(plane)?, "deployment/search-api");
    let change_it = ["set", "env", name, "INDEX_PASSWORD=not-to-be-seen-3", "LOG_LEVEL=debug", "-n", "production"];
    plane.kubectl(User::Admin, &change_it)?;
    is_ready(plane, name, 1)?;
    let api = ["--workload", name];
    let place = ["-n", "production"];

    let differs = ended(seat.midwatch(&[&["diff", "search"], &api[..], &place].concat())?, 0)?.stdout;
    withholds("diff", &differs)?;
    let lines = |sign: char| differs.lines().filter(move |line| line.starts_with(sign)).collect::<Vec<_>>().join("\n");
    ensure!(lines('-').contains("value: info") && lines('+').contains("value: debug"), "{differs}");
    ensure!(lines('-').contains("<not shown #") && lines('+').contains("<not shown #"), "it changed: {differs}");

    for format in ["text", "ndjson"] {
        let planned =
            seat.midwatch(&[&["rollback", "search"], &api[..], &place, &["--dry-run", "-o", format]].concat())?;
        withholds("a plan", &ended(planned, 0)?.stdout)?;
    }
    let console = seat.console((120, 60), &["--write"])?;
    console.wait_for("ARMED")?;
    console.press(":")?;
    console.type_text("deploy")?;
    console.press("enter")?;
    console.wait_for("search-api")?;
    console.press("/")?;
    console.type_text("search-api")?;
    console.press("enter")?;
    console.press("y")?;
    console.wait_for("INDEX_PASSWORD")?;
    withholds("the YAML", &console.screen())?;
    console.press("esc")?;
    console.wait_until("the table", |screen| !screen.contains("INDEX_PASSWORD"))?;
    console.press("d")?;
    console.wait_for("Conditions")?;
    ensure!(!console.screen().contains(SECRET), "{}", console.screen());
    console.press("esc")?;
    console.wait_until("the table", |screen| !screen.contains("Conditions"))?;
    console.press("b")?;
    console.wait_for("lines differ")?;
    withholds("the review", &console.screen())?;
    console.press("esc")?;
    // A terminal sends escape and what follows at once as one key.
    console.wait_until("the review to be closed", |screen| !screen.contains("lines differ"))?;
    console.quit()?;

    // What is sent is the template as it is: the cluster gets the secret back.
    let run = change(&seat, "rollback", "search", &[&api[..], &["--wait"]].concat())?;
    let template = object(plane, name)?["spec"]["template"].to_string();
    ensure!(template.contains("not-to-be-seen-1") && !template.contains("not-to-be-seen-3"), "{template}");
    let run = ended(run, 0)?;
    ensure!(!(run.stdout + &run.stderr).contains(SECRET));
    let journal: Vec<String> = seat.audit_lines()?.iter().map(ToString::to_string).collect();
    ensure!(!journal.concat().contains(SECRET), "{journal:?}");
    audit_holds(&seat, &WHOLE)
}
