//! The session: it owns what we believe and what we are changing. Both faces hold one and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc, watch};
use tokio::time::Instant;

use crate::clients::kubernetes::ConnectOptions;
use crate::clients::kubernetes::kubeconfig::Kubeconfig;
use crate::domain::audit::History;
use crate::domain::guard::Guards;
use crate::domain::kind::Kind;
use crate::domain::metric::{Demand, Focus};
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::operation::{OperationEvent, OperationId};
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::time::Clock;
use crate::domain::traffic;
use crate::domain::update::Update;
use crate::operations::guard::Sightings;
use crate::operations::policy::Policy;
use crate::operations::withdraw::Withdrawal;
use crate::sources::kubernetes::{LogNews, Wanted};
use crate::state::{Inventory, ServiceBoard, State};

use super::arming::Armed;
use super::clusters::{self, Chosen, ContextRow, Handle};
use super::evidence::Archives;
use super::following::Following;
use super::guarded::GuardEvent;
#[cfg(test)]
use super::guarded::Guarded;
use super::guarded::drive::Drive;
use super::history;
use super::ledger::Ledger;
use super::message::{Absorbed, Message};
use super::overhearing::Overhearing;
use super::scopes::Scopes;
use super::signals::SignalServers;
use changes::Pending;

mod armed;
mod changes;
mod evidence;
mod guarded;
mod options;
mod past;
mod reading;
mod signals;

pub use options::Options;

/// How many messages are taken in at once, so that a key never waits for long: each may hold some hundred rows.
const AT_ONCE: usize = 16;

/// How many pieces of news from logs are taken in at once; each may hold some thousand lines.
const LOGS_AT_ONCE: usize = 16;

/// How long a guarded shift under way is left alone at most: something may be due by the clock alone.
const GUARD_PAUSE: Duration = Duration::from_secs(1);

/// Clusters, what is believed of them, and changes under way.
pub struct Session {
    state: State,
    clock: Clock,
    pub(super) name: Text,
    policy: Arc<Policy>,
    ledger: Arc<Ledger>,
    archives: Archives,
    history: Option<Result<History, Problem>>,
    read_history: Arc<Notify>,
    read_deeds: Arc<Notify>,
    armed: watch::Sender<Armed>,
    /// The clusters that were asked for, also those that could not be connected to.
    pub(super) chosen: Vec<ClusterName>,
    clusters: BTreeMap<ClusterName, Handle>,
    kubeconfig: Kubeconfig,
    connect: ConnectOptions,
    scopes: Scopes,
    signals: SignalServers,
    traffic: traffic::Limits,
    guards: Guards,
    /// The guarded shifts, by the change that began each.
    drives: BTreeMap<OperationId, Drive>,
    /// The services as guards see them, brought up to date when one looks.
    guard_board: ServiceBoard,
    /// What takes back each yes that was or may be said.
    withdrawals: BTreeMap<OperationId, Withdrawal>,
    /// Since when leases are seen as they are.
    sightings: Arc<Sightings>,
    /// Those that a test of a face makes up.
    #[cfg(test)]
    pub(crate) pretended: Vec<Guarded>,
    /// What of them is to be told with the next word.
    told: Vec<(OperationId, GuardEvent)>,
    /// When it is looked again at what they have to do, whatever is heard; and when it was looked last, for who keeps leases.
    drive_at: Instant,
    driven: watch::Sender<Instant>,
    /// The numbers that the face looks at.
    wanted_numbers: Demand,
    /// The pods of canaries and of what they are compared with, as of what they depend on; none where nothing is tried.
    canaries: Option<((u64, usize), Option<Focus>)>,
    /// Clusters for which no server of signals is configured, until their Services are listed.
    undiscovered: BTreeSet<ClusterName>,
    /// Those of them of which only some namespaces are read, until the usual ones were looked at beside these.
    looked_for: BTreeSet<ClusterName>,
    /// Who is asked for alerts.
    asked: Vec<super::signals::Asked>,
    contexts: Vec<ContextRow>,
    /// The kinds that are read of each cluster.
    kinds: Vec<Kind>,
    inbox: mpsc::Receiver<Message>,
    outbox: mpsc::Sender<Message>,
    waiting: BTreeMap<OperationId, Pending>,
    last: u64,
    following: Following,
    /// Whose logs are compared.
    overhearing: Option<Overhearing>,
    /// The workloads that were looked back at, with their generations then.
    looked_back: BTreeMap<ObjectRef, i64>,
    /// News from logs, apart from all else: however many lines there are, no fact waits behind them.
    news: mpsc::Receiver<LogNews>,
}

