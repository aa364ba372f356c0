//! Service: why is it as it is? Its release, its pods worst first, its revisions, its events, and what changed.

use jiff::Timestamp;
use ratatui::layout::Rect;

use super::ground::Ground;
use super::joined::Joined;
use super::{Hint, Seen, View, closer, guarding, propose};
use crate::domain::environment::Place;
use crate::domain::health::Health;
use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::domain::metric::Demand;
use crate::domain::object::ObjectRef;
use crate::domain::rollout::{Delivery, Rollout, Standing};
use crate::domain::service::ServiceId;
use crate::domain::text::Text;
use crate::domain::traffic::Split;
use crate::state::Switch;
use crate::tui::command::{Command, Context};
use crate::tui::effect::{Destination, Effect, LogTarget, Outcome};
use crate::tui::paint::{Painter, Span, span};
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::table::Widths;
use crate::tui::widgets::{rollout, sources, words};

mod facts;
mod footer;
mod layout;
mod numbers;
mod page;
mod sections;
mod traffic;

use facts::Facts;
use layout::Side;
use page::{Line, Section};

/// The kinds that a service is made of.
const KINDS: [Kind; 6] =
    [Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet, Kind::Rollout, Kind::ReplicaSet, Kind::Pod];

/// What can be selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// A workload, a running Job, or a pod that no known controller owns.
    Workload(ObjectRef),
    /// A pod and the workload it belongs to.
    Pod {
        /// The pod.
        pod: ObjectRef,
        /// The workload.
        part: ObjectRef,
    },
    /// A revision of a workload.
    Revision {
        /// The workload.
        workload: ObjectRef,
        /// The object that holds the revision.
        name: Text,
    },
}

impl Key {
    /// The workload that it is or belongs to.
    fn workload(&self) -> &ObjectRef {
        match self {
            Self::Workload(workload) | Self::Revision { workload, .. } => workload,
            Self::Pod { part, .. } => part,
        }
    }

    /// The object itself.
    fn object(&self) -> ObjectRef {
        match self {
            Self::Workload(object) | Self::Pod { pod: object, .. } => object.clone(),
            Self::Revision { workload, name } => {
                let kind = workload.kind.holder_of_revisions().unwrap_or(Kind::ControllerRevision);
                ObjectRef { kind, name: name.clone(), ..workload.clone() }
            }
        }
    }
}

/// A pod beside its workload.
fn object_of(part: &ObjectRef, pod: &Text) -> ObjectRef {
    ObjectRef { kind: Kind::Pod, name: pod.clone(), ..part.clone() }
}

/// One service.
pub struct ServiceView {
    id: ServiceId,
    cursor: Cursor<Key>,
    /// What can be selected, in the order in which it stands on the screen.
    keys: Vec<Key>,
    /// The first visible row of workloads, pods and revisions.
    tops: [usize; 3],
    widths: [Widths; 4],
    sections: Vec<Section>,
    panel: numbers::Panel,
    /// The sections for which there is no room.
    hidden: Vec<&'static str>,
    /// The sides on which everything is shown, and which of them is.
    sides: Vec<Side>,
    turned: usize,
    /// Where the body stood on the screen, for clicks.
    body: Rect,
    /// How its Rollouts were delivered when they were drawn: what is released is the gate that was seen.
    deliveries: Vec<(ObjectRef, Delivery)>,
    /// How its traffic was split then.
    splits: Vec<Split>,
    /// Which of its Services could be switched then.
    switches: Vec<Switch>,
    /// What was said of a guarded shift of it.
    guarded: Vec<Line>,
    joined: Joined,
}

impl ServiceView {
    /// The view of a service.
    pub fn new(id: ServiceId) -> Self {
        Self {
            id,
            cursor: Cursor::default(),
            keys: Vec::new(),
            tops: [0; 3],
            widths: <[Widths; 4]>::default(),
            sections: Vec::new(),
            panel: numbers::Panel::default(),
            hidden: Vec::new(),
            sides: vec![Side::default()],
            turned: 0,
            body: Rect::default(),
            deliveries: Vec::new(),
            splits: Vec::new(),
            switches: Vec::new(),
            guarded: Vec::new(),
            joined: Joined::default(),
        }
    }

