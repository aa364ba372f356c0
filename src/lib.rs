//! midwatch: a terminal operations console for on-call engineers. This page is the map of the house.
//!
//! # The flow
//!
//! ```text
//!           reads                                              writes
//! Kubernetes, Alertmanager, Prometheus                           Kubernetes, Alertmanager
//!            ──► sources ──Update──► state ──&State──► tui / headless            ▲
//!                                                          │      ▲              │
//!                                                     Intent│      │OperationEvent│
//!                                                          ▼      │              │
//!            operations: read → plan → authorize → rehearse → confirm → execute → verify ──Call──► targets
//!                                    └──────────────── audit, before and after each call ────────┘
//! ```
//!
//! Facts flow in, wishes flow out; the two meet only in [`domain`]. What a change did is never written into the state
//! by hand: it comes back through the sources like any other fact. The screen and the scripted face are two faces of
//! one [`runtime::Session`].
//!
//! # The rooms
//!
//! | Room | Holds |
//! |---|---|
//! | [`cli`] | the command line, as data |
//! | [`domain`] | nouns: pure data, no I/O |
//! | [`config`] | files, environment and flags → one validated `Settings`; built-in themes and keymaps |
//! | [`state`] | what we currently believe; `State::apply` is the only way in |
//! | [`operations`] | verbs: the stages of a change, roles, audit, evidence |
//! | [`clients`] | connections to clusters and to servers of signals: credentials, deadlines, proxies |
//! | [`sources`] | read-only adapters: the world → `Update` |
//! | [`targets`] | write adapters: `Call` → mutation |
//! | [`runtime`] | composition: session, clusters, changes under way, signals, evidence |
//! | [`tui`] | the interactive face |
//! | [`headless`] | the scripted face |
//! | [`sandbox`] | the simulated platform behind `midwatch demo` |
//! | `face` | the edge: from the command line to one of the two faces, with everything that it needs |
//!
//! # Words
//!
//! A *service* is what people speak of: workloads that one label names, in one *environment*, which is a set of
//! namespaces. A *workload* is a Deployment, StatefulSet or DaemonSet; a *revision* is one template that it has rolled
//! out. A *signal* is what Prometheus and Alertmanager tell: an *alert* pages, and counts for the health of the service
//! that its labels name; so does a *measure*, a number that a *template* asks for, once a *criterion* is breached for
//! long enough. A *silence* keeps alerts quiet for a while; an *acknowledgement* is one that says who is on it. An
//! A *guard* compares the new revision with the stable one; a *course* is the weights that are raised while it holds. An
//! *intent* is what somebody wants, a *plan* is how it would be done, a *call* is one request of it.
//!
//! # Invariants
//!
//! 1. Facts enter only through `State::apply`. *(privacy)*
//! 2. Only `targets` changes anything outside this process. *(`tests/architecture.rs`)*
//! 3. Nothing is executed that was not planned, authorised and confirmed, and rehearsed where its server knows a dry
//!    run: Kubernetes does, Alertmanager does not. *(types with one maker each)*
//! 4. The record of a call is on disk before the call; what cannot be recorded is not done. *(tests of `execute`)*
//! 5. With roles, what is not granted is denied. *(golden matrix in `operations::policy`)*
//! 6. A selection is an identity, never a row number; a plan names its target by uid. *(types)*
//! 7. Drawing takes shared references and does no I/O. *(signatures)*
//! 8. Text from outside reaches a terminal, a file or a script only as `domain::text::Text`. *(types, property tests)*
//! 9. A silent source makes a service unknown, never healthy, and one of numbers ends no breach. *(property test in
//!    `state`, tests of `state::measured`)*
//! 10. No call is sent twice, except after a 401, which was not executed. *(tests of `clients`)*
//! 11. What looks secret is sent as it is and shown nowhere. *(tests of `domain::redaction`)*
//! 12. A guarded shift raises a weight only after a look that passed, and only while its lease is held. *(property test
//!     in `operations::guard`, live tests)*
//!
//! Deliberately absent: global mutable state, plugins, a shell, a second way to change the world.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser;

pub mod cli;
pub mod clients;
pub mod config;
pub mod domain;
pub mod headless;
pub mod operations;
pub mod runtime;
pub mod sandbox;
pub mod sources;
pub mod state;
pub mod targets;
pub mod tui;

mod face;

/// Runs midwatch with the arguments of this process.
pub fn run() -> ExitCode {
    // The environment of this process is nobody's business, not even in a report of a defect.
    drop(color_eyre::config::HookBuilder::default().display_env_section(false).install());
    match cli::Cli::try_parse() {
        // A panic was told by then; what is left is to end as documented.
        Ok(cli) => catch_unwind(AssertUnwindSafe(|| face::run(cli))).unwrap_or(headless::Exit::Defect.code()),
        Err(error) if error.use_stderr() => {
            // What was typed is quoted in it, and a script may have taken that from anywhere.
            error.render().to_string().lines().for_each(|line| headless::say(&domain::text::sanitize(line)));
            ExitCode::from(2)
        }
        Err(help) => {
            // A closed pipe is no error.
            drop(help.print());
            ExitCode::SUCCESS
        }
    }
}
