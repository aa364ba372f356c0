//! What a session is made of.

#[cfg(test)]
use std::path::PathBuf;
#[cfg(test)]
use std::sync::Arc;

use crate::clients::kubernetes::ConnectOptions;
use crate::domain::environment::EnvironmentRules;
#[cfg(test)]
use crate::domain::evidence::Keeping;
use crate::domain::guard::Guards;
use crate::domain::limits::Limits;
use crate::domain::logs::{Limits as LogLimits, Rules};
use crate::domain::text::Text;
use crate::domain::time::Clock;
use crate::domain::traffic;
use crate::operations::policy::Policy;
use crate::runtime::evidence::Archives;
use crate::runtime::ledger::Ledger;
use crate::runtime::scopes::Scopes;
use crate::runtime::signals::SignalServers;

/// What a session is made of.
pub struct Options {
    /// The rules by which namespaces are environments.
    pub rules: EnvironmentRules,
    /// From when on numbers count for health.
    pub limits: Limits,
    /// How far traffic may be shifted.
    pub traffic: traffic::Limits,
    /// What may guard a shift.
    pub guards: Guards,
    /// The roles.
    pub policy: Policy,
    /// How to connect.
    pub connect: ConnectOptions,
    /// What is read of each cluster.
    pub scopes: Scopes,
    /// Where alerts come from.
    pub signals: SignalServers,
    /// How much is kept of the logs of one query, and what of them is withheld.
    pub logs: (LogLimits, Rules),
    /// The name of this session, in every record and request.
    pub name: Text,
    /// Where changes are recorded; what cannot be recorded is not done.
    pub ledger: Ledger,
    /// How evidence is kept.
    pub evidence: Archives,
    /// The clock.
    pub clock: Clock,
}

#[cfg(test)]
impl Options {
    /// What a session is made of that reads nothing.
    pub(super) fn of_nothing(clock: Clock) -> Self {
        let origin = crate::operations::audit::this_process(clock.now());
        Self {
            rules: EnvironmentRules::default(),
            limits: Limits::default(),
            traffic: traffic::Limits::default(),
            guards: Guards::default(),
            policy: Policy::NotConfigured,
            connect: ConnectOptions::new("test", Arc::new(|_| None)),
            scopes: Scopes::default(),
            signals: SignalServers::default(),
            logs: Default::default(),
            name: Text::from("test"),
            ledger: Ledger::new(PathBuf::new(), origin, clock.clone()),
            evidence: Archives::new(&Keeping { is_automatic: false, ..Keeping::default() }, PathBuf::new()),
            clock,
        }
    }
}
