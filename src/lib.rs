//! midwatch: a terminal operations console for on-call engineers.
