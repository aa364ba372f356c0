//! Where a debug build can be made to die as if by `kill -9`, so that a test can see what the next start tells.
//!
//! `MIDWATCH_DIE_AT=POINT:STEP` names one of these moments of a step, counted from 1: `begin` (nothing is recorded yet),
//! `intent` (the intent is on disk, the request not sent), `answered` (the answer is read, the outcome not on disk),
//! `outcome` (the outcome is on disk). A release build has none of this and does not read the variable.

/// Dies here if the environment asks for it.
#[cfg(debug_assertions)]
pub(super) fn reached(point: &str, step: usize) {
    use rustix::process::{Signal, getpid, kill_process};

    if std::env::var("MIDWATCH_DIE_AT").is_ok_and(|wanted| wanted == format!("{point}:{step}")) {
        // Nobody is left to be told of a failure.
        let _ = kill_process(getpid(), Signal::KILL);
        loop {
            std::thread::park();
        }
    }
}

/// Does nothing.
#[cfg(not(debug_assertions))]
pub(super) fn reached(_point: &str, _step: usize) {}
