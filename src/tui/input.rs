//! Keys, from a thread of their own; and a watchdog that ends the program when its terminal is gone.

use std::io;
use std::time::Duration;

use crossterm::event::{Event, KeyEventKind};
use rustix::event::{PollFd, PollFlags, poll};
use tokio::sync::mpsc;

/// How long the program may take to end by itself once its terminal is gone.
const GRACE: Duration = Duration::from_millis(1500);

/// Reads keys until nobody takes them any more. Reading blocks, and spins for ever once the terminal is gone, so it
/// must not be the thread that decides to end.
pub(super) fn read() -> mpsc::Receiver<Event> {
    let (sender, receiver) = mpsc::channel(256);
    std::thread::spawn(move || {
        while let Ok(event) = crossterm::event::read() {
            let is_wanted = match &event {
                Event::Key(key) => key.kind != KeyEventKind::Release,
                Event::FocusGained | Event::FocusLost => false,
                Event::Mouse(_) | Event::Paste(_) | Event::Resize(..) => true,
            };
            if is_wanted && sender.blocking_send(event).is_err() {
                break;
            }
        }
    });
    receiver
}

/// Tells when the terminal is gone, and ends the process if it has not ended by itself soon after.
pub(super) fn watch() -> mpsc::Receiver<()> {
    let (sender, receiver) = mpsc::channel(1);
    std::thread::spawn(move || {
        while !is_gone() {}
        // Full means that it was told already.
        let _told = sender.try_send(());
        std::thread::sleep(GRACE);
        #[expect(clippy::exit, reason = "the reading thread spins on a dead terminal and cannot be stopped")]
        std::process::exit(129);
    });
    receiver
}

/// Waits a while for the terminal to go away.
fn is_gone() -> bool {
    let stdin = io::stdin();
    let mut descriptors = [PollFd::new(&stdin, PollFlags::empty())];
    // Only hang-up and error are waited for: they are told without being asked for.
    let limit = rustix::event::Timespec { tv_sec: 1, tv_nsec: 0 };
    match poll(&mut descriptors, Some(&limit)) {
        Ok(0) => false,
        Ok(_) => descriptors[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL),
        Err(_interrupted) => false,
    }
}
