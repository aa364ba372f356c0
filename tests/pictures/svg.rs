//! A screen as a picture: every run of cells of one look is a piece of text on a ground.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;
use vt100::{Cell, Color, Screen};

/// The size of a cell, in units of the picture.
const CELL: (usize, usize) = (9, 19);

/// The look of a cell.
#[derive(Clone, PartialEq)]
struct Style {
    ink: String,
    ground: Option<String>,
    is_bold: bool,
}

/// Paints a screen.
pub(crate) fn picture(screen: &Screen) -> String {
    let (rows, cols) = screen.size();
    let (rows, cols) = (rows.get(), cols.get());
    let (width, height) = (usize::from(cols) * CELL.0 + 16, usize::from(rows) * CELL.1 + 16);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-size=\"15\" \
         font-family=\"'DejaVu Sans Mono', ui-monospace, Menlo, Consolas, monospace\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"#0d1117\"/>\n"
    );
    // Grounds first: no glyph is cut off by the ground beside it.
    let mut words = String::new();
    for row in 0..rows {
        let mut column = 0;
        while column < cols {
            let style = style_of(screen.cell(row, column));
            let (from, mut text) = (column, String::new());
            while column < cols && style_of(screen.cell(row, column)) == style {
                let contents = screen.cell(row, column).map(Cell::contents).unwrap_or_default();
                text.push_str(if contents.is_empty() { " " } else { contents });
                column += 1;
            }
            run((&mut svg, &mut words), (row, from, column - from), &style, &text);
        }
    }
    svg.push_str(&words);
    svg.push_str("</svg>\n");
    svg
}

/// Paints one run of cells.
fn run((grounds, words): (&mut String, &mut String), (row, column, cells): (u16, u16, u16), style: &Style, text: &str) {
    let (x, y) = (8 + usize::from(column) * CELL.0, 8 + usize::from(row) * CELL.1);
    let width = usize::from(cells) * CELL.0;
    if let Some(ground) = &style.ground {
        let _ =
            writeln!(grounds, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{}\" fill=\"{ground}\"/>", CELL.1);
    }
    let bold = if style.is_bold { " font-weight=\"bold\"" } else { "" };
    // Each word stands at its own place: what one renderer makes of spaces is not what the next one does.
    let mut at = 0;
    for word in text.split(' ') {
        let wide = word.width();
        if wide > 0 {
            let word = word.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let _ = writeln!(
                words,
                "<text x=\"{}\" y=\"{}\" textLength=\"{}\" fill=\"{}\"{bold}>{word}</text>",
                x + at * CELL.0,
                y + CELL.1 - 5,
                wide * CELL.0,
                style.ink
            );
        }
        at += wide + 1;
    }
}

/// The look of a cell; one that is not there is blank.
fn style_of(cell: Option<&Cell>) -> Style {
    let Some(cell) = cell else { return Style { ink: String::new(), ground: None, is_bold: false } };
    let ink = color(cell.fgcolor()).unwrap_or_else(|| "#d7dae0".to_owned());
    let ground = color(cell.bgcolor());
    let (ink, ground) =
        if cell.inverse() { (ground.unwrap_or_else(|| "#0d1117".to_owned()), Some(ink)) } else { (ink, ground) };
    Style { ink, ground, is_bold: cell.bold() }
}

/// A colour; none for that of the terminal. The sandbox is pictured in true colour.
fn color(color: Color) -> Option<String> {
    match color {
        Color::Rgb(red, green, blue) => Some(format!("#{red:02x}{green:02x}{blue:02x}")),
        Color::Default | Color::Idx(_) => None,
    }
}
