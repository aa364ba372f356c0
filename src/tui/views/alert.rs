//! One alert with all that it says: labels, annotations, runbook, and who keeps it quiet until when.

use jiff::tz::TimeZone;
use ratatui::layout::Rect;

use super::{Hint, Seen, View, role_of};
use crate::domain::moment::moment;
use crate::state::{RelatedAlert, told_before};
use crate::tui::command::{Command, Context};
use crate::tui::effect::{Asked, Destination, Effect, Outcome};
use crate::tui::paint::{Painter, Span, span};
use crate::tui::theme::Role;
use crate::tui::widgets::text_pane::{Line, TextPane};
use crate::tui::widgets::{facts, words};

/// Where a text begins after the word for it.
const INDENT: usize = 16;

/// One alert.
pub struct AlertDetail {
    one: RelatedAlert,
    pane: TextPane,
}

impl AlertDetail {
    /// An alert as it was when it was asked for; it is followed for as long as it is told.
    pub fn new(one: RelatedAlert) -> Self {
        Self { one, pane: TextPane::default() }
    }

    /// The alert as it is told now, or was told last; and whether it is told at all.
    fn now<'a>(&'a self, seen: &Seen<'a>) -> (&'a RelatedAlert, bool) {
        let alert = &self.one.alert;
        let is_it = |one: &&RelatedAlert| one.alert.cluster == alert.cluster && one.alert.labels == alert.labels;
        seen.board.alerts().iter().find(is_it).map_or((&self.one, false), |one| (one, true))
    }

    fn lines(&self, seen: &Seen<'_>, width: usize) -> Vec<Line> {
        let (one, is_told) = self.now(seen);
        let alert = &one.alert;
        let mut lines: Vec<Line> = vec![vec![
            span(Role::Title, alert.name.to_string()),
            span(role_of(alert.priority), format!("   {}", alert.priority)),
            span(
                Role::Text,
                format!("   {}", if is_told { seen.session.state().standing_of(alert) } else { "not told any more" }),
            ),
        ]];
        let room = width.saturating_sub(INDENT).max(20);
        let mut fact = |name: &str, role: Role, text: &str| lines.extend(facts::fact(name, INDENT, role, text, room));
        let since = alert.since.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        fact("", Role::Muted, "");
        fact(
            &format!("{} since", alert.begun()),
            Role::Text,
            &format!("{since}, {} ago", words::age(alert.since, seen.now)),
        );
        fact("cluster", Role::Text, &alert.cluster.0);
        if let Some(service) = &one.service {
            fact("service", Role::Text, &format!("{}, {}", service.name, service.environment));
            if let Some(before) = told_before(seen.timeline, alert, service) {
                fact("before", Role::Text, &before);
            }
        }
        if let Some(runbook) = alert.runbook() {
            fact("runbook", Role::Information, runbook);
        }
        silences(one, seen, &mut fact);
        lines.push(Vec::new());
        for (title, pairs) in [("Annotations", &alert.annotations), ("Labels", &alert.labels)] {
            if pairs.is_empty() {
                continue;
            }
            lines.push(vec![span(Role::Title, title)]);
            for (name, value) in pairs.iter() {
                let name = format!("  {name}");
                lines.extend(facts::fact(&name, INDENT + 10, Role::Text, value, room.saturating_sub(10)));
            }
            lines.push(Vec::new());
        }
        lines
    }
}

/// Every silence that keeps it quiet, with who made it and why.
fn silences(one: &RelatedAlert, seen: &Seen<'_>, fact: &mut impl FnMut(&str, Role, &str)) {
    let state = seen.session.state();
    let mut label = "quiet";
    for silence in state.silences().iter().filter(|silence| silence.quiets(&one.alert)) {
        fact(label, Role::Information, &silence.words(seen.now));
        label = "";
        let why = silence.acknowledgement().unwrap_or(&silence.comment);
        let since = moment(silence.starts, seen.now);
        fact("", Role::Text, &format!("since {since}, silence {}: {why}", silence.id));
        fact("", Role::Muted, &silence.matchers_in_words());
    }
}

impl View for AlertDetail {
    fn context(&self) -> Context {
        Context::Text
    }

    fn trail(&self, seen: &Seen<'_>) -> Vec<Span<'static>> {
        let mark = seen.look.glyphs.trail;
        let name = self.one.alert.name.to_string();
        let mut spans = vec![span(Role::Muted, format!("Alerts {mark} ")), span(Role::Title, name)];
        spans.extend(self.pane.told());
        spans
    }

    fn tab(&self) -> Command {
        Command::Alerts
    }

    fn shows_services(&self) -> bool {
        true
    }

    fn handle(&mut self, command: Command, seen: &Seen<'_>) -> Outcome {
        let alert = &self.one.alert;
        match command {
            Command::CopyName => Outcome::Ask(Effect::Copy(alert.runbook().unwrap_or(&alert.name).to_string())),
            Command::Open => match &self.now(seen).0.service {
                Some(service) => Outcome::Ask(Effect::Go(Destination::Service(service.clone()))),
                None => Outcome::Ignored,
            },
            _ => self.pane.handle(command, "alert"),
        }
    }

    fn answer(&mut self, asked: Asked, text: &str, _seen: &Seen<'_>) -> Outcome {
        self.pane.answer(asked, text)
    }

    fn settle(&mut self, seen: &Seen<'_>, area: Rect) {
        let lines = self.lines(seen, area.width.saturating_sub(2).into());
        self.pane.set(lines);
        self.pane.settle(area.height);
    }

    fn render(&self, painter: &mut Painter<'_>, area: Rect, _seen: &Seen<'_>) {
        let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        self.pane.render(painter, inner);
    }

    fn hints(&self, _seen: &Seen<'_>) -> Vec<Hint> {
        vec![
            Hint::new(Command::Back, "back"),
            Hint::new(Command::Search, "find"),
            Hint::new(Command::CopyName, "copy runbook"),
            Hint::new(Command::Save, "save"),
        ]
    }
}
