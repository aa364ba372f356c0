//! Meanings that can be painted. A view asks for a meaning, never for a colour.

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};

/// What something on the screen means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The ground of the whole screen, with the text upon it.
    Background,
    /// Words that are neither loud nor quiet.
    Text,
    /// The one bold word that makes a section, and the name of what is selected.
    Title,
    /// Words that support others: labels, units, rows that are well, reasons.
    Muted,
    /// What may be overlooked: rules, "4 more". Never a reason, never upon the selection.
    Faint,
    /// What is well.
    Fine,
    /// What a person should look at.
    Attention,
    /// What is broken.
    Bad,
    /// What is worth knowing, and what can be copied.
    Information,
    /// Keys, and where one is.
    Accent,
    /// The marker of a change in a chart, and its name.
    Change,
    /// The ground of the selected row.
    Selection,
    /// The ground of header and footer.
    Bar,
    /// The ground of an overlay.
    Panel,
    /// The frame round a question.
    Frame,
    /// The button or field that has the focus.
    Focus,
    /// A hit of a search in text.
    Match,
    /// The cursor of a text field.
    Cursor,
    /// The word for a protected environment, on its dark red ground.
    Danger,
    /// The word that says that changes are possible.
    Armed,
    /// The word that says that changes are impossible.
    ReadOnly,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 21] = [
        Self::Background,
        Self::Text,
        Self::Title,
        Self::Muted,
        Self::Faint,
        Self::Fine,
        Self::Attention,
        Self::Bad,
        Self::Information,
        Self::Accent,
        Self::Change,
        Self::Selection,
        Self::Bar,
        Self::Panel,
        Self::Frame,
        Self::Focus,
        Self::Match,
        Self::Cursor,
        Self::Danger,
        Self::Armed,
        Self::ReadOnly,
    ];

    /// The role of a name as themes write it.
    pub fn named(name: &str) -> Option<Self> {
        let name: StrDeserializer<'_, ValueError> = name.into_deserializer();
        Self::deserialize(name).ok()
    }

    /// The role whose paint is used where a theme says nothing about this one; none for those that it must name.
    pub fn fallback(self) -> Option<Self> {
        match self {
            Self::Panel => Some(Self::Bar),
            Self::Frame => Some(Self::Faint),
            Self::Focus | Self::Match | Self::Cursor => Some(Self::Selection),
            Self::Armed => Some(Self::Danger),
            Self::ReadOnly => Some(Self::Information),
            _ => None,
        }
    }
}
