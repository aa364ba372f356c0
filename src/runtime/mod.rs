//! Composition: one session that both faces hold, with its clusters, its changes under way and its clock.

mod arming;
mod change;
mod clusters;
mod deeds;
mod evidence;
mod following;
mod guarded;
mod hang_up;
mod history;
mod ledger;
mod listen;
mod message;
mod overhearing;
mod questions;
mod scopes;
mod session;
mod shutdown;
mod signals;
mod wait;

pub use arming::Armed;
pub use clusters::{Chosen, ContextRow, choose};
pub use evidence::{Archive, Archives, KINDS as EVIDENCE_KINDS};
pub use guarded::{GuardEvent, Guarded, Look, Phase, Trouble};
pub use hang_up::{Unread, await_hang_up};
pub use ledger::Ledger;
pub use message::{Absorbed, Message};
pub use scopes::Scopes;
pub use session::{Options, Session};
pub use shutdown::{Signal, Signals};
pub use signals::SignalServers;
pub use wait::Wait;

pub use crate::operations::authorize::Arming;
pub use crate::operations::confirm::Proof;
pub use crate::operations::evidence::{Bundle, Shelf, Shelved, open as open_evidence};
pub use crate::operations::guard::End;
pub use crate::operations::policy::Policy;
pub use crate::operations::verify::Patience;
pub use crate::sources::kubernetes::Wanted;
