//! What similar lines have in common: their words, with a star for whatever differs from line to line.

use std::fmt;

/// More words than this of a line are not looked at.
const MOST: usize = 30;

/// More bytes than this of a word are not kept: a token or a dump without a blank is one word.
const LONGEST: usize = 128;

/// What stands for whatever differs.
const STAR: &str = "*";

/// So many words in ten have to be the same in lines that are similar.
const ALIKE: usize = 6;

/// The words that similar lines have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    words: Vec<Box<str>>,
}

impl Shape {
    /// The shape of one message: numbers, ids, addresses, times and what stands in quotes differ.
    pub fn of(message: &str) -> Self {
        let mut words = Vec::new();
        let mut rest = message.trim_start();
        while !rest.is_empty() && words.len() < MOST {
            let end = end_of_word(rest);
            words.push(masked(&rest[..end]));
            rest = rest[end..].trim_start();
        }
        Self { words }
    }

    /// What lines must share to be compared at all: how many words they have, and the first that is always the same.
    pub fn family(&self) -> (usize, &str) {
        let first = self.words.iter().find(|word| !word.contains('*'));
        (self.words.len(), first.map_or("", |word| word))
    }

    /// How many words are the same in a shape of the same length; none where those are too few to call them similar.
    pub fn likeness(&self, other: &Self) -> Option<usize> {
        let same = self.words.iter().zip(&other.words).filter(|(one, other)| one == other).count();
        let is_alike = self.words.len() == other.words.len() && same * 10 >= self.words.len() * ALIKE;
        is_alike.then_some(same)
    }

    /// Makes it the shape of both: what is not the same in another one differs.
    pub fn take_in(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            if word != other {
                *word = STAR.into();
            }
        }
    }

    /// Whether a message has it.
    pub fn fits(&self, message: &str) -> bool {
        let other = Self::of(message);
        let mut both = self.words.iter().zip(&other.words);
        self.words.len() == other.words.len() && both.all(|(word, other)| **word == *STAR || word == other)
    }

    /// The longest word that is in every line of it as it was written.
    pub fn longest_word(&self) -> Option<&str> {
        let is_plain = |word: &str| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
        let words = self.words.iter().map(|word| &**word).filter(|word| word.len() > 2 && is_plain(word));
        words.max_by_key(|word| word.len())
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words.join(" "))
    }
}

/// Where the first word ends: at a blank that is not within quotes.
fn end_of_word(text: &str) -> usize {
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match letter {
            '"' if quote == Some(letter) => quote = None,
            '"' if quote.is_none() && text[at + 1..].contains(letter) => quote = Some(letter),
            _ if letter.is_whitespace() && quote.is_none() => return at,
            _ => {}
        }
    }
    text.len()
}

/// A word with stars for what differs in it: a part with a digit, what stands in quotes, a mark of what is withheld.
fn masked(word: &str) -> Box<str> {
    let mut masked = starred(word);
    masked.truncate(masked.floor_char_boundary(LONGEST));
    masked.into()
}

fn starred(word: &str) -> String {
    if !word.bytes().any(|byte| byte.is_ascii_digit() || matches!(byte, b'"' | b'<' | b'@')) {
        return word.into();
    }
    let mut masked = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(letter) = rest.chars().next() {
        let end = match letter {
            '"' => rest[1..].find('"').map(|end| end + 2),
            '<' => rest.find('>').map(|end| end + 1),
            _ if letter.is_alphanumeric() => {
                let end = rest.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(rest.len());
                rest[..end].bytes().any(|byte| byte.is_ascii_digit()).then_some(end)
            }
            _ => None,
        };
        match end {
            Some(end) => {
                star(&mut masked);
                rest = &rest[end..];
            }
            None if letter.is_alphanumeric() => {
                let end = rest.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(rest.len());
                masked.push_str(&rest[..end]);
                rest = &rest[end..];
            }
            None => {
                masked.push(letter);
                rest = &rest[letter.len_utf8()..];
            }
        }
    }
    masked
}

/// Writes a star. What one begins is gone on with over the signs within times, addresses and ids.
fn star(masked: &mut String) {
    let before = masked.trim_end_matches(['-', ':', '.', '+', '/']);
    if before.ends_with('*') && masked.len() - before.len() <= 1 {
        masked.truncate(before.len());
    } else {
        masked.push('*');
    }
}

#[cfg(test)]
mod tests;
