//! The scripted face as a script sees it: the built program against the sandbox, its stdout, stderr and exit codes.

#![expect(clippy::unwrap_used, reason = "tests")]

mod bench;
mod changes;
mod evidence;
mod gates;
mod guarded;
mod house;
mod login;
mod proxy;
mod queries;
mod schema;
mod signals;
mod silences;
