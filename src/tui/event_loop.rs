//! The loop: keys first, then facts, then time; a frame only when something changed.

use std::io;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rustix::io::Errno;
use tokio::time::sleep_until;

use super::console::{Console, Errand};
use super::failpoint;
use super::input;
use super::look::Look;
use super::pacer::{Cause, Pacer};
use super::terminal::{Multiplexer, Terminal, give_back, panicked};
use crate::config::Settings;
use crate::config::notify::Notify;
use crate::runtime::{Session, Signal, Signals};

/// Why the screen ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Somebody left it.
    Left,
    /// A signal of this number, or that of a hang-up, ended it.
    Signal(u8),
    /// Something in it panicked, which has been told.
    Defect,
}

/// The number of the signal that tells of a hang-up.
const HANG_UP: u8 = 1;

/// No sleep is longer: clocks of machines that were suspended jump.
const LONGEST: Duration = Duration::from_mins(1);

/// Shows the console until it is left.
pub async fn run(session: Session, settings: Settings, look: Look, demo: Option<String>) -> io::Result<Exit> {
    let mut signals = Signals::new()?;
    let mut terminal = Terminal::take(settings.captures_mouse)?;
    let notify = settings.notify;
    let mut console = Console::new(session, settings, look, demo);
    let exit = show(&mut console, &mut terminal, &mut signals, notify).await;
    drop(terminal);
    console.finish().await;
    match exit {
        // What is drawn onto a terminal that is gone fails before anybody says that it is.
        Err(error) if error.raw_os_error() == Some(Errno::IO.raw_os_error()) => Ok(Exit::Signal(HANG_UP)),
        exit => exit,
    }
}

/// Draws and listens until there is a reason to end.
async fn show(
    console: &mut Console,
    terminal: &mut Terminal,
    signals: &mut Signals,
    notify: Notify,
) -> io::Result<Exit> {
    let mut keys = input::read();
    let mut hangup = input::watch();
    let mut pacer = Pacer::default();
    pacer.want(Cause::Key);
    loop {
        if pacer.due().is_some_and(|due| due <= Instant::now()) {
            let bytes = terminal.draw(|frame| {
                console.draw(frame);
                failpoint::reached("frame");
            })?;
            pacer.drawn(Instant::now(), bytes);
        }
        let at = console.wakes_at();
        if pacer.due().is_none() && at <= console.session.clock().now() {
            console.tick();
            pacer.want(Cause::Data);
        }
        let wake = next_wake(console, &pacer, at);
        tokio::select! {
            biased;
            signal = signals.next() => match signal {
                Signal::End(number) => return Ok(Exit::Signal(number)),
                Signal::Resumed => {
                    terminal.enter()?;
                    pacer.want(Cause::Key);
                }
            },
            () = panicked() => return Ok(Exit::Defect),
            _ = hangup.recv() => return Ok(Exit::Signal(HANG_UP)),
            Some(event) = keys.recv() => {
                if console.event(event) {
                    pacer.want(Cause::Key);
                }
            }
            absorbed = console.session.absorb() => {
                let cause = if absorbed.changed.touches_sources() { Cause::Source } else { Cause::Data };
                if console.absorbed(absorbed) {
                    pacer.want(cause);
                }
            }
            // What is due then is seen in the next turn, as it is where facts came first.
            () = sleep_until(wake.into()) => {}
        }
        for errand in console.errands() {
            if run_errand(errand, terminal, notify)? {
                return Ok(Exit::Left);
            }
            pacer.want(Cause::Key);
        }
    }
}

/// When to wake although nothing happens: for the next frame, or for what time changes at that moment.
fn next_wake(console: &Console, pacer: &Pacer, at: Timestamp) -> Instant {
    pacer.due().unwrap_or_else(|| {
        let left = at.duration_since(console.session.clock().now());
        // What is past is due at once.
        let left = Duration::try_from(left).unwrap_or_default();
        Instant::now() + left.clamp(Duration::from_millis(20), LONGEST)
    })
}

/// Does what the console cannot do itself; whether it is to end.
fn run_errand(errand: Errand, terminal: &mut Terminal, notify: Notify) -> io::Result<bool> {
    let variable = |name: &str| std::env::var(name).ok();
    match errand {
        Errand::Quit => return Ok(true),
        Errand::Redraw => terminal.redraw(),
        Errand::Mouse(mouse) => terminal.set_mouse(mouse)?,
        Errand::Copy(text) => drop(terminal.copy(&text, Multiplexer::detect(variable))?),
        Errand::Title(title) => terminal.set_title(&title, variable)?,
        Errand::Notify(words) => terminal.notify(&words, notify, variable)?,
        Errand::Suspend => {
            give_back();
            // The whole group, as the terminal itself would: whoever started us may sit between us and the shell.
            rustix::process::kill_current_process_group(rustix::process::Signal::TSTP)?;
            // Here the shell has let us go on, or there was none that could have stopped us.
            terminal.enter()?;
        }
    }
    Ok(false)
}
