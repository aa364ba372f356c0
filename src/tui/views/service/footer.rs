//! The keys of a service: those that matter for how it is now come first, since a small window has room for few.

use super::{Key, ServiceView};
use crate::domain::health::Health;
use crate::domain::rollout::Phase;
use crate::tui::command::Command;
use crate::tui::views::{Hint, Seen, propose};

impl ServiceView {
    /// The keys, those first that are wanted first.
    pub(super) fn footer(&self, seen: &Seen<'_>) -> Vec<Hint> {
        let open = match self.cursor.selected() {
            Some(Key::Pod { .. }) => "logs",
            Some(Key::Revision { .. }) => "diff",
            _ => "pods",
        };
        let mut hints = vec![Hint::new(Command::Open, open)];
        hints.extend(propose::guard_hint(&self.id, seen));
        let is_pinned = matches!(self.cursor.selected(), Some(Key::Revision { .. }));
        let back = propose::hint(Command::RollBack, if is_pinned { "roll back to this" } else { "roll back" }, seen);
        // Where something is wrong the way back is what a small window has room for.
        let (first, later) = if self.may_go_back(seen) { (Some(back), None) } else { (None, Some(back)) };
        hints.extend(first);
        if self.turned + 1 < self.sides.len() {
            hints.push(Hint::new(Command::ScrollRight, "more"));
        } else if self.turned > 0 {
            hints.push(Hint::new(Command::ScrollLeft, "back"));
        }
        if self.panel.cursor.is_some() {
            hints.push(Hint::new(Command::ShowLogs, "logs then"));
        } else if open != "logs" {
            hints.push(Hint::new(Command::ShowLogs, "logs"));
        }
        if let Some(key) = self.cursor.selected() {
            let workload = key.workload();
            hints.extend(propose::delivery_hints(workload, self.delivery(workload), &self.splits, seen));
        }
        hints.extend(later);
        if open == "logs" {
            hints.push(propose::hint(Command::Evict, "evict", seen));
        }
        hints.push(Hint::new(Command::ShowDiff, "diff"));
        hints.push(Hint::new(Command::Describe, "describe"));
        hints.push(propose::hint(Command::Restart, "restart", seen));
        hints.push(propose::hint(Command::Scale, "scale", seen));
        hints.extend(propose::switch_hint(&self.switches, seen));
        hints
    }

    /// Whether going back is what one may want first: a rollout of it is under way or went wrong, or it is bad.
    fn may_go_back(&self, seen: &Seen<'_>) -> bool {
        let is_bad = seen.board.find(&self.id).is_some_and(|service| service.verdict.health == Health::Bad);
        let mut rollouts = seen.board.rollouts().iter().filter(|rollout| rollout.service == self.id);
        let moves = |phase: Phase| matches!(phase, Phase::Progressing | Phase::Stuck | Phase::Failed);
        is_bad || rollouts.any(|rollout| moves(rollout.status.phase))
    }
}
