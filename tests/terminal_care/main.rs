//! How midwatch treats the terminal that it is lent: taken over and given back whatever happens, drawn in whole frames
//! and only when something changed, and never in more colours or characters than it has.

mod clipboard;
mod colours;
mod desk;
mod drawing;
mod leaving;
mod mouse;
mod notifying;
mod suspending;
#[path = "../terminal/mod.rs"]
mod terminal;
mod vanishing;
