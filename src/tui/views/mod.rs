//! Views: each answers one question and keeps nothing but where one stands in it.

use jiff::Timestamp;
use ratatui::layout::Rect;
use serde_json::Value;

use super::command::{Command, Context};
use super::effect::{Asked, Destination, LogTarget, Outcome};
use super::look::Look;
use super::paint::{Painter, Span};
use crate::config::settings::Settings;
use crate::domain::environment::Place;
use crate::domain::kind::Kind;
use crate::domain::metric::Demand;
use crate::domain::object::ObjectRef;
use crate::domain::problem::Problem;
use crate::domain::rollout::{Phase, Rollout};
use crate::domain::service::ServiceId;
use crate::domain::text::Text;
use crate::domain::update::{Login, LoginStage};
use crate::runtime::Session;
use crate::state::{Changed, ESSENTIAL, ServiceBoard, Timeline};

mod alert;
mod alerts;
mod around;
mod audit;
mod brief;
mod closer;
mod contexts;
#[cfg(test)]
mod fixture;
mod ground;
mod guarding;
mod joined;
mod logs;
mod overview;
pub mod propose;
mod resources;
mod rollouts;
mod service;
mod silences;
mod text;

pub use alert::AlertDetail;
pub use alerts::Alerts;
pub(in crate::tui) use alerts::role_of;
#[cfg(test)]
pub(in crate::tui) use alerts::{alerts_evaluated, alerts_stage};
pub use around::Around;
pub use audit::Audit;
pub use brief::Briefing;
pub use contexts::Contexts;
#[cfg(test)]
pub(in crate::tui) use fixture::guarded::guarded;
pub use logs::Logs;
pub use overview::Overview;
pub use resources::Resources;
pub use rollouts::Rollouts;
pub use service::ServiceView;
pub use silences::Silences;
pub use text::{Detail, Form, Revisions};

/// What a view may see.
pub struct Seen<'a> {
    /// What is believed, and what is under way.
    pub session: &'a Session,
    /// The services, worst first.
    pub board: &'a ServiceBoard,
    /// What changed lately.
    pub timeline: &'a Timeline,
    /// Whether this is the sandbox, and what it is called.
    pub demo: Option<&'a str>,
    /// The configuration.
    pub settings: &'a Settings,
    /// The look.
    pub look: &'a Look,
    /// What time it is.
    pub now: Timestamp,
}

/// How the trouble begins that is none: somebody is asked to log in.
const LOGIN_SAYS: &str = "the login program says";

impl Seen<'_> {
    /// Where an object belongs to; nowhere, if it is in no namespace.
    pub fn place_of(&self, object: &ObjectRef) -> Option<Place> {
        let is_somewhere = !object.namespace.is_empty();
        is_somewhere.then(|| self.session.state().place(&object.cluster, &object.namespace))
    }

    /// What keeps the services from being known: sources that may not be read or have fallen silent.
    pub fn troubles(&self) -> Vec<Problem> {
        let mut troubles: Vec<Problem> = self.session.policy().fault().cloned().into_iter().collect();
        for (_, cluster) in self.session.state().clusters() {
            troubles.extend(cluster.silence().map(tried_again));
            if let Some(Login { said, stage }) = cluster.login() {
                match stage {
                    LoginStage::Running => {
                        let lines: Vec<&str> = said.iter().map(Text::as_str).collect();
                        troubles.push(Problem::new(LOGIN_SAYS, lines.join("  "), ""));
                    }
                    LoginStage::Ready => {}
                    LoginStage::Failed(problem) => troubles.push(problem.clone()),
                }
            }
            troubles.extend(cluster.closed(ESSENTIAL));
        }
        troubles
    }
}

/// A silence as it is told where one waits for its end.
fn tried_again(silence: &Problem) -> Problem {
    let hint = if silence.hint.is_empty() { String::new() } else { format!("{}; ", silence.hint) };
    Problem { hint: format!("{hint}midwatch keeps trying").into(), ..silence.clone() }
}

/// A key of the bottom line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// What it does.
    pub command: Command,
    /// In a word or two.
    pub label: &'static str,
    /// Why it does not work now; it is shown all the same.
    pub not_now: Option<String>,
}

impl Hint {
    /// A key that works.
    pub fn new(command: Command, label: &'static str) -> Self {
        Self { command, label, not_now: None }
    }
}

/// One view. `settle` runs once before it is drawn; drawing takes shared references only and does no work.
pub trait View {
    /// Which keys work here.
    fn context(&self) -> Context;

