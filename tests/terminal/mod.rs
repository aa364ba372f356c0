//! A terminal with a program in it: keys go in, the screen is read as a person sees it.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::mem;
use std::num::NonZeroU16;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use color_eyre::eyre::{Result, bail, ensure, eyre};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use vt100::{Callbacks, Parser, Screen};

pub(crate) mod keys;

/// How long a screen may take to show what is waited for; generous, since it is only reached by a failure.
const PATIENCE: Duration = Duration::from_secs(30);

/// Columns and rows.
pub(crate) type Size = (u16, u16);

/// A program running in a terminal. It is killed when this is dropped.
pub(crate) struct Console {
    child: Box<dyn Child + Send + Sync>,
    keyboard: Keyboard,
    terminal: Arc<Terminal>,
    // While it lives the terminal is not gone.
    _master: Box<dyn MasterPty + Send>,
}

type Keyboard = Arc<Mutex<Box<dyn Write + Send>>>;

/// What has been drawn so far, and a bell that rings when there is more.
struct Terminal {
    seen: Mutex<Seen>,
    bell: Condvar,
}

struct Seen {
    parser: Parser<Answers>,
    ended: bool,
}

/// What the terminal owes the program: crossterm asks for the cursor's position and for the device's attributes.
#[derive(Default)]
struct Answers(Vec<u8>);

impl Callbacks for Answers {
    fn unhandled_csi(&mut self, screen: &mut Screen, i1: Option<u8>, _: Option<u8>, params: &[&[u16]], c: char) {
        match (i1, params, c) {
            (None, [[6]], 'n') => {
                let (row, column) = screen.cursor_position();
                self.0.extend(format!("\x1b[{};{}R", row + 1, column + 1).bytes());
            }
            (None, _, 'c') => self.0.extend(b"\x1b[?62;22c"),
            _ => {}
        }
    }
}

impl Console {
    /// Starts any program in a terminal of its own.
    pub(crate) fn run(
        program: &str,
        args: &[&str],
        environment: Vec<(&'static str, OsString)>,
        (cols, rows): Size,
    ) -> Result<Self> {
        let (Some(width), Some(height)) = (NonZeroU16::new(cols), NonZeroU16::new(rows)) else {
            bail!("a terminal has at least one cell")
        };
        let pty = native_pty_system()
            .openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 })
            .map_err(|e| eyre!("no pseudo-terminal: {e:#}"))?;
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env_clear();
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pty.slave.spawn_command(command).map_err(|e| eyre!("{program} does not start: {e:#}"))?;
        let output = pty.master.try_clone_reader().map_err(|e| eyre!("{e:#}"))?;
        let keyboard = Arc::new(Mutex::new(pty.master.take_writer().map_err(|e| eyre!("{e:#}"))?));
        let parser = Parser::new_with_callbacks(height, width, 0, Answers::default());
        let terminal = Arc::new(Terminal { seen: Mutex::new(Seen { parser, ended: false }), bell: Condvar::new() });
        thread::spawn({
            let (terminal, keyboard) = (Arc::clone(&terminal), Arc::clone(&keyboard));
            move || terminal.show(output, &keyboard)
        });
        Ok(Self { child, keyboard, terminal, _master: pty.master })
    }

    /// What is to be seen, with its colours.
    #[allow(dead_code, reason = "not every suite that has a terminal paints it")]
    pub(crate) fn painted(&self) -> Screen {
        self.terminal.lock().parser.screen().clone()
    }

    /// The rows of the screen, without the blanks at their ends.
    pub(crate) fn screen(&self) -> String {
        rows_of(self.terminal.lock().parser.screen())
    }

    /// Waits until the screen holds a text within one row.
    pub(crate) fn wait_for(&self, text: &str) -> Result<()> {
        self.wait_until(&format!("{text:?}"), |screen| screen.contains(text))
    }

    /// Waits until the screen is as wanted; a failure shows the whole screen.
    pub(crate) fn wait_until(&self, what: &str, wanted: impl Fn(&str) -> bool) -> Result<()> {
        let holds = |seen: &Seen| wanted(&rows_of(seen.parser.screen()));
        let (seen, _) = self
            .terminal
            .bell
            .wait_timeout_while(self.terminal.lock(), PATIENCE, |seen| !seen.ended && !holds(seen))
            .unwrap_or_else(PoisonError::into_inner);
        let how = if seen.ended { "the program ended without" } else { "the screen does not show" };
        ensure!(holds(&seen), "{how} {what}:\n{}", framed(seen.parser.screen()));
        Ok(())
    }

    /// Presses one key, or several one after the other, by the name that a keymap writes.
    pub(crate) fn press(&self, key: &str) -> Result<()> {
        self.type_text(&keys::sequence(key)?)
    }

    /// Types a text as it stands.
    pub(crate) fn type_text(&self, text: &str) -> Result<()> {
        let mut keyboard = self.keyboard.lock().unwrap_or_else(PoisonError::into_inner);
        keyboard.write_all(text.as_bytes())?;
        Ok(keyboard.flush()?)
    }

    /// Presses Ctrl-C, waits for the end and returns the exit code; a signal's death counts as 1.
    #[allow(dead_code, reason = "not every suite leaves by itself")]
    pub(crate) fn quit(mut self) -> Result<u32> {
        self.press("ctrl-c")?;
        let (seen, _) = self
            .terminal
            .bell
            .wait_timeout_while(self.terminal.lock(), PATIENCE, |seen| !seen.ended)
            .unwrap_or_else(PoisonError::into_inner);
        ensure!(seen.ended, "the program does not end:\n{}", framed(seen.parser.screen()));
        drop(seen);
        Ok(self.child.wait()?.exit_code())
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Terminal {
    /// Draws what the program writes and answers its questions, until the program is gone.
    fn show(&self, mut output: Box<dyn Read + Send>, keyboard: &Keyboard) {
        let mut chunk = vec![0; 64 * 1024];
        loop {
            let read = output.read(&mut chunk).unwrap_or(0);
            let mut seen = self.lock();
            seen.parser.process(&chunk[..read]);
            seen.ended = read == 0;
            let answers = mem::take(&mut seen.parser.callbacks_mut().0);
            drop(seen);
            self.bell.notify_all();
            if read == 0 {
                return;
            }
            if !answers.is_empty() {
                // A program that is gone does not need its answer.
                let _ = keyboard.lock().unwrap_or_else(PoisonError::into_inner).write_all(&answers);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn rows_of(screen: &Screen) -> String {
    let (_, columns) = screen.size();
    let rows: Vec<_> = screen.rows(0, columns.get()).map(|row| row.trim_end().to_owned()).collect();
    rows.join("\n")
}

fn framed(screen: &Screen) -> String {
    let (_, columns) = screen.size();
    let edge = "─".repeat(columns.get().into());
    format!("{edge}\n{}\n{edge}", rows_of(screen))
}
