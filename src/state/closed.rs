//! What of a cluster may not be read, told as one problem with the rule to ask for.

use std::collections::BTreeMap;

use super::inventory::{Freshness, Inventory};
use crate::domain::kind::Kind;
use crate::domain::problem::Problem;
use crate::domain::text::Text;

impl Inventory {
    /// What of some kinds may not be read, everywhere or in some namespaces; none where all of them may be.
    pub fn closed(&self, kinds: impl IntoIterator<Item = Kind>) -> Option<Problem> {
        let mut why = Text::default();
        let mut kinds_by_place: BTreeMap<Vec<Text>, Vec<&str>> = BTreeMap::new();
        for kind in kinds {
            let places = match self.freshness(kind) {
                Freshness::Partial(denied) => denied,
                Freshness::NoAccess(problem) => {
                    if why.is_empty() {
                        why = problem.why;
                    }
                    self.tried(kind)
                }
                _ => continue,
            };
            kinds_by_place.entry(places).or_default().push(kind.plural());
        }
        let told = kinds_by_place.into_iter().map(|(places, kinds)| {
            let places: Vec<&str> = places.iter().map(Text::as_str).collect();
            let place = if places.is_empty() { String::new() } else { format!(" in {}", places.join(", ")) };
            kinds.join(", ") + &place
        });
        let closed = told.collect::<Vec<_>>().join(", ");
        let hint = format!("ask a cluster administrator for a role with: get, list, watch {closed}");
        (!closed.is_empty()).then(|| Problem::new(format!("no access: {closed}"), why, hint))
    }

    /// The namespaces in which a kind was tried.
    fn tried(&self, kind: Kind) -> Vec<Text> {
        self.sources().filter(|(of, ..)| *of == kind).filter_map(|(_, namespace, _)| namespace.cloned()).collect()
    }
}

#[cfg(test)]
mod tests;
