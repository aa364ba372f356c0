//! What the table of each kind shows between the name and the age, one cell for one row at a time.

use std::borrow::Cow;
use std::cmp::Reverse;

use jiff::Timestamp;

use crate::domain::kind::Kind;
use crate::domain::object::Meta;
use crate::domain::row::Row;
use crate::domain::text::Text;
use crate::tui::theme::{Glyphs, Role};
use crate::tui::widgets::table::{Cell, Column, cell};
use crate::tui::widgets::words;

mod delivery;
mod events;
mod jobs;
mod network;
mod pods;
mod policies;
mod status;
mod workloads;

pub(super) use status::status_of;

/// What a cell may depend on besides its row.
#[derive(Clone, Copy)]
pub(super) struct Scene {
    /// What time it is.
    pub(super) now: Timestamp,
    /// The characters.
    pub(super) glyphs: &'static Glyphs,
}

/// By what a column is sorted. Nothing is built for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key<'a> {
    /// How bad it is, the worst first, and in which word.
    Status(Reverse<Role>, &'a str),
    /// A number, the least first.
    Number(i64),
    /// A moment, the newest first; none comes last.
    Moment(Reverse<Option<Timestamp>>),
    /// Words.
    Words(&'a str),
}

impl<'a> Key<'a> {
    /// The words that a filter looks at.
    pub(super) fn words(self) -> Option<&'a str> {
        match self {
            Self::Status(_, words) | Self::Words(words) => Some(words),
            Self::Number(_) | Self::Moment(_) => None,
        }
    }
}

/// A moment as a key: what happened last comes first.
pub(super) fn newest(at: Option<Timestamp>) -> Key<'static> {
    Key::Moment(Reverse(at))
}

/// How bad something is, as a key.
fn by_status((role, word): (Role, &str)) -> Key<'_> {
    Key::Status(Reverse(role), word)
}

/// How bad something is, as a cell.
fn worded((role, word): (Role, &str)) -> Cell<'_> {
    cell(role, word)
}

/// A column with what stands in it.
pub(super) struct Field<T: 'static> {
    column: Column,
    cell: for<'a> fn(&'a T, Scene) -> Cell<'a>,
    key: for<'a> fn(&'a T) -> Key<'a>,
}

impl<T> Field<T> {
    const fn new(
        column: Column,
        cell: for<'a> fn(&'a T, Scene) -> Cell<'a>,
        key: for<'a> fn(&'a T) -> Key<'a>,
    ) -> Self {
        Self { column, cell, key }
    }
}

/// Gives the fields of a row's kind and the row to an expression, and something else to an unreadable row.
macro_rules! with_fields {
    ($row:expr, |$fields:ident, $object:ident| $work:expr, else |$unreadable:ident| $otherwise:expr) => {
        match $row {
            Row::Namespace($object) => {
                let $fields = &policies::NAMESPACES;
                $work
            }
            Row::Deployment($object) | Row::StatefulSet($object) | Row::DaemonSet($object) => {
                let $fields = &workloads::WORKLOADS;
                $work
            }
            Row::Rollout($object) => {
                let $fields = &delivery::ROLLOUTS;
                $work
            }
            Row::HttpRoute($object) => {
                let $fields = &delivery::ROUTES;
                $work
            }
            Row::AnalysisRun($object) => {
                let $fields = &delivery::ANALYSES;
                $work
            }
            Row::Pod($object) => {
                let $fields = &pods::PODS;
                $work
            }
            Row::ReplicaSet($object) => {
                let $fields = &workloads::REPLICA_SETS;
                $work
            }
            Row::ControllerRevision($object) => {
                let $fields = &workloads::REVISIONS;
                $work
            }
            Row::Autoscaler($object) => {
                let $fields = &policies::AUTOSCALERS;
                $work
            }
            Row::DisruptionBudget($object) => {
                let $fields = &policies::BUDGETS;
                $work
            }
            Row::Job($object) => {
                let $fields = &jobs::JOBS;
                $work
            }
            Row::CronJob($object) => {
                let $fields = &jobs::CRON_JOBS;
                $work
            }
            Row::Service($object) => {
                let $fields = &network::SERVICES;
                $work
            }
            Row::EndpointSlice($object) => {
                let $fields = &network::SLICES;
                $work
            }
            Row::Ingress($object) => {
                let $fields = &network::INGRESSES;
                $work
            }
            Row::Node($object) => {
                let $fields = &pods::NODES;
                $work
            }
            Row::ConfigMap($object) | Row::Secret($object) => {
                let $fields = &policies::METADATA;
                $work
            }
            Row::Lease($object) => {
                let $fields = &delivery::LEASES;
                $work
            }
            Row::Event($object) => {
                let $fields = &events::EVENTS;
                $work
            }
            Row::Unreadable($unreadable) => $otherwise,
        }
    };
}

