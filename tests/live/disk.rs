//! A disk that cannot take the audit: what is not recorded is not sent, and a rollback has space of its own.
//!
//! Root may write where its own files forbid it, so the disks are mounted, each in a mount namespace that goes with its
//! process. Where the machine does not let us mount, that is said and nothing is tested.

use std::fs;
use std::io::{Write, stdout};
use std::process::{Command, Stdio};

use color_eyre::eyre::{Result, bail, ensure};

use crate::command::{MIDWATCH, Seat};
use crate::plane::{Plane, User};
use crate::verbs::{audit_holds, in_earnest, is_ready, object, stage, tag};

crate::tests![on_a_disk_that_is_read_only_nothing_is_sent, on_a_full_disk_only_a_rollback_is_sent_and_it_is_recorded,];

/// What every change is given.
const CONSENT: &str = "-n production --write --reason full --confirm auth-service";

/// A disk of two mebibytes where the audit lies.
const DISK: &str = r#"mount -t tmpfs -o size=2m,mode=0700 midwatch "$AUDIT""#;

/// The command that gives a script mounts of its own; none where the machine does not allow that.
fn mounts() -> Option<&'static [&'static str]> {
    let ways: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];
    let probe = "mount -t tmpfs midwatch /mnt";
    let is_way = |way: &&&[&str]| {
        let mut command = Command::new("unshare");
        command.args(**way).args(["sh", "-c", probe]).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    ways.iter().find(is_way).copied()
}

/// Runs a script in a seat with mounts of its own, or says that it cannot. What it does with midwatch it writes into
/// files of the folder `$TOLD`; at its end it keeps what lies on the disk of the audit, which goes with it.
fn in_mounts(seat: &Seat, script: &str) -> Result<bool> {
    let Some(way) = mounts() else {
        write!(stdout(), "not tested, nothing can be mounted here: ")?;
        return Ok(false);
    };
    let audit = seat.audit_dir();
    fs::create_dir_all(&audit)?;
    fs::create_dir_all(told(seat))?;
    let script = format!("set -eu; {DISK}\n{script}\ncp \"$AUDIT\"/audit-*.jsonl \"$TOLD\" 2>/dev/null || true");
    let done = Command::new("unshare")
        .args(way)
        .args(["sh", "-c", &script])
        .env_clear()
        .envs(seat.environment())
        .env("AUDIT", &audit)
        .env("TOLD", told(seat))
        .env("MIDWATCH", MIDWATCH)
        .env("CONSENT", CONSENT)
        .stdin(Stdio::null())
        .output()?;
    let said = [done.stdout, done.stderr].concat();
    ensure!(done.status.success(), "{}: {}", done.status, String::from_utf8_lossy(&said));
    Ok(true)
}

/// Where a script leaves what was told.
fn told(seat: &Seat) -> std::path::PathBuf {
    seat.audit_dir().with_file_name("told")
}

/// The exit code that a script noted, and what was said with it.
fn noted(seat: &Seat, name: &str) -> Result<(String, String)> {
    let read = |part: &str| fs::read_to_string(told(seat).join(format!("{name}.{part}")));
    Ok((read("code")?.trim().to_owned(), read("said")?))
}

/// A line of a script that runs a change and notes what comes of it.
fn run(name: &str, words: &str) -> String {
    format!(
        "code=0; \"$MIDWATCH\" {words} $CONSENT >\"$TOLD/{name}.said\" 2>&1 || code=$?; echo $code >\"$TOLD/{name}.code\""
    )
}

fn on_a_disk_that_is_read_only_nothing_is_sent(plane: &Plane) -> Result<()> {
    let seat = stage(plane)?;
    let before = object(plane, "deployment/auth-service")?["metadata"]["generation"].clone();
    let script = format!("mount -o remount,ro \"$AUDIT\"\n{}", run("restart", "restart auth-service"));
    let mut is_tested = false;
    let writes = plane.writes_during(User::Alice, || {
        is_tested = in_mounts(&seat, &script)?;
        Ok(())
    })?;
    if !is_tested {
        return Ok(());
    }
    ensure!(object(plane, "deployment/auth-service")?["metadata"]["generation"] == before, "it was changed");
    ensure!(in_earnest(&writes).is_empty(), "{writes:?}");
    let (code, said) = noted(&seat, "restart")?;
    ensure!(code == "12", "{code}: {said}");
    ensure!(said.contains("could not be recorded") && said.contains("Read-only file system"), "{said}");
    ensure!(said.contains("nothing can be changed until the audit can be written"), "what to do: {said}");
    audit_holds(&seat, &[])
}

fn on_a_full_disk_only_a_rollback_is_sent_and_it_is_recorded(plane: &Plane) -> Result<()> {
    let seat = stage(plane)?;
    let (name, image) = ("deployment/auth-service", "auth-service=registry.example/messaging/auth-service:0.20.1");
    let before = tag(plane, name)?;
    plane.kubectl(User::Admin, &["set", "image", name, image, "-n", "production"])?;
    is_ready(plane, name, 2)?;
    // The first look at the journal puts the reserve by; then the disk fills up.
    let script = [
        "\"$MIDWATCH\" doctor >\"$TOLD/doctor.said\" 2>&1 || true",
        "test -f \"$AUDIT/audit.reserve\"",
        "dd if=/dev/zero of=\"$AUDIT/filler\" bs=4k 2>/dev/null && exit 1",
        &run("restart", "restart auth-service"),
        &run("rollback", "rollback auth-service --wait"),
        &run("again", "restart auth-service"),
    ]
    .join("\n");
    let mut is_tested = false;
    let writes = plane.writes_during(User::Alice, || {
        is_tested = in_mounts(&seat, &script)?;
        Ok(())
    })?;
    if !is_tested {
        return Ok(());
    }
    ensure!(tag(plane, name)? == before, "it was not rolled back");
    is_ready(plane, name, 2)?;
    let earnest = in_earnest(&writes);
    ensure!(earnest.len() == 1 && earnest[0]["verb"] == "patch", "only the rollback was sent: {earnest:?}");
    for refused in ["restart", "again"] {
        let (code, said) = noted(&seat, refused)?;
        ensure!(code == "12", "{refused}: {code}: {said}");
        ensure!(said.contains("free disk space; until then only a rollback is recorded"), "{said}");
    }
    let (code, said) = noted(&seat, "rollback")?;
    ensure!(code == "0" && said.contains("verified: 2 of 2 ready"), "{code}: {said}");

    let kept = told(&seat);
    let report = midwatch::operations::audit::verify(&kept)?;
    ensure!(report.is_intact() && report.entries == 3, "{report:?}");
    let mut events = Vec::new();
    for entry in midwatch::operations::audit::read(&kept)? {
        match entry {
            Ok(entry) => events.push(serde_json::to_value(&entry)?["event"].clone()),
            Err(broken) => bail!("{broken}"),
        }
    }
    ensure!(events == ["intent", "outcome", "verdict"], "{events:?}");
    Ok(())
}
