//! What the logs of some pods say against them, in numbers.

use jiff::Timestamp;

use super::{Level, Lines};

/// How many of the last lines of some pods are errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Complaints {
    /// The lines that were read.
    pub lines: u64,
    /// Those of them that are errors or worse.
    pub errors: u64,
}

impl Complaints {
    /// Counts lines that were said since a moment.
    pub fn count(&mut self, lines: &Lines, since: Timestamp) {
        for line in lines.iter().filter(|line| line.at >= since) {
            self.lines += 1;
            self.errors += u64::from(line.level >= Some(Level::Error));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::logs::{Rules, Withholder};

    #[test]
    fn what_was_said_before_and_what_is_no_error_do_not_count_against_anybody() {
        let at = |seconds| Timestamp::from_second(seconds).expect("a time");
        let mut withholder = Withholder::new(Rules::default().into());
        let mut lines = Lines::default();
        for (seconds, words) in [
            (1, "level=error msg=\"too early\""),
            (9, "level=info msg=\"no error was found\""),
            (10, "level=error msg=timeout"),
            (11, "level=fatal msg=\"out of memory\""),
            (12, "plain words"),
        ] {
            lines.push(at(seconds), words, "", &mut withholder);
        }
        let mut counted = Complaints::default();
        counted.count(&lines, at(9));
        counted.count(&lines, at(12));
        assert_eq!(counted, Complaints { lines: 5, errors: 2 });
    }
}