/// The columns of a kind between the name and the age.
pub(super) fn columns(kind: Kind) -> Vec<Column> {
    fn of<T>(fields: &[Field<T>]) -> Vec<Column> {
        fields.iter().map(|field| field.column).collect()
    }
    match kind {
        Kind::Namespace => of(&policies::NAMESPACES),
        Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet => of(&workloads::WORKLOADS),
        Kind::Rollout => of(&delivery::ROLLOUTS),
        Kind::HttpRoute => of(&delivery::ROUTES),
        Kind::AnalysisRun => of(&delivery::ANALYSES),
        Kind::Pod => of(&pods::PODS),
        Kind::ReplicaSet => of(&workloads::REPLICA_SETS),
        Kind::ControllerRevision => of(&workloads::REVISIONS),
        Kind::HorizontalPodAutoscaler => of(&policies::AUTOSCALERS),
        Kind::PodDisruptionBudget => of(&policies::BUDGETS),
        Kind::Job => of(&jobs::JOBS),
        Kind::CronJob => of(&jobs::CRON_JOBS),
        Kind::Service => of(&network::SERVICES),
        Kind::EndpointSlice => of(&network::SLICES),
        Kind::Ingress => of(&network::INGRESSES),
        Kind::Node => of(&pods::NODES),
        Kind::ConfigMap | Kind::Secret => of(&policies::METADATA),
        Kind::Event => of(&events::EVENTS),
        Kind::Lease => of(&delivery::LEASES),
    }
}

/// The cell of a field. An unreadable row says so in its first field.
pub(super) fn field_cell(row: &Row, index: usize, scene: Scene) -> Cell<'_> {
    with_fields!(
        row,
        |fields, object| fields.get(index).map_or_else(|| quiet(""), |field| (field.cell)(object, scene)),
        else |unreadable| if index == 0 {
            cell(Role::Bad, format!("{} unreadable: {}", scene.glyphs.bad, unreadable.why))
        } else {
            quiet("")
        }
    )
}

/// The key of a field; unreadable rows come first.
pub(super) fn field_key(row: &Row, index: usize) -> Key<'_> {
    with_fields!(
        row,
        |fields, object| fields.get(index).map_or(Key::Words(""), |field| (field.key)(object)),
        else |_unreadable| Key::Words("")
    )
}

/// Whether a test holds for any word of a row besides its name.
pub(super) fn any_field_word(row: &Row, test: &mut dyn FnMut(&str) -> bool) -> bool {
    with_fields!(
        row,
        |fields, object| fields.iter().any(|field| (field.key)(object).words().is_some_and(&mut *test)),
        else |unreadable| test("unreadable") || test(&unreadable.why)
    )
}

/// Words that stand back.
fn quiet<'a>(text: impl Into<Cow<'a, str>>) -> Cell<'a> {
    cell(Role::Muted, text)
}

/// Words.
fn plain<'a>(text: impl Into<Cow<'a, str>>) -> Cell<'a> {
    cell(Role::Text, text)
}

/// Words, or a dash where there are none.
fn or_dash(text: &str, scene: Scene) -> Cell<'_> {
    if text.is_empty() { quiet(scene.glyphs.dash) } else { plain(text) }
}

/// A number; one that is zero stands back.
fn number<'a>(number: impl Into<i64>) -> Cell<'a> {
    let number = number.into();
    cell(if number == 0 { Role::Muted } else { Role::Text }, number.to_string())
}

/// So many of so many; fewer are looked at.
fn share<'a>(ready: i64, wanted: i64) -> Cell<'a> {
    let role = if ready < wanted { Role::Attention } else { Role::Text };
    cell(role, format!("{ready}/{wanted}"))
}

/// How long ago, or a dash.
fn ago<'a>(at: Option<Timestamp>, scene: Scene) -> Cell<'a> {
    quiet(at.map_or_else(|| scene.glyphs.dash.to_owned(), |at| words::age(at, scene.now)))
}

/// Several texts in one cell.
fn list(texts: &[Text], scene: Scene) -> Cell<'_> {
    match texts {
        [] => quiet(scene.glyphs.dash),
        [one] => plain(one.as_str()),
        several => plain(several.iter().map(Text::as_str).collect::<Vec<_>>().join(", ")),
    }
}

/// How many labels an object has.
fn labels<'a>(meta: &Meta) -> Cell<'a> {
    number(i64::try_from(meta.labels.len()).unwrap_or(i64::MAX))
}

/// The first of some texts, to sort by.
fn first(texts: &[Text]) -> Key<'_> {
    Key::Words(texts.first().map_or("", Text::as_str))
}

#[cfg(test)]
mod tests;
