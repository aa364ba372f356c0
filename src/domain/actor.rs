//! Who acts, and what a role lets them do.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::text::Text;

/// What a role may let somebody do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See what is running.
    Monitor,
    /// Read logs.
    ViewLogs,
    /// Read metrics.
    ViewMetrics,
    /// Bring something new, restart, scale, and stop what is being brought.
    Deploy,
    /// Return from a finished rollout to an earlier revision.
    Rollback,
    /// Keep alerts quiet for a while, or make them loud again.
    Silence,
    /// Approve a promotion.
    Approve,
    /// Decide who has which role.
    ManageUsers,
    /// Decide what a role may do.
    ManageRoles,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 9] = [
        Self::Monitor,
        Self::ViewLogs,
        Self::ViewMetrics,
        Self::Deploy,
        Self::Rollback,
        Self::Silence,
        Self::Approve,
        Self::ManageUsers,
        Self::ManageRoles,
    ];

    /// The word for it in a file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Monitor => "monitor",
            Self::ViewLogs => "view_logs",
            Self::ViewMetrics => "view_metrics",
            Self::Deploy => "deploy",
            Self::Rollback => "rollback",
            Self::Silence => "silence",
            Self::Approve => "approve",
            Self::ManageUsers => "manage_users",
            Self::ManageRoles => "manage_roles",
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A role: permissions, each in some environments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// The name.
    pub name: Text,
    /// What it allows.
    pub grants: Vec<Grant>,
}

/// Some permissions in some environments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What is allowed.
    pub permissions: Vec<Permission>,
    /// Where; "*" stands for everywhere.
    pub environments: Vec<Text>,
}

/// Who has a role, by the names that a cluster's server reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The role.
    pub role: Text,
    /// Users by name.
    pub users: Vec<Text>,
    /// Groups by name.
    pub groups: Vec<Text>,
}