    /// Where one is, for the second line: the name of a main view, or the trail to this one.
    fn trail(&self, seen: &Seen<'_>) -> Vec<Span<'static>>;

    /// The main view that this one belongs to.
    fn tab(&self) -> Command;

    /// Whether it is made of services and changes, which are computed only for who shows them.
    fn shows_services(&self) -> bool {
        false
    }

    /// Whether facts like these are to be seen in it.
    fn depends_on(&self, _changed: Changed) -> bool {
        true
    }

    /// Takes a command.
    fn handle(&mut self, command: Command, seen: &Seen<'_>) -> Outcome;

    /// Takes a line of text that was asked for. For live ones it comes with every key.
    fn answer(&mut self, _asked: Asked, _text: &str, _seen: &Seen<'_>) -> Outcome {
        Outcome::Ignored
    }

    /// Takes an object that was read whole.
    fn object(&mut self, _object: &ObjectRef, _result: &Result<Value, Problem>) -> Outcome {
        Outcome::Ignored
    }

    /// Takes a click or a turn of the wheel: rows down are positive.
    fn click(&mut self, _x: u16, _y: u16, _seen: &Seen<'_>) -> Outcome {
        Outcome::Ignored
    }

    /// Prepares to be drawn: order, selection and scrolling follow what is believed now.
    fn settle(&mut self, seen: &Seen<'_>, area: Rect);

    /// Draws.
    fn render(&self, painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>);

    /// The keys that matter here.
    fn hints(&self, seen: &Seen<'_>) -> Vec<Hint>;

    /// Where all that is shown belongs to, for the header; none where it belongs to several environments.
    fn place(&self, _seen: &Seen<'_>) -> Option<Place> {
        None
    }

    /// What of all numbers it shows beyond those that are always asked.
    fn demand(&self, _seen: &Seen<'_>) -> Demand {
        Demand::default()
    }

    /// The service whose arms it compares by what their logs say.
    fn overhears(&self) -> Option<ServiceId> {
        None
    }

    /// Whether it wants the whole screen, without what frames it.
    fn is_full_screen(&self) -> bool {
        false
    }

    /// The moment at which it wants to be drawn again although nothing happened.
    fn wakes_at(&self, _seen: &Seen<'_>) -> Option<Timestamp> {
        None
    }
}

/// The main view that a command asks for.
pub fn main_view(command: Command, seen: &Seen<'_>) -> Option<Destination> {
    match command {
        Command::Overview => Some(Destination::Overview),
        Command::Rollouts => Some(Destination::Rollouts),
        Command::Alerts => Some(Destination::Alerts),
        Command::Silences => Some(Destination::Silences),
        Command::Briefing => Some(Destination::Briefing),
        Command::Resources => Some(Destination::Resources { kind: Kind::Pod, namespace: None, filter: String::new() }),
        Command::Audit => Some(Destination::Audit),
        Command::Logs => seen
            .board
            .services()
            .iter()
            .find_map(|service| service.workloads.first())
            .map(|object| Destination::Logs(LogTarget::of(object.clone()))),
        _ => None,
    }
}

/// Makes the view of a destination.
pub fn make(destination: &Destination, seen: &Seen<'_>) -> Box<dyn View> {
    match destination {
        Destination::Service(id) => Box::new(ServiceView::new(id.clone())),
        Destination::Rollouts => Box::new(Rollouts::default()),
        Destination::Alerts => Box::new(Alerts::default()),
        Destination::Alert(one) => Box::new(AlertDetail::new(one.clone())),
        Destination::Silences => Box::new(Silences::default()),
        Destination::Around(one) => Box::new(Around::new(one.clone())),
        Destination::Briefing => Box::new(Briefing::default()),
        Destination::Audit => Box::new(Audit::new(seen)),
        Destination::Resources { kind, namespace, filter } => {
            Box::new(Resources::new(*kind, namespace.as_deref(), filter))
        }
        Destination::Contexts => Box::new(Contexts::default()),
        Destination::Describe(object) => Box::new(Detail::new(object.clone(), Form::Words)),
        Destination::Yaml(object) => Box::new(Detail::new(object.clone(), Form::Yaml)),
        Destination::Revisions(workload) => Box::new(Revisions::new(workload.clone())),
        Destination::Logs(target) => Box::new(Logs::new(target)),
        Destination::Overview => Box::new(Overview::default()),
    }
}

/// Of so many rollouts it is asked at most who began them.
const LOOKED_BACK_AT: usize = 8;

/// The workloads of which a destination wants to know who wrote them.
pub fn looks_back_at(destination: &Destination, seen: &Seen<'_>) -> Vec<ObjectRef> {
    match destination {
        Destination::Service(id) => seen.board.find(id).map(|service| service.workloads.clone()).unwrap_or_default(),
        Destination::Rollouts => {
            let delivered =
                |rollout: &&Rollout| rollout.status.phase != Phase::Stable && rollout.status.delivery.is_some();
            let delivered = seen.board.rollouts().iter().filter(delivered).take(LOOKED_BACK_AT);
            delivered.map(|rollout| rollout.workload.clone()).collect()
        }
        _ => Vec::new(),
    }
}

/// The object that a destination wants to have read whole.
pub fn needs(destination: &Destination) -> Option<ObjectRef> {
    match destination {
        Destination::Describe(object) | Destination::Yaml(object) | Destination::Revisions(object) => {
            Some(object.clone())
        }
        _ => None,
    }
}
