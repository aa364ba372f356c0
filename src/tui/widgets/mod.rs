//! Parts that several views are made of.

pub mod cursor;
pub mod filter;
pub mod table;
pub mod text_pane;
pub mod timeline;
pub mod words;
