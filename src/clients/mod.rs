//! Connections to the world: credentials, deadlines, proxies and honest errors. What is read is given back as it came.

pub mod kubernetes;
pub mod signals;

/// Installs the process-wide TLS provider. May be called any number of times; the first call decides.
pub fn install_crypto() {
    // The only error is that a provider is there already, which is what was wanted.
    drop(rustls::crypto::ring::default_provider().install_default());
}
