//! Keymaps as TOML: reading them, laying a user's over the one that it inherits, and the laws that none may break.

use std::ops::Range;

use keybinds::Match;
use serde::Deserialize;
use toml::Spanned;

use super::chord::Chord;
use super::{Keymap, Row};
use crate::config::assets::{Asset, Assets, Fault, Kind};
use crate::tui::command::{Command, Context};

/// The keymap that is used where none is chosen.
const USUAL: &str = "default";

/// A keymap file: rows grouped by context.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct KeymapFile {
    inherits: Option<Spanned<String>>,
    #[serde(default)]
    global: Vec<FileRow>,
    #[serde(default)]
    table: Vec<FileRow>,
    #[serde(default)]
    service: Vec<FileRow>,
    #[serde(default)]
    text: Vec<FileRow>,
    #[serde(default)]
    logs: Vec<FileRow>,
    #[serde(default)]
    plan_review: Vec<FileRow>,
    #[serde(default)]
    prompt: Vec<FileRow>,
}

/// A row of a file. Without `run` it takes away what an inherited file gave to the chord.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRow {
    on: Spanned<Chord>,
    run: Option<Spanned<Command>>,
}

impl KeymapFile {
    fn rows(&self, context: Context) -> &[FileRow] {
        match context {
            Context::Global => &self.global,
            Context::Table => &self.table,
            Context::Service => &self.service,
            Context::Text => &self.text,
            Context::Logs => &self.logs,
            Context::PlanReview => &self.plan_review,
            Context::Prompt => &self.prompt,
        }
    }
}

impl Keymap {
    /// Loads a keymap: the user's file of that name, else the built-in one.
    pub fn load(assets: &Assets, name: &str) -> Result<Self, Fault> {
        let lineage = assets.lineage(Kind::Keymap, name, |file: &KeymapFile| file.inherits.as_ref())?;
        let mut keymap = Self::default();
        for (asset, file) in lineage.iter().rev() {
            for context in Context::ALL {
                let rows = read(asset, context, file.rows(context))?;
                keymap.lay(context, file.rows(context), rows);
            }
        }
        for context in Context::ALL.into_iter().filter(|context| context.takes_text()) {
            if keymap.keys_of(context, Command::Cancel).is_empty() {
                let what = format!("no key runs `cancel` in {}; there would be no way out", context.name());
                return Err(lineage[0].0.fault(None, what));
            }
        }
        Ok(keymap)
    }

    /// The keymap for those who chose none, and for those whose own has an error.
    ///
    /// # Panics
    /// Never: the built-in keymaps are checked by tests.
    pub fn usual() -> Self {
        Self::load(&Assets::default(), USUAL).expect("the built-in keymaps are checked by tests")
    }

    /// Lays the rows of a file over what it inherits; an inherited chord that could not be told from a new one goes.
    fn lay(&mut self, context: Context, file: &[FileRow], rows: Vec<Row>) {
        let known = self.rows.entry(context).or_default();
        known.retain(|old| !file.iter().any(|new| conflict(&old.on, new.on.get_ref())));
        known.extend(rows);
    }
}

/// Checks the rows of one file and context.
fn read(asset: &Asset, context: Context, file: &[FileRow]) -> Result<Vec<Row>, Fault> {
    let mut rows: Vec<Row> = Vec::new();
    for row in file {
        let on = row.on.get_ref();
        if let Some(earlier) = rows.iter().find(|earlier| conflict(&earlier.on, on)) {
            let what = if earlier.on == *on {
                format!("`{on}` runs `{}` already", earlier.run.name())
            } else {
                format!("`{on}` and `{}` cannot be told apart: one begins with the other", earlier.on)
            };
            return Err(asset.fault(Some(row.on.span()), what));
        }
        let Some(run) = &row.run else { continue };
        check(context, on, *run.get_ref()).map_err(|what| asset.fault(Some(place(row, run)), what))?;
        rows.push(Row { on: on.clone(), run: *run.get_ref() });
    }
    Ok(rows)
}

/// The laws that hold whatever a file says. An error is a lower-case fragment.
fn check(context: Context, on: &Chord, run: Command) -> Result<(), String> {
    let (name, place) = (run.name(), context.name());
    if !run.may_have_key() {
        return Err(format!("`{name}` has no key, so that nobody does it by a slip; type `:{name}`"));
    }
    if !run.works_in(context) {
        let contexts: Vec<&str> = run.contexts().iter().map(|context| context.name()).collect();
        return Err(format!("`{name}` does not work in {place}, only in {}", contexts.join(", ")));
    }
    if context.takes_text() && !on.is_safe_in_text() {
        return Err(format!(
            "`{on}` may not act in {place}, where text is typed; only esc, tab, enter, arrow, page and function keys may"
        ));
    }
    Ok(())
}

/// Whether two chords cannot both be pressed: they are equal, or one is the beginning of the other.
fn conflict(left: &Chord, right: &Chord) -> bool {
    left.match_to(right.as_slice()) != Match::Unmatch || right.match_to(left.as_slice()) != Match::Unmatch
}

/// The place of a row in its file, where its command stands.
fn place(row: &FileRow, run: &Spanned<Command>) -> Range<usize> {
    row.on.span().start.min(run.span().start)..run.span().end
}
