//! From a key to what it paints: in a terminal, from the moment before the key is written to the arrival of the frame.

use std::thread::sleep;
use std::time::{Duration, Instant};

use color_eyre::eyre::{OptionExt, Result};
use vt100::Screen;

use crate::Bench;
use crate::console::Console;
use crate::figures::{Figures, MILLISECONDS, Spread};
use crate::start::row;

/// The headings of the table, and the rows below them.
const HEADINGS: u16 = 5;

/// How often a key is pressed to measure what a filter costs, for each letter of the word.
const ROUNDS: usize = 8;

/// Numbers that look like chance and are the same in each run.
pub(crate) struct Dice(u64);

impl Default for Dice {
    fn default() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }
}

impl Dice {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap_or_default()
    }
}

/// Presses keys that move the selection, at random intervals. What each took is given in milliseconds. A row is known by
/// its first words, so many of them: what comes behind may change by itself.
pub(crate) fn moves(console: &Console, presses: usize, words: usize) -> Result<Vec<f64>> {
    let mut dice = Dice::default();
    // Away from both ends, so that each key moves the selection.
    for _ in 0..20 {
        console.press("pagedown")?;
        sleep(Duration::from_millis(50));
    }
    sleep(Duration::from_secs(1));
    let mut taken = Vec::with_capacity(presses);
    for press in 0..presses {
        sleep(Duration::from_millis(20 + dice.below(150) as u64));
        let before = selected(&console.painted(), words).ok_or_eyre("no row is selected")?;
        let begun = Instant::now();
        // Two steps down, one up.
        console.press(if press % 3 == 2 { "k" } else { "j" })?;
        let seen = console.seen_at("another row selected", |screen, drawn| {
            drawn.is_whole() && selected(screen, words).is_some_and(|selected| selected != before)
        })?;
        taken.push(seen.duration_since(begun).as_secs_f64() * 1000.0);
    }
    Ok(taken)
}

/// Of some values the one that so many percent do not exceed.
pub(crate) fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    values.get((values.len() * percent / 100).min(last)).copied().unwrap_or(f64::NAN)
}

/// Types a filter letter by letter, and takes it back: with each letter the table says how many rows are left.
pub(crate) fn filter(bench: &Bench, console: &Console, figures: &mut Figures) -> Result<()> {
    let (mut narrowed, mut widened) = (Vec::new(), Vec::new());
    for _ in 0..if bench.is_quick { 2 } else { ROUNDS } {
        console.press("/")?;
        sleep(Duration::from_millis(100));
        let mut word = String::new();
        for letter in "ledger".chars() {
            word.push(letter);
            narrowed.push(typed(console, &letter.to_string(), &word)?);
        }
        for left in (1..word.len()).rev() {
            widened.push(typed(console, "backspace", &word[..left])?);
        }
        console.press("esc")?;
        sleep(Duration::from_millis(300));
    }
    figures.at_most("filter, a letter more: key → painted", Spread::of(narrowed), MILLISECONDS, 5.0);
    figures.at_most("filter, a letter less: key → painted", Spread::of(widened), MILLISECONDS, 5.0);
    Ok(())
}

/// Presses a key in a filter and waits until the heading shows what is typed now; in milliseconds.
fn typed(console: &Console, key: &str, word: &str) -> Result<f64> {
    sleep(Duration::from_millis(120));
    let begun = Instant::now();
    console.press(key)?;
    let shown = format!("/{word}");
    let seen = console
        .seen_at(&shown, |screen, drawn| drawn.is_whole() && row(screen, 3).split_whitespace().any(|it| it == shown))?;
    Ok(seen.duration_since(begun).as_secs_f64() * 1000.0)
}

/// The selected row by its first words: the one whose ground differs from that of the headings.
fn selected(screen: &Screen, words: usize) -> Option<String> {
    let (height, _) = screen.size();
    let ground = |y: u16| screen.cell(y, 1).map(vt100::Cell::bgcolor);
    let plain = ground(HEADINGS);
    let y = (HEADINGS + 1..height.get() - 2).find(|y| ground(*y) != plain)?;
    let text = row(screen, y.into());
    Some(text.split_whitespace().take(words).collect::<Vec<_>>().join("/"))
}
