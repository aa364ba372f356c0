//! What is believed of one service: taken out of the state as it is, to be written down elsewhere.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::alert::Alert;
use crate::domain::evidence::{Missing, Part, Subject};
use crate::domain::kind::Kind;
use crate::domain::metric::Measure;
use crate::domain::object::{Labels, ObjectRef};
use crate::domain::pod::Pod;
use crate::domain::row::Row;
use crate::domain::service::{Service, named_by};
use crate::domain::text::Text;
use crate::domain::traffic::{ArmRole, Split};
use crate::runtime::Session;
use crate::state::{Freshness, Inventory, Line, Numbers, ServiceBoard};

use super::KINDS;
use super::arms::{Arm, PodSeen, Tail, arm_of, badness};

/// How many events are kept, the newest.
const EVENTS: usize = 5_000;

/// How many alerts about something else are kept beside those about the service.
const OTHERS: usize = 100;

/// A line of numbers.
#[derive(Clone, Debug)]
pub(super) struct Measured {
    /// The arm; none for the service as a whole.
    pub(super) arm: Option<Arm>,
    pub(super) measure: Measure,
    pub(super) line: Line,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    pub(super) service: Option<Service>,
    pub(super) splits: Vec<Split>,
    /// Workloads, their revisions, and what else the change is about.
    pub(super) workloads: Vec<(ObjectRef, Row)>,
    /// The worst first.
    pub(super) pods: Vec<PodSeen>,
    pub(super) events: Vec<(ObjectRef, Row)>,
    /// Each with whether it is about the service.
    pub(super) alerts: Vec<(Arc<Alert>, bool)>,
    pub(super) numbers: Vec<Measured>,
    /// Whose last lines are wanted.
    pub(super) tails: Vec<Tail>,
    /// What is wanted whole.
    pub(super) objects: Vec<ObjectRef>,
    /// What is not known, and why.
    pub(super) missing: Vec<Missing>,
}

/// Takes out what is believed; none as long as more is to come and `is_last` does not hold.
pub(in crate::runtime) fn gather(session: &Session, subject: &Subject, is_last: bool) -> Option<Gathered> {
    let inventory = session.state().cluster(&subject.service.cluster)?;
    let is_loading = |kind: &Kind| inventory.freshness(*kind) == Freshness::Loading;
    let is_complete = !KINDS.iter().filter(|kind| session.wants(**kind)).any(is_loading) && session.knows_signals();
    if !is_complete && !is_last {
        return None;
    }
    let mut gathered = Gathered { missing: absent(session, inventory), ..Gathered::default() };
    let mut board = ServiceBoard::default();
    board.refresh(session.state(), session.clock().now());
    gathered.service = board.find(&subject.service).cloned();
    gathered.splits = session.state().splits(&subject.service);
    gathered.workloads(session, inventory, subject);
    gathered.pods(session, inventory, subject);
    gathered.events(inventory, subject);
    gathered.choose(session);
    for one in board.alerts() {
        let is_own = one.service.as_ref() == Some(&subject.service);
        let is_near = one.alert.cluster == subject.service.cluster;
        let others = gathered.alerts.iter().filter(|(_, is_own)| !is_own).count();
        if is_own || is_near && others < OTHERS {
            gathered.alerts.push((Arc::clone(&one.alert), is_own));
        }
    }
    gathered.numbers(&board, subject);
    Some(gathered)
}

