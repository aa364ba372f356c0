//! Rules as servers and midwatch itself tell them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::problem::Problem;
use crate::domain::rule::Rule;
use crate::domain::signal::{SignalId, SignalKind};

/// How a teller of rules is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleServer {
    /// When it answered for the last time.
    pub heard: Option<Timestamp>,
    /// Why it does not answer now; what it told before is shown all the same.
    pub problem: Option<Problem>,
    /// Its rules, in its order.
    pub rules: Vec<Rule>,
}

/// The rules of all tellers.
#[derive(Debug, Default)]
pub(super) struct Rules {
    servers: BTreeMap<(SignalKind, SignalId), RuleServer>,
}

impl Rules {
    /// Takes in what was told; whether it is news.
    pub(super) fn apply(
        &mut self,
        kind: SignalKind,
        id: SignalId,
        at: Timestamp,
        told: Result<Vec<Rule>, Problem>,
    ) -> bool {
        let is_first = !self.servers.contains_key(&(kind, id.clone()));
        let server = self.servers.entry((kind, id)).or_default();
        let before = server.clone();
        match told {
            Ok(rules) => {
                server.heard = Some(at);
                server.problem = None;
                server.rules = rules;
            }
            Err(problem) => server.problem = Some(problem),
        }
        is_first || before.rules != server.rules || before.problem != server.problem
    }

    pub(super) fn servers(&self) -> impl Iterator<Item = (SignalKind, &SignalId, &RuleServer)> {
        self.servers.iter().map(|((kind, id), server)| (*kind, id, server))
    }
}
