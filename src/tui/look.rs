//! How everything is drawn and which key does what: one theme, one set of glyphs, one keymap.

use super::keymap::Keymap;
use super::theme::{Glyphs, Role, Theme, Wardrobe};
use crate::domain::health::Health;

/// The look of a session.
pub struct Look {
    /// The colours.
    pub theme: Theme,
    /// The other themes.
    pub wardrobe: Wardrobe,
    /// The characters.
    pub glyphs: &'static Glyphs,
    /// The keys.
    pub keymap: Keymap,
}

impl Look {
    /// The glyph and the role of a health; colour never stands alone.
    pub fn health(&self, health: Health) -> (&'static str, Role) {
        match health {
            Health::Bad => (self.glyphs.bad, Role::Bad),
            Health::Attention => (self.glyphs.attention, Role::Attention),
            Health::Waiting => (self.glyphs.waiting, Role::Information),
            Health::Moving => (self.glyphs.moving, Role::Attention),
            Health::Unknown => (self.glyphs.unknown, Role::Muted),
            Health::Healthy => (self.glyphs.fine, Role::Fine),
        }
    }
}
