//! What a failed request means: whether anything was sent, and why it failed, told from the causes below `kube`'s error.

use std::error::Error;
use std::io;

use kube::client::RustlsTlsError;
use rustls::{AlertDescription, CertificateError};

use super::error::ClientError;
use crate::domain::text::Text;

/// Whether a request can have reached the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// Certainly not one byte of it.
    Nothing,
    /// It may have been executed.
    Maybe,
}

/// A request without an answer.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) error: ClientError,
    pub(super) sent: Sent,
}

impl Failure {
    /// A failure before anything was sent.
    pub(super) fn before_sending(error: ClientError) -> Self {
        Self { error, sent: Sent::Nothing }
    }

    /// A failure after which nobody knows what the server did.
    pub(super) fn uncertain(error: ClientError) -> Self {
        Self { error, sent: Sent::Maybe }
    }
}

/// Explains why a request got no answer. In doubt it may have been sent.
pub(super) fn explain(server: &Text, error: &(dyn Error + 'static)) -> Failure {
    let causes = causes(error);
    // The HTTP client is not a dependency of ours, so its kind of error is known by its text; a test holds it.
    let connecting = causes.iter().any(|cause| cause.to_string() == "client error (Connect)");
    let sent = if connecting { Sent::Nothing } else { Sent::Maybe };
    let tls = causes.iter().find_map(|cause| cause.downcast_ref::<rustls::Error>());
    let error = match tls {
        Some(tls) => {
            let (why, cure) = explain_tls(tls);
            ClientError::Tls { server: server.clone(), why: Text::from(why), cure: Text::from(cure) }
        }
        None => ClientError::Unreachable { server: server.clone(), why: Text::from(reason(&causes, connecting)) },
    };
    Failure { error, sent }
}

/// The error and everything below it, also what an `io::Error` wraps and leaves out of its sources.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    let below = |error: &&'a (dyn Error + 'static)| -> Option<&'a (dyn Error + 'static)> {
        let error: &'a (dyn Error + 'static) = *error;
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        }
    };
    std::iter::successors(Some(error), below).take(16).collect()
}

/// The reason in words, from kinds of errors only.
fn reason(causes: &[&(dyn Error + 'static)], connecting: bool) -> String {
    let texts: Vec<String> = causes.iter().map(ToString::to_string).collect();
    if texts.iter().any(|text| text.starts_with("dns error")) {
        return "DNS: its name does not resolve".to_owned();
    }
    if let Some(tunnel) = texts.iter().find(|text| text.starts_with("tunnel error") || text.starts_with("SOCKS")) {
        return format!("the proxy gave no connection ({tunnel})");
    }
    let kind = causes.iter().filter_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind).next_back();
    let words = match kind {
        Some(io::ErrorKind::ConnectionRefused) => "connection refused",
        Some(io::ErrorKind::TimedOut) if connecting => "no connection in time",
        Some(io::ErrorKind::TimedOut) => "timed out",
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => "no route to it",
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted) => {
            "the connection was reset"
        }
        Some(io::ErrorKind::UnexpectedEof) => "the connection ended early",
        Some(kind) => return kind.to_string(),
        None if connecting => "no connection",
        None => "the connection was lost",
    };
    words.to_owned()
}

/// Why the two ends do not trust each other, and what to do about it other than to stop verifying.
fn explain_tls(error: &rustls::Error) -> (String, &'static str) {
    let renew = "the server's certificate has to be renewed; check this machine's clock too";
    match error {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                ("its certificate has expired".to_owned(), renew)
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                ("its certificate is not valid yet".to_owned(), "check this machine's clock")
            }
            CertificateError::NotValidForName => (wrong_name(&[]), WRONG_NAME),
            CertificateError::NotValidForNameContext { presented, .. } => (wrong_name(presented), WRONG_NAME),
            CertificateError::UnknownIssuer | CertificateError::BadSignature => (
                "its certificate is signed by an authority that the kubeconfig does not name".to_owned(),
                "get the cluster's current certificate-authority from whoever runs it: it was rotated, or this is \
                 another server",
            ),
            CertificateError::Revoked => ("its certificate is revoked".to_owned(), renew),
            _ => ("its certificate is not acceptable".to_owned(), "show the certificate to whoever runs the cluster"),
        },
        rustls::Error::AlertReceived(alert) => {
            let why = match alert {
                AlertDescription::CertificateExpired => "it says that our client certificate has expired",
                AlertDescription::CertificateRequired => "it requires a client certificate",
                AlertDescription::UnknownCA => "it does not know who signed our client certificate",
                AlertDescription::BadCertificate | AlertDescription::CertificateUnknown => {
                    "it does not accept our client certificate"
                }
                _ => "it broke the handshake off",
            };
            (why.to_owned(), "renew client-certificate and client-key in the kubeconfig")
        }
        rustls::Error::InvalidMessage(_) => {
            ("it does not speak TLS".to_owned(), "check the server's address, port and scheme in the kubeconfig")
        }
        _ => ("the TLS handshake failed".to_owned(), "check that this address is a Kubernetes API server"),
    }
}

const WRONG_NAME: &str = "correct the server's address, or set tls-server-name to one of the certificate's names";

/// Says that a certificate is for other names, and for which.
fn wrong_name(presented: &[String]) -> String {
    match presented {
        [] => "its certificate is for another name".to_owned(),
        names => {
            // They come as `DnsName("host")`.
            let bare = |name: &'_ String| name.split('"').nth(1).unwrap_or(name).to_owned();
            let names: Vec<String> = names.iter().map(bare).collect();
            format!("its certificate is for another name: {}", names.join(", "))
        }
    }
}

/// Why a client could not be built from certificates that were read; the PEM itself is never quoted.
pub(super) fn explain_build(error: &kube::Error) -> &'static str {
    let tls = match error {
        kube::Error::RustlsTls(tls) => tls,
        kube::Error::HttpError(_) => return "impersonates somebody whose name cannot be sent",
        _ => return "is not usable",
    };
    match tls {
        RustlsTlsError::MissingPrivateKey => "has no private key in PKCS#8, PKCS#1 or SEC1 form",
        RustlsTlsError::MissingCertificate => "has no certificate in PEM form",
        RustlsTlsError::InvalidIdentityPem(_) => "is not valid PEM",
        RustlsTlsError::InvalidPrivateKey(_) | RustlsTlsError::UnknownPrivateKeyFormat => {
            "has a private key that does not fit or is of an unknown kind"
        }
        RustlsTlsError::AddRootCertificate(_) | RustlsTlsError::NoValidNativeRootCA(_) => {
            "names no usable certificate authority, and this machine has none"
        }
        RustlsTlsError::InvalidServerName(_) => "has a tls-server-name that is not a host name",
    }
}
