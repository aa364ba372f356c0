//! The course of a guarded shift as it is typed after `%`: "5,20,50,100 hold 3m guard default on-exit back". What is left
//! out is as usual, and the plan says what that is.

use crate::domain::guard::{Course, Guards, OnExit};
use crate::domain::moment::read_span;
use crate::domain::traffic::{ArmRole, Split};

/// The weights that are offered, as far as they are above the present one.
const USUAL: [u8; 4] = [5, 20, 50, 100];

/// How weights are written.
pub(super) const EXAMPLE: &str = "5,20,50";

/// Whether what is typed is a course and no single weight.
pub(super) fn is_course(text: &str) -> bool {
    text.trim().contains([',', ' ']) && text.trim().trim_end_matches('%').trim_end().parse::<u8>().is_err()
}

/// What is offered for a split: everything that is above what the new arm gets now, held and guarded as usual.
pub(super) fn offered(split: &Split) -> Option<String> {
    let now = split.arm(ArmRole::Canary)?.desired;
    let ahead: Vec<String> = USUAL.iter().filter(|weight| f64::from(**weight) > now).map(u8::to_string).collect();
    let hold = format!("{:#}", Course::HOLD);
    (!ahead.is_empty()).then(|| format!("{} hold {hold} guard {}", ahead.join(","), Guards::DEFAULT))
}

/// What may follow the weights, each with a word behind it.
const OPTIONS: [&str; 3] = ["hold", "guard", "on-exit"];

/// Says what is accepted.
fn no_weight(word: &str) -> String {
    format!("{word:?} is no weight: weights are whole numbers, as in {EXAMPLE} hold 3m")
}

/// Reads a course.
pub(super) fn course(text: &str, guards: &Guards) -> Result<Course, String> {
    // The words before the first option are the weights, with or without spaces between them.
    let mut words = text.split([' ', ',']).filter(|word| !word.is_empty()).peekable();
    let mut weights = Vec::new();
    while let Some(word) =
        words.next_if(|word| word.starts_with(|letter: char| letter.is_ascii_digit() || letter == '%'))
    {
        let bare = word.trim_end_matches('%');
        match bare.parse::<u8>() {
            Ok(weight) => weights.push(weight),
            Err(_) if bare.is_empty() => {}
            Err(_) => return Err(no_weight(word)),
        }
    }
    let (mut hold, mut guard, mut on_exit) = (Course::HOLD, Guards::DEFAULT, OnExit::default());
    while let Some(option) = words.next() {
        let name = option.trim_start_matches('-');
        if !OPTIONS.contains(&name) {
            return Err(no_weight(option));
        }
        let value = words
            .next()
            .ok_or_else(|| format!("{name} needs a word behind it, as in hold 3m, guard default, on-exit back"))?;
        match (name, value) {
            ("hold", length) => hold = read_span(length)?,
            ("guard", name) => guard = name,
            ("on-exit", "back") => on_exit = OnExit::Back,
            ("on-exit", "hold") => on_exit = OnExit::Hold,
            ("on-exit", other) => return Err(format!("on-exit {other} is not known: back or hold")),
            _ => return Err(no_weight(option)),
        }
    }
    let guard = guards.named(guard).map_err(|problem| problem.to_string())?.clone();
    Course::new(weights, hold, guard, on_exit).map_err(|why| why.to_string())
}

#[cfg(test)]
mod tests;
