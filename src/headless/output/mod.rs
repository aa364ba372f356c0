//! What stands on stdout: lists as tables, as documents or as streams. Every word in a table is sanitised, and what is
//! left of it in JSON is escaped.

use std::io::{self, ErrorKind, Write};

use serde_json::{Value, json};

use crate::cli::Format;
use crate::domain::json::merge;
use crate::domain::object::ClusterName;
use crate::domain::problem::Problem;
use crate::domain::text::Text;

use super::Exit;

pub(super) mod json;
pub(super) mod text;

/// The version of the shape of everything that is printed as JSON.
pub(super) const API_VERSION: &str = "midwatch/v1";

/// A list of things of one kind.
pub(super) struct Listing {
    /// What one of them is called in JSON: "Service".
    pub(super) kind: &'static str,
    /// The headings of the table; none where a thing is lines and not a row.
    pub(super) header: &'static [&'static str],
    /// The things, in the order in which they are to be read.
    pub(super) items: Vec<Item>,
}

/// One of them.
pub(super) struct Item {
    /// The cluster that it is from.
    pub(super) cluster: ClusterName,
    /// What stays the same while it changes.
    pub(super) key: String,
    /// Its members.
    pub(super) json: Value,
    /// Its cells, or its lines.
    pub(super) cells: Vec<Text>,
}

/// How a command ended, as the last line of a stream.
pub(super) struct Ending<'a> {
    pub(super) exit: Exit,
    /// What was not as it should be, also where the command went well.
    pub(super) problems: &'a [Problem],
    /// What else is to be said of it.
    pub(super) more: Value,
}

impl Ending<'_> {
    /// The result as JSON.
    pub(super) fn json(&self) -> Value {
        let mut result = json!({
            "apiVersion": API_VERSION,
            "kind": "Result",
            "exitCode": self.exit.number(),
            "problems": self.problems.iter().map(json::problem).collect::<Vec<_>>(),
        });
        merge(&mut result, self.more.clone());
        result
    }
}

/// Prints a list that is complete, and with it what is wrong with it.
pub(super) fn print(
    format: Format,
    listing: &Listing,
    names_clusters: bool,
    problems: &[Problem],
    exit: Exit,
) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match format {
        Format::Text => text::write(&mut out, listing, names_clusters)?,
        Format::Json => {
            let items = listing.items.iter().map(|item| item.json.clone());
            json::document(&mut out, &list(listing.kind, items, problems))?;
        }
        Format::Ndjson => {
            for item in &listing.items {
                json::line(&mut out, &of_kind(listing.kind, item.json.clone()))?;
            }
            json::line(&mut out, &Ending { exit, problems, more: Value::Null }.json())?;
        }
    }
    out.flush()
}

/// Prints some things of a list that goes on; those that are gone by their keys.
pub(super) fn print_news(
    format: Format,
    listing: &Listing,
    news: &[usize],
    gone: &[String],
    names_clusters: bool,
) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if format == Format::Text {
        text::write_rows(&mut out, listing, news, names_clusters)?;
        for key in gone {
            writeln!(out, "gone: {key}")?;
        }
        return out.flush();
    }
    for index in news {
        json::line(&mut out, &of_kind(listing.kind, listing.items[*index].json.clone()))?;
    }
    for key in gone {
        json::line(&mut out, &json!({"apiVersion": API_VERSION, "kind": "Gone", "of": listing.kind, "key": key}))?;
    }
    out.flush()
}

/// Prints only how a command ended; people were told on stderr.
pub(super) fn result(format: Format, ending: &Ending<'_>) -> Result<Exit, Problem> {
    let printed = match format {
        Format::Text => Ok(()),
        // One line is a document too, and the end of a stream.
        Format::Json | Format::Ndjson => print_line(&ending.json()),
    };
    ended(printed, ending.exit)
}

/// Prints one object as a line.
pub(super) fn print_line(value: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    json::line(&mut out, value)?;
    out.flush()
}

/// Prints one object as a document.
pub(super) fn print_document(value: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    json::document(&mut out, value)?;
    out.flush()
}

/// Prints text of our own making as it is.
pub(super) fn print_text(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// A whole list as one object.
pub(super) fn list(kind: &str, items: impl IntoIterator<Item = Value>, problems: &[Problem]) -> Value {
    json!({
        "apiVersion": API_VERSION,
        "kind": format!("{kind}List"),
        "items": items.into_iter().collect::<Vec<_>>(),
        "problems": problems.iter().map(json::problem).collect::<Vec<_>>(),
    })
}

/// An object that says what it is.
pub(super) fn of_kind(kind: &str, members: Value) -> Value {
    let mut object = json!({"apiVersion": API_VERSION, "kind": kind});
    merge(&mut object, members);
    object
}

/// What printing came to: whoever reads may have had enough, which is no error.
pub(super) fn ended(printed: io::Result<()>, exit: Exit) -> Result<Exit, Problem> {
    match printed {
        Ok(()) => Ok(exit),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(exit),
        Err(error) => Err(Problem::new("cannot write to stdout", error.to_string(), "is the disk full?")),
    }
}

#[cfg(test)]
mod tests;
