//! What frames every view: two lines above, one below.

mod footer;
mod header;

pub use footer::{Bottom, field, footer};
pub use header::{TABS, header, tabs};
