//! The screen: what is drawn, in which look, and what each key does. It shows state and asks for changes; it makes none.

pub mod command;
pub mod keymap;
pub mod theme;
