//! Nouns: what midwatch talks about, as pure data without I/O, without async and without rendering.

pub mod nearest;
pub mod problem;
pub mod text;
