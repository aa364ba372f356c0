//! Who this process is, and whether the process that wrote a record still runs.

use std::collections::hash_map::RandomState;
use std::env;
use std::fs;
use std::hash::BuildHasher;
use std::process;

use jiff::Timestamp;

use crate::domain::audit::Origin;
use crate::domain::text::Text;

/// Describes this process and gives it a session name of its own; `at` is when the session began.
pub fn this_process(at: Timestamp) -> Origin {
    let pid = process::id();
    // Seconds keep names in order, the hash of fresh random keys keeps them apart.
    let session = format!("{:08x}-{:016x}", at.as_second(), RandomState::new().hash_one(pid));
    let variable = |name| env::var(name).unwrap_or_default();
    let login = match (variable("USER"), variable("SUDO_USER")) {
        (user, before) if before.is_empty() => user,
        (user, before) => format!("{user} (sudo by {before})"),
    };
    Origin {
        session: session.into(),
        host: host(),
        boot: boot(),
        pid,
        started: started(pid).unwrap_or_default(),
        uid: rustix::process::geteuid().as_raw(),
        login: login.into(),
        version: env!("CARGO_PKG_VERSION").into(),
    }
}

/// Whether the process that wrote a record still runs; none if it ran on another machine.
pub(super) fn is_running(origin: &Origin) -> Option<bool> {
    if origin.host != host() {
        return None;
    }
    if origin.boot != boot() {
        return Some(false);
    }
    if origin.started == 0 {
        let pid = i32::try_from(origin.pid).ok().and_then(rustix::process::Pid::from_raw);
        return Some(pid.is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok()));
    }
    Some(started(origin.pid) == Some(origin.started))
}

/// This machine's name.
fn host() -> Text {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| fs::read_to_string("/etc/hostname"));
    name.or_else(|_| env::var("HOSTNAME")).unwrap_or_default().trim().into()
}

/// The name of the time since this machine started.
fn boot() -> Text {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().into()
}

/// When a process started, in ticks since boot; none if it has ended or the system does not tell.
fn started(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The program's name comes first, in parentheses, and may itself hold spaces and parentheses.
    let mut fields = stat.get(stat.rfind(')')? + 1..)?.split_ascii_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") { None } else { fields.nth(18)?.parse().ok() }
}
