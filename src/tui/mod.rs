//! The screen: what is drawn, in which look, and what each key does. It shows state and asks for changes; it makes none.

pub mod chrome;
pub mod command;
mod console;
pub mod effect;
mod event_loop;
mod failpoint;
mod input;
pub mod keymap;
pub mod look;
pub mod overlays;
mod pacer;
pub mod paint;
mod paste;
mod save;
mod screen;
mod terminal;
#[cfg(test)]
mod test_support;
pub mod theme;
pub mod views;
pub mod widgets;

pub use event_loop::{Exit, run};
