//! What is looked for in lines: words as they stand, or `/a regular expression/`.

use std::ops::Range;

use regex::{Regex, RegexBuilder};

/// The largest automaton that is made of what somebody typed, in bytes.
const LARGEST: usize = 1024 * 1024;

/// Something to look for. Small letters stand for capitals too.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    typed: String,
    regex: Regex,
}

impl Pattern {
    /// Reads what was typed; none where nothing was, and a reason where it is no regular expression.
    pub(super) fn parse(typed: &str) -> Result<Option<Self>, String> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Ok(None);
        }
        let inner = typed.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).filter(|inner| !inner.is_empty());
        let source = inner.map_or_else(|| regex::escape(typed), str::to_owned);
        let regex = RegexBuilder::new(&source)
            .case_insensitive(!typed.chars().any(char::is_uppercase))
            .size_limit(LARGEST)
            .build()
            .map_err(|_detail| format!("{typed} is no regular expression"))?;
        Ok(Some(Self { typed: typed.to_owned(), regex }))
    }

    /// As it was typed.
    pub(super) fn typed(&self) -> &str {
        &self.typed
    }

    /// Whether it is in a text.
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// Where it is in a text.
    pub(super) fn places(&self, text: &str) -> Vec<Range<usize>> {
        self.regex.find_iter(text).map(|found| found.range()).filter(|range| !range.is_empty()).collect()
    }
}
