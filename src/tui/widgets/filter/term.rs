//! One term of a filter, and when a row satisfies it.

use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization};
use nucleo_matcher::{Matcher, Utf32Str};
use regex::Regex;

use super::Searchable;
use super::selector::Requirement;

/// Each letter has to bring so much. One that follows on or begins a word brings about 20, one after a gap less than
/// 14: letters that stand apart by chance, as in the hashes at the end of names, do not count as a match.
const WORTH: u16 = 18;

/// What matching needs to write on.
#[derive(Default)]
pub(super) struct Scratch {
    pub(super) matcher: Matcher,
    pub(super) letters: Vec<char>,
}

/// One term.
pub(super) struct Term {
    /// As it was typed, without its mark of inversion.
    pub(super) text: String,
    pub(super) is_inverse: bool,
    pub(super) test: Test,
}

/// What a row is tested for.
pub(super) enum Test {
    Words(Fuzzy),
    /// A column of this name; where a row has none such, the whole term is a word.
    Column {
        name: String,
        value: Value,
        whole: Fuzzy,
    },
    Labels(Vec<Requirement>),
    Expression(Regex),
}

/// What a column has to hold.
pub(super) enum Value {
    Exactly(String),
    Part(Atom),
}

/// A word whose letters may have gaps between them.
pub(super) struct Fuzzy {
    whole: Atom,
    /// The word and each beginning of it of two letters or more, the longest first. That each of them has to match makes a longer word always
    /// match less than a shorter one, however the scores fall.
    beginnings: Vec<Atom>,
}

impl Fuzzy {
    pub(super) fn new(word: &str) -> Self {
        let ends = word.char_indices().map(|(at, letter)| at + letter.len_utf8()).skip(1);
        let mut beginnings: Vec<Atom> = ends.map(|end| atom(&word[..end], AtomKind::Fuzzy)).collect();
        beginnings.reverse();
        Self { whole: atom(word, AtomKind::Substring), beginnings }
    }

    fn matches(&self, word: &str, scratch: &mut Scratch) -> bool {
        // In a sentence the letters of nearly any word stand somewhere in this order.
        let is_sentence = word.contains(' ');
        let word = Utf32Str::new(word, &mut scratch.letters);
        self.whole.score(word, &mut scratch.matcher).is_some()
            || !is_sentence
                && !self.beginnings.is_empty()
                && self.beginnings.iter().all(|beginning| {
                    let wanted = u16::try_from(beginning.needle_text().len()).unwrap_or(u16::MAX).saturating_mul(WORTH);
                    beginning.score(word, &mut scratch.matcher).is_some_and(|score| score >= wanted)
                })
    }
}

/// What nucleo looks for, in whatever case it is written.
pub(super) fn atom(word: &str, kind: AtomKind) -> Atom {
    Atom::new(word, CaseMatching::Ignore, Normalization::Smart, kind, false)
}

impl Term {
    /// Whether a row satisfies it.
    pub(super) fn takes(&self, row: &dyn Searchable, scratch: &mut Scratch) -> bool {
        self.is_inverse != self.holds(row, scratch)
    }

    fn holds(&self, row: &dyn Searchable, scratch: &mut Scratch) -> bool {
        match &self.test {
            Test::Words(fuzzy) => row.any_word(&mut |word| fuzzy.matches(word, scratch)),
            Test::Expression(expression) => row.any_word(&mut |word| expression.is_match(word)),
            Test::Labels(requirements) => requirements.iter().all(|requirement| requirement.holds(row.labels())),
            Test::Column { name, value, whole } => match (row.column(name), value) {
                (Some(held), Value::Exactly(wanted)) => held.eq_ignore_ascii_case(wanted),
                (Some(held), Value::Part(part)) => {
                    part.score(Utf32Str::new(&held, &mut scratch.letters), &mut scratch.matcher).is_some()
                }
                (None, _) => row.any_word(&mut |word| whole.matches(word, scratch)),
            },
        }
    }

    /// Whether every row that satisfies this term satisfies the other one too.
    pub(super) fn narrows(&self, other: &Self) -> bool {
        if self.is_inverse != other.is_inverse {
            return false;
        }
        if self.text == other.text {
            return true;
        }
        let is_longer = !self.is_inverse && self.text.starts_with(&other.text);
        match (&self.test, &other.test) {
            (Test::Words(_), Test::Words(_)) => is_longer,
            (
                Test::Column { name: mine, value: Value::Part(_), .. },
                Test::Column { name, value: Value::Part(_), .. },
            ) => is_longer && mine == name,
            _ => false,
        }
    }
}
