//! What frames every view: two lines above, one below.

mod footer;
mod header;

pub use footer::{Bottom, footer};
pub use header::{header, tabs};
