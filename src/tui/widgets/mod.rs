//! Parts that several views are made of.

pub mod chart;
pub mod cursor;
pub mod delivery;
pub mod facts;
pub mod filter;
pub mod guarded;
pub mod limited;
pub mod rollout;
pub mod sources;
pub mod sparkline;
pub mod table;
pub mod text_pane;
pub mod timeline;
pub mod words;
