//! Whether a session may change anything.

use jiff::SignedDuration;

use super::Session;
use crate::runtime::arming::Armed;

impl Session {
    /// Whether the session is armed.
    pub fn armed(&self) -> Armed {
        *self.armed.borrow()
    }

    /// Arms the session for a while.
    pub fn arm(&self, duration: SignedDuration) {
        self.armed.send_replace(Armed::for_(duration, self.clock.now()));
    }

    /// Arms the session for as long as it lasts: for one command of a script.
    pub fn arm_always(&self) {
        self.armed.send_replace(Armed::Always);
    }

    /// Makes the session read-only again.
    pub fn disarm(&self) {
        self.armed.send_replace(Armed::No);
    }
}
