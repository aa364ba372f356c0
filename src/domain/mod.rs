//! Nouns: what midwatch talks about, as pure data without I/O, without async and without rendering.

pub mod condition;
pub mod kind;
pub mod object;
pub mod platform;
pub mod pod;
pub mod problem;
pub mod row;
pub mod text;
pub mod update;
pub mod workload;
