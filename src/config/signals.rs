//! The servers of signals of a configuration, and what makes an alert urgent.
//!
//! Each is a table with a name of its own: `[alertmanager.main]`, `[prometheus.main]`.

use std::path::PathBuf;

use toml::Spanned;

use super::locations::Locations;
use super::names;
use super::table::{Document, Table};
use crate::domain::alert::Priorities;
use crate::domain::object::ClusterName;
use crate::domain::signal::{Reach, SignalId, SignalKind, SignalServer};
use crate::domain::text::Text;

/// A server, and the file with the token for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfiguredSignal {
    /// The server; without a cluster it tells about the first that is read.
    pub server: SignalServer,
    /// The file.
    pub token: Option<PathBuf>,
}

/// Reads the servers of a kind, in the order of the file.
pub(super) fn servers(
    document: &Document<'_>,
    tables: Table<'_>,
    kind: SignalKind,
    at: &Locations,
) -> Vec<ConfiguredSignal> {
    let mut servers = Vec::new();
    for (name, mut table) in tables.tables() {
        let context = table.value::<String>("context");
        let service = table.value::<String>("service");
        let url = table.value::<String>("url");
        let token = table.value::<String>("token-file");
        table.finish();
        let checked = |word: Option<Spanned<String>>, valid: &dyn Fn(&str) -> Result<Reach, String>| {
            let word = word?;
            valid(word.get_ref()).map_err(|what| document.note(Some(word.span()), what)).ok()
        };
        let cluster = match context.map(|word| (names::context(word.get_ref()), word.span())) {
            None => ClusterName::default(),
            Some((Ok(cluster), _)) => cluster,
            Some((Err(what), place)) => {
                document.note(Some(place), what);
                continue;
            }
        };
        let reach = match (service, url) {
            (Some(service), None) => checked(Some(service), &in_cluster),
            (None, Some(url)) => checked(Some(url), &address),
            (one, _) => {
                let what = if one.is_some() { "has both `service` and `url`" } else { "needs `service` or `url`" };
                document.note(Some(name.span()), format!("`{}` {what}", name.get_ref()));
                None
            }
        };
        let Some(reach) = reach else { continue };
        let id = SignalId { cluster, name: Text::from_untrusted(name.get_ref()) };
        let token = token.map(|file| at.config_dir().join(file.get_ref()));
        servers.push(ConfiguredSignal { server: SignalServer { id, kind, reach }, token });
    }
    servers
}

/// What makes an alert urgent.
pub(super) fn priorities(mut table: Table<'_>) -> Priorities {
    let usual = Priorities::default();
    let mut words = |key, usual: Vec<Text>| {
        let written = table.value::<Vec<String>>(key).map(Spanned::into_inner);
        written.map_or(usual, |words| words.iter().map(|word| Text::from_untrusted(word)).collect())
    };
    let priorities = Priorities {
        labels: words("labels", usual.labels),
        high: words("high", usual.high),
        medium: words("medium", usual.medium),
    };
    table.finish();
    priorities
}

/// Reads `NAMESPACE/NAME:PORT`; a Service with one port needs none.
fn in_cluster(word: &str) -> Result<Reach, String> {
    let wrong = || format!("`{word}` is no service; write it like `monitoring/alertmanager:web`");
    let (namespace, rest) = word.split_once('/').ok_or_else(wrong)?;
    let (name, port) = rest.split_once(':').unwrap_or((rest, ""));
    let is_name = |word: &str| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if name.is_empty() || !is_name(name) || !is_name(port) {
        return Err(wrong());
    }
    Ok(Reach::Service { namespace: names::namespace(namespace)?, name: name.into(), port: port.into() })
}

/// Reads an address. A name or a password in it would be shown wherever it is.
fn address(word: &str) -> Result<Reach, String> {
    let is_web = word.starts_with("https://") || word.starts_with("http://");
    let has_host = word.split("://").nth(1).is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    if !is_web || !has_host || word.contains([' ', '?', '#']) {
        return Err(format!("`{word}` is no address; write it like `https://alertmanager.example`"));
    }
    if word.contains('@') {
        return Err("an address holds no name and no password; give a `token-file`".to_owned());
    }
    Ok(Reach::Url(Text::from_untrusted(word.trim_end_matches('/'))))
}

#[cfg(test)]
mod tests;
