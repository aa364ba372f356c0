//! The servers of signals of a session: those of the configuration, and where it names none, those with the usual names.

use std::time::Duration;

use serde_json::Value;
use tokio::sync::{mpsc, watch};

use super::clusters::{Handle, forward};
use super::message::Message;
use crate::clients::kubernetes::Reader;
use crate::clients::signals::{Endpoint, SignalWriter};
use crate::domain::alert::Priorities;
use crate::domain::kind::Kind;
use crate::domain::metric::{Asking, Demand};
use crate::domain::object::ClusterName;
use crate::domain::row::Row;
use crate::domain::rule::OwnRules;
use crate::domain::signal::{Access, Reach, SignalId, SignalKind, SignalServer};
use crate::domain::text::Text;
use crate::domain::time::Clock;
use crate::domain::update::Update;
use crate::sources::kubernetes::Outbox;
use crate::sources::signals::{alerts, metrics, rules};
use crate::state::Inventory;

/// The names that the usual installations give their Services, the most telling first.
const USUAL: [(SignalKind, &[&str]); 2] = [
    (
        SignalKind::Alertmanager,
        &["alertmanager", "alertmanager-main", "alertmanager-operated", "prometheus-alertmanager"],
    ),
    (
        SignalKind::Prometheus,
        &[
            "prometheus",
            "prometheus-k8s",
            "prometheus-server",
            "prometheus-operated",
            "kube-prometheus-stack-prometheus",
        ],
    ),
];

/// The namespaces in which they usually live.
const HOMES: [&str; 6] =
    ["monitoring", "observability", "prometheus", "kube-prometheus-stack", "kube-prometheus", "default"];

/// The ports on which their APIs are, by name or number.
const PORTS: [&str; 6] = ["web", "http-web", "http", "9093", "9090", "80"];

/// Somebody who is asked for alerts: a server, or midwatch itself where it evaluates rules against one.
pub(super) type Asked = (SignalKind, SignalId);

/// What is asked of servers of signals.
#[derive(Clone, Debug, Default)]
pub struct SignalServers {
    /// The servers.
    pub servers: Vec<SignalServer>,
    /// What makes an alert urgent.
    pub priorities: Priorities,
    /// The rules of the configuration.
    pub rules: OwnRules,
    /// For how long an alert is quiet that somebody is at; none where nobody said.
    pub acknowledges_for: Option<Duration>,
    /// How numbers are asked for.
    pub asking: Asking,
    /// What of them somebody looks at.
    pub demand: watch::Sender<Demand>,
}

impl SignalServers {
    /// Begins to ask the servers of a cluster; who tells alerts then.
    pub(super) fn start(
        &self,
        cluster: &ClusterName,
        handle: &Handle,
        clock: &Clock,
        outbox: &mpsc::Sender<Message>,
    ) -> Vec<Asked> {
        let servers = self.servers.iter().filter(|server| server.id.cluster == *cluster);
        servers.flat_map(|server| self.ask(server.clone(), handle, clock, outbox)).collect()
    }

    /// Begins to ask the servers with the usual names among some Services; who tells alerts then.
    pub(super) fn discover(
        &self,
        cluster: &ClusterName,
        offers: &[Offer],
        handle: &Handle,
        clock: &Clock,
        outbox: &mpsc::Sender<Message>,
    ) -> Vec<Asked> {
        let found = usual(cluster, offers);
        found.into_iter().flat_map(|server| self.ask(server, handle, clock, outbox)).collect()
    }

    /// Begins to ask a server; who tells alerts then: midwatch may do so beside it.
    fn ask(&self, server: SignalServer, handle: &Handle, clock: &Clock, outbox: &mpsc::Sender<Message>) -> Vec<Asked> {
        let mut asked = vec![(server.kind, server.id.clone())];
        let outbox = Outbox::new(server.id.cluster.clone(), clock.clone(), forward(outbox.clone()));
        match Endpoint::new(&server, &handle.reader) {
            Ok(endpoint) => {
                if server.kind == SignalKind::Alertmanager {
                    handle.alertmanagers.learn(&server, endpoint.clone(), SignalWriter::new(endpoint.clone()));
                }
                if server.kind == SignalKind::Prometheus {
                    handle.counters.learn(&server, endpoint.clone());
                    let (asking, demand) = (self.asking.clone(), self.demand.subscribe());
                    tokio::spawn(metrics(server.clone(), endpoint.clone(), asking, demand, outbox.clone()));
                }
                if self.mind_rules(&server, &endpoint, &outbox) {
                    asked.push((SignalKind::Midwatch, server.id.clone()));
                }
                tokio::spawn(alerts(server, endpoint, self.priorities.clone(), outbox));
            }
            Err(problem) => outbox.post(Update::Alerts(server.kind, server.id, clock.now(), Err(problem))),
        }
        asked
    }

