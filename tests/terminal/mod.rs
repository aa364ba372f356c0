//! A terminal with a program in it: keys go in, the screen is read as a person sees it.

mod wire;

use std::ffi::OsString;
use std::io::{Read, Write};
use std::mem;
use std::num::NonZeroU16;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, bail, ensure, eyre};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use vt100::{Callbacks, Parser, Screen};

pub(crate) mod keys;

/// How long a screen may take to show what is waited for; generous, since it is only reached by a failure.
const PATIENCE: Duration = Duration::from_secs(90);

/// Columns and rows.
pub(crate) type Size = (u16, u16);

/// A program running in a terminal. It is killed when this is dropped.
pub(crate) struct Console {
    child: Box<dyn Child + Send + Sync>,
    begun: Instant,
    keyboard: Keyboard,
    terminal: Arc<Terminal>,
    // While it lives the terminal is not gone.
    master: Box<dyn MasterPty + Send>,
}

type Keyboard = Arc<Mutex<Box<dyn Write + Send>>>;

/// Begins and ends what a terminal shows at once.
const FRAME: (&[u8], &[u8]) = (b"\x1b[?2026h", b"\x1b[?2026l");

/// What has been drawn so far, and a bell that rings when there is more.
struct Terminal {
    seen: Mutex<Seen>,
    bell: Condvar,
}

struct Seen {
    parser: Parser<Answers>,
    drawn: Drawn,
    /// When the last bytes arrived.
    at: Instant,
    /// Everything that was written, as it came.
    written: Vec<u8>,
    ended: bool,
}

/// How much has been drawn.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Drawn {
    pub(crate) bytes: u64,
    /// Whole frames, counted by the mark that ends each.
    pub(crate) frames: u64,
    /// How much of that mark the last bytes hold.
    of_mark: usize,
    /// Whether what came last is the end of a frame.
    is_whole: bool,
}

impl Drawn {
    /// Whether no frame has begun to arrive that has not ended.
    #[allow(dead_code, reason = "only who measures asks for it")]
    pub(crate) fn is_whole(self) -> bool {
        self.is_whole
    }

    fn count(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        for byte in bytes {
            self.is_whole = false;
            // The mark begins with a byte that it holds only once.
            self.of_mark = if FRAME.1[self.of_mark] == *byte { self.of_mark + 1 } else { usize::from(*byte == 0x1b) };
            if self.of_mark == FRAME.1.len() {
                self.frames += 1;
                self.of_mark = 0;
                self.is_whole = true;
            }
        }
    }
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
        let begun = Instant::now();
        let child = pty.slave.spawn_command(command).map_err(|e| eyre!("{program} does not start: {e:#}"))?;
        let output = pty.master.try_clone_reader().map_err(|e| eyre!("{e:#}"))?;
        let keyboard = Arc::new(Mutex::new(pty.master.take_writer().map_err(|e| eyre!("{e:#}"))?));
        let parser = Parser::new_with_callbacks(height, width, 0, Answers::default());
        let seen = Seen { parser, drawn: Drawn::default(), written: Vec::new(), at: begun, ended: false };
        let terminal = Arc::new(Terminal { seen: Mutex::new(seen), bell: Condvar::new() });
        thread::spawn({
            let (terminal, keyboard) = (Arc::clone(&terminal), Arc::clone(&keyboard));
            move || terminal.show(output, &keyboard)
        });
        Ok(Self { child, begun, keyboard, terminal, master: pty.master })
    }

    /// What is to be seen, with its colours.
    #[allow(dead_code, reason = "not every suite that has a terminal paints it")]
    pub(crate) fn painted(&self) -> Screen {
        self.terminal.lock().parser.screen().clone()
    }

    /// What the program has written, from a byte on.
    #[allow(dead_code, reason = "not every suite reads the bytes")]
    pub(crate) fn written_from(&self, start: usize) -> Vec<u8> {
        self.terminal.lock().written[start..].to_vec()
    }

    /// The rows of the screen, without the blanks at their ends.
    pub(crate) fn screen(&self) -> String {
        rows_of(self.terminal.lock().parser.screen())
    }

    /// When the program was started.
    #[allow(dead_code, reason = "only who measures asks for it")]
    pub(crate) fn begun(&self) -> Instant {
        self.begun
    }

    /// The number of the process.
    #[allow(dead_code, reason = "only who measures or sends signals asks for it")]
    pub(crate) fn pid(&self) -> Result<u32> {
        self.child.process_id().ok_or_else(|| eyre!("the program has ended"))
    }

    /// How much has been drawn so far.
    #[allow(dead_code, reason = "only who measures asks for it")]
    pub(crate) fn drawn(&self) -> Drawn {
        self.terminal.lock().drawn
    }

    /// Waits until what is painted is as wanted, and tells when the bytes arrived that made it so.
    #[allow(dead_code, reason = "only who measures asks for it")]
    pub(crate) fn seen_at(&self, what: &str, wanted: impl Fn(&Screen, Drawn) -> bool) -> Result<Instant> {
        let holds = |seen: &Seen| wanted(seen.parser.screen(), seen.drawn);
        let (seen, _) = self
            .terminal
            .bell
            .wait_timeout_while(self.terminal.lock(), PATIENCE, |seen| !seen.ended && !holds(seen))
            .unwrap_or_else(PoisonError::into_inner);
        ensure!(holds(&seen), "the screen does not show {what}:\n{}", framed(seen.parser.screen()));
        Ok(seen.at)
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
        self.end()
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
        let mut held = Vec::new();
        loop {
            let read = output.read(&mut chunk).unwrap_or(0);
            let at = Instant::now();
            held.extend_from_slice(&chunk[..read]);
            let whole = if read == 0 { held.len() } else { whole_frames(&held) };
            let mut seen = self.lock();
            seen.at = at;
            seen.drawn.count(&chunk[..read]);
            seen.written.extend_from_slice(&chunk[..read]);
            seen.parser.process(&held[..whole]);
            held.drain(..whole);
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

/// How many bytes can be shown: all before a frame that has begun and not ended.
fn whole_frames(held: &[u8]) -> usize {
    let last = |sequence: &[u8]| held.windows(sequence.len()).rposition(|window| window == sequence);
    match (last(FRAME.0), last(FRAME.1)) {
        (Some(begun), ended) if ended.is_none_or(|ended| ended < begun) => begun,
        // The beginning of a frame may have come in part.
        _ => (1..FRAME.0.len())
            .rev()
            .find(|length| held.ends_with(&FRAME.0[..*length]))
            .map_or(held.len(), |part| held.len() - part),
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
