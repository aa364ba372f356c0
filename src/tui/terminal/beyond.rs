//! What a terminal shows beyond its cells: the title of its window, a bell, a notification of the desktop.
//!
//! tmux and screen keep a title for themselves, as that of their own window, so it is set there too. A notification they
//! swallow; it is wrapped to go through them only where the configuration allows that.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Multiplexer, Terminal};
use crate::config::notify::{Desktop, Notify};
use crate::domain::text::sanitize;

/// Whether the title of the window is ours at the moment.
static TITLED: AtomicBool = AtomicBool::new(false);

/// Takes the title that was there from the stack of the terminal. One without a stack is left with none.
const RESTORE: &str = "\x1b]2;\x07\x1b[23;2t";

/// Puts the title that is there on the stack of the terminal.
const SAVE: &str = "\x1b[22;2t";

/// More than this is not told, in characters.
const LONGEST: usize = 160;

impl Terminal {
    /// Sets the title of the window, where there may be one.
    pub(in crate::tui) fn set_title(
        &mut self,
        title: &str,
        variable: impl Fn(&str) -> Option<String>,
    ) -> io::Result<()> {
        if has_window(variable) {
            self.title = Some(title.to_owned());
        }
        self.show_title()
    }

    /// Shows the title that was set.
    pub(super) fn show_title(&mut self) -> io::Result<()> {
        let Some(title) = &self.title else { return Ok(()) };
        let save = if TITLED.swap(true, Ordering::SeqCst) { "" } else { SAVE };
        let sequence = format!("{save}\x1b]2;{}\x07", harmless(title));
        self.write_at_once(&sequence)
    }

    /// Tells whoever looks elsewhere.
    pub(in crate::tui) fn notify(
        &mut self,
        words: &str,
        notify: Notify,
        variable: impl Fn(&str) -> Option<String>,
    ) -> io::Result<()> {
        let sequence = notification(words, notify, variable);
        self.write_at_once(&sequence)
    }

    fn write_at_once(&mut self, sequence: &str) -> io::Result<()> {
        let backend = self.inner.backend_mut();
        backend.write_all(sequence.as_bytes())?;
        Write::flush(backend)
    }
}

/// Gives the title back, if it is ours.
pub(super) fn give_title_back(out: &mut impl Write) -> io::Result<()> {
    if TITLED.swap(false, Ordering::SeqCst) { out.write_all(RESTORE.as_bytes()) } else { Ok(()) }
}

/// The sequences that tell something.
fn notification(words: &str, notify: Notify, variable: impl Fn(&str) -> Option<String>) -> String {
    let mut told = if notify.bell { "\x07".to_owned() } else { String::new() };
    let multiplexer = Multiplexer::detect(&variable);
    if multiplexer != Multiplexer::None && !notify.through_multiplexer || !has_window(&variable) {
        return told;
    }
    let words = harmless(words);
    // What follows OSC 9 must not begin with a number: that means progress and other things to some.
    let sequence = match notify.desktop {
        Desktop::Off => return told,
        Desktop::Osc777 => format!("\x1b]777;notify;midwatch;{words}\x07"),
        Desktop::Auto if knows_777(&variable) => format!("\x1b]777;notify;midwatch;{words}\x07"),
        Desktop::Auto | Desktop::Osc9 => format!("\x1b]9;midwatch: {words}\x07"),
    };
    told.push_str(&multiplexer.wrap(&sequence));
    told
}

/// Whether the terminal has a window: the console of Linux shows what it does not know as letters.
fn has_window(variable: impl Fn(&str) -> Option<String>) -> bool {
    !variable("TERM").is_none_or(|term| matches!(term.as_str(), "" | "linux" | "dumb" | "vt100" | "vt220"))
}

/// Whether the terminal is one of those that take OSC 777 rather than OSC 9.
fn knows_777(variable: impl Fn(&str) -> Option<String>) -> bool {
    let term = variable("TERM").unwrap_or_default();
    variable("VTE_VERSION").is_some() || term.starts_with("rxvt") || term.starts_with("foot")
}

/// Text that ends no sequence and begins none.
fn harmless(text: &str) -> String {
    sanitize(text).chars().filter(|letter| !letter.is_control()).take(LONGEST).collect()
}

#[cfg(test)]
mod tests;
