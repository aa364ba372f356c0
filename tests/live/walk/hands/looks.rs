//! What a screen shows after a key: a view, the help, a plan, a question for text.

use midwatch::tui::effect::Asked;

/// What a key led to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Led {
    /// A view, this one or another; the palette lies over it.
    View,
    /// The help.
    Help,
    /// A plan.
    Review,
    /// A line of text is asked for.
    Field(Asked),
}

/// What a screen shows after a key and a word.
pub(super) fn led(screen: &str, word: &str) -> Option<Led> {
    let bottom = screen.lines().last().unwrap_or_default();
    if is_palette(screen) {
        return screen.contains(word).then_some(Led::View);
    }
    if bottom.contains(word) {
        let asked = Asked::ALL.into_iter().find(|asked| bottom.trim_start().starts_with(asked.label().trim_end()));
        return asked.map(Led::Field);
    }
    if is_plan(screen) {
        return Some(Led::Review);
    }
    // The last line is drawn last.
    (screen.contains(" Keys ") && bottom.contains("pageup back")).then_some(Led::Help)
}

pub(super) fn is_palette(screen: &str) -> bool {
    screen.contains(" Go to ")
}

pub(super) fn is_plan(screen: &str) -> bool {
    screen.contains("copy as a command") || screen.contains("press what is focused")
}

/// Whether a plan waits for a person.
pub(super) fn is_settled(screen: &str) -> bool {
    button(screen).is_some() || is_closed(screen)
}

/// Whether a plan can only be looked at.
pub(super) fn is_closed(screen: &str) -> bool {
    screen.contains("  Close  ")
}

/// The button that carries a plan out; none where there is nothing to press.
pub(super) fn button(screen: &str) -> Option<String> {
    let line = screen.lines().find(|line| line.contains("  Cancel  ") && line.contains("read anew within"))?;
    let (_, right) = line.split_once("  Cancel  ")?;
    Some(right.split("read anew within").next()?.trim().to_owned())
}

/// The name that confirms a plan.
pub(super) fn confirmable(screen: &str) -> Option<&str> {
    let line = screen.lines().find(|line| line.trim_start_matches(['│', ' ']).starts_with("Type "))?;
    line.trim_start_matches(['│', ' ']).split_whitespace().nth(1)
}
