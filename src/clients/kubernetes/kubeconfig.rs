//! The kubeconfig: found, read and merged as kubectl does it, told apart by context. It connects to nothing.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kube::config::{self as raw, AuthInfo, Cluster};

use crate::domain::nearest::nearest;
use crate::domain::text::{Text, sanitize};

mod error;
mod parse;

pub use error::KubeconfigError;
use error::{listed, shown};

/// Where a pod finds its credentials.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The name of a context, exactly as the file spells it; sanitised where it is displayed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContextName(Arc<str>);

impl ContextName {
    /// The name as the file spells it, which must not reach a terminal.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ContextName {
    fn from(name: &str) -> Self {
        Self(Arc::from(name))
    }
}

impl fmt::Display for ContextName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&sanitize(&self.0))
    }
}

/// One context as it may be shown, without credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextFacts {
    /// The context.
    pub name: ContextName,
    /// The cluster's name in the kubeconfig.
    pub cluster: Text,
    /// The API server's address.
    pub server: Text,
    /// The namespace, `default` where none is set.
    pub namespace: Text,
    /// The user's name in the kubeconfig; empty where there is none.
    pub user: Text,
    /// Whether `insecure-skip-tls-verify` is set.
    pub insecure: bool,
    /// Whom the user impersonates.
    pub impersonating: Option<Text>,
    /// The cluster's own proxy, without its credentials.
    pub proxy: Option<Text>,
}

/// All kubeconfig files of this run, the first of them first. What an earlier file defines, a later one cannot change.
/// Copies share what was read.
#[derive(Clone, Default)]
pub struct Kubeconfig {
    files: Arc<[File]>,
}

/// One file as it was read.
struct File {
    path: PathBuf,
    content: raw::Kubeconfig,
}

/// Everything that one context leads to, secrets included; therefore without `Debug`.
pub(super) struct Selected {
    pub(super) facts: ContextFacts,
    pub(super) cluster: Cluster,
    pub(super) cluster_file: PathBuf,
    pub(super) user: AuthInfo,
    pub(super) user_file: PathBuf,
}

impl fmt::Debug for Kubeconfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kubeconfig").field("contexts", &self.contexts()).finish_non_exhaustive()
    }
}

