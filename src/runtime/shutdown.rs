//! Signals: those that end the program, and the one that says that it goes on after a suspension.

use std::io;

use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// End; the number of the signal.
    End(u8),
    /// The program goes on after a suspension.
    Resumed,
}

/// The signals of this process.
pub struct Signals {
    hangup: Stream,
    interrupt: Stream,
    terminate: Stream,
    resumed: Stream,
}

impl Signals {
    /// Takes the signals over.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            // SIGCONT has no name of its own there.
            resumed: signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?,
        })
    }

    /// Waits for the next one. Safe to drop while it waits.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.hangup.recv() => Signal::End(1),
            _ = self.interrupt.recv() => Signal::End(2),
            _ = self.terminate.recv() => Signal::End(15),
            _ = self.resumed.recv() => Signal::Resumed,
        }
    }
}
