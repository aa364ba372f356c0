//! Alerts put together: by name, by service or by cluster, each group with how many of it page.

use std::collections::BTreeSet;

use crate::domain::alert::Priority;
use crate::state::RelatedAlert;
use crate::tui::paint::{Span, span};
use crate::tui::theme::Role;
use crate::tui::widgets::words;

/// By what alerts are put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Grouping {
    /// By nothing: one list by priority.
    #[default]
    None,
    /// By the name of the rule.
    Name,
    /// By the service that they are about.
    Service,
    /// By the cluster.
    Cluster,
}

impl Grouping {
    /// The next one.
    pub(super) fn next(self) -> Self {
        match self {
            Self::None => Self::Name,
            Self::Name => Self::Service,
            Self::Service => Self::Cluster,
            Self::Cluster => Self::None,
        }
    }

    /// What is said of it; nothing where there is none.
    pub(super) fn word(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Name => Some("by name"),
            Self::Service => Some("by service"),
            Self::Cluster => Some("by cluster"),
        }
    }

    /// The group of an alert.
    fn of(self, one: &RelatedAlert) -> String {
        match self {
            Self::None => String::new(),
            Self::Name => one.alert.name.to_string(),
            Self::Service => match &one.service {
                Some(id) => format!("{}, {}", id.name, id.environment),
                None => "no service is known".to_owned(),
            },
            Self::Cluster => one.alert.cluster.to_string(),
        }
    }
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// The head of a group.
    Group(Group),
    /// An alert, as its position on the board.
    Alert(usize),
}

/// How many of a group page, and how many do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) name: String,
    loud: [usize; Priority::ALL.len()],
    quiet: usize,
    is_folded: bool,
}

impl Group {
    fn take(&mut self, one: &RelatedAlert) {
        if one.alert.standing.is_loud() {
            self.loud[one.alert.priority as usize] += 1;
        } else {
            self.quiet += 1;
        }
    }

    /// Its line.
    pub(super) fn spans(&self) -> Vec<Span<'static>> {
        let mark = if self.is_folded { "+" } else { "-" };
        let mut spans = vec![span(Role::Muted, format!("{mark} ")), span(Role::Title, self.name.clone())];
        for priority in Priority::ALL {
            let count = self.loud[priority as usize];
            if count > 0 {
                spans.push(span(super::role_of(priority), format!("   {count} {priority}")));
            }
        }
        if self.quiet > 0 {
            spans.push(span(Role::Muted, format!("   {}", words::count(self.quiet, "quiet one", "quiet ones"))));
        }
        spans
    }
}

/// The lines for some alerts: each group stands where the first of it does, and its alerts below unless it is folded.
pub(super) fn lines(
    grouping: Grouping,
    alerts: &[RelatedAlert],
    shown: &[usize],
    folded: &BTreeSet<String>,
) -> Vec<Line> {
    if grouping == Grouping::None {
        return shown.iter().copied().map(Line::Alert).collect();
    }
    let mut groups: Vec<(Group, Vec<usize>)> = Vec::new();
    for at in shown {
        let name = grouping.of(&alerts[*at]);
        let known = groups.iter().position(|(group, _)| group.name == name).unwrap_or_else(|| {
            let is_folded = folded.contains(&name);
            groups.push((Group { name, loud: [0; 3], quiet: 0, is_folded }, Vec::new()));
            groups.len() - 1
        });
        groups[known].0.take(&alerts[*at]);
        groups[known].1.push(*at);
    }
    let mut lines = Vec::new();
    for (group, members) in groups {
        let is_folded = group.is_folded;
        lines.push(Line::Group(group));
        lines.extend(members.into_iter().filter(|_| !is_folded).map(Line::Alert));
    }
    lines
}