/// What is not known of the cluster, and why.
fn absent(session: &Session, inventory: &Inventory) -> Vec<Missing> {
    let mut missing = Vec::new();
    let mut say =
        |part: Part, why: String| missing.push(Missing { moment: None, part, why: Text::from_untrusted(&why) });
    for kind in KINDS {
        let part = match kind {
            Kind::Pod => Part::Pods,
            Kind::Event => Part::Events,
            Kind::Service | Kind::HttpRoute | Kind::EndpointSlice | Kind::Namespace => Part::Service,
            _ => Part::Workloads,
        };
        let plural = kind.plural();
        match inventory.freshness(kind) {
            Freshness::Live => {}
            Freshness::Absent(_) if kind.is_custom() => {}
            Freshness::Loading if !session.wants(kind) => say(part, format!("{plural} are not read by this session")),
            Freshness::Loading => say(part, format!("{plural} were not read to their end in time")),
            Freshness::Late { since, problem } => say(part, format!("{plural} are as of {since}: {problem}")),
            Freshness::NoAccess(problem) | Freshness::Absent(problem) => say(part, format!("{plural}: {problem}")),
            Freshness::Partial(denied) => {
                let names: Vec<&str> = denied.iter().map(Text::as_str).collect();
                say(part, format!("{plural} may not be read in {}", names.join(", ")));
            }
        }
    }
    if !session.knows_alerts() {
        say(Part::Alerts, "not everybody who is asked for alerts has answered".to_owned());
    } else if session.asked_for_alerts().is_empty() {
        say(Part::Alerts, "nobody is asked for alerts".to_owned());
    }
    let mut servers = session.state().metric_servers().peekable();
    if !session.knows_numbers() {
        say(Part::Metrics, "not everybody who is asked for numbers has answered".to_owned());
    } else if servers.peek().is_none() {
        say(Part::Metrics, "nobody is asked for numbers".to_owned());
    }
    for (id, problem) in servers.filter_map(|(id, server)| Some((id, server.problem.as_ref()?))) {
        say(Part::Metrics, format!("{id}: {problem}"));
    }
    missing
}

impl Gathered {
    /// Finds the workloads of the service with their revisions, and what is changed where that is no workload.
    fn workloads(&mut self, session: &Session, inventory: &Inventory, subject: &Subject) {
        let cluster = &subject.service.cluster;
        let object = |row: &Row| ObjectRef::of(cluster, row.kind(), row.meta());
        for row in Kind::WORKLOADS.into_iter().flat_map(|kind| inventory.rows(kind).rows()) {
            let Some(workload) = row.workload() else { continue };
            let name = named_by(&[&workload.meta.labels, &workload.template_labels]).unwrap_or(&workload.meta.name);
            let object = object(row);
            let is_target = subject.target.as_ref() == Some(&object);
            let place = session.state().place(cluster, &workload.meta.namespace);
            if is_target || *name == subject.service.name && place.environment == subject.service.environment {
                self.objects.push(object.clone());
                self.workloads.push((object, row.clone()));
            }
        }
        let uids: BTreeSet<Text> = self.workloads.iter().map(|(_, row)| row.meta().uid.clone()).collect();
        let revisions = inventory.rows(Kind::ReplicaSet).rows();
        let of_them = revisions.filter(|row| row.meta().owner_uid().is_some_and(|uid| uids.contains(uid)));
        self.workloads.extend(of_them.map(|row| (object(row), row.clone())));
        let others = subject.target.iter().chain(self.splits.iter().map(|split| &split.router));
        let others: Vec<ObjectRef> = others.filter(|object| !self.objects.contains(object)).cloned().collect();
        for other in others {
            if let Some(row) = session.state().find(&other).filter(|row| row.kind() != Kind::Pod) {
                self.workloads.push((other.clone(), row.clone()));
            }
            self.objects.push(other);
        }
        self.objects.dedup();
    }

    /// Finds the pods, the worst first.
    fn pods(&mut self, session: &Session, inventory: &Inventory, subject: &Subject) {
        let selectors = self.selectors(inventory);
        let mut seen = BTreeSet::new();
        let mut pods: Vec<(Arm, Pod)> = Vec::new();
        let own: Vec<ObjectRef> = self.workloads.iter().map(|(object, _)| object.clone()).collect();
        for family in own
            .iter()
            .filter(|object| Kind::WORKLOADS.contains(&object.kind))
            .filter_map(|object| session.state().family(object))
        {
            let new: BTreeSet<&Text> = family.new_pods().map(|pod| &pod.meta.uid).collect();
            for pod in &family.pods {
                if seen.insert(pod.meta.uid.clone()) {
                    pods.push((arm_of(&family, pod, &new, &selectors), (*pod).clone()));
                }
            }
        }
        for row in inventory.rows(Kind::Pod).rows() {
            let Row::Pod(pod) = row else { continue };
            let is_target = subject.target.as_ref().is_some_and(|target| {
                target.kind == Kind::Pod && target.name == pod.meta.name && target.namespace == pod.meta.namespace
            });
            let is_named = || {
                named_by(&[&pod.meta.labels]) == Some(&subject.service.name)
                    && session.state().place(&subject.service.cluster, &pod.meta.namespace).environment
                        == subject.service.environment
            };
            if (is_target || is_named()) && seen.insert(pod.meta.uid.clone()) {
                let role = ArmRole::of_labels(&pod.meta.labels).map_or("current", ArmRole::word);
                let revision = pod.meta.revision_hash().cloned().unwrap_or_default();
                pods.push((Arm { workload: Text::default(), role: role.into(), revision }, (**pod).clone()));
            }
        }
        pods.sort_by_cached_key(|(_, pod)| badness(pod));
        let seen = |(arm, pod): (Arm, Pod)| PodSeen {
            object: ObjectRef::of(&subject.service.cluster, Kind::Pod, &pod.meta),
            row: Row::Pod(Box::new(pod)),
            arm,
        };
        self.pods = pods.into_iter().map(seen).collect();
    }

