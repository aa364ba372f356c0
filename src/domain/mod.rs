//! Nouns: what midwatch talks about, as pure data without I/O, without async and without rendering.

pub mod actor;
pub mod audit;
pub mod condition;
pub mod environment;
pub mod intent;
pub mod kind;
pub mod nearest;
pub mod object;
pub mod operation;
pub mod plan;
pub mod platform;
pub mod pod;
pub mod problem;
pub mod row;
pub mod text;
pub mod update;
pub mod workload;
