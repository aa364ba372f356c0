//! Kubernetes as a source: objects of every kind, listed and watched.

mod heartbeat;
mod outbox;
mod pending;
mod reach;
mod request;
mod watch;
mod wire;

pub use heartbeat::identity;
pub use outbox::Outbox;
pub use reach::{Scope, Wanted, run};
