//! Colours, and what is left of them on terminals that show fewer.

use ratatui::style::Color;
use supports_color::ColorLevel;

/// The names of the sixteen colours in the order of their numbers.
pub const NAMES: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
];

/// The sixteen colours as ratatui names them, in the order of their numbers.
const SIXTEEN: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

/// What xterm paints for the sixteen numbers; other terminals differ, so that a theme may name the number itself.
const XTERM: [[u8; 3]; 16] = [
    [0, 0, 0],
    [205, 0, 0],
    [0, 205, 0],
    [205, 205, 0],
    [0, 0, 238],
    [205, 0, 205],
    [0, 205, 205],
    [229, 229, 229],
    [127, 127, 127],
    [255, 0, 0],
    [0, 255, 0],
    [255, 255, 0],
    [92, 92, 255],
    [255, 0, 255],
    [0, 255, 255],
    [255, 255, 255],
];

/// The levels of red, green and blue in the cube of the 256 colours.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// How many colours the terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Any mixture of red, green and blue.
    TrueColor,
    /// The 256 colours of xterm.
    Indexed,
    /// The sixteen colours that the terminal's owner chose.
    Sixteen,
    /// None: weight and words only, as `NO_COLOR` asks for.
    None,
}

impl From<Option<ColorLevel>> for Depth {
    /// Takes what `supports_color::on` found out.
    fn from(level: Option<ColorLevel>) -> Self {
        match level {
            Some(level) if level.has_16m => Self::TrueColor,
            Some(level) if level.has_256 => Self::Indexed,
            Some(_) => Self::Sixteen,
            None => Self::None,
        }
    }
}

/// A colour as a theme gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swatch {
    /// What the terminal uses by itself.
    Default,
    /// One of the sixteen, by number.
    Named(u8),
    /// A mixture, with the one of the sixteen that stands for it if the theme names one.
    Mixed([u8; 3], Option<u8>),
}

impl Swatch {
    /// Reads `default`, `bright-red`, `#86c28b` or `#86c28b green`, the second word standing in where there are only
    /// sixteen colours. An error is a lower-case fragment.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut words = text.split_ascii_whitespace();
        let first = words.next().unwrap_or_default();
        let second = words.next();
        let swatch = match (first.strip_prefix('#'), second) {
            (Some(digits), stand_in) => Self::Mixed(mixture(digits)?, stand_in.map(number).transpose()?),
            (None, None) if first == "default" => Self::Default,
            (None, None) => Self::Named(number(first)?),
            (None, Some(_)) => return Err(format!("`{text}` is no colour; a second word may only follow `#rrggbb`")),
        };
        match words.next() {
            None => Ok(swatch),
            Some(word) => Err(format!("`{word}` is one word too many for a colour")),
        }
    }

    /// The colour for the terminal; nothing where it shows none.
    pub fn at(self, depth: Depth) -> Option<Color> {
        match (self, depth) {
            (_, Depth::None) => None,
            (Self::Default, _) => Some(Color::Reset),
            (Self::Named(number), _) | (Self::Mixed(_, Some(number)), Depth::Sixteen) => {
                Some(SIXTEEN[usize::from(number)])
            }
            (Self::Mixed([red, green, blue], _), Depth::TrueColor) => Some(Color::Rgb(red, green, blue)),
            (Self::Mixed(mixture, _), Depth::Indexed) => Some(Color::Indexed(indexed(mixture))),
            (Self::Mixed(mixture, None), Depth::Sixteen) => Some(SIXTEEN[closest(mixture, &XTERM)]),
        }
    }
}

/// Reads six hexadecimal digits.
fn mixture(digits: &str) -> Result<[u8; 3], String> {
    let valid = digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let number = u32::from_str_radix(digits, 16).ok().filter(|_| valid);
    let [_, red, green, blue] = number
        .ok_or_else(|| format!("`#{digits}` is no colour; six digits are needed, as in `#86c28b`"))?
        .to_be_bytes();
    Ok([red, green, blue])
}

/// Finds one of the sixteen by name.
fn number(name: &str) -> Result<u8, String> {
    let position = NAMES.iter().position(|known| *known == name);
    position
        .and_then(|position| u8::try_from(position).ok())
        .ok_or_else(|| crate::config::assets::unknown("colour", name, NAMES.into_iter().chain(["default"])))
}

/// The nearest of the 256 colours: a corner of the cube or one of the 24 greys.
fn indexed(mixture: [u8; 3]) -> u8 {
    let steps = mixture.map(|level| {
        let gap = |step: u8| CUBE[usize::from(step)].abs_diff(level);
        (0..6).min_by_key(|step| gap(*step)).unwrap_or_default()
    });
    let corner = steps.map(|step| CUBE[usize::from(step)]);
    let mean = mixture.iter().map(|level| u16::from(*level)).sum::<u16>() / 3;
    let grey = u8::try_from(mean.saturating_sub(3) / 10).unwrap_or(u8::MAX).min(23);
    if closest(mixture, &[corner, [8 + 10 * grey; 3]]) == 0 {
        16 + 36 * steps[0] + 6 * steps[1] + steps[2]
    } else {
        232 + grey
    }
}

/// The position of the candidate that looks most like the mixture.
fn closest(mixture: [u8; 3], candidates: &[[u8; 3]]) -> usize {
    let distance = |candidate: &[u8; 3]| -> u32 {
        // Eyes are keener on green than on red, and on red than on blue.
        (mixture.iter().zip(candidate).zip([3, 4, 2]))
            .map(|((left, right), weight)| weight * u32::from(left.abs_diff(*right)).pow(2))
            .sum()
    };
    (0..candidates.len()).min_by_key(|index| distance(&candidates[*index])).unwrap_or_default()
}

#[cfg(test)]
mod tests;