    /// Begins to read the rules of a Prometheus and to evaluate those of the configuration, where somebody wants that;
    /// whether there are any to evaluate.
    fn mind_rules(&self, server: &SignalServer, endpoint: &Endpoint, outbox: &Outbox) -> bool {
        let is_wanted = self.rules.is_looked_at || !self.rules.rules.is_empty();
        if server.kind != SignalKind::Prometheus || !is_wanted {
            return false;
        }
        let (own, priorities) = (self.rules.clone(), self.priorities.clone());
        tokio::spawn(rules(server.clone(), endpoint.clone(), own, priorities, outbox.clone()));
        !self.rules.rules.is_empty()
    }
}

/// A Kubernetes Service that may be a server of signals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    namespace: Text,
    name: Text,
    /// As a row tells them: "web 9093/TCP".
    ports: Vec<Text>,
}

/// The Services that are listed.
pub(super) fn listed(inventory: &Inventory) -> Vec<Offer> {
    let offers = inventory.rows(Kind::Service).rows().filter_map(|row| match row {
        Row::Service(service) => Some(Offer {
            namespace: service.meta.namespace.clone(),
            name: service.meta.name.clone(),
            ports: service.ports.to_vec(),
        }),
        _ => None,
    });
    offers.collect()
}

/// Looks for Services where servers of signals usually live: what is asked of some namespaces is watched over from
/// another one, which is not read. Where that may not be looked at there are none.
pub(super) async fn look_elsewhere(cluster: ClusterName, reader: Reader, outbox: mpsc::Sender<Message>) {
    let mut offers = Vec::new();
    for namespace in HOMES {
        for service in reader.list_objects(Kind::Service, namespace, "").await.unwrap_or_default() {
            let text = |value: &Value| Text::from_untrusted(value.as_str().unwrap_or_default());
            let ports = service["spec"]["ports"].as_array().into_iter().flatten();
            let ports = ports.map(|port| {
                format!("{} {}/TCP", text(&port["name"]), port["port"].as_u64().unwrap_or_default()).into()
            });
            let name = text(&service["metadata"]["name"]);
            offers.push(Offer { namespace: namespace.into(), name, ports: ports.collect() });
        }
    }
    drop(outbox.send(Message::Offers(cluster, offers)).await);
}

/// The servers that a cluster seems to have: one of each kind.
fn usual(cluster: &ClusterName, offers: &[Offer]) -> Vec<SignalServer> {
    let found = USUAL.iter().filter_map(|(kind, names)| {
        let (namespace, name, port) = names.iter().find_map(|name| {
            offers.iter().filter(|offer| offer.name == *name).find_map(|offer| {
                let port = PORTS.iter().find_map(|wanted| number_of(&offer.ports, wanted))?;
                Some((offer.namespace.clone(), offer.name.clone(), port))
            })
        })?;
        let id = SignalId { cluster: cluster.clone(), name: name.clone() };
        let reach = Reach::Service { namespace, name, port };
        Some(SignalServer { id, kind: *kind, reach, access: Access::default(), matchers: Text::default() })
    });
    found.collect()
}

/// The number of the port that is called so, of ports as a row tells them: "web 9093/TCP".
fn number_of(ports: &[Text], wanted: &str) -> Option<Text> {
    ports.iter().find_map(|port| {
        let words: Vec<&str> = port.split([' ', '/']).collect();
        let number = words.len().checked_sub(2).and_then(|at| words.get(at))?;
        (words.first() == Some(&wanted) || *number == wanted).then(|| Text::from(*number))
    })
}

#[cfg(test)]
mod tests;
