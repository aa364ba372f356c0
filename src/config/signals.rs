//! The servers of signals of a configuration, and what makes an alert urgent.
//!
//! Each is a table with a name of its own: `[alertmanager.main]`, `[prometheus.main]`.

use std::cell::RefCell;
use std::time::Duration;

use jiff::SignedDuration;
use toml::Spanned;

use super::locations::Locations;
use super::names;
use super::table::{Document, Table};
use crate::domain::alert::Priorities;
use crate::domain::object::ClusterName;
use crate::domain::signal::{Access, Reach, SignalId, SignalKind, SignalServer};
use crate::domain::silence::Lasting;
use crate::domain::text::Text;

/// Reads the servers of a kind, in the order of the file; without a cluster one tells about the first that is read.
pub(super) fn servers(
    document: &Document<'_>,
    tables: Table<'_>,
    kind: SignalKind,
    at: &Locations,
) -> Vec<SignalServer> {
    let mut servers = Vec::new();
    for (name, mut table) in tables.tables() {
        let context = table.value::<String>("context");
        let service = table.value::<String>("service");
        let url = table.value::<String>("url");
        let matchers = if kind == SignalKind::Prometheus { table.value::<String>("matchers") } else { None };
        let access = access(document, &mut table, at);
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
        let by_address = access != Access::default();
        let reach = match (service, url) {
            (Some(service), None) if by_address => {
                let what = "is asked with your access to the cluster; tokens, headers and the like belong to a `url`";
                document.note(Some(service.span()), format!("`{}` {what}", service.get_ref()));
                None
            }
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
        let matchers = matchers.map(|word| Text::from_untrusted(word.get_ref())).unwrap_or_default();
        servers.push(SignalServer { id, kind, reach, access, matchers });
    }
    servers
}

/// What is shown to a server that is asked by its address.
fn access(document: &Document<'_>, table: &mut Table<'_>, at: &Locations) -> Access {
    let mut file = |key| table.value::<String>(key).map(|path| at.config_dir().join(path.get_ref()));
    let (token, password, authority) = (file("token-file"), file("password-file"), file("ca-file"));
    let user = table.value::<String>("user");
    let proxy = table.value::<String>("proxy");
    let headers = table.value::<std::collections::BTreeMap<String, String>>("headers");
    let user = match (user, password) {
        (Some(user), Some(password)) => Some((Text::from_untrusted(user.get_ref()), password)),
        (Some(user), None) => {
            document.note(Some(user.span()), "`user` needs `password-file`");
            None
        }
        (None, Some(_)) => {
            document.note(Some(table.place()), "`password-file` needs `user`");
            None
        }
        (None, None) => None,
    };
    if token.is_some() && user.is_some() {
        document.note(Some(table.place()), "a server wants either `token-file` or `user`, not both");
    }
    let proxy = proxy.filter(|word| {
        let is_proxy = ["http://", "https://", "socks5://"].iter().any(|scheme| word.get_ref().starts_with(scheme));
        let has_name = word.get_ref().contains('@');
        if !is_proxy || has_name {
            document.note(Some(word.span()), "a proxy is written like `http://proxy.example:3128`, without a name");
        }
        is_proxy && !has_name
    });
    let headers = headers.map(Spanned::into_inner).unwrap_or_default();
    let text = |word: &String| Text::from_untrusted(word);
    Access {
        token,
        user,
        headers: headers.iter().map(|(name, value)| (text(name), text(value))).collect(),
        proxy: proxy.map(|word| text(word.get_ref())),
        authority,
    }
}

/// What makes an alert urgent, and for how long one is quiet that somebody is at.
pub(super) fn alerts(document: &Document<'_>, mut table: Table<'_>) -> (Priorities, Option<Duration>) {
    let usual = Priorities::default();
    let mut words = |key, valid: &dyn Fn(&str) -> Result<Text, String>| {
        let written = table.value::<Vec<Spanned<String>>>(key)?.into_inner().into_iter();
        let checked =
            |word: Spanned<String>| valid(word.get_ref()).map_err(|what| document.note(Some(word.span()), what)).ok();
        Some(written.filter_map(checked).collect::<Vec<Text>>())
    };
    let label = |word: &str| names::no_slip("label", word, usual.labels.iter().map(Text::as_str));
    // A word means the first that claims it: what is written twice would be forgotten the second time.
    let taken = RefCell::new(Vec::<Text>::new());
    let severity = |word: &str| {
        let word = names::no_slip("severity", word, usual.words())?;
        if taken.borrow().iter().any(|before| before.eq_ignore_ascii_case(&word)) {
            return Err(format!("`{word}` has a priority already"));
        }
        taken.borrow_mut().push(word.clone());
        Ok(word)
    };
    let labels = words("labels", &label);
    let (high, medium, low) = (words("high", &severity), words("medium", &severity), words("low", &severity));
    let priorities = Priorities {
        labels: labels.unwrap_or_else(|| usual.labels.clone()),
        high: high.unwrap_or_else(|| usual.high.clone()),
        medium: medium.unwrap_or_else(|| usual.medium.clone()),
        low: low.unwrap_or_else(|| usual.low.clone()),
    };
    let length = table
        .value::<String>("acknowledge")
        .and_then(|word| acknowledges_for(word.get_ref()).map_err(|what| document.note(Some(word.span()), what)).ok());
    table.finish();
    (priorities, length)
}

/// For how long an alert is quiet that somebody is at: what a silence may last.
fn acknowledges_for(word: &str) -> Result<Duration, String> {
    let length = names::time(word)?;
    let fits = SignedDuration::try_from(length).map(Lasting::of_length);
    match fits {
        Ok(Err((why, _))) => Err(format!("`acknowledge`: {why}; write it like `30m` or `2h`")),
        _ => Ok(length),
    }
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
