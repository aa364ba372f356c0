//! The terminal: taken over at the start, and given back whatever happens.

use std::io::{self, IsTerminal, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::terminal::{
    Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode, is_raw_mode_enabled,
};
use crossterm::{cursor, execute, queue};
use ratatui::Frame;
use ratatui::backend::CrosstermBackend;
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use tokio::sync::Notify;

use held::Held;

mod beyond;
mod held;

/// More than this is not copied: terminals cut it or ignore it.
const CLIPBOARD: usize = 48 * 1024;

/// Whether the terminal is ours at the moment.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Rings when something panicked.
static PANICKED: Notify = Notify::const_new();

/// The terminal, while it is ours.
pub(super) struct Terminal {
    inner: ratatui::Terminal<CrosstermBackend<Held>>,
    held: Held,
    mouse: bool,
    /// What the title of the window is to say; none where it is left alone.
    title: Option<String>,
    /// Whether what is on the screen is not what was drawn last.
    is_spoilt: bool,
}

impl Terminal {
    /// Takes the terminal over. It is given back when this is dropped, and before a panic is reported.
    pub(super) fn take(mouse: bool) -> io::Result<Self> {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let report = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                give_back();
                report(panic);
                PANICKED.notify_one();
            }));
        });
        let held = Held::default();
        let inner = ratatui::Terminal::new(CrosstermBackend::new(held.clone()))?;
        let mut terminal = Self { inner, held, mouse, title: None, is_spoilt: false };
        terminal.enter()?;
        Ok(terminal)
    }

    /// Enters the screen of our own, at the start and after a suspension.
    pub(super) fn enter(&mut self) -> io::Result<()> {
        TAKEN.store(true, Ordering::SeqCst);
        make_raw()?;
        execute!(self.inner.backend_mut(), EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)?;
        if self.mouse {
            execute!(self.inner.backend_mut(), EnableMouseCapture)?;
        }
        self.show_title()?;
        self.redraw();
        Ok(())
    }

    /// Takes the mouse, or leaves it to the terminal so that its own selection works.
    pub(super) fn set_mouse(&mut self, mouse: bool) -> io::Result<()> {
        if mouse == self.mouse {
            return Ok(());
        }
        self.mouse = mouse;
        let backend = self.inner.backend_mut();
        if mouse { execute!(backend, EnableMouseCapture) } else { execute!(backend, DisableMouseCapture) }
    }

    /// Draws one frame, which the terminal shows at once. Answers how many bytes that took: none where nothing changed.
    pub(super) fn draw(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> io::Result<u64> {
        self.held.begin()?;
        if std::mem::take(&mut self.is_spoilt) {
            // Ratatui's own way asks the terminal where its cursor is. The thread that reads keys would take the answer,
            // and not every terminal gives one.
            queue!(self.inner.backend_mut(), Clear(ClearType::All))?;
            self.inner.swap_buffers();
        }
        self.inner.draw(render)?;
        self.held.end()
    }

    /// Forgets what is on the screen, so that the next frame draws everything.
    pub(super) fn redraw(&mut self) {
        self.is_spoilt = true;
    }

    /// Copies text to the clipboard of whoever sits before the terminal, also through SSH. Answers whether it fitted.
    pub(super) fn copy(&mut self, text: &str, multiplexer: Multiplexer) -> io::Result<bool> {
        if text.len() > CLIPBOARD {
            return Ok(false);
        }
        let sequence = multiplexer.wrap(&format!("\x1b]52;c;{}\x07", STANDARD.encode(text)));
        let backend = self.inner.backend_mut();
        backend.write_all(sequence.as_bytes())?;
        Write::flush(backend)?;
        Ok(true)
    }
}

/// Has keys come as they are pressed. Whoever stopped us may have changed the modes, which crossterm does not notice: it
/// would do nothing. They are not those of a shell for a moment in between, or a key that comes just then would be echoed.
fn make_raw() -> io::Result<()> {
    let input = io::stdin();
    if !is_raw_mode_enabled()? || !input.is_terminal() {
        disable_raw_mode()?;
        return enable_raw_mode();
    }
    let mut modes = tcgetattr(&input)?;
    modes.make_raw();
    Ok(tcsetattr(&input, OptionalActions::Now, &modes)?)
}

impl Drop for Terminal {
    fn drop(&mut self) {
        give_back();
    }
}

/// Waits until something has panicked elsewhere: the terminal was given back by then, and nobody knows what is missing.
pub(super) async fn panicked() {
    PANICKED.notified().await;
}

/// Gives the terminal back, if it is ours. It may be gone; then there is nobody to give it back to.
pub(super) fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout();
    drop(beyond::give_title_back(&mut out));
    drop(execute!(
        out,
        DisableMouseCapture,
        DisableBracketedPaste,
        EndSynchronizedUpdate,
        LeaveAlternateScreen,
        cursor::Show
    ));
    drop(disable_raw_mode());
}

/// What sits between us and the terminal, and must be told to let the clipboard through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Multiplexer {
    /// Nothing.
    None,
    /// tmux.
    Tmux,
    /// GNU screen.
    Screen,
}

impl Multiplexer {
    /// What the environment tells.
    pub(super) fn detect(variable: impl Fn(&str) -> Option<String>) -> Self {
        if variable("TMUX").is_some() {
            Self::Tmux
        } else if variable("STY").is_some() || variable("TERM").is_some_and(|term| term.starts_with("screen")) {
            Self::Screen
        } else {
            Self::None
        }
    }

    /// Wraps a sequence so that it comes through.
    fn wrap(self, sequence: &str) -> String {
        match self {
            Self::None => sequence.to_owned(),
            Self::Tmux => format!("\x1bPtmux;{}\x1b\\", sequence.replace('\x1b', "\x1b\x1b")),
            // screen takes at most 768 bytes of a string at once.
            Self::Screen => {
                let pieces = sequence.as_bytes().chunks(512).map(|piece| {
                    let piece = std::str::from_utf8(piece).unwrap_or_default();
                    format!("\x1bP{piece}\x1b\\")
                });
                pieces.collect()
            }
        }
    }
}

#[cfg(test)]
mod tests;
