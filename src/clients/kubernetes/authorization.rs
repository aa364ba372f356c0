//! The header that carries a credential.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;

/// The header for a token; `None` for what cannot be one.
pub(super) fn bearer(token: &str) -> Option<HeaderValue> {
    sensitive("Bearer", token)
}

/// The header for a user with a password.
pub(super) fn basic(user: &str, password: &str) -> Option<HeaderValue> {
    sensitive("Basic", &STANDARD.encode(format!("{user}:{password}")))
}

/// A header whose value no `Debug` shows.
fn sensitive(scheme: &str, value: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::try_from(format!("{scheme} {value}")).ok().filter(|_| !value.is_empty())?;
    header.set_sensitive(true);
    Some(header)
}
