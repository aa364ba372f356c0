//! Runs midwatch.
fn main() {}