    /// What the Services behind the arms of a split select.
    fn selectors(&self, inventory: &Inventory) -> Vec<(Text, Labels, ArmRole)> {
        let arms = self.splits.iter().flat_map(|split| split.arms.iter().map(move |arm| (&split.router, arm)));
        let found = arms.filter_map(|(router, arm)| {
            match inventory.rows(Kind::Service).find(&router.namespace, &arm.service)? {
                Row::Service(service) => Some((router.namespace.clone(), service.selector.clone(), arm.role?)),
                _ => None,
            }
        });
        found.collect()
    }

    /// Finds what the cluster told about them, also about pods that are gone.
    fn events(&mut self, inventory: &Inventory, subject: &Subject) {
        let uids: BTreeSet<&Text> = self
            .workloads
            .iter()
            .map(|(_, row)| &row.meta().uid)
            .chain(self.pods.iter().map(|pod| &pod.row.meta().uid))
            .filter(|uid| !uid.is_empty())
            .collect();
        let names: Vec<&ObjectRef> = self.objects.iter().filter(|one| Kind::WORKLOADS.contains(&one.kind)).collect();
        // What is gone has no row to know it by: the names of its ReplicaSets and pods begin with that of its workload.
        let is_of_ours = |namespace: &Text, name: &str| {
            names.iter().any(|one| {
                let below = name.strip_prefix(one.name.as_str()).and_then(|rest| rest.strip_prefix('-'));
                one.namespace == *namespace
                    && below.is_some_and(|rest| !rest.is_empty() && rest.matches('-').count() < 2)
            })
        };
        let mut events: Vec<(ObjectRef, &Row, Option<jiff::Timestamp>)> = Vec::new();
        for row in inventory.rows(Kind::Event).rows() {
            let Row::Event(event) = row else { continue };
            if uids.contains(&event.about_uid) || is_of_ours(&event.meta.namespace, &event.about_name) {
                let object = ObjectRef::of(&subject.service.cluster, Kind::Event, &event.meta);
                events.push((object, row, event.last));
            }
        }
        events.sort_by(|one, other| one.2.cmp(&other.2).then_with(|| one.0.cmp(&other.0)));
        let first = events.len().saturating_sub(EVENTS);
        if first > 0 {
            let why = Text::from(format!("{first} older events are left out"));
            self.missing.push(Missing { moment: None, part: Part::Events, why });
        }
        self.events = events.split_off(first).into_iter().map(|(object, row, _)| (object, row.clone())).collect();
    }

    /// Takes the numbers of the service and of each of its arms.
    fn numbers(&mut self, board: &ServiceBoard, subject: &Subject) {
        let Some(numbers) = board.numbers(&subject.service) else { return };
        let lines = |numbers: &Numbers, arm: Option<&Arm>| {
            let lines = Measure::ALL.into_iter().filter_map(|measure| {
                Some(Measured { arm: arm.cloned(), measure, line: numbers.line(measure)?.clone() })
            });
            lines.collect::<Vec<_>>()
        };
        self.numbers = lines(numbers, None);
        let arms: BTreeSet<&Arm> = self.pods.iter().map(|pod| &pod.arm).collect();
        for arm in arms {
            let pods = self.pods.iter().filter(|pod| pod.arm == *arm).map(|pod| &pod.object.name);
            self.numbers.extend(lines(&numbers.of_pods(pods), Some(arm)));
        }
    }
}
