//! Nouns: what midwatch talks about, as pure data without I/O, without async and without rendering.

pub mod actor;
pub mod audit;
pub mod change;
pub mod condition;
pub mod difference;
pub mod environment;
pub mod health;
pub mod intent;
pub mod kind;
pub mod logs;
pub mod moment;
pub mod nearest;
pub mod object;
pub mod operation;
pub mod plan;
pub mod platform;
pub mod pod;
pub mod problem;
pub mod redaction;
pub mod rollout;
pub mod row;
pub mod service;
pub mod text;
pub mod time;
pub mod update;
pub mod workload;
