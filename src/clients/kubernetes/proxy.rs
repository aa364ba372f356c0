//! Which proxy stands before a cluster: the kubeconfig's, else the environment's with its exceptions, as kubectl decides.
//!
//! `kube` would decide itself, but compares `NO_PROXY` with the proxy's own host.

use std::net::IpAddr;

use http::Uri;

use crate::domain::text::Text;

/// A proxy's address that cannot be used, with the name of the setting it came from.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadProxy {
    pub(super) setting: &'static str,
}

/// The proxy for a cluster; `None` is a direct connection.
///
/// The environment never applies to a loopback address, and its exceptions never to the kubeconfig's own `proxy-url`.
/// `HTTP_PROXY` does not matter, because plain HTTP is spoken with loopback addresses only.
pub(super) fn resolve(
    server: &Uri,
    configured: Option<&str>,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<Uri>, BadProxy> {
    if let Some(address) = configured {
        return parse(address, "proxy-url").map(Some);
    }
    let either = |upper, lower| environment(upper).or_else(|| environment(lower)).filter(|value| !value.is_empty());
    let Some(address) = either("HTTPS_PROXY", "https_proxy") else { return Ok(None) };
    let exceptions = either("NO_PROXY", "no_proxy").unwrap_or_default();
    if is_loopback(server) || is_excepted(server, &exceptions) {
        return Ok(None);
    }
    parse(&address, "HTTPS_PROXY").map(Some)
}

/// Whether an address is on this machine.
pub(super) fn is_loopback(server: &Uri) -> bool {
    let host = host_of(server);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A proxy's address as it may be shown.
pub(super) fn without_credentials(address: &str) -> Text {
    let (scheme, rest) = address.split_once("://").unwrap_or(("http", address));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    Text::from(format!("{scheme}://{host}"))
}

/// Reads a proxy's address; one without a scheme is an HTTP proxy.
fn parse(address: &str, setting: &'static str) -> Result<Uri, BadProxy> {
    let address = match address.split_once("://") {
        None => format!("http://{address}"),
        // Names are resolved by the proxy either way.
        Some(("socks5h", rest)) => format!("socks5://{rest}"),
        Some(_) => address.to_owned(),
    };
    let uri: Uri = address.parse().map_err(|_invalid| BadProxy { setting })?;
    let known = matches!(uri.scheme_str(), Some("http" | "https" | "socks5"));
    if known && uri.host().is_some_and(|host| !host.is_empty()) { Ok(uri) } else { Err(BadProxy { setting }) }
}

/// Whether the exceptions name the server: `*`, a domain with what is below it, `.domain` for what is below it only,
/// an address or a block of addresses; each but a block may end in a port.
fn is_excepted(server: &Uri, exceptions: &str) -> bool {
    let host = host_of(server);
    let address: Option<IpAddr> = host.parse().ok();
    let port = server.port_u16().unwrap_or(if server.scheme_str() == Some("http") { 80 } else { 443 });
    exceptions.split(',').map(|entry| entry.trim().to_ascii_lowercase()).filter(|entry| !entry.is_empty()).any(
        |entry| {
            if entry == "*" {
                return true;
            }
            if let Some((network, bits)) = entry.split_once('/') {
                return address.is_some_and(|address| contains(network, bits, address));
            }
            let (name, only) = split_port(&entry);
            if only.is_some_and(|only| only != port) {
                return false;
            }
            match (address, name.parse::<IpAddr>()) {
                (Some(address), Ok(excepted)) => address == excepted,
                (Some(_), Err(_)) | (None, Ok(_)) => false,
                (None, Err(_)) => {
                    let name = name.strip_prefix('*').unwrap_or(name);
                    let domain = name.strip_prefix('.');
                    let below = host.strip_suffix(domain.unwrap_or(name)).is_some_and(|start| start.ends_with('.'));
                    below || (domain.is_none() && host == name)
                }
            }
        },
    )
}

/// Splits `name:port` and `[address]:port`; an address with colons and without brackets has no port.
fn split_port(entry: &str) -> (&str, Option<u16>) {
    if let Some((address, rest)) = entry.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        return (address, rest.strip_prefix(':').and_then(|port| port.parse().ok()));
    }
    match entry.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') => (name, port.parse().ok()),
        _ => (entry, None),
    }
}

/// Whether a block of addresses holds an address.
fn contains(network: &str, bits: &str, address: IpAddr) -> bool {
    let Ok(bits) = bits.parse::<u32>() else { return false };
    match (network.parse::<IpAddr>(), address) {
        (Ok(IpAddr::V4(network)), IpAddr::V4(address)) if bits <= 32 => {
            (network.to_bits() ^ address.to_bits()).checked_shr(32 - bits).unwrap_or(0) == 0
        }
        (Ok(IpAddr::V6(network)), IpAddr::V6(address)) if bits <= 128 => {
            (network.to_bits() ^ address.to_bits()).checked_shr(128 - bits).unwrap_or(0) == 0
        }
        _ => false,
    }
}

/// The host in lower case, without the brackets of an IPv6 address.
fn host_of(server: &Uri) -> String {
    server.host().unwrap_or_default().trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
