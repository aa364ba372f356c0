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

/// What enters the terminal: another screen.
const ENTERED: &[u8] = b"\x1b[?1049h";

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
        self.wait_until_anew()?;
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
        self.look()?;
        let mut end = None;
        loop {
            let page = self.console.screen();
            marks.retain(|mark| !page.contains(mark.as_str()));
            if marks.is_empty() {
                return Ok(());
            }
            let before = self.page();
            self.turn(key)?;
            if self.page() == before {
                // What came late may stand above.
                let missing: Vec<&String> = marks.iter().take(5).collect();
                let end = *end.get_or_insert_with(|| Instant::now() + PATIENCE);
                ensure!(Instant::now() < end, "{} marks are missing: {missing:?}:\n{page}", marks.len());
                self.turn("home")?;
            }
        }
    }

    /// Presses a key that turns pages, and waits until it was read, which a page that is the last one does not show: keys
    /// are read in turn, so that what another one opens does. Looks at the page.
    fn turn(&mut self, key: &str) -> Result<()> {
        self.console.press(key)?;
        self.console.type_text(":")?;
        self.console.wait_for("Go to")?;
        self.close("Go to")
    }

    /// What is to be seen below the header, whose clock goes on: with its colours, as they alone may show where it stands.
    fn page(&self) -> Vec<String> {
        let screen = self.console.painted();
        screen.rows_formatted(0, self.size.0).skip(1).collect()
    }

    /// Waits until the terminal was entered anew and a whole frame drawn since. Before that it is not midwatch's alone: it
    /// would show the keys that are typed.
    fn wait_until_anew(&mut self) -> Result<()> {
        let (start, end) = (self.read, Instant::now() + PATIENCE);
        loop {
            self.read()?;
            let written = self.console.written_from(start);
            let entered = written.windows(ENTERED.len()).position(|window| window == ENTERED);
            if entered.is_some_and(|at| grammar::screen(&written[at..], self.size).is_ok_and(|(_, whole)| whole > 0)) {
                return Ok(());
            }
            ensure!(Instant::now() < end, "nothing is drawn anew:\n{}", self.console.screen());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Leaves.
    pub(crate) fn leave(mut self) -> Result<()> {
        self.read()?;
        let code = self.console.quit()?;
        if code == 0 { Ok(()) } else { Err(eyre!("it ended with {code}")) }
    }

    /// Reads what was written since the last time.
    fn read(&mut self) -> Result<()> {
        let (end, _whole) = grammar::screen(&self.console.written_from(self.read), self.size)?;
        self.read += end;
        Ok(())
    }
}
