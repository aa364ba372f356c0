//! Hang-ups: told when whoever is at the other end of a stream has gone, also while nothing is read or written.

use std::future::pending;
use std::os::fd::AsFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use tokio::sync::oneshot;

/// How long to wait after the system could not say.
const AGAIN: Duration = Duration::from_secs(1);

/// Blocks until the other end of a stream is gone. A file has none, so that it never goes.
pub fn await_hang_up(stream: &impl AsFd) {
    loop {
        // Only hang-up and error are waited for: they are told without being asked for.
        let mut descriptors = [PollFd::new(stream, PollFlags::empty())];
        match poll(&mut descriptors, None) {
            Ok(_) => return,
            Err(Errno::INTR) => {}
            Err(_) => std::thread::sleep(AGAIN),
        }
    }
}

/// Tells that nobody reads stdout any more.
pub struct Unread(oneshot::Receiver<()>);

impl Unread {
    /// Begins to watch.
    pub fn watch() -> Self {
        let (sender, receiver) = oneshot::channel();
        std::thread::spawn(move || {
            await_hang_up(&std::io::stdout());
            // Nobody waits for it any more when the program is about to end.
            let _told = sender.send(());
        });
        Self(receiver)
    }

    /// Waits for it. Safe to drop while it waits.
    pub async fn come(&mut self) {
        if (&mut self.0).await.is_err() {
            pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests;
