//! Verdicts in a row: what one look says may be chance.

use super::{Guard, Verdict};

/// How often the new revision was seen to be worse, one look after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    breaches: u8,
}

impl Looks {
    /// Takes in a verdict; true once the new revision is to lose what it has.
    pub fn is_enough(&mut self, verdict: &Verdict, guard: &Guard) -> bool {
        match verdict {
            Verdict::FastBreach(_) => true,
            Verdict::Breach(_) => {
                self.breaches = self.breaches.saturating_add(1);
                self.breaches >= guard.looks
            }
            // What cannot be seen takes nothing back.
            Verdict::NotEnough(_) => false,
            Verdict::Pass(_) | Verdict::BothBad(_) => {
                self.breaches = 0;
                false
            }
        }
    }
}
