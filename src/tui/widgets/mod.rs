//! Parts that several views are made of.

pub mod cursor;
pub mod filter;
pub mod rollout;
pub mod sources;
pub mod table;
pub mod timeline;
pub mod words;
