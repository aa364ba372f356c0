//! What is written to the terminal, held back until it is a whole frame.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::atomic::Ordering;

use crossterm::queue;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use ratatui::backend::{Backend, CrosstermBackend};

use super::TAKEN;

/// What is written, held back until a whole frame can go to the terminal at once: small writes tear over SSH. What is
/// held when the terminal is given back is not seen any more. Clones hold the same: ratatui keeps its own to itself.
#[derive(Clone, Default)]
pub(super) struct Held(Rc<RefCell<Bytes>>);

#[derive(Default)]
struct Bytes {
    held: Vec<u8>,
    /// Whether a frame has begun that is not whole yet.
    is_partial: bool,
    /// How many have left, also while the terminal is not ours.
    left: u64,
}

impl Held {
    /// A frame begins: nothing leaves before it is whole.
    pub(super) fn begin(&mut self) -> io::Result<()> {
        self.0.borrow_mut().is_partial = true;
        queue!(self, BeginSynchronizedUpdate)
    }

    /// The frame is whole, and leaves where it changes anything. Answers how many bytes that took.
    pub(super) fn end(&mut self) -> io::Result<u64> {
        let before = self.0.borrow().left;
        let unchanged = unchanged()?;
        {
            let mut bytes = self.0.borrow_mut();
            bytes.is_partial = false;
            if bytes.held == unchanged {
                bytes.held.clear();
                return Ok(0);
            }
        }
        queue!(self, EndSynchronizedUpdate)?;
        self.flush()?;
        Ok(self.0.borrow().left - before)
    }
}

/// What a frame says in which no cell changed. No frame shows the cursor of the terminal: fields paint their own.
fn unchanged() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    queue!(bytes, BeginSynchronizedUpdate)?;
    let mut backend = CrosstermBackend::new(&mut bytes);
    backend.draw(std::iter::empty())?;
    backend.hide_cursor()?;
    Ok(bytes)
}

impl Write for Held {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut bytes = self.0.borrow_mut();
        if bytes.is_partial {
            return Ok(());
        }
        let held = std::mem::take(&mut bytes.held);
        bytes.left += held.len() as u64;
        if !TAKEN.load(Ordering::SeqCst) {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        out.write_all(&held)?;
        out.flush()
    }
}

#[cfg(test)]
mod tests;