    /// Begins a change of what is selected: of a pod its own where there is one, else of its workload.
    fn change(&self, command: Command, key: &Key, seen: &Seen<'_>) -> Outcome {
        match (command, key) {
            (Command::RollBack, Key::Revision { workload, name }) => rollback(workload, name, seen),
            (Command::Evict | Command::Scale, Key::Pod { pod, .. }) => propose::on_object(command, pod, seen),
            (Command::Shift, _) => propose::shift(&self.id, seen),
            (Command::StopGuard, _) => propose::stop_guard(&self.id, seen),
            (Command::Switch, _) => propose::switch(&self.id, &self.switches),
            _ => propose::on_shown(command, key.workload(), self.delivery(key.workload()), seen),
        }
    }

    /// How a workload was delivered when it was drawn.
    fn delivery(&self, workload: &ObjectRef) -> Option<&Delivery> {
        self.deliveries.iter().find(|(object, _)| object == workload).map(|(_, delivery)| delivery)
    }
}

/// A rollback pinned to a revision.
fn rollback(workload: &ObjectRef, name: &Text, seen: &Seen<'_>) -> Outcome {
    let family = seen.session.state().family(workload);
    let revisions = family.as_ref().map(crate::state::history).unwrap_or_default();
    let words = match revisions.into_iter().find(|revision| revision.name == *name) {
        Some(revision) if revision.standing == Standing::Current => format!("{name} is what is rolled out now"),
        Some(revision) => {
            let pin = if revision.hash.is_empty() { revision.name } else { revision.hash };
            return Outcome::Ask(Effect::Propose(Intent::Rollback { target: workload.clone(), to: Some(pin) }));
        }
        None => format!("{name} is gone"),
    };
    Outcome::Ask(Effect::Notice(Health::Attention, words))
}

/// Whose logs are meant by a selection: a pod's own, else those of the workload.
fn whose_logs(key: &Key) -> ObjectRef {
    match key {
        Key::Pod { pod, .. } => pod.clone(),
        _ => key.workload().clone(),
    }
}

/// Where a command leads that only looks.
fn look(command: Command, key: &Key, seen: &Seen<'_>) -> Option<Effect> {
    let logs = |previous| Effect::Go(Destination::Logs(LogTarget::of(whose_logs(key)).before_restart(previous)));
    Some(match (command, key) {
        (Command::Open, Key::Pod { .. }) | (Command::ShowLogs, _) => logs(false),
        (Command::PreviousContainer, _) => logs(true),
        (Command::Open, Key::Workload(object)) => Effect::Go(pods_of(object, seen)),
        (Command::Open | Command::ShowDiff, _) => Effect::Go(Destination::Revisions(key.workload().clone())),
        (Command::Describe, _) => Effect::Go(Destination::Describe(key.object())),
        (Command::ShowYaml, _) => Effect::Go(Destination::Yaml(key.object())),
        (Command::CopyName, _) => Effect::Copy(key.object().name.to_string()),
        _ => return None,
    })
}

/// The table of a workload's pods; what has no selector is described instead.
fn pods_of(object: &ObjectRef, seen: &Seen<'_>) -> Destination {
    let selector = seen.session.state().find(object).and_then(|row| row.workload()).map(|workload| &workload.selector);
    match selector {
        Some(selector) if !selector.is_empty() => {
            let pairs: Vec<String> = selector.iter().map(|(key, value)| format!("{key}={value}")).collect();
            Destination::Resources {
                kind: Kind::Pod,
                namespace: Some(object.namespace.to_string()),
                filter: format!("-l {}", pairs.join(",")),
            }
        }
        _ => Destination::Describe(object.clone()),
    }
}

impl View for ServiceView {
    fn context(&self) -> Context {
        Context::Service
    }

