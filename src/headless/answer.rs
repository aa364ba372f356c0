//! One question and its answer: read, list, print, and go on telling where that was asked for.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::cli::{Format, Place};
use crate::config::settings::Verification;
use crate::domain::kind::Kind;
use crate::domain::problem::Problem;
use crate::runtime::{Session, Signal, Unread};

use super::output::{self, Ending, Listing};
use super::reading::{Reading, judge, read};
use super::signals::Untold;
use super::{Exit, complain, say};

/// How something is asked.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// Where to look.
    pub(super) place: &'a Place,
    /// How to tell it.
    pub(super) format: Format,
    /// Whether to go on telling.
    pub(super) does_watch: bool,
    /// When a change counts as verified.
    pub(super) verification: Verification,
}

/// What an answer rests on.
#[derive(Clone, Copy)]
pub(super) struct Needs<'a> {
    /// The kinds that are read.
    pub(super) kinds: &'a [Kind],
    /// Those without which there is no answer.
    pub(super) essential: &'a [Kind],
    /// What servers of signals have not told.
    pub(super) untold: &'a Untold,
}

impl<'a> Needs<'a> {
    /// An answer that rests on kinds alone.
    pub(super) fn of(kinds: &'a [Kind], essential: &'a [Kind]) -> Self {
        Self { kinds, essential, untold: Untold::NOTHING }
    }
}

/// How often what is watched is looked at although nothing was heard.
const AT_LEAST: std::time::Duration = std::time::Duration::from_secs(5);

/// Reads, lists and prints.
pub(super) async fn answer(
    session: &mut Session,
    asked: Asked<'_>,
    needs: Needs<'_>,
    mut list: impl FnMut(&Session, Timestamp) -> Result<Listing, Problem>,
) -> Result<Exit, Problem> {
    if asked.does_watch && asked.format == Format::Json {
        return Err(Problem::new("a document has an end", "with --watch there is none", "-o ndjson --watch"));
    }
    read(session, needs.kinds).await;
    let mut reading = judge(session, needs.kinds, needs.essential);
    reading.miss(needs.untold);
    reading.problems.iter().for_each(complain);
    if !reading.is_any {
        return nothing(asked.format, &reading);
    }
    let listing = list(session, session.clock().now())?;
    if listing.items.is_empty() && needs.untold.exit == Exit::Done {
        say(&format!("midwatch: nothing found: {}", listing.kind));
    }
    if asked.does_watch {
        return watch(session, asked, listing, &reading, list).await;
    }
    print(session, asked.format, &listing, &reading)
}

/// Prints a list with what is wrong with it.
pub(super) fn print(session: &Session, format: Format, listing: &Listing, reading: &Reading) -> Result<Exit, Problem> {
    let printed = output::print(format, listing, names_clusters(session), &reading.problems, reading.exit);
    output::ended(printed, reading.exit)
}

/// Ends without an answer.
pub(super) fn nothing(format: Format, reading: &Reading) -> Result<Exit, Problem> {
    output::result(format, &Ending { exit: reading.exit, problems: &reading.problems, more: Value::Null })
}

/// Tells what changes until somebody has had enough.
async fn watch(
    session: &mut Session,
    asked: Asked<'_>,
    first: Listing,
    reading: &Reading,
    mut list: impl FnMut(&Session, Timestamp) -> Result<Listing, Problem>,
) -> Result<Exit, Problem> {
    let mut signals = super::listen()?;
    let mut unread = Unread::watch();
    let names_clusters = names_clusters(session);
    let mut known = keys(&first);
    let mut printed = if asked.format == Format::Text {
        output::print(asked.format, &first, names_clusters, &[], Exit::Done)
    } else {
        let all: Vec<usize> = (0..first.items.len()).collect();
        output::print_news(asked.format, &first, &all, &[], names_clusters)
    };
    let mut due = tokio::time::Instant::now() + AT_LEAST;
    loop {
        if printed.is_err() {
            return output::ended(printed, Exit::Done);
        }
        let is_new = tokio::select! {
            absorbed = super::absorb(session) => !absorbed.changed.is_nothing(),
            // Time alone makes a rollout overdue and a cluster late.
            () = tokio::time::sleep_until(due) => true,
            () = unread.come() => return Ok(Exit::Done),
            Signal::End(number) = signals.next() => {
                let exit = Exit::Signal(number);
                let ending = Ending { exit, problems: &reading.problems, more: Value::Null };
                return output::result(asked.format, &ending);
            }
        };
        if !is_new {
            continue;
        }
        due = tokio::time::Instant::now() + AT_LEAST;
        let listing = list(session, session.clock().now())?;
        let now = keys(&listing);
        let is_news = |index: &usize| {
            let item = &listing.items[*index];
            known.get(&item.key) != Some(&item.json)
        };
        let news: Vec<usize> = (0..listing.items.len()).filter(is_news).collect();
        let gone: Vec<String> = known.keys().filter(|key| !now.contains_key(*key)).cloned().collect();
        if !news.is_empty() || !gone.is_empty() {
            printed = output::print_news(asked.format, &listing, &news, &gone, names_clusters);
            known = now;
        }
    }
}

/// Whether rows have to say which cluster they are from.
fn names_clusters(session: &Session) -> bool {
    session.cluster_names().len() > 1
}

/// What is known of each thing.
fn keys(listing: &Listing) -> BTreeMap<String, Value> {
    listing.items.iter().map(|item| (item.key.clone(), item.json.clone())).collect()
}
