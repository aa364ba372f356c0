//! How grave a line of a log is, as far as it says so itself in one of the usual ways.

use std::fmt;

use serde::Serialize;

/// How grave a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are those of every logging library")]
pub enum Level {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
    Fatal,
}

/// How much of a line is looked at: a level stands near its beginning.
const LOOKED_AT: usize = 200;

/// The keys after which a level stands in JSON and logfmt.
const KEYS: [&[u8]; 4] = [b"level", b"lvl", b"severity", b"loglevel"];

/// The names that logging libraries have for a level.
const NAMES: [(&str, Level); 15] = [
    ("trace", Level::Trace),
    ("debug", Level::Debug),
    ("info", Level::Info),
    ("notice", Level::Info),
    ("warn", Level::Warn),
    ("warning", Level::Warn),
    ("error", Level::Error),
    ("err", Level::Error),
    ("severe", Level::Error),
    ("fatal", Level::Fatal),
    ("panic", Level::Fatal),
    ("critical", Level::Fatal),
    ("crit", Level::Fatal),
    ("alert", Level::Fatal),
    ("emergency", Level::Fatal),
];

impl Level {
    /// The level that a line names. A word in capitals counts wherever it stands; another one only where a level is
    /// expected, because "error" is also a word of sentences.
    pub fn of(text: &str) -> Option<Self> {
        let line = &text.as_bytes()[..text.len().min(LOOKED_AT)];
        if let Some(level) = of_klog(line) {
            return Some(level);
        }
        let mut at = 0;
        let mut after_key = false;
        let mut is_first = true;
        while let Some(gap) = line[at..].iter().position(u8::is_ascii_alphanumeric) {
            let start = at + gap;
            let length = line[start..].iter().position(|byte| !byte.is_ascii_alphanumeric());
            let end = length.map_or(line.len(), |length| start + length);
            let word = &line[start..end];
            let follows_key = after_key && line[at..start].iter().all(|byte| matches!(byte, b'"' | b':' | b'=' | b' '));
            if follows_key && let Some(level) = Self::of_value(word) {
                return Some(level);
            }
            let stands_apart = start > 0 && line[start - 1] == b'[' && line.get(end) == Some(&b']')
                || is_first && line.get(end) == Some(&b':');
            if (stands_apart || word.iter().all(u8::is_ascii_uppercase))
                && let Some(level) = Self::named(word)
            {
                return Some(level);
            }
            after_key = KEYS.iter().any(|key| word.eq_ignore_ascii_case(key));
            is_first &= word.iter().any(u8::is_ascii_digit);
            at = end;
        }
        None
    }

    /// The value of a level key: a name, or a number of the libraries that count in tens.
    fn of_value(word: &[u8]) -> Option<Self> {
        match word {
            b"10" => Some(Self::Trace),
            b"20" => Some(Self::Debug),
            b"30" => Some(Self::Info),
            b"40" => Some(Self::Warn),
            b"50" => Some(Self::Error),
            b"60" => Some(Self::Fatal),
            _ => Self::named(word),
        }
    }

    /// A level by any of its names.
    pub fn named(word: &[u8]) -> Option<Self> {
        NAMES.iter().find(|(name, _)| word.eq_ignore_ascii_case(name.as_bytes())).map(|(_, level)| *level)
    }

    /// The word for a column.
    pub fn word(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The head of Kubernetes' own logs: a letter, then month and day.
fn of_klog(line: &[u8]) -> Option<Level> {
    let (head, rest) = line.split_at_checked(5)?;
    if rest.first() != Some(&b' ') || !head[1..].iter().all(u8::is_ascii_digit) {
        return None;
    }
    match head[0] {
        b'I' => Some(Level::Info),
        b'W' => Some(Level::Warn),
        b'E' => Some(Level::Error),
        b'F' => Some(Level::Fatal),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
