//! Verbs: how a wish to change the world becomes a plan, is checked, carried out, watched and recorded.

pub mod audit;
