//! What is looked for in lines: words as they stand, or `/a regular expression/`.

use std::ops::Range;
use std::sync::Arc;

use memchr::memmem::Finder;
use memchr::memrchr;
use regex::{Regex, RegexBuilder};

/// The largest automaton that is made of what somebody typed, in bytes.
const LARGEST: usize = 1024 * 1024;

/// So many hits of one text may reach over the end of a line, before each line is looked at alone.
const CROSSINGS: usize = 16;

/// What may stand before the first word of a value, and is written as it is read.
const OPENING: [char; 6] = ['"', '-', '+', '.', '/', '['];

/// What stands between a name and its value as they are written, right before the value.
const SEPARATORS: &str = r#"[=: "\t\r]"#;

/// From so many letters on a value is rare enough to be looked for alone.
const RARE: usize = 4;

/// From so many bytes on it pays to prepare an expression anew.
const LONG: usize = 256 * 1024;

/// What an expression may hold of which a part is still known to be in whatever it matches.
const PLAIN: &str = r"\.+^$-_/:=, @#%&;'~";

/// Something to look for. Small letters stand for capitals too.
#[derive(Clone, Debug)]
pub struct Needle {
    typed: String,
    regex: Regex,
    /// Words as they were typed, which are found much sooner so than by their expression; none for an expression.
    plain: Option<Plain>,
    /// What a line holds as it was written, where it is found in it as it is read.
    part: Option<Regex>,
}

/// Words as they were typed.
#[derive(Clone, Debug)]
struct Plain {
    finder: Arc<Finder<'static>>,
    /// Whether they are found in this spelling only.
    is_all: bool,
}

impl Needle {
    /// Reads what was typed; none where nothing was, and a reason where it is no regular expression.
    pub fn parse(typed: &str) -> Result<Option<Self>, String> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Ok(None);
        }
        let inner = typed.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).filter(|inner| !inner.is_empty());
        let source = inner.map_or_else(|| regex::escape(typed), str::to_owned);
        let has_capitals = typed.chars().any(char::is_uppercase);
        let build = |source: &str| {
            let mut builder = RegexBuilder::new(source);
            builder.case_insensitive(!has_capitals).multi_line(true).size_limit(LARGEST).build()
        };
        let regex = build(&source).map_err(|_detail| format!("{typed} is no regular expression"))?;
        let part = match inner {
            Some(inner) => longest_of_expression(inner),
            None => name_and_value(typed).or_else(|| longest(words(typed))),
        };
        let part = part.and_then(|part| build(&part).ok());
        let plain = inner.is_none().then(|| Plain {
            finder: Arc::new(Finder::new(typed).into_owned()),
            is_all: has_capitals || !typed.contains(char::is_alphabetic),
        });
        Ok(Some(Self { typed: typed.to_owned(), regex, plain, part }))
    }

    /// As it was typed.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// Whether it may be found in a line as it is read, and not as it was written: where a name meets its value.
    pub fn spans_fields(&self) -> bool {
        self.typed.contains(['=', '"'])
    }

    /// Whether it is in a text.
    pub fn is_in(&self, text: &str) -> bool {
        match &self.plain {
            Some(plain) if plain.finder.find(text.as_bytes()).is_some() => true,
            Some(Plain { is_all: true, .. }) => false,
            _ => self.regex.is_match(text),
        }
    }

    /// Where it is in a text.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        self.regex.find_iter(text).map(|found| found.range()).filter(|range| !range.is_empty()).collect()
    }

    /// Looks through many lines at once, each with a line feed behind it. `line_at` gives the range of the line that holds
    /// a byte; where the line that it gave last may hold this, `each` is told whether it surely does. None where that
    /// cannot be done, and each line has to be looked at.
    pub fn scan(
        &self,
        text: &str,
        mut line_at: impl FnMut(usize) -> Range<usize>,
        mut each: impl FnMut(bool),
    ) -> Option<()> {
        let (regex, is_exact) = match &self.part {
            _ if !self.spans_fields() && (self.plain.is_some() || is_of_lines(&self.typed)) => (&self.regex, true),
            Some(part) => (part, false),
            None => return None,
        };
        // What an expression needs to run is kept with it for one thread; others wait for theirs at each search.
        let own = (text.len() >= LONG).then(|| regex.clone());
        let regex = own.as_ref().unwrap_or(regex);
        match &self.plain {
            Some(plain) if is_exact => {
                let mut from = 0;
                while let Some(found) = plain.finder.find(&text.as_bytes()[from..]) {
                    let at = from + found;
                    let start = memrchr(b'\n', &text.as_bytes()[from..at]).map_or(from, |end| from + end + 1);
                    if !plain.is_all {
                        // The lines before it may hold another spelling.
                        search(regex, true, &text[..start], from, &mut line_at, &mut each);
                    }
                    from = line_at(at).end + 1;
                    each(true);
                }
                if !plain.is_all {
                    search(regex, true, text, from, &mut line_at, &mut each);
                }
            }
            _ => search(regex, is_exact, text, 0, &mut line_at, &mut each),
        }
        Some(())
    }
}

