//! A stage for the tests of views: a world that a test makes up, and a screen that it can read.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::keymap::Keymap;
use super::look::Look;
use super::paint::Painter;
use super::theme::glyphs::UNICODE;
use super::theme::{Depth, Role, Theme, Wardrobe};
use super::views::{Seen, View};
use crate::config::Settings;
use crate::config::assets::Assets;
use crate::domain::alert::{Alert, Priority, Standing};
use crate::domain::kind::Kind;
use crate::domain::object::{ClusterName, Labels, Meta, Owner};
use crate::domain::pod::{Container, ContainerState, Pod};
use crate::domain::problem::Problem;
use crate::domain::row::Row;
use crate::domain::signal::{SignalId, SignalKind};
use crate::domain::text::Text;
use crate::domain::time::Clock;
use crate::domain::update::{Liveness, SourceId, Update};
use crate::runtime::Session;
use crate::state::{ServiceBoard, Timeline};

/// 2023-11-14 22:13:20 UTC.
pub(in crate::tui) const NOW: Timestamp = Timestamp::constant(1_700_000_000, 0);

/// So many seconds before now.
pub(in crate::tui) fn ago(seconds: i64) -> Timestamp {
    NOW - SignedDuration::from_secs(seconds)
}

/// The cluster that rows are in where nothing else is said.
pub(in crate::tui) fn cluster() -> ClusterName {
    ClusterName("prod-eu".into())
}

/// Everything that a view may see, owned.
pub(in crate::tui) struct Stage {
    pub(in crate::tui) session: Session,
    pub(in crate::tui) board: ServiceBoard,
    pub(in crate::tui) timeline: Timeline,
    pub(in crate::tui) settings: Settings,
    pub(in crate::tui) look: Look,
    pub(in crate::tui) now: Timestamp,
}

impl Stage {
    /// An empty world, in which one cluster has just been heard.
    pub(in crate::tui) fn new() -> Self {
        let mut stage = Self {
            session: Session::offline(Clock::fixed(NOW)),
            board: ServiceBoard::default(),
            timeline: Timeline::default(),
            settings: Settings::default(),
            look: Look {
                theme: Theme::usual(Depth::None),
                wardrobe: Wardrobe::new(Assets::default(), Depth::None, "midnight"),
                glyphs: &UNICODE,
                keymap: Keymap::load(&Assets::default(), "default").expect("the built-in keymaps are checked by tests"),
            },
            now: NOW,
        };
        stage.tell(Update::Heard(cluster(), NOW));
        stage
    }

    /// What the world says.
    pub(in crate::tui) fn tell(&mut self, update: Update) {
        let _ = self.session.believe(update);
    }

    /// How a kind is doing in all namespaces.
    pub(in crate::tui) fn source(&mut self, kind: Kind, liveness: Liveness) {
        self.tell(Update::Source(source(kind), liveness));
    }

    /// A complete list of a kind.
    pub(in crate::tui) fn list(&mut self, kind: Kind, rows: Vec<Row>) {
        self.tell(Update::ListBegan(source(kind)));
        self.tell(Update::Applied(source(kind), rows));
        self.tell(Update::ListEnded(source(kind)));
        self.source(kind, Liveness::Live);
    }

    /// Complete lists of all kinds that hold these rows.
    pub(in crate::tui) fn world(&mut self, mut rows: Vec<Row>) {
        for kind in Kind::ALL {
            let (of_kind, others) = rows.into_iter().partition(|row| row.kind() == kind);
            rows = others;
            self.list(kind, of_kind);
        }
    }

    /// What its Alertmanager told just now.
    pub(in crate::tui) fn alerts(&mut self, told: Result<Vec<Alert>, Problem>) {
        let id = SignalId { cluster: cluster(), name: "main".into() };
        self.tell(Update::Alerts(SignalKind::Alertmanager, id, self.now, told));
    }

    /// What a view sees.
    pub(in crate::tui) fn seen(&self) -> Seen<'_> {
        Seen {
            session: &self.session,
            board: &self.board,
            timeline: &self.timeline,
            demo: None,
            settings: &self.settings,
            look: &self.look,
            now: self.now,
        }
    }

    /// Settles and draws a view in a body of this size, and gives the lines without what is empty at their ends.
    pub(in crate::tui) fn draw(&mut self, view: &mut dyn View, width: u16, height: u16) -> String {
        self.board.refresh(self.session.state(), self.now);
        self.timeline.refresh(self.session.state(), self.now);
        let area = Rect { x: 0, y: 0, width, height };
        let seen = self.seen();
        view.settle(&seen, area);
        let mut buffer = Buffer::empty(area);
        let painter = &mut Painter::new(&mut buffer, &self.look);
        painter.fill(area, Role::Background);
        view.render(painter, area, &seen);
        text_of(&buffer)
    }
}

/// An alert of a service in production that pages since six minutes.
pub(in crate::tui) fn alert(name: &str, service: &str) -> Alert {
    Alert {
        cluster: cluster(),
        name: name.into(),
        priority: Priority::High,
        standing: Standing::Firing,
        since: ago(360),
        labels: labels(&[("alertname", name), ("namespace", "production"), ("service", service)]),
        annotations: labels(&[("runbook_url", "https://wiki.example/chat"), ("summary", "7 % of requests fail")]),
        silenced_by: Vec::new(),
        evaluated: None,
    }
}

/// What stands in a buffer; the second cell of a wide character is no letter of its own.
pub(in crate::tui) fn text_of(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        let mut line = String::new();
        let mut x = buffer.area.left();
        while x < buffer.area.right() {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += u16::try_from(super::paint::cells(symbol)).unwrap_or(1).max(1);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The source of a kind in all namespaces.
pub(in crate::tui) fn source(kind: Kind) -> SourceId {
    SourceId { cluster: cluster(), kind, namespace: None }
}

/// Labels.
pub(in crate::tui) fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(key, value)| (Text::from(*key), Text::from(*value))).collect::<Vec<_>>().into()
}

/// Identity, made a day ago.
pub(in crate::tui) fn meta(namespace: &str, name: &str) -> Meta {
    Meta {
        namespace: namespace.into(),
        name: name.into(),
        uid: format!("uid-{namespace}-{name}").into(),
        created: Some(ago(86_400 * 3)),
        generation: 1,
        ..Meta::default()
    }
}

/// An owner.
pub(in crate::tui) fn owner(kind: Kind, namespace: &str, name: &str) -> Arc<Owner> {
    Arc::new(Owner { kind: kind.name().into(), name: name.into(), uid: format!("uid-{namespace}-{name}").into() })
}

/// A pod that runs and is ready, on node-1.
pub(in crate::tui) fn pod(namespace: &str, name: &str) -> Pod {
    Pod {
        meta: meta(namespace, name),
        node: "node-1".into(),
        ip: "10.0.0.7".into(),
        phase: "Running".into(),
        containers: Box::new([Container {
            name: "main".into(),
            image: "registry.example/chat:1.4.1".into(),
            ready: true,
            state: ContainerState::Running { since: Some(ago(3_600)) },
            ..Container::default()
        }]),
        conditions: Box::new([crate::domain::condition::Condition {
            about: "Ready".into(),
            truth: crate::domain::condition::Truth::True,
            ..crate::domain::condition::Condition::default()
        }]),
        ..Pod::default()
    }
}
