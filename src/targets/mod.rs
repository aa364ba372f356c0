//! Write adapters: a step of a plan becomes a request. The only place that changes anything outside this process.

pub mod alertmanager;
pub mod kubernetes;
pub mod requests;
