//! The characters that stand for a state or draw a line: one set for terminals with Unicode, one for those without.

use ratatui::symbols::border;

/// A set of characters. Each fills one cell; only [`arrow`](Self::arrow) and [`ellipsis`](Self::ellipsis) take two in
/// ASCII, so that whoever lays out a line must ask for their width.
#[derive(Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// Broken.
    pub bad: &'static str,
    /// To be looked at.
    pub attention: &'static str,
    /// Held until somebody lets it go on.
    pub waiting: &'static str,
    /// On the way from one state to another.
    pub moving: &'static str,
    /// Well.
    pub fine: &'static str,
    /// Nobody knows.
    pub unknown: &'static str,
    /// Kept quiet: a silence, or an alert that one hides.
    pub quiet: &'static str,
    /// Allowed, or done.
    pub yes: &'static str,
    /// Denied.
    pub no: &'static str,
    /// Where a sequence of steps stands.
    pub current: &'static str,
    /// Between where one came from and where one is.
    pub trail: &'static str,
    /// From the old value to the new one.
    pub arrow: &'static str,
    /// What was left out of a text.
    pub ellipsis: &'static str,
    /// A value that is missing, with its reason beside it.
    pub dash: &'static str,
    /// A point of a sparkline that is missing, and a quiet separator.
    pub dot: &'static str,
    /// The line between two columns, and the marker of a change in a chart.
    pub separator: &'static str,
    /// A horizontal line.
    pub rule: &'static str,
    /// Sorted, the smallest first.
    pub ascending: &'static str,
    /// Sorted, the largest first.
    pub descending: &'static str,
    /// The filled part of a bar.
    pub bar: &'static str,
    /// The other part of a bar, told from the first by its pattern.
    pub shade: &'static str,
    /// The levels of a sparkline, the lowest first; none of them is the dot of a missing point or the dash of another
    /// time's.
    pub levels: [&'static str; 8],
    /// The frame round a question.
    pub frame: border::Set<'static>,
}

/// The set for terminals with Unicode.
pub static UNICODE: Glyphs = Glyphs {
    bad: "✖",
    attention: "▲",
    waiting: "‖",
    moving: "◐",
    fine: "●",
    unknown: "○",
    quiet: "◇",
    yes: "✓",
    no: "✗",
    current: "▸",
    trail: "›",
    arrow: "→",
    ellipsis: "…",
    dash: "–",
    dot: "·",
    separator: "│",
    rule: "─",
    ascending: "▲",
    descending: "▼",
    bar: "█",
    shade: "▒",
    levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    frame: border::ROUNDED,
};

/// The set for terminals without Unicode.
pub static ASCII: Glyphs = Glyphs {
    bad: "X",
    attention: "!",
    waiting: "=",
    moving: "~",
    fine: "*",
    unknown: "?",
    quiet: "z",
    yes: "+",
    no: "x",
    current: ">",
    trail: ">",
    arrow: "->",
    ellipsis: "..",
    dash: "-",
    dot: ".",
    separator: "|",
    rule: "-",
    ascending: "^",
    descending: "v",
    bar: "#",
    shade: ".",
    levels: ["_", ",", ":", "~", "=", "+", "*", "#"],
    frame: border::Set {
        top_left: "+",
        top_right: "+",
        bottom_left: "+",
        bottom_right: "+",
        vertical_left: "|",
        vertical_right: "|",
        horizontal_top: "-",
        horizontal_bottom: "-",
    },
};

impl Glyphs {
    /// Chooses by the locale (the first that is set of `LC_ALL`, `LC_CTYPE` and `LANG`) and by `TERM`: a terminal that
    /// does not say that it speaks UTF-8, and the Linux console with its small font, get ASCII.
    pub fn detect(locale: Option<&str>, term: Option<&str>) -> &'static Self {
        let locale = locale.unwrap_or_default().to_ascii_lowercase();
        let speaks_unicode = locale.contains("utf-8") || locale.contains("utf8");
        if speaks_unicode && !matches!(term, Some("linux" | "dumb")) { &UNICODE } else { &ASCII }
    }
}

#[cfg(test)]
mod tests;
