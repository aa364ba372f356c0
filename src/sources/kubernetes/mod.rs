//! Kubernetes as a source: objects of every kind, listed and watched.

#[cfg_attr(
    not(test),
    expect(dead_code, unused_imports, reason = "the list-watch loop that calls it is not written yet")
)]
mod wire;
