//! Which namespaces of a cluster are read: the same rule for those that are chosen at the start and those that come later.

use crate::domain::environment::{Environment, EnvironmentRules};
use crate::domain::object::ClusterName;
use crate::domain::text::Text;
use crate::sources::kubernetes::Scope;

/// What was asked to be read.
#[derive(Clone, Debug, Default)]
pub struct Scopes {
    /// Only these namespaces.
    pub namespaces: Vec<Text>,
    /// Only those of this environment.
    pub environment: Option<Text>,
    /// What makes an environment.
    pub rules: EnvironmentRules,
}

impl Scopes {
    /// The namespaces of a cluster: those that were asked for, else those of the environment that was, else all; where
    /// that is forbidden, the context's own and those of every environment.
    pub fn of(&self, cluster: &ClusterName, own: &Text) -> Scope {
        if !self.namespaces.is_empty() {
            return Scope::Only(self.namespaces.clone());
        }
        let environments = &self.rules.environments;
        let held = |environment: &Environment| {
            let rooms = environment.rooms.iter().filter(|room| room.cluster == *cluster);
            rooms.flat_map(|room| room.namespaces.clone()).collect::<Vec<Text>>()
        };
        let asked = environments.iter().find(|environment| self.environment.as_ref() == Some(&environment.name));
        match asked.map(held) {
            Some(namespaces) if !namespaces.is_empty() => Scope::Only(namespaces),
            _ => {
                let mut fallback = vec![own.clone()];
                for namespace in environments.iter().flat_map(held) {
                    if !fallback.contains(&namespace) {
                        fallback.push(namespace);
                    }
                }
                Scope::All { fallback }
            }
        }
    }
}

#[cfg(test)]
mod tests;
