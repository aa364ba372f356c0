//! Where a stream that broke off goes on: the server can be asked for a second only, and tells that second again.

use jiff::Timestamp;

/// How far a stream has been read.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// The latest line, and how many lines of just that time there were.
    last: Option<(Timestamp, usize)>,
    /// While what was read before is told again: how many lines of the latest time are still to come.
    repeated: Option<usize>,
    /// Whether something that was read before was told again.
    is_joined: bool,
}

impl Place {
    /// The time to go on from.
    pub(super) fn since(&self) -> Option<Timestamp> {
        self.last.map(|(at, _)| at)
    }

    /// A stream begins that tells anew what was said since [`Self::since`].
    pub(super) fn begin_again(&mut self) {
        self.repeated = self.last.map(|(_, same)| same);
        self.is_joined = false;
    }

    /// Whether a line was seen again after [`Self::begin_again`], so that nothing is missing between.
    pub(super) fn is_joined(&self) -> bool {
        self.is_joined
    }

    /// Whether a line of this time is new.
    pub(super) fn takes(&mut self, at: Timestamp) -> bool {
        let Some((last, same)) = &mut self.last else {
            self.last = Some((at, 1));
            return true;
        };
        if let Some(left) = &mut self.repeated {
            if at < *last || (at == *last && *left > 0) {
                *left -= usize::from(at == *last);
                self.is_joined = true;
                return false;
            }
            self.repeated = None;
        }
        // A line of an earlier time is one that was late at the node: the place is the latest all the same.
        if at == *last {
            *same += 1;
        } else if at > *last {
            self.last = Some((at, 1));
        }
        true
    }
}

#[cfg(test)]
mod tests;