impl Session {
    /// Starts to read the chosen clusters. Nothing is waited for.
    pub fn start(kubeconfig: &Kubeconfig, chosen: &[Chosen], options: Options) -> Self {
        let mut session = Self::idle(options);
        session.kubeconfig = kubeconfig.clone();
        session.contexts = clusters::contexts(kubeconfig);
        session.chosen = chosen.iter().map(|one| ClusterName(Text::from(one.context.as_str()))).collect();
        session.kinds = chosen.first().map(|one| one.wanted.kinds.clone()).unwrap_or_default();
        session.start_clusters(chosen);
        let read = |asked: &Arc<Notify>, what| {
            tokio::spawn(history::keep_reading(
                Arc::clone(&session.ledger),
                Arc::clone(asked),
                session.outbox.clone(),
                what,
            ));
        };
        read(&session.read_history, |ledger| Some(Message::History(ledger.history())));
        read(&session.read_deeds, |ledger| Some(Message::Update(Update::Recorded(ledger.deeds()?))));
        session.look_at_deeds();
        session
    }

    /// A session of no cluster, in which nothing runs.
    fn idle(options: Options) -> Self {
        let (outbox, inbox) = mpsc::channel(64);
        let (following, news) = Following::new(options.logs.0, options.logs.1);
        Self {
            state: State::new(options.rules).with_limits(options.limits).with_guards(options.guards.clone()),
            clock: options.clock,
            name: options.name,
            policy: Arc::new(options.policy),
            ledger: Arc::new(options.ledger),
            archives: options.evidence,
            history: None,
            read_history: Arc::new(Notify::new()),
            read_deeds: Arc::new(Notify::new()),
            armed: watch::Sender::new(Armed::No),
            chosen: Vec::new(),
            clusters: BTreeMap::new(),
            kubeconfig: Kubeconfig::default(),
            connect: options.connect,
            scopes: options.scopes,
            signals: options.signals,
            traffic: options.traffic,
            guards: options.guards,
            drives: BTreeMap::new(),
            guard_board: ServiceBoard::default(),
            withdrawals: BTreeMap::new(),
            sightings: Arc::default(),
            #[cfg(test)]
            pretended: Vec::new(),
            told: Vec::new(),
            drive_at: Instant::now(),
            driven: watch::Sender::new(Instant::now()),
            wanted_numbers: Demand::default(),
            canaries: None,
            undiscovered: BTreeSet::new(),
            looked_for: BTreeSet::new(),
            asked: Vec::new(),
            contexts: Vec::new(),
            kinds: Vec::new(),
            inbox,
            outbox,
            waiting: BTreeMap::new(),
            last: 0,
            following,
            overhearing: None,
            looked_back: BTreeMap::new(),
            news,
        }
    }

    /// A session that reads nothing and can change nothing: a test tells it what to believe.
    #[cfg(test)]
    pub(crate) fn offline(clock: Clock) -> Self {
        Self::idle(Options::of_nothing(clock))
    }

    /// Lets it look for servers of signals in a cluster, or have found that there are none.
    #[cfg(test)]
    pub(crate) fn look_for_signals(&mut self, cluster: &ClusterName, looks: bool) {
        if looks {
            self.undiscovered.insert(cluster.clone());
        } else {
            self.undiscovered.remove(cluster);
        }
    }

    /// Takes in what a test says about the world.
    #[cfg(test)]
    pub(crate) fn believe(&mut self, update: Update) -> crate::state::Changed {
        self.state.apply(update, self.clock.now())
    }

    /// What is believed.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What was asked to be read.
    pub fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    /// The roles.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Where changes are recorded.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The journal as it was read last; none before [`Session::read_history`] has had its answer.
    pub fn history(&self) -> Option<&Result<History, Problem>> {
        self.history.as_ref()
    }

    /// Has the journal read. It arrives as [`Absorbed::history`], and from then on again whenever a change goes on.
    pub fn read_history(&self) {
        self.read_history.notify_one();
    }

    /// Has what earlier sessions left open looked at and recorded. It arrives as [`Absorbed::recalled`].
    pub fn recall(&self) {
        let planes = self.clusters.iter().map(|(name, handle)| (name.clone(), Arc::clone(&handle.plane))).collect();
        tokio::spawn(history::keep_recalling(Arc::clone(&self.ledger), planes, self.outbox.clone(), history::PAUSE));
    }

    /// The contexts of the kubeconfig.
    pub fn contexts(&self) -> &[ContextRow] {
        &self.contexts
    }

    /// Whether a cluster is read.
    pub fn reads(&self, cluster: &ClusterName) -> bool {
        self.clusters.contains_key(cluster)
    }

