//! What is said above the table and in its place: how many rows, how fresh, and why there are none.

use std::fmt::Write as _;

use super::Resources;
use crate::domain::kind::Scope;
use crate::domain::object::ClusterName;
use crate::domain::text::Text;
use crate::state::{ClusterLiveness, Freshness, Inventory};
use crate::tui::paint::{Span, span};
use crate::tui::theme::Role;
use crate::tui::views::Seen;
use crate::tui::widgets::words;

impl Resources {
    /// The heading: the kind, where, how many, and how fresh that is.
    pub(super) fn heading(&self, seen: &Seen<'_>) -> Vec<Span<'static>> {
        let wish = &self.wish;
        let mut spans = vec![span(Role::Title, wish.kind.title())];
        if wish.kind.scope() == Scope::Namespaced {
            let namespace = wish.namespace.as_ref().map_or("all namespaces", |name| name.as_str());
            spans.push(span(Role::Muted, format!("   {namespace}")));
        }
        let shown = words::thousands(self.order.entries().len());
        let all = self.total(seen);
        let is_narrowed = wish.faults_only || !wish.filter.is_empty();
        let count =
            if is_narrowed { format!("   {shown} of {}", words::thousands(all)) } else { format!("   {shown}") };
        spans.push(span(Role::Text, count));
        spans.extend(wish.filter.told());
        if wish.faults_only {
            spans.push(span(Role::Accent, "   only what needs a person"));
        }
        spans.extend(self.freshness(seen));
        spans
    }

    /// How many rows there are where one looks, whether they are shown or not.
    pub(super) fn total(&self, seen: &Seen<'_>) -> usize {
        let rows = seen.session.state().clusters().map(|(_, inventory)| inventory.rows(self.wish.kind));
        match &self.wish.namespace {
            None => rows.map(crate::state::Collection::len).sum(),
            Some(namespace) => rows.map(|rows| rows.rows_in(namespace).count()).sum(),
        }
    }

    /// How fresh the rows are, where there is something to say about it.
    fn freshness(&self, seen: &Seen<'_>) -> Vec<Span<'static>> {
        let state = seen.session.state();
        let is_one = state.clusters().count() == 1;
        let mut spans = Vec::new();
        for (name, inventory) in state.clusters() {
            if let Some((role, words)) = self.doubt(seen, inventory) {
                let of = if is_one { String::new() } else { format!("{name}: ") };
                spans.push(span(role, format!("   {of}{words}")));
            }
        }
        spans
    }

    /// What keeps the rows of one cluster from being all of them, as they are now.
    fn doubt(&self, seen: &Seen<'_>, inventory: &Inventory) -> Option<(Role, String)> {
        if let ClusterLiveness::Late { since, problem } = inventory.liveness(seen.now) {
            let why = problem.map(|problem| format!(": {}", problem.what)).unwrap_or_default();
            let since =
                since.map_or_else(|| "not reached".to_owned(), |since| format!("late since {}", words::clock(since)));
            return Some((Role::Attention, format!("{since}{why}")));
        }
        match self.fresh(inventory) {
            Freshness::Live => None,
            Freshness::Loading => Some((Role::Muted, "loading\u{2026}".to_owned())),
            Freshness::Late { since, problem } => {
                Some((Role::Attention, format!("late since {}: {}", words::clock(since), problem.what)))
            }
            Freshness::NoAccess(problem) | Freshness::Absent(problem) => {
                Some((Role::Attention, problem.what.to_string()))
            }
            Freshness::Partial(denied) => {
                let mut names = denied.iter().take(3).map(Text::as_str).collect::<Vec<_>>().join(", ");
                if denied.len() > 3 {
                    let _ = write!(names, " and {} more", denied.len() - 3);
                }
                Some((Role::Attention, format!("without {names}: no access")))
            }
        }
    }

    /// How fresh the rows of one cluster are where one looks.
    fn fresh(&self, inventory: &Inventory) -> Freshness {
        match &self.wish.namespace {
            Some(namespace) if self.wish.kind.scope() == Scope::Namespaced => {
                inventory.freshness_in(self.wish.kind, namespace)
            }
            _ => inventory.freshness(self.wish.kind),
        }
    }

    /// Why no row is shown, line by line.
    pub(super) fn emptiness(&self, seen: &Seen<'_>) -> Vec<Vec<Span<'static>>> {
        let title = self.wish.kind.title().to_lowercase();
        let line = |role, text: String| vec![span(role, text)];
        let hidden = self.total(seen);
        if hidden > 0 && !self.wish.filter.is_empty() {
            let all = words::thousands(hidden);
            return vec![
                line(Role::Text, format!("none of {all} {title} match {}", self.wish.filter.text())),
                line(Role::Muted, "esc lets go of the filter".to_owned()),
            ];
        }
        if hidden > 0 {
            return vec![line(Role::Text, format!("none of {} {title} needs a person", words::thousands(hidden)))];
        }
        let state = seen.session.state();
        let mut lines: Vec<Vec<Span<'static>>> =
            state.clusters().flat_map(|(name, inventory)| self.why_nothing(seen, name, inventory)).collect();
        if lines.is_empty() {
            let place = self.wish.namespace.as_ref().filter(|_| self.wish.kind.scope() == Scope::Namespaced);
            lines.push(match place {
                Some(namespace) => line(Role::Text, format!("there are no {title} in {namespace}")),
                None if state.clusters().next().is_none() => line(Role::Muted, "no cluster is read yet".to_owned()),
                None => line(Role::Text, format!("there are no {title}")),
            });
            if place.is_some() {
                lines.push(line(Role::Muted, "0 shows all namespaces".to_owned()));
            }
        }
        lines
    }

    /// Why a cluster has no rows, unless it is live and simply has none.
    fn why_nothing(&self, seen: &Seen<'_>, name: &ClusterName, inventory: &Inventory) -> Vec<Vec<Span<'static>>> {
        let problem = match (inventory.liveness(seen.now), self.fresh(inventory)) {
            (ClusterLiveness::Late { problem: Some(problem), .. }, _)
            | (_, Freshness::NoAccess(problem) | Freshness::Absent(problem) | Freshness::Late { problem, .. }) => {
                problem
            }
            (ClusterLiveness::Late { problem: None, .. }, _) => {
                return vec![vec![span(Role::Attention, format!("{name} does not answer"))]];
            }
            (ClusterLiveness::Connecting, _) => {
                return vec![vec![span(Role::Muted, format!("connecting to {name}\u{2026}"))]];
            }
            (_, Freshness::Loading) => {
                let title = self.wish.kind.title().to_lowercase();
                return vec![vec![span(Role::Muted, format!("loading {title} of {name}\u{2026}"))]];
            }
            (_, Freshness::Partial(_) | Freshness::Live) => return Vec::new(),
        };
        let mut lines = vec![vec![span(Role::Attention, format!("{name}: {}", problem.what))]];
        for words in [problem.why, problem.hint].into_iter().filter(|words| !words.is_empty()) {
            lines.push(vec![span(Role::Muted, words.to_string())]);
        }
        lines
    }
}