    fn trail(&self, seen: &Seen<'_>) -> Vec<Span<'static>> {
        let mut spans = vec![
            span(Role::Muted, format!("Overview {} ", seen.look.glyphs.trail)),
            span(Role::Title, self.id.name.to_string()),
        ];
        let Some(service) = seen.board.find(&self.id) else { return spans };
        let (glyph, role) = seen.look.health(service.verdict.health);
        spans.push(span(role, format!("   {glyph} {}", service.verdict.health)));
        if let Some(since) = service.since() {
            spans.push(span(Role::Muted, format!("  since {}", words::moment(since, seen.now))));
        }
        if service.verdict.reason != service.verdict.health.word() {
            let reason = service.verdict.reason.strip_prefix("unknown: ").unwrap_or(&service.verdict.reason);
            spans.push(span(Role::Text, format!("   {reason}")));
        }
        spans
    }

    fn tab(&self) -> Command {
        Command::Overview
    }

    fn shows_services(&self) -> bool {
        true
    }

    fn handle(&mut self, command: Command, seen: &Seen<'_>) -> Outcome {
        let keys = &self.keys;
        if self.cursor.moves(command, keys.len(), |index| keys[index].clone()) {
            return Outcome::Redraw;
        }
        match command {
            Command::ScrollRight if self.turned + 1 < self.sides.len() => {
                self.turned += 1;
                return Outcome::Redraw;
            }
            Command::ScrollLeft if self.turned > 0 => {
                self.turned -= 1;
                return Outcome::Redraw;
            }
            Command::ReadEarlier | Command::ReadLater => {
                return if self.panel.read(command == Command::ReadLater) { Outcome::Redraw } else { Outcome::Ignored };
            }
            Command::Evidence => return closer::evidence(&self.id),
            Command::Compare => {
                self.panel.compares = !self.panel.compares;
                return Outcome::Redraw;
            }
            _ => {}
        }
        let Some(key) = self.cursor.selected().cloned() else { return Outcome::Ignored };
        if let (Command::ShowLogs, Some(at)) = (command, self.panel.cursor) {
            // What was said when the charts were like this.
            return Outcome::Ask(Effect::Go(Destination::Logs(LogTarget::of(whose_logs(&key)).around(at))));
        }
        match look(command, &key, seen) {
            Some(effect) => Outcome::Ask(effect),
            None => self.change(command, &key, seen),
        }
    }

    fn click(&mut self, x: u16, y: u16, seen: &Seen<'_>) -> Outcome {
        let (x, y) = (x + self.body.x, y + self.body.y);
        let Some(key) = self.sections.iter().find_map(|section| section.at(x, y)).cloned() else {
            return Outcome::Ignored;
        };
        if self.cursor.selected() == Some(&key) {
            return self.handle(Command::Open, seen);
        }
        self.cursor.select(key);
        Outcome::Redraw
    }

    fn settle(&mut self, seen: &Seen<'_>, area: Rect) {
        self.body = area;
        let Some(service) = seen.board.find(&self.id) else {
            self.sections.clear();
            return;
        };
        let facts = Facts::gather(seen.session.state(), service, seen.now);
        let splits = self.joined.splits(&self.id, seen.session.state());
        self.guarded = splits.iter().flat_map(|split| guarding::panel(&split.router, seen)).map(Line::Words).collect();
        self.lay_out(&facts, service, &Ground::of(seen), area);
    }

    fn render(&self, painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>) {
        if self.sections.is_empty() {
            let words = if seen.board.is_complete() {
                format!("{} is gone: nothing in {} has this name any more", self.id.name, self.id.environment)
            } else {
                "Reading".to_owned()
            };
            painter.text(area.x + 1, area.y, area.width.saturating_sub(2), Role::Title, &words);
            let doubts = sources::doubts(seen.session.state(), &self.id.cluster, &KINDS, seen.now);
            for ((health, words), y) in doubts.into_iter().zip(area.y + 2..area.bottom()) {
                let (glyph, role) = seen.look.health(health);
                painter.text(area.x + 1, y, area.width.saturating_sub(2), role, &format!("{glyph} {words}"));
            }
            return;
        }
        for section in &self.sections {
            section.render(painter, self.cursor.selected());
        }
        self.panel.render(painter);
        if !self.hidden.is_empty() {
            let words = format!("no room for: {}", self.hidden.join(", "));
            painter.text(
                area.x + 1,
                area.bottom().saturating_sub(1),
                area.width.saturating_sub(2),
                Role::Muted,
                &words,
            );
        }
    }

    fn hints(&self, seen: &Seen<'_>) -> Vec<Hint> {
        self.footer(seen)
    }

    fn demand(&self, seen: &Seen<'_>) -> Demand {
        let service = seen.board.find(&self.id);
        service.map_or_else(Demand::default, |service| numbers::demand(service, self.panel.compares))
    }

    fn overhears(&self) -> Option<ServiceId> {
        Some(self.id.clone())
    }

    fn place(&self, seen: &Seen<'_>) -> Option<Place> {
        seen.place_of(seen.board.find(&self.id)?.workloads.first()?)
    }

    fn wakes_at(&self, seen: &Seen<'_>) -> Option<Timestamp> {
        let of_service = seen.board.rollouts().iter().filter(|rollout| rollout.service == self.id);
        let ends = |rollout: &Rollout| rollout.status.goes_on().or(rollout.status.deadline);
        of_service.filter_map(|rollout| rollout::ticks_at(ends(rollout)?, seen.now)).min()
    }
}

#[cfg(test)]
mod tests;
