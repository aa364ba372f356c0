//! Kubernetes as a source: objects of every kind, listed and watched.

mod answer;
mod heartbeat;
mod logs;
mod outbox;
mod past;
mod pending;
mod reach;
mod request;
mod watch;
mod wire;

pub use answer::rows;
pub use heartbeat::identity;
pub use logs::{Follower, LogNews, LogOutbox, Stream};
pub use outbox::Outbox;
pub use past::past;
pub use reach::{Scope, Wanted, run};
