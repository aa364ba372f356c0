//! Composition: one session that both faces hold, with its clusters, its changes under way and its clock.

mod arming;
mod change;
mod clusters;
mod session;

pub use arming::Armed;
pub use clusters::{Chosen, choose};
pub use session::{Message, Options, Session};
