//! A walk through the screen by somebody who reads every byte of it.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use color_eyre::eyre::{OptionExt, Result, ensure, eyre};
use rustix::process::{Pid, Signal, kill_process};

use super::grammar;
use crate::console::{Console, Size};

/// How long a frame may take; generous, since it is only reached by a failure.
const PATIENCE: Duration = Duration::from_secs(30);

/// A console, and how far what it wrote has been read.
pub(crate) struct Walk {
    console: Console,
    size: Size,
    read: usize,
}

impl Walk {
    pub(crate) fn new(console: Console, size: Size) -> Self {
        Self { console, size, read: 0 }
    }

    /// Types keys and waits for what they lead to, then looks at it closely.
    pub(crate) fn go(&mut self, keys: &[&str], shows: &str) -> Result<()> {
        for key in keys {
            match *key {
                "esc" | "enter" | "tab" => self.console.press(key)?,
                key if key.starts_with("ctrl-") => self.console.press(key)?,
                text => self.console.type_text(text)?,
            }
        }
        self.console.wait_for(shows)?;
        self.look().map_err(|error| error.wrap_err(format!("where it shows {shows:?}")))
    }

    /// Waits until everything has been read that the view is made of.
    pub(crate) fn settle(&self) -> Result<()> {
        let is_settled = |screen: &str| !["still reading", "loading"].iter().any(|word| screen.contains(word));
        self.console.wait_until("everything that is read", is_settled)
    }

    /// Closes what lies over a view. A terminal sends escape and a key that follows at once as one, so it is waited for.
    pub(crate) fn close(&mut self, overlay: &str) -> Result<()> {
        self.console.press("esc")?;
        self.without(overlay)
    }

    /// Waits until something is not shown any more.
    pub(crate) fn without(&mut self, words: &str) -> Result<()> {
        self.console.wait_until(&format!("no more {words:?}"), |screen| !screen.contains(words))?;
        self.look()
    }

    /// Has every cell drawn anew, as after a return from the shell. Every byte since the last look must be midwatch's
    /// own, and the new frame whole.
    pub(crate) fn look(&mut self) -> Result<()> {
        self.read()?;
        let number = i32::try_from(self.console.pid()?)?;
        kill_process(Pid::from_raw(number).ok_or_eyre("no process has the number 0")?, Signal::CONT)?;
        self.wait_for_frame("nothing is drawn anew", |whole| whole > 0)?;
        let screen = self.console.screen();
        let rows: Vec<&str> = screen.split('\n').collect();
        let (first, last) = (rows.first().copied().unwrap_or_default(), rows.last().copied().unwrap_or_default());
        ensure!(first.starts_with(" midwatch ") && first.ends_with('Z'), "the header is elsewhere:\n{screen}");
        ensure!(rows.len() == usize::from(self.size.1) && !last.is_empty(), "the footer is elsewhere:\n{screen}");
        Ok(())
    }

    /// Turns pages with a key until every mark has been on the screen, and looks at each page.
    pub(crate) fn read_all(&mut self, mut marks: BTreeSet<String>, key: &str) -> Result<()> {
        self.settle()?;
        loop {
            self.look()?;
            let page = self.console.screen();
            marks.retain(|mark| !page.contains(mark.as_str()));
            if marks.is_empty() {
                return Ok(());
            }
            self.console.press(key)?;
            let missing: Vec<&String> = marks.iter().take(5).collect();
            // A frame without another letter is one too: the selection may have moved to the end of the page.
            self.wait_for_frame(&format!("{} marks are missing: {missing:?}", marks.len()), |_| true)?;
        }
    }

    /// Waits for a frame: a whole one, where that is wanted.
    fn wait_for_frame(&mut self, otherwise: &str, wanted: impl Fn(usize) -> bool) -> Result<()> {
        let (read, end) = (self.read, Instant::now() + PATIENCE);
        loop {
            let whole = self.read()?;
            if self.read > read && wanted(whole) {
                return Ok(());
            }
            ensure!(Instant::now() < end, "{otherwise}:\n{}", self.console.screen());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Leaves.
    pub(crate) fn leave(mut self) -> Result<()> {
        self.read()?;
        let code = self.console.quit()?;
        if code == 0 { Ok(()) } else { Err(eyre!("it ended with {code}")) }
    }

    /// Reads what was written since the last time; answers how many whole frames there were.
    fn read(&mut self) -> Result<usize> {
        let (end, whole) = grammar::screen(&self.console.written_from(self.read), self.size)?;
        self.read += end;
        Ok(whole)
    }
}