/// Looks through many lines at once for an expression, from a line on. `line_at` gives the range of the line that holds a
/// byte, and `each` is told whether the line that it gave last surely holds what is looked for.
fn search(
    regex: &Regex,
    is_exact: bool,
    text: &str,
    mut from: usize,
    line_at: &mut impl FnMut(usize) -> Range<usize>,
    each: &mut impl FnMut(bool),
) {
    let mut crossings = 0;
    while from < text.len()
        && let Some(found) = regex.find_at(text, from)
    {
        let line = line_at(found.start());
        if found.end() <= line.end {
            each(is_exact);
        } else if crossings < CROSSINGS {
            crossings += 1;
            if regex.is_match(&text[line.clone()]) {
                each(is_exact);
            }
        } else {
            // It would read on to the end of all lines, over and over.
            each(false);
            from = line.end + 1;
            while from < text.len() {
                let line = line_at(from);
                each(false);
                from = line.end + 1;
            }
            return;
        }
        from = line.end + 1;
    }
}

/// Whether an expression means the same in one line and in many.
fn is_of_lines(typed: &str) -> bool {
    !typed.contains(r"\A") && !typed.contains(r"\z") && !typed.contains("(?")
}

/// What was surely written where a name and its value are found as they are read: the first word of the value, which is
/// rarer than the name. A short one is looked for with what stands before it, or else it would be found within others.
fn name_and_value(typed: &str) -> Option<String> {
    let (before, after) = typed.split_once('=')?;
    words(before).last().filter(|name| before.ends_with(name) && !name.is_empty())?;
    let inside = after.trim_start_matches(OPENING);
    let value = words(inside).next().filter(|value| !value.is_empty())?;
    if value.len() >= RARE {
        return Some(value.to_owned());
    }
    let opening = after[..after.len() - inside.len()].chars().next_back();
    let before = opening.map_or(SEPARATORS.to_owned(), |opening| regex::escape(opening.encode_utf8(&mut [0; 4])));
    Some(format!("{before}{value}"))
}

/// The longest word that is in whatever an expression matches.
fn longest_of_expression(inner: &str) -> Option<String> {
    let mut source = inner.to_owned();
    // A class is one letter of some.
    while let Some(start) = source.find('[') {
        let end = start + 1 + source[start + 1..].find(']')?;
        if source[start + 1..end].contains(['[', '\\']) || source[end + 1..].starts_with(']') {
            return None;
        }
        source.replace_range(start..=end, ".");
    }
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || PLAIN.contains(letter);
    let has_codes = [r"\x", r"\u", r"\U"].iter().any(|code| source.contains(code));
    if has_codes || !source.chars().all(is_plain) {
        return None;
    }
    // A letter behind a backslash is a class, and one before a plus is more than one.
    longest(words(&source).map(|word| word.get(1..word.len().saturating_sub(1)).unwrap_or_default()))
}

/// What was surely written as it is read: what is not ASCII may have been written as an escape.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
}

/// The longest of some words, if it is long enough to be looked for.
fn longest<'a>(words: impl Iterator<Item = &'a str>) -> Option<String> {
    words.max_by_key(|word| word.len()).filter(|word| word.len() >= 2).map(str::to_owned)
}

#[cfg(test)]
mod tests;
