//! The clusters of a session: which ones, and what reads them.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use crate::clients::kubernetes::kubeconfig::{ContextName, Kubeconfig};
use crate::clients::kubernetes::{ClientError, ConnectOptions, Reader, connect};
use crate::domain::object::ClusterName;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::time::Clock;
use crate::domain::update::{ClusterFacts, Login, Update};
use crate::operations::ports::ControlPlane;
use crate::sources::kubernetes::{Outbox, Scope, Wanted, identity, run};
use crate::targets::alertmanager::Alertmanagers;
use crate::targets::kubernetes::Cluster;
use crate::targets::requests::Counters;

use super::message::Message;

/// A cluster that is to be read, and how.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// The context that leads to it.
    pub context: ContextName,
    /// What is read of it.
    pub wanted: Wanted,
}

/// A context of the kubeconfig, and what is done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextRow {
    /// Its name, by which the cluster is called here.
    pub name: ClusterName,
    /// The address of the API server; a problem where the context is broken.
    pub server: Result<Text, Problem>,
    /// The namespace that it names.
    pub namespace: Text,
    /// The user that it names.
    pub user: Text,
    /// Whether kubectl would take it.
    pub is_current: bool,
}

/// The contexts of a kubeconfig, in its order.
pub(super) fn contexts(kubeconfig: &Kubeconfig) -> Vec<ContextRow> {
    let current = kubeconfig.current();
    let rows = kubeconfig.contexts().into_iter().map(|context| {
        let facts = kubeconfig.describe(&context).map_err(|error| error.problem());
        ContextRow {
            name: ClusterName(Text::from(context.as_str())),
            namespace: facts.as_ref().map(|facts| facts.namespace.clone()).unwrap_or_default(),
            user: facts.as_ref().map(|facts| facts.user.clone()).unwrap_or_default(),
            server: facts.map(|facts| facts.server),
            is_current: current.as_ref() == Some(&context),
        }
    });
    rows.collect()
}

/// A cluster in use.
pub(super) struct Handle {
    pub(super) reader: Reader,
    pub(super) plane: Arc<dyn ControlPlane>,
    /// Its Alertmanagers, for the plane.
    pub(super) alertmanagers: Alertmanagers,
    /// Who counts its requests, for the plane.
    pub(super) counters: Counters,
}

/// The contexts that are asked for, or the current one.
///
/// What is read of each may depend on the namespace that its context names.
pub fn choose(
    kubeconfig: &Kubeconfig,
    asked: &[Text],
    wanted: impl Fn(&ContextName, &Text) -> Wanted,
) -> Result<Vec<Chosen>, Problem> {
    let resolve = |name: Option<&str>| {
        let context = kubeconfig.resolve(name).map_err(|error| error.problem())?;
        let facts = kubeconfig.describe(&context).map_err(|error| error.problem())?;
        let wanted = wanted(&context, &facts.namespace);
        Ok(Chosen { context, wanted })
    };
    if asked.is_empty() { Ok(vec![resolve(None)?]) } else { asked.iter().map(|name| resolve(Some(name))).collect() }
}

/// Connects to the clusters and starts what reads them. One that cannot be connected to is told as silent.
pub(super) fn start(
    kubeconfig: &Kubeconfig,
    chosen: &[Chosen],
    options: &ConnectOptions,
    clock: &Clock,
    outbox: &mpsc::Sender<Message>,
) -> BTreeMap<ClusterName, Handle> {
    let mut handles = BTreeMap::new();
    let doors = Arc::new(tokio::sync::Semaphore::new(Scope::CONNECTING));
    for one in chosen {
        let name = ClusterName(Text::from(one.context.as_str()));
        let outbox = Outbox::new(name.clone(), clock.clone(), forward(outbox.clone()));
        match open(kubeconfig, one, options, &name, &outbox) {
            Ok(handle) => {
                tokio::spawn(run(handle.reader.clone(), outbox.clone(), one.wanted.clone(), Arc::clone(&doors)));
                tokio::spawn(identity(handle.reader.clone(), outbox));
                handles.insert(name, handle);
            }
            Err(error) => outbox.post(Update::Silent(name, error.problem())),
        }
    }
    handles
}

/// Sends updates as messages of the session.
pub(super) fn forward(outbox: mpsc::Sender<Message>) -> mpsc::Sender<Update> {
    let (sender, mut updates) = mpsc::channel::<Update>(64);
    tokio::spawn(async move {
        while let Some(update) = updates.recv().await {
            if outbox.send(Message::Update(update)).await.is_err() {
                break;
            }
        }
    });
    sender
}

/// Makes the connection of one cluster and tells what is known of it before it answers.
fn open(
    kubeconfig: &Kubeconfig,
    chosen: &Chosen,
    options: &ConnectOptions,
    name: &ClusterName,
    outbox: &Outbox,
) -> Result<Handle, ClientError> {
    let connection = connect(kubeconfig, &chosen.context, options)?;
    let facts = ClusterFacts {
        server: connection.facts.server.clone(),
        namespace: connection.facts.namespace.clone(),
        is_insecure: connection.facts.insecure,
        is_writable: connection.writer.is_some(),
        impersonating: connection.facts.impersonating.clone(),
        proxy: connection.facts.proxy.clone(),
    };
    outbox.post(Update::Cluster(name.clone(), facts));
    if let Some(login) = connection.login {
        outbox.post(Update::Login(name.clone(), login.borrow().clone()));
        tokio::spawn(tell_login(login, name.clone(), outbox.clone()));
    }
    let alertmanagers = Alertmanagers::default();
    let counters = Counters::default();
    let plane = Cluster::new(connection.reader.clone(), connection.writer, alertmanagers.clone(), counters.clone());
    Ok(Handle { reader: connection.reader, plane: Arc::new(plane), alertmanagers, counters })
}

/// Passes on how the login plugin is doing.
async fn tell_login(mut login: watch::Receiver<Login>, name: ClusterName, outbox: Outbox) {
    while login.changed().await.is_ok() {
        let now = login.borrow_and_update().clone();
        outbox.send(Update::Login(name.clone(), now)).await;
    }
}
