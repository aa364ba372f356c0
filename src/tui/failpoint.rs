//! Where a debug build can be made to panic, so that a test can see what is left of the terminal.
//!
//! `MIDWATCH_PANIC_AT` names one of these moments: `frame` (the first frame is drawn and not yet shown), `key` (a key was
//! read, by the thread that reads them). A release build has none of this and does not read the variable.

/// Panics here if the environment asks for it.
#[cfg(debug_assertions)]
pub(super) fn reached(point: &str) {
    let is_asked_for = std::env::var("MIDWATCH_PANIC_AT").is_ok_and(|wanted| wanted == point);
    assert!(!is_asked_for, "MIDWATCH_PANIC_AT asks for a panic at {point}");
}

/// Does nothing.
#[cfg(not(debug_assertions))]
pub(super) fn reached(_point: &str) {}
