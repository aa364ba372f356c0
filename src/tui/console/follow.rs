//! What the view that is shown needs beside being drawn: its logs read, and the mouse left to the terminal in texts.

use jiff::{SignedDuration, Timestamp};

use super::{Console, Errand};
use crate::domain::logs::LogQuery;
use crate::tui::command::Context;
use crate::tui::effect::Destination;

/// How long logs are still read when another view is shown: each pod holds a connection.
const KEPT: SignedDuration = SignedDuration::from_mins(5);

/// The logs that are read.
pub(super) struct Followed {
    query: LogQuery,
    /// Until when, where another view is shown.
    until: Option<Timestamp>,
}

impl Console {
    /// Reads the logs of the view that is shown, and those of the last one for a while longer.
    pub(super) fn follow_logs(&mut self, now: Timestamp) {
        let wanted = match self.screen.destination() {
            Destination::Logs(target) => Some(target.query()),
            _ => None,
        };
        if let Some(followed) = &mut self.followed {
            let is_wanted = wanted.as_ref() == Some(&followed.query);
            followed.until = if is_wanted { None } else { followed.until.or(Some(now + KEPT)) };
            if (wanted.is_some() && !is_wanted) || followed.until.is_some_and(|until| until <= now) {
                self.session.unfollow(&followed.query);
                self.followed = None;
            }
        }
        if let (Some(query), None) = (wanted, &self.followed) {
            self.session.follow(query.clone());
            self.followed = Some(Followed { query, until: None });
        }
    }

    /// Leaves the mouse to the terminal where there is text to be marked and copied.
    pub(super) fn mind_mouse(&mut self) {
        let is_text = matches!(self.screen.view().context(), Context::Text | Context::Logs);
        let wanted = self.mouse && !is_text;
        if self.captured != wanted {
            self.captured = wanted;
            self.errands.push(Errand::Mouse(wanted));
        }
    }
}
