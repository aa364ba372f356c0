//! An environment: namespaces of clusters that belong together, and whether changes there need more care.

use serde::{Deserialize, Serialize};

use super::object::ClusterName;
use super::text::Text;

/// Names of environments in which mistakes are cheap. Everything else is protected.
const UNPROTECTED: [&str; 5] = ["dev", "development", "test", "testing", "staging"];

/// Names of environments in which they are not.
const PROTECTED: [&str; 2] = ["production", "prod"];

/// An environment as the configuration names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// The name: "production".
    pub name: Text,
    /// The role of colour that it is shown in, if one was chosen.
    pub color: Option<Text>,
    /// Whether a change there must be confirmed by typing.
    pub is_protected: bool,
    /// Where it is.
    pub rooms: Vec<Room>,
}

/// Namespaces of one cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// The cluster.
    pub cluster: ClusterName,
    /// The namespaces; empty stands for all of them.
    pub namespaces: Vec<Text>,
}

/// To which environment a namespace belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The name of the environment.
    pub environment: Text,
    /// The role of colour that it is shown in, if one was chosen.
    pub color: Option<Text>,
    /// Whether a change there must be confirmed by typing.
    pub is_protected: bool,
}

/// The rules by which namespaces become environments. Without any, labels and names decide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvironmentRules {
    /// The configured environments; the first that names a namespace has it.
    pub environments: Vec<Environment>,
}

impl EnvironmentRules {
    /// The label of a namespace that names its environment.
    pub const LABEL: &str = "environment";

    /// The names that can be meant: those of the configuration, and the usual ones, which labels and namespaces have.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let usual = PROTECTED.into_iter().chain(UNPROTECTED);
        let usual = usual.filter(|name| !self.environments.iter().any(|environment| environment.name == *name));
        self.environments.iter().map(|environment| environment.name.as_str()).chain(usual)
    }

    /// The environment of a namespace, whose label [`Self::LABEL`] may be given.
    pub fn place(&self, cluster: &ClusterName, namespace: &Text, label: Option<&Text>) -> Place {
        if let Some(environment) = self.environments.iter().find(|environment| environment.holds(cluster, namespace)) {
            return Place {
                environment: environment.name.clone(),
                color: environment.color.clone(),
                is_protected: environment.is_protected,
            };
        }
        // The label decides alone where there is one: `testing` that says it is production is.
        let environment = label.filter(|label| !label.is_empty()).unwrap_or(namespace);
        Place { environment: environment.clone(), color: None, is_protected: !is_unprotected(environment) }
    }
}

impl Environment {
    /// Whether a namespace belongs to it.
    pub fn holds(&self, cluster: &ClusterName, namespace: &str) -> bool {
        self.rooms.iter().any(|room| {
            room.cluster == *cluster
                && (room.namespaces.is_empty() || room.namespaces.iter().any(|name| name == namespace))
        })
    }
}

/// Whether a name says that mistakes are cheap there.
fn is_unprotected(name: &str) -> bool {
    UNPROTECTED.iter().any(|unprotected| name.eq_ignore_ascii_case(unprotected))
}

#[cfg(test)]
mod tests;
