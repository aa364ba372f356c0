//! Which views there are, in the order in which they were gone through.

use super::effect::Destination;
use super::views::View;

/// How many places are remembered.
const REMEMBERED: usize = 50;

/// One place that was gone to, with its view.
struct Visit {
    destination: Destination,
    view: Box<dyn View>,
    /// Whether one came down to it from the view before, and did not turn to it from anywhere.
    is_below: bool,
}

/// The places, and the one that is shown.
pub(super) struct Screen {
    visits: Vec<Visit>,
    shown: usize,
}

impl Screen {
    /// Begins somewhere.
    pub(super) fn new(destination: Destination, view: Box<dyn View>) -> Self {
        Self { visits: vec![Visit { destination, view, is_below: false }], shown: 0 }
    }

    /// The view that is shown.
    pub(super) fn view(&self) -> &dyn View {
        &*self.visits[self.shown].view
    }

    /// The view that is shown.
    pub(super) fn view_mut(&mut self) -> &mut dyn View {
        &mut *self.visits[self.shown].view
    }

    /// Every view, for what concerns them all.
    pub(super) fn views_mut(&mut self) -> impl Iterator<Item = &mut Box<dyn View>> {
        self.visits.iter_mut().map(|visit| &mut visit.view)
    }

    /// Where one is.
    pub(super) fn destination(&self) -> &Destination {
        &self.visits[self.shown].destination
    }

    /// Whether one turned to this view and came from nowhere: there is nothing above it to go back to.
    pub(super) fn is_at_top(&self) -> bool {
        self.shown == 0 || !self.visits[self.shown].is_below
    }

    /// Goes somewhere, down from the present view or not. What was ahead in the history is forgotten.
    pub(super) fn go(&mut self, destination: Destination, is_below: bool, make: impl FnOnce() -> Box<dyn View>) {
        if *self.destination() == destination {
            return;
        }
        self.visits.truncate(self.shown + 1);
        self.visits.push(Visit { destination, view: make(), is_below });
        if self.visits.len() > REMEMBERED {
            self.visits.remove(0);
        }
        self.shown = self.visits.len() - 1;
    }

    /// The place that was gone to last among those that are meant.
    pub(super) fn latest(&self, is_meant: impl Fn(&Destination) -> bool) -> Option<&Destination> {
        self.visits.iter().rev().map(|visit| &visit.destination).find(|destination| is_meant(destination))
    }

    /// Goes back, as far as there is somewhere to go back to.
    pub(super) fn back(&mut self) {
        self.shown = self.shown.saturating_sub(1);
    }

    /// Goes forward again, as far as there is somewhere to go to.
    pub(super) fn forward(&mut self) {
        self.shown += usize::from(self.shown + 1 < self.visits.len());
    }
}
