//! What goes on between a program and its terminal beside what is to be seen: bytes, sizes, signals, modes, the end.
#![allow(dead_code, reason = "not every suite that has a terminal looks at all of it")]

use std::fs::File;
use std::num::NonZeroU16;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::PoisonError;
use std::thread;
use std::time::{Duration, Instant};

use color_eyre::eyre::{OptionExt, Result, bail, ensure, eyre};
use portable_pty::PtySize;
use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{LocalModes, OutputModes, tcgetattr};
use vt100::Screen;

use super::{Console, PATIENCE, Seen, Size, framed};

impl Console {
    /// Everything that was written so far, as it came.
    pub(crate) fn written(&self) -> Vec<u8> {
        self.terminal.lock().written.clone()
    }

    /// Waits until the terminal is in some state; what is to be seen is told by `wait_until`.
    pub(crate) fn wait_for_state(&self, what: &str, wanted: impl Fn(&Screen) -> bool) -> Result<()> {
        let (seen, _) = self
            .terminal
            .bell
            .wait_timeout_while(self.terminal.lock(), PATIENCE, |seen| !seen.ended && !wanted(seen.parser.screen()))
            .unwrap_or_else(PoisonError::into_inner);
        ensure!(wanted(seen.parser.screen()), "no {what}:\n{}", framed(seen.parser.screen()));
        Ok(())
    }

    /// Waits until a text was written after so many bytes, and returns all of what was written after them.
    pub(crate) fn wait_for_written(&self, from: usize, text: &str) -> Result<String> {
        let after = |seen: &Seen| String::from_utf8_lossy(&seen.written[from..]).into_owned();
        let (seen, _) = self
            .terminal
            .bell
            .wait_timeout_while(self.terminal.lock(), PATIENCE, |seen| !seen.ended && !after(seen).contains(text))
            .unwrap_or_else(PoisonError::into_inner);
        ensure!(after(&seen).contains(text), "{text:?} is not written:\n{}", framed(seen.parser.screen()));
        Ok(after(&seen))
    }

    /// Waits until nothing has been written for a while.
    pub(crate) fn wait_for_silence(&self, quiet: Duration) -> Result<()> {
        let begun = Instant::now();
        let (mut length, mut since) = (self.terminal.lock().written.len(), Instant::now());
        while since.elapsed() < quiet {
            if begun.elapsed() > PATIENCE {
                let written = self.written();
                let last = String::from_utf8_lossy(&written[written.len().saturating_sub(400)..]).into_owned();
                bail!("it never stands still:\n{}\n{last:?}", self.screen());
            }
            thread::sleep(quiet / 20);
            let now = self.terminal.lock().written.len();
            if now != length {
                (length, since) = (now, Instant::now());
            }
        }
        Ok(())
    }

    /// Gives the terminal another size, as a person does who drags its corner.
    pub(crate) fn resize(&self, (cols, rows): Size) -> Result<()> {
        let size = NonZeroU16::new(rows).zip(NonZeroU16::new(cols)).ok_or_eyre("a terminal has at least one cell")?;
        self.terminal.lock().parser.set_size(size.0, size.1);
        self.master.resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).map_err(|error| eyre!("{error:#}"))
    }

    /// Sends a signal to the program.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        let number = Pid::from_raw(i32::try_from(self.pid()?)?).ok_or_eyre("no process has the number 0")?;
        Ok(kill_process(number, signal)?)
    }

    /// Waits for the end and returns the exit code; a signal's death counts as 1. The screen can still be looked at.
    pub(crate) fn end(&mut self) -> Result<u32> {
        let (seen, _) = self
            .terminal
            .bell
            .wait_timeout_while(self.terminal.lock(), PATIENCE, |seen| !seen.ended)
            .unwrap_or_else(PoisonError::into_inner);
        ensure!(seen.ended, "the program does not end:\n{}", framed(seen.parser.screen()));
        drop(seen);
        Ok(self.child.wait()?.exit_code())
    }

    /// Whether the terminal hands over keys raw: no line to edit, no echo, no signals from keys.
    pub(crate) fn is_raw(&self) -> Result<bool> {
        let name = self.master.tty_name().ok_or_eyre("the terminal has no name")?;
        let flags = i32::try_from(OFlags::NOCTTY.bits())?;
        let terminal = File::options().read(true).write(true).custom_flags(flags).open(name)?;
        let modes = tcgetattr(&terminal)?;
        let kept = LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG | LocalModes::IEXTEN;
        let local = modes.local_modes & kept;
        let is_cooked = local == kept && modes.output_modes.contains(OutputModes::OPOST);
        ensure!(is_cooked || local.is_empty(), "half raw: {modes:?}");
        Ok(!is_cooked)
    }
}
