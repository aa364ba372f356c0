//! Logs from memory: how fast a million lines are taken in and looked through, beside what reading their bytes takes.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use color_eyre::eyre::{OptionExt, Result};
use jiff::{SignedDuration, Timestamp};
use memchr::{memchr_iter, memmem};
use midwatch::domain::logs::{Level, Limits, Lines, LogFact, Needle, Withholder};
use midwatch::state::logs::{Choice, Index, LogStore, Patterns, Record, StreamFacts};

use crate::Bench;
use crate::figures::{BYTES, Figures, MEBIBYTES, MILLISECONDS, PER_SECOND, Spread, TIMES};
use crate::process::Process;

/// How many lines.
const LINES: usize = 1_000_000;

/// How many of them arrive together.
const BATCH: usize = 2_048;

/// Lines in which something is found.
struct Found(Needle);

impl Choice for Found {
    fn takes(&self, record: &Record<'_>, holds: bool) -> bool {
        holds || self.0.is_in(record.text)
    }

    fn needle(&self) -> Option<&Needle> {
        Some(&self.0)
    }
}

/// Measures.
pub(crate) fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let said = said()?;
    let read = spread(bench, || memchr_iter(b'\n', &said).count());
    let before = Process(std::process::id()).resident()?;
    let begun = Instant::now();
    let store = store(&said)?;
    let taken = begun.elapsed();
    let after = Process(std::process::id()).resident()?;
    #[expect(clippy::cast_precision_loss, reason = "a million is not that many")]
    {
        let lines = LINES as f64;
        figures.at_least(
            "lines from memory: read, redacted and kept",
            lines / taken.as_secs_f64(),
            PER_SECOND,
            200_000.0,
        );
        figures.note("… beside finding their ends", taken.as_secs_f64() / read.median, TIMES);
        figures.note("… bytes of a line as it is said", said.len() as f64 / lines, BYTES);
        figures.note("… bytes of memory that it takes", store.weight() as f64 / store.counts().kept as f64, BYTES);
    }
    figures.note("… memory of all", after - before, MEBIBYTES);
    for (what, typed) in [
        ("found once", "order=00777777"),
        ("found never, in either case", "redis timeout"),
        ("found in a hundredth", "latency_ms=39"),
        ("found in all", "order"),
        ("an expression", "/order=0077777[0-9]/"),
    ] {
        let found =
            Found(Needle::parse(typed).map_err(color_eyre::eyre::Report::msg)?.ok_or_eyre("something is typed")?);
        let took = spread(bench, || Index::default().update(&store, store.end(), &found));
        let bare = typed.trim_matches('/');
        let plain = spread(bench, || memmem::find_iter(&said, bare.as_bytes()).count());
        figures.at_most(&format!("a million lines, {what}"), took.times(1_000.0), MILLISECONDS, 50.0);
        figures.note("… beside memmem over the same bytes", took.median / plain.median, TIMES);
    }
    let warn = |record: &Record<'_>| record.level >= Some(Level::Warn);
    let took = spread(bench, || Index::default().update(&store, store.end(), &warn));
    figures.at_most("a million lines, by level", took.times(1_000.0), MILLISECONDS, 50.0);
    let took = spread(bench, || Patterns::default().update(&store, 20_000));
    figures.at_most("patterns of what is looked at in a frame", took.times(1_000.0), MILLISECONDS, 33.0);
    let took = spread(bench, || store.volume().bars(150, None));
    figures.at_most("bars of a frame", took.times(1_000.0), MILLISECONDS, 1.0);
    Ok(())
}

/// The lines as a server sends them.
fn said() -> Result<Vec<u8>> {
    let begin: Timestamp = "2026-11-25T03:12:00Z".parse()?;
    let mut said = String::new();
    for line in 0..LINES {
        let at = begin + SignedDuration::from_micros(i64::try_from(line)? * 50);
        let level = if line % 50 == 49 { "warn" } else { "info" };
        writeln!(
            said,
            "{at:.9} level={level} msg=\"order placed\" order={line:08} customer=c-{:05} items={} latency_ms={} \
             trace=4bf92f3577b34da6a3ce929d0e0e4736",
            line * 7 % 90_000,
            line % 9 + 1,
            line * 13 % 400,
        )?;
    }
    Ok(said.into_bytes())
}

/// A store that has taken the lines in, as it does when they come from a server.
fn store(said: &[u8]) -> Result<LogStore> {
    let mut store = LogStore::new(1, Limits::default());
    let now: Timestamp = "2026-11-25T03:13:00Z".parse()?;
    let stream = store.join(StreamFacts::default(), false, now);
    let (mut lines, mut withholder, mut from) = (Lines::default(), Withholder::default(), 0);
    for end in memchr_iter(b'\n', said) {
        let line = std::str::from_utf8(&said[from..end])?;
        from = end + 1;
        let (at, words) = line.split_once(' ').ok_or_eyre("a line has a time")?;
        lines.push(at.parse()?, words, "", &mut withholder);
        if lines.len() >= BATCH {
            store.hear(stream, LogFact::Lines(std::mem::take(&mut lines)), now);
        }
    }
    store.hear(stream, LogFact::Lines(lines), now);
    Ok(store)
}

/// How many seconds something takes.
fn spread<T>(bench: &Bench, mut what: impl FnMut() -> T) -> Spread {
    let mut once = || {
        let begun = Instant::now();
        std::hint::black_box(what());
        begun.elapsed()
    };
    once();
    Spread::of((0..bench.times()).map(|_| Duration::as_secs_f64(&once())).collect())
}
