//! Where facts come from: each source reads one platform and tells the state what it saw.

pub mod kubernetes;
pub mod signals;
