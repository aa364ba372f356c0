//! The palette.
