//! What midwatch's own roles say. They guide; the cluster enforces.

use crate::domain::actor::{Binding, Permission, Role};
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::update::Identity;

/// The roles, if there are any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// No roles file: this layer has no opinion, and the cluster decides.
    #[default]
    NotConfigured,
    /// What is not granted is denied.
    Roles {
        /// The roles.
        roles: Vec<Role>,
        /// Who has which.
        bindings: Vec<Binding>,
    },
    /// There is a roles file, and it cannot be used: everything may be looked at, and nothing is granted.
    Unusable(Problem),
}

/// What the roles say to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// There are no roles.
    NotConfigured,
    /// They cannot be read.
    Unusable(Problem),
    /// A role grants it.
    Allowed {
        /// The role.
        role: Text,
        /// The permission, of those asked for, that it grants.
        permission: Permission,
    },
    /// No role of this identity grants it.
    Denied {
        /// The roles that the identity has.
        held: Vec<Text>,
        /// The roles that would allow it.
        would_allow: Vec<Text>,
    },
}

impl Policy {
    /// Whether an identity has one of some permissions in an environment.
    pub fn decide(&self, identity: &Identity, any_of: &[Permission], environment: &str) -> Decision {
        let roles = match self {
            Self::NotConfigured => return Decision::NotConfigured,
            Self::Unusable(problem) => return Decision::Unusable(problem.clone()),
            Self::Roles { roles, .. } => roles,
        };
        let held = self.roles_of(identity);
        for role in roles.iter().filter(|role| held.contains(&role.name)) {
            if let Some(permission) = granted(role, any_of, environment) {
                return Decision::Allowed { role: role.name.clone(), permission };
            }
        }
        let would_allow = roles.iter().filter(|role| granted(role, any_of, environment).is_some());
        Decision::Denied { would_allow: would_allow.map(|role| role.name.clone()).collect(), held }
    }

    /// Why the roles cannot be used, where they cannot.
    pub fn fault(&self) -> Option<&Problem> {
        match self {
            Self::Unusable(problem) => Some(problem),
            Self::NotConfigured | Self::Roles { .. } => None,
        }
    }

    /// Whether there are roles.
    pub fn is_configured(&self) -> bool {
        *self != Self::NotConfigured
    }

    /// The roles of an identity, by the user and the groups that the server reports.
    pub fn roles_of(&self, identity: &Identity) -> Vec<Text> {
        let Self::Roles { bindings, .. } = self else { return Vec::new() };
        let mut held: Vec<Text> = Vec::new();
        for binding in bindings {
            let is_bound = binding.users.contains(&identity.user)
                || binding.groups.iter().any(|group| identity.groups.contains(group));
            if is_bound && !held.contains(&binding.role) {
                held.push(binding.role.clone());
            }
        }
        held
    }
}

/// The first of some permissions that a role grants in an environment.
fn granted(role: &Role, any_of: &[Permission], environment: &str) -> Option<Permission> {
    any_of.iter().copied().find(|permission| {
        role.grants.iter().any(|grant| {
            grant.permissions.contains(permission)
                && grant.environments.iter().any(|name| name == "*" || name == environment)
        })
    })
}

#[cfg(test)]
mod tests;
