//! Why a kubeconfig cannot be used: which file, where in it, and what to do.

use std::path::Path;

use thiserror::Error;

use crate::domain::problem::Problem;
use crate::domain::text::Text;

/// A kubeconfig that is missing, broken or refused. Values of fields are never quoted: they may be secrets.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KubeconfigError {
    /// There is no file, and this is not a pod.
    #[error("no kubeconfig: {looked} does not exist")]
    Missing {
        /// The files looked for.
        looked: Text,
    },
    /// The file is there and cannot be read.
    #[error("{file} cannot be read: {why}")]
    Unreadable {
        /// The file.
        file: Text,
        /// The reason.
        why: Text,
    },
    /// The file is not YAML, or not a kubeconfig.
    #[error("{file}{place} is not a valid kubeconfig: {why}")]
    Malformed {
        /// The file.
        file: Text,
        /// The line and the field, such as ` line 7 (server)`; empty where they are not known.
        place: Text,
        /// The reason.
        why: Text,
    },
    /// No context was named and no file sets one.
    #[error("no current context in {files}")]
    NoCurrentContext {
        /// The files.
        files: Text,
        /// The names that are there.
        known: Text,
    },
    /// The context is in none of the files.
    #[error("no context named '{name}' in {files}")]
    NoSuchContext {
        /// The name asked for.
        name: Text,
        /// The files.
        files: Text,
        /// The name most like it.
        nearest: Option<Text>,
        /// The names that are there.
        known: Text,
    },
    /// An entry of a context that cannot be used, or that midwatch refuses to use.
    #[error("context '{context}' in {file}: {subject} {why}")]
    Unusable {
        /// The context.
        context: Text,
        /// The file that holds the entry.
        file: Text,
        /// The entry, such as `cluster 'prod', field server`.
        subject: Text,
        /// The reason.
        why: Text,
        /// What to do next.
        cure: Text,
    },
}

impl KubeconfigError {
    /// The failure as a person reads it.
    pub fn problem(&self) -> Problem {
        let what = self.to_string();
        match self {
            Self::Missing { .. } => {
                Problem::new(what, "", "set KUBECONFIG, pass --kubeconfig, or try `midwatch demo`, which needs none")
            }
            Self::Unreadable { .. } => Problem::new(what, "", "check the file's owner and mode"),
            Self::Malformed { .. } => {
                Problem::new(what, "", "mend that line; `kubectl config view` reads the same file")
            }
            Self::NoCurrentContext { known, .. } => {
                Problem::new(what, "", format!("pass --context with one of: {known}"))
            }
            Self::NoSuchContext { nearest: Some(nearest), .. } => {
                Problem::new(what, "", format!("nearest: '{nearest}'"))
            }
            Self::NoSuchContext { known, .. } => Problem::new(what, "", format!("there are: {known}")),
            Self::Unusable { context, file, subject, why, cure } => {
                Problem::new(format!("context '{context}' in {file}"), format!("{subject} {why}"), cure)
            }
        }
    }
}

/// A path as it may be shown.
pub(super) fn shown(path: &Path) -> Text {
    Text::from(path.to_string_lossy().into_owned())
}

/// Names as one list, at most ten of them.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> Text {
    let names: Vec<&str> = names.into_iter().collect();
    match names.len() {
        0 => Text::from("none"),
        1..=10 => Text::from(names.join(", ")),
        more => Text::from(format!("{} and {} more", names[..10].join(", "), more - 10)),
    }
}
