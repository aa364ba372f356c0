//! A TOML file taken apart key by key, so that one reading tells of all its errors.

use std::cell::RefCell;
use std::ops::{Range, RangeInclusive};

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::assets::{Asset, Fault, unknown};

/// A file that is being read, with the errors found so far.
pub(super) struct Document<'a> {
    asset: &'a Asset,
    faults: RefCell<Vec<Fault>>,
}

impl<'a> Document<'a> {
    /// Begins to read a file.
    pub(super) fn new(asset: &'a Asset) -> Self {
        Self { asset, faults: RefCell::default() }
    }

    /// The outermost table; none where the file is no TOML, about which all there is to say has then been noted.
    pub(super) fn root(&self) -> Option<Table<'_>> {
        let (root, errors) = DeTable::parse_recoverable(&self.asset.text);
        for error in &errors {
            self.note(error.span(), error.message());
        }
        errors.is_empty().then(|| Table::new(self, root.into_inner(), 0..0))
    }

    /// Notes an error at a range of bytes.
    pub(super) fn note(&self, place: Option<Range<usize>>, what: impl AsRef<str>) {
        self.push(self.asset.fault(place, what));
    }

    /// Notes an error that may lie elsewhere.
    pub(super) fn push(&self, fault: Fault) {
        self.faults.borrow_mut().push(fault);
    }

    /// Hands the errors over in the order of the file.
    pub(super) fn into_faults(self) -> Vec<Fault> {
        let mut faults = self.faults.into_inner();
        faults.sort_by_key(|fault| fault.line);
        faults
    }
}

/// One table of the file. Each key is taken once; what is left at the end is unknown.
pub(super) struct Table<'a> {
    document: &'a Document<'a>,
    left: DeTable<'a>,
    place: Range<usize>,
    known: Vec<&'static str>,
}

impl<'a> Table<'a> {
    fn new(document: &'a Document<'a>, left: DeTable<'a>, place: Range<usize>) -> Self {
        Self { document, left, place, known: Vec::new() }
    }

    /// Where it stands in the file.
    pub(super) fn place(&self) -> Range<usize> {
        self.place.clone()
    }

    /// Takes a value; one of another type is noted.
    pub(super) fn value<T: Deserialize<'a>>(&mut self, key: &'static str) -> Option<Spanned<T>> {
        self.known.push(key);
        let value = self.left.remove(key)?;
        let read = Spanned::deserialize(ValueDeserializer::from(value));
        read.map_err(|error| self.document.note(error.span(), format!("`{key}`: {}", plain(error.message())))).ok()
    }

    /// Takes a word and reads it; what is wrong with it is noted.
    pub(super) fn word<T>(&mut self, key: &'static str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let word: Spanned<String> = self.value(key)?;
        read(word.get_ref()).map_err(|what| self.document.note(Some(word.span()), what)).ok()
    }

    /// Takes a number that has to be within a range.
    pub(super) fn within(&mut self, key: &'static str, range: &RangeInclusive<u64>) -> Option<u64> {
        let number: Spanned<u64> = self.value(key)?;
        if range.contains(number.get_ref()) {
            return Some(*number.get_ref());
        }
        let what = format!("`{key}` is out of range: {} to {}", range.start(), range.end());
        self.document.note(Some(number.span()), what);
        None
    }

    /// Takes a table within this one.
    pub(super) fn table(&mut self, key: &'static str) -> Option<Self> {
        self.known.push(key);
        let value = self.left.remove(key)?;
        self.inner(key, value)
    }

    /// Takes all that is left as tables, whose names the file is free to give, in the order of the file.
    pub(super) fn tables(mut self) -> Vec<(Spanned<String>, Self)> {
        let mut entries: Vec<_> = std::mem::take(&mut self.left).into_iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        let mut tables = Vec::new();
        for (name, value) in entries {
            if let Some(table) = self.inner(name.get_ref(), value) {
                tables.push((Spanned::new(name.span(), name.into_inner().into_owned()), table));
            }
        }
        tables
    }

    /// Takes all that is left as words, whose names the file is free to give.
    pub(super) fn words(mut self) -> Vec<(Spanned<String>, String)> {
        let mut words = Vec::new();
        for (name, value) in std::mem::take(&mut self.left) {
            match Spanned::<String>::deserialize(ValueDeserializer::from(value)) {
                Ok(word) => words.push((Spanned::new(name.span(), name.into_inner().into_owned()), word.into_inner())),
                Err(error) => {
                    self.document.note(error.span(), format!("`{}`: {}", name.get_ref(), plain(error.message())));
                }
            }
        }
        words
    }

    /// Notes every key that nobody took.
    pub(super) fn finish(self) {
        for name in self.left.keys() {
            self.document.note(Some(name.span()), unknown("setting", name.get_ref(), self.known.iter().copied()));
        }
    }

    fn inner(&self, name: &str, value: Spanned<DeValue<'a>>) -> Option<Self> {
        let place = value.span();
        match value.into_inner() {
            DeValue::Table(table) => Some(Self::new(self.document, table, place)),
            other => {
                let what = format!("`{name}` must be a table; found: {}", other.type_str());
                self.document.note(Some(place), what);
                None
            }
        }
    }
}

/// What a value should be, without the names of types that only programmers know.
fn plain(message: &str) -> String {
    let Some((found, wanted)) = message.rsplit_once("expected ") else { return message.to_owned() };
    let wanted = match wanted {
        "u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        other => other,
    };
    format!("{found}expected {wanted}")
}
