//! As much PromQL as the templates and rules of midwatch need, over the simulated samples.

mod evaluate;
mod parse;

pub(super) use evaluate::{Value, evaluate};
pub(super) use parse::{Selector, parse, selector};

#[cfg(test)]
mod tests;