impl Kubeconfig {
    /// Reads the explicit file, else the files of `KUBECONFIG`, else `~/.kube/config`, else what a pod is given.
    ///
    /// Like kubectl it passes over files of the list that do not exist; an explicit file has to.
    pub fn load(
        environment: &dyn Fn(&str) -> Option<String>,
        explicit: Option<&Path>,
    ) -> Result<Self, KubeconfigError> {
        let set = |name| environment(name).filter(|value: &String| !value.is_empty());
        let paths: Vec<PathBuf> = match (explicit, set("KUBECONFIG"), set("HOME")) {
            (Some(path), ..) => vec![path.to_owned()],
            (None, Some(list), _) => std::env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect(),
            (None, None, Some(home)) => vec![Path::new(&home).join(".kube").join("config")],
            (None, None, None) => Vec::new(),
        };
        let mut files = Vec::new();
        for path in &paths {
            match std::fs::read_to_string(path) {
                Ok(text) => files.push(File { path: path.clone(), content: parse::file(path, &text)? }),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(KubeconfigError::Unreadable { file: shown(path), why: Text::from(error.to_string()) });
                }
            }
        }
        if files.is_empty() {
            let in_cluster = explicit.is_none().then(|| in_cluster(&set, Path::new(SERVICE_ACCOUNT))).flatten();
            let looked = || match paths.as_slice() {
                [] => Text::from("~/.kube/config"),
                paths => listed(paths.iter().map(|path| path.to_str().unwrap_or("?"))),
            };
            files.push(in_cluster.ok_or_else(|| KubeconfigError::Missing { looked: looked() })?);
        }
        Ok(Self { files: files.into() })
    }

    /// The names of all contexts, in the order of the files.
    pub fn contexts(&self) -> Vec<ContextName> {
        let mut names: Vec<ContextName> = Vec::new();
        for context in self.files.iter().flat_map(|file| &file.content.contexts) {
            let name = ContextName::from(context.name.as_str());
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The current context: the first that any file sets.
    pub fn current(&self) -> Option<ContextName> {
        let set = |file: &'_ File| file.content.current_context.clone().filter(|name| !name.is_empty());
        self.files.iter().find_map(set).map(|name| ContextName::from(name.as_str()))
    }

    /// The context asked for, else the current one; an error where it does not exist.
    pub fn resolve(&self, wanted: Option<&str>) -> Result<ContextName, KubeconfigError> {
        let known = self.contexts();
        let names = || listed(known.iter().map(ContextName::as_str));
        let name = match wanted {
            Some(name) => ContextName::from(name),
            None => self
                .current()
                .ok_or_else(|| KubeconfigError::NoCurrentContext { files: self.paths(), known: names() })?,
        };
        if known.contains(&name) {
            return Ok(name);
        }
        let nearest = nearest(name.as_str(), known.iter().map(ContextName::as_str));
        Err(KubeconfigError::NoSuchContext {
            name: Text::from(name.as_str()),
            files: self.paths(),
            nearest: nearest.map(Text::from),
            known: names(),
        })
    }

    /// What a context says, without credentials.
    pub fn describe(&self, context: &ContextName) -> Result<ContextFacts, KubeconfigError> {
        self.select(context).map(|selected| selected.facts)
    }

    /// Everything that a context leads to.
    pub(super) fn select(&self, name: &ContextName) -> Result<Selected, KubeconfigError> {
        let name = self.resolve(Some(name.as_str()))?;
        let (file, context) = self
            .find(|content| content.contexts.iter().find(|entry| entry.name == name.as_str()))
            .expect("a resolved context is in one of the files");
        let dangling = |subject: &str, entry: &str| KubeconfigError::Unusable {
            context: Text::from(name.as_str()),
            file: shown(&file.path),
            subject: Text::from(format!("{subject} '{entry}'")),
            why: Text::from("is not defined in any kubeconfig file"),
            cure: Text::from(format!("correct the context's {subject}, or add the file that defines it to KUBECONFIG")),
        };
        let context = context.context.clone().ok_or_else(|| dangling("cluster", ""))?;
        let (cluster_file, cluster) = self
            .find(|content| content.clusters.iter().find(|entry| entry.name == context.cluster))
            .ok_or_else(|| dangling("cluster", &context.cluster))?;
        let user_name = context.user.clone().unwrap_or_default();
        let user = self.find(|content| content.auth_infos.iter().find(|entry| entry.name == user_name));
        if user.is_none() && !user_name.is_empty() {
            return Err(dangling("user", &user_name));
        }
        let user_file = user.as_ref().map_or(&file.path, |(file, _)| &file.path).clone();
        let mut user = user.and_then(|(_, entry)| entry.auth_info.clone()).unwrap_or_default();
        let mut cluster_entry = cluster.cluster.clone().unwrap_or_default();
        parse::drop_empty(&mut cluster_entry, &mut user);
        let facts = ContextFacts {
            name,
            cluster: Text::from(context.cluster.as_str()),
            server: shown_server(cluster_entry.server.as_deref().unwrap_or_default()),
            namespace: Text::from(context.namespace.filter(|it| !it.is_empty()).as_deref().unwrap_or("default")),
            user: Text::from(user_name),
            insecure: cluster_entry.insecure_skip_tls_verify.unwrap_or(false),
            impersonating: user.impersonate.as_deref().map(Text::from),
            proxy: cluster_entry.proxy_url.as_deref().map(super::proxy::without_credentials),
        };
        Ok(Selected { facts, cluster: cluster_entry, cluster_file: cluster_file.path.clone(), user, user_file })
    }

    /// The first file in which something is found, and what was found.
    fn find<'a, T>(&'a self, look: impl Fn(&'a raw::Kubeconfig) -> Option<&'a T>) -> Option<(&'a File, &'a T)> {
        self.files.iter().find_map(|file| look(&file.content).map(|found| (file, found)))
    }

    /// All files, as they may be shown.
    fn paths(&self) -> Text {
        listed(self.files.iter().map(|file| file.path.to_str().unwrap_or("?")))
    }
}

/// A server's address as it may be shown.
fn shown_server(server: &str) -> Text {
    if server.contains('@') { super::proxy::without_credentials(server) } else { Text::from(server) }
}

/// What a pod is given, told as a kubeconfig, so that it takes the same way as every other.
fn in_cluster(set: &dyn Fn(&'static str) -> Option<String>, directory: &Path) -> Option<File> {
    let (host, port) = (set("KUBERNETES_SERVICE_HOST")?, set("KUBERNETES_SERVICE_PORT")?);
    let path = |name: &str| directory.join(name).to_str().map(str::to_owned);
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    let cluster = Cluster {
        server: Some(format!("https://{host}:{port}")),
        certificate_authority: path("ca.crt"),
        ..Cluster::default()
    };
    let user = AuthInfo { token_file: path("token"), ..AuthInfo::default() };
    let namespace = std::fs::read_to_string(directory.join("namespace")).ok().map(|name| name.trim().to_owned());
    let name = || "in-cluster".to_owned();
    let leads_to = raw::Context { cluster: name(), user: Some(name()), namespace, ..raw::Context::default() };
    let content = raw::Kubeconfig {
        clusters: vec![raw::NamedCluster { name: name(), cluster: Some(cluster), ..Default::default() }],
        auth_infos: vec![raw::NamedAuthInfo { name: name(), auth_info: Some(user), ..Default::default() }],
        contexts: vec![raw::NamedContext { name: name(), context: Some(leads_to), ..Default::default() }],
        current_context: Some(name()),
        ..Default::default()
    };
    Some(File { path: directory.to_owned(), content })
}

#[cfg(test)]
mod tests;
