//! Keys, from a thread of their own; and a watchdog that ends the program when its terminal is gone.

use std::io;
use std::time::Duration;

use crossterm::event::{Event, KeyEventKind};
use tokio::sync::mpsc;

use super::failpoint;
use crate::runtime::await_hang_up;

/// How long the program may take to end by itself once its terminal is gone.
const GRACE: Duration = Duration::from_millis(1500);

/// Reads keys until nobody takes them any more. Reading blocks, and spins for ever once the terminal is gone, so it
/// must not be the thread that decides to end.
pub(super) fn read() -> mpsc::Receiver<Event> {
    let (sender, receiver) = mpsc::channel(256);
    std::thread::spawn(move || {
        while let Ok(event) = crossterm::event::read() {
            failpoint::reached("key");
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
        await_hang_up(&io::stdin());
        // Full means that it was told already.
        let _told = sender.try_send(());
        std::thread::sleep(GRACE);
        #[expect(clippy::exit, reason = "the reading thread spins on a dead terminal and cannot be stopped")]
        std::process::exit(129);
    });
    receiver
}
