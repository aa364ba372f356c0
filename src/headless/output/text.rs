//! Tables for people and for `awk`: aligned columns, two spaces between them, no colour, "-" where there is nothing.

use std::io::{self, Write};

use jiff::Timestamp;
use unicode_width::UnicodeWidthStr;

use crate::domain::moment;
use crate::domain::text::Text;

use super::{Item, Listing};

/// What stands in a cell that has nothing to say, so that columns can be counted.
const NOTHING: &str = "-";

/// Writes a whole table; of things without columns their lines.
pub(super) fn write(out: &mut impl Write, listing: &Listing, names_clusters: bool) -> io::Result<()> {
    let all: Vec<usize> = (0..listing.items.len()).collect();
    if listing.items.is_empty() {
        return Ok(());
    }
    if listing.header.is_empty() {
        return write_rows(out, listing, &all, names_clusters);
    }
    let widths = widths(listing, names_clusters);
    let mut header: Vec<&str> = listing.header.to_vec();
    if names_clusters {
        header.insert(0, "CLUSTER");
    }
    write_row(out, &header, &widths)?;
    listing.items.iter().try_for_each(|item| write_row(out, &cells(item, names_clusters), &widths))
}

/// Writes some rows of a table without its heading.
pub(super) fn write_rows(
    out: &mut impl Write,
    listing: &Listing,
    rows: &[usize],
    names_clusters: bool,
) -> io::Result<()> {
    let widths = widths(listing, names_clusters);
    for item in rows.iter().map(|row| &listing.items[*row]) {
        if listing.header.is_empty() {
            item.cells.iter().try_for_each(|line| writeln!(out, "{line}"))?;
        } else {
            write_row(out, &cells(item, names_clusters), &widths)?;
        }
    }
    Ok(())
}

/// The widths of the columns, in cells of a terminal.
fn widths(listing: &Listing, names_clusters: bool) -> Vec<usize> {
    let mut widths: Vec<usize> = listing.header.iter().map(|heading| heading.width()).collect();
    if names_clusters {
        widths.insert(0, "CLUSTER".len());
    }
    for item in &listing.items {
        for (width, cell) in widths.iter_mut().zip(cells(item, names_clusters)) {
            *width = (*width).max(cell.width());
        }
    }
    widths
}

/// The cells of a row, none of them empty.
fn cells(item: &Item, names_clusters: bool) -> Vec<&str> {
    let cluster = names_clusters.then(|| item.cluster.0.as_str());
    let cells = cluster.into_iter().chain(item.cells.iter().map(Text::as_str));
    cells.map(|cell| if cell.is_empty() { NOTHING } else { cell }).collect()
}

/// Writes one row; nothing follows its last cell.
fn write_row(out: &mut impl Write, cells: &[&str], widths: &[usize]) -> io::Result<()> {
    let last = cells.len().saturating_sub(1);
    for (index, (cell, width)) in cells.iter().zip(widths).enumerate() {
        out.write_all(cell.as_bytes())?;
        if index < last {
            write!(out, "{:1$}", "", width.saturating_sub(cell.width()) + 2)?;
        }
    }
    writeln!(out)
}

/// How long ago something was, in one word: "41s", "6min", "12d"; nothing where it is not known.
pub(in crate::headless) fn age(at: Option<Timestamp>, now: Timestamp) -> Text {
    at.map(|at| Text::from(moment::span(now.duration_since(at)).replace(' ', ""))).unwrap_or_default()
}

/// Words in a row, without spaces between them.
pub(in crate::headless) fn join<'a>(words: impl IntoIterator<Item = &'a Text>) -> Text {
    let words: Vec<&str> = words.into_iter().map(Text::as_str).collect();
    Text::from(words.join(","))
}