    /// Begins to read another cluster, as the others are read. What comes of it is told like any other fact.
    pub fn connect(&mut self, cluster: &ClusterName) -> Result<(), Problem> {
        if self.reads(cluster) {
            return Ok(());
        }
        let chosen = clusters::choose(&self.kubeconfig, std::slice::from_ref(&cluster.0), |_, own| Wanted {
            kinds: self.kinds.clone(),
            scope: self.scopes.of(cluster, own),
        })?;
        self.chosen.push(cluster.clone());
        self.start_clusters(&chosen);
        Ok(())
    }

    /// Lets a test say which contexts there are.
    #[cfg(test)]
    pub(crate) fn set_contexts(&mut self, contexts: Vec<ContextRow>) {
        self.contexts = contexts;
    }

    /// What a login program has said that it had not said before in this run.
    fn newly_said<'a>(&self, update: &'a Update) -> &'a [Text] {
        let Update::Login(cluster, login) = update else { return &[] };
        let before = self.state.cluster(cluster).and_then(Inventory::login).filter(|before| before.is_running());
        let before = before.map(|before| &before.said[..]).unwrap_or_default();
        let known = login.said.iter().zip(before).take_while(|(now, before)| now == before).count();
        &login.said[known..]
    }

    /// Waits until something has happened, and takes it in. Safe to drop while it waits.
    pub async fn absorb(&mut self) -> Absorbed {
        let mut absorbed = Absorbed::default();
        let (mut messages, mut news) = (Vec::new(), Vec::new());
        let is_guarding = self.has_drives() || !self.told.is_empty();
        let due = if self.told.is_empty() { self.drive_at } else { Instant::now() };
        tokio::select! {
            biased;
            _ = self.inbox.recv_many(&mut messages, AT_ONCE) => {}
            _ = self.news.recv_many(&mut news, LOGS_AT_ONCE) => {}
            () = tokio::time::sleep_until(due), if is_guarding => {}
        }
        // Whichever woke us, the other one has its turn as well.
        while news.len() < LOGS_AT_ONCE
            && let Ok(one) = self.news.try_recv()
        {
            news.push(one);
        }
        let now = self.clock.now();
        absorbed.logs = self.following.hear(news, now);
        for message in messages {
            match message {
                Message::Update(update) => {
                    absorbed.said.extend_from_slice(self.newly_said(&update));
                    absorbed.changed = absorbed.changed.and(self.state.apply(update, now));
                }
                Message::Operation(id, event) => {
                    if event.is_last() || matches!(event, OperationEvent::StepDone { .. }) {
                        self.look_at_deeds();
                    }
                    if self.history.is_some() {
                        self.read_history();
                    }
                    let is_last = event.is_last();
                    let told = self.hear_change(id, event, &mut absorbed.guarded);
                    if is_last {
                        self.waiting.remove(&id);
                        self.withdrawals.remove(&id);
                    }
                    absorbed.operations.extend(told.map(|event| (id, event)));
                }
                Message::Object(object, result) => absorbed.objects.push((object, result)),
                Message::History(history) => {
                    self.history = Some(history);
                    absorbed.history = true;
                }
                Message::Offers(cluster, mut offers) => {
                    offers.extend(self.state.cluster(&cluster).map(super::signals::listed).unwrap_or_default());
                    self.take_up(&cluster, &offers);
                }
                Message::LeaseLost(id, why) => self.lease_lost(id, &why, &mut absorbed.guarded),
                Message::LeaseReleased(id, problem) => self.lease_released(id, problem, &mut absorbed.guarded),
                Message::Question(question) => self.answer(*question),
                Message::Evidence(made) => absorbed.evidence.push(*made),
                Message::Recalled(found) => absorbed.recalled.get_or_insert_default().extend(found),
            }
        }
        if absorbed.changed.touches(Kind::Lease) {
            self.see_leases();
        }
        if !self.undiscovered.is_empty() && absorbed.changed.touches_sources() {
            self.discover();
        }
        if self.find_canaries() {
            self.ask_for_numbers();
        }
        if Kind::WORKLOADS.iter().any(|kind| absorbed.changed.touches(*kind)) {
            self.look_back_again();
        }
        if is_guarding {
            self.drive_at = Instant::now() + GUARD_PAUSE;
            self.drive(&mut absorbed.guarded);
        }
        if Following::depends_on(absorbed.changed) {
            absorbed.logs |= self.following.refresh(&self.state, &self.clusters, now);
        }
        absorbed
    }

    /// A cluster in use.
    pub(super) fn handle(&self, cluster: &ClusterName) -> Option<&Handle> {
        self.clusters.get(cluster)
    }
}

#[cfg(test)]
mod tests;
