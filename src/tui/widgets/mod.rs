//! Parts that several views are made of.

pub mod cursor;
pub mod table;
pub mod words;
