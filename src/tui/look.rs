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
        let glyph = match health {
            Health::Bad => self.glyphs.bad,
            Health::Attention => self.glyphs.attention,
            Health::Waiting => self.glyphs.waiting,
            Health::Moving => self.glyphs.moving,
            Health::Unknown => self.glyphs.unknown,
            Health::Healthy => self.glyphs.fine,
        };
        (glyph, Self::loudness(health))
    }

    /// How loud a health is.
    pub fn loudness(health: Health) -> Role {
        match health {
            Health::Bad => Role::Bad,
            Health::Attention | Health::Moving => Role::Attention,
            Health::Waiting => Role::Information,
            Health::Unknown => Role::Muted,
            Health::Healthy => Role::Fine,
        }
    }
}
