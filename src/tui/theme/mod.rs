//! The look: what each meaning on the screen is painted with, and which characters draw it.

pub mod color;
pub mod glyphs;
mod load;
pub mod role;
mod wardrobe;

pub use color::Depth;
pub use glyphs::Glyphs;
pub use load::Theme;
pub use role::Role;
pub use wardrobe::Wardrobe;
