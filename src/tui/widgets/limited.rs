//! Numbers that have a limit: how loud one is, and how the failures of a while went.

use super::sparkline::sparkline;
use crate::domain::health::Health;
use crate::domain::limits::Limit;
use crate::domain::metric::Points;
use crate::tui::theme::{Glyphs, Role};

/// How many cells a line of half an hour has.
pub const SPARK: usize = 8;

/// How loud a number is.
pub fn role_of(limit: Limit, value: f64) -> Role {
    match limit.health(value) {
        Some(Health::Bad) => Role::Bad,
        Some(_) => Role::Attention,
        None => Role::Text,
    }
}

/// Which part of the requests failed, as a line: as loud as the worst of it, and quiet where that is within its limit.
pub fn failures(ratio: &Points, limit: Limit, glyphs: &Glyphs) -> (Role, String) {
    let top = limit.attention.or(limit.bad).map_or(0.01, |threshold| threshold.get() * 2.0);
    let role = ratio.most().map(|most| role_of(limit, most)).filter(|role| *role != Role::Text);
    (role.unwrap_or(Role::Muted), sparkline(ratio.iter(), SPARK, top, glyphs))
}
