//! Conditions as people write them: an expression, an operator, and a number.

use crate::domain::criterion::{Operator, Threshold};
use crate::domain::text::Text;

/// Operators that bind more loosely than a comparison, so that one beside them would compare only a part.
const LOOSE: [&str; 4] = ["and", "or", "unless", "atan2"];

/// Units of time that a number may have, in seconds: PromQL counts in seconds.
const UNITS: [(&str, f64); 5] = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3_600.0), ("d", 86_400.0)];

/// Reads a condition: "error_rate > 1", "histogram_quantile(0.99, ...) >= 500ms".
pub fn condition(text: &str) -> Result<(Text, Operator, Threshold), String> {
    // Over several lines it is the same.
    let text = &text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    let bare = bare(text)?;
    let wrong = || format!("`{text}` compares nothing; write an expression, an operator and a number: `up == 0`");
    let (at, operator) = last_comparison(&bare).ok_or_else(wrong)?;
    let (query, number) = (text[..at].trim(), text[at + operator.sign().len()..].trim());
    if query.is_empty() {
        return Err(wrong());
    }
    let mut words = bare[..at].split(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == ':'));
    if let Some(loose) = words.find(|word| LOOSE.contains(word)) {
        return Err(format!("`{loose}` binds more loosely than `{operator}`; put `{query}` in parentheses"));
    }
    let threshold =
        threshold(number).ok_or_else(|| format!("`{number}` is no number; write it like `80`, `0.05` or `500ms`"))?;
    Ok((Text::from_untrusted(query), operator, threshold))
}

/// The text with blanks in place of all that is in brackets or quotes, so that what is left is what binds outermost.
fn bare(text: &str) -> Result<String, String> {
    let mut bare = String::with_capacity(text.len());
    let mut open = Vec::new();
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let is_outermost = open.is_empty() && quote.is_none();
        match (quote, letter) {
            (Some('"' | '\''), '\\') => {
                bare.push(' ');
                if let Some(escaped) = letters.next() {
                    bare.extend(std::iter::repeat_n(' ', escaped.len_utf8()));
                }
                continue;
            }
            (Some(begun), letter) if begun == letter => quote = None,
            (None, '"' | '\'' | '`') => quote = Some(letter),
            (None, '(') => open.push(')'),
            (None, '[') => open.push(']'),
            (None, '{') => open.push('}'),
            (None, ')' | ']' | '}') if open.pop() != Some(letter) => {
                return Err(format!("`{letter}` closes nothing in `{text}`"));
            }
            (None, '#') => return Err("a condition holds no comment".to_owned()),
            _ => {}
        }
        let is_shown = is_outermost && quote.is_none() && open.is_empty();
        if is_shown { bare.push(letter) } else { bare.extend(std::iter::repeat_n(' ', letter.len_utf8())) }
    }
    match (quote, open.pop()) {
        (Some(quote), _) => Err(format!("{quote} is not closed in `{text}`")),
        (None, Some(closing)) => Err(format!("a `{closing}` is missing in `{text}`")),
        (None, None) => Ok(bare),
    }
}

/// Where the last comparison stands, and which it is.
fn last_comparison(bare: &str) -> Option<(usize, Operator)> {
    let found = Operator::ALL.iter().filter_map(|operator| Some((bare.rfind(operator.sign())?, *operator)));
    // Where `>=` stands, `>` stands too: the longer one is meant.
    found.max_by_key(|(at, operator)| (*at, operator.sign().len()))
}

/// A number, with a unit of time or without.
fn threshold(word: &str) -> Option<Threshold> {
    if let Ok(number) = word.parse::<f64>() {
        return Threshold::new(number);
    }
    let (number, factor) =
        UNITS.iter().find_map(|(unit, factor)| Some((word.strip_suffix(unit)?.parse::<f64>().ok()?, *factor)))?;
    Threshold::new(number * factor)
}
