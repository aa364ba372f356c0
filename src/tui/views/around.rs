//! What changed around an alert: the alert stands in the middle of what happened before and after it.

use jiff::SignedDuration;
use ratatui::layout::Rect;

use super::{Hint, Seen, View, role_of};
use crate::domain::shell::quoted;
use crate::state::{Near, RelatedAlert, around};
use crate::tui::command::{Command, Context};
use crate::tui::effect::{Asked, Destination, Effect, Outcome};
use crate::tui::paint::{Painter, Span, cells, shorten_middle, span};
use crate::tui::theme::Role;
use crate::tui::widgets::text_pane::{Line, TextPane};
use crate::tui::widgets::words;

/// How far from the alert changes are shown.
const WITHIN: SignedDuration = SignedDuration::from_mins(30);

/// The widest that the name of a service is shown.
const NAME: usize = 28;

/// What changed around one alert.
pub struct Around {
    one: RelatedAlert,
    pane: TextPane,
}

impl Around {
    /// Around an alert as it was when it was asked for; it may have ended since.
    pub fn new(one: RelatedAlert) -> Self {
        Self { one, pane: TextPane::default() }
    }

    /// What stands above the changes.
    fn heading(&self) -> Line {
        let alert = &self.one.alert;
        let service = self.one.service.as_ref().map(|id| format!("   {}, {}", id.name, id.environment));
        vec![
            span(Role::Title, alert.name.to_string()),
            span(role_of(alert.priority), format!("   {}", alert.priority)),
            span(Role::Text, service.unwrap_or_default()),
            span(Role::Muted, format!("   since {}Z", words::clock(alert.since))),
        ]
    }
}

/// One line: when seen from the alert, when, where, and what.
fn line(near: &Near, name_width: usize, seen: &Seen<'_>) -> Line {
    let change = &near.change;
    let glyphs = seen.look.glyphs;
    let name = change.service.as_ref().unwrap_or(&change.object.name);
    let name = shorten_middle(name, name_width, glyphs.ellipsis);
    let gap = name_width.saturating_sub(cells(&name)) + 2;
    let (mark, role) = match near.is_alert {
        true => (glyphs.attention, Role::Accent),
        false if change.class.is_noise() => (" ", Role::Muted),
        false => (" ", Role::Text),
    };
    let mut spans = vec![
        span(role, format!("{mark} {:<14}", near.when())),
        span(Role::Muted, format!("{:<7}", words::moment(change.at, seen.now))),
        span(role, format!("{name}{}", " ".repeat(gap))),
        span(role, change.sentence()),
    ];
    spans.extend(change.by.as_ref().map(|by| span(Role::Muted, format!("  by {by}"))));
    spans.extend(change.why.as_ref().map(|why| span(Role::Muted, format!("  {why}"))));
    spans
}

impl View for Around {
    fn context(&self) -> Context {
        Context::Text
    }

    fn trail(&self, seen: &Seen<'_>) -> Vec<Span<'static>> {
        let mark = seen.look.glyphs.trail;
        let mut spans = vec![span(Role::Muted, format!("Alerts {mark} ")), span(Role::Title, "What changed around it")];
        spans.push(span(Role::Muted, format!("   {} before and after", words::duration(WITHIN))));
        spans.extend(self.pane.told());
        spans
    }

    fn tab(&self) -> Command {
        Command::Alerts
    }

    fn shows_services(&self) -> bool {
        true
    }

    fn handle(&mut self, command: Command, _seen: &Seen<'_>) -> Outcome {
        let alert = &self.one.alert;
        match command {
            Command::CopyName => Outcome::Ask(Effect::Copy(alert.name.to_string())),
            Command::CopyCommand => {
                let service = self.one.service.as_ref();
                let place = service.map(|id| format!(" {} -e {}", quoted(&id.name), quoted(&id.environment)));
                let line = format!(
                    "midwatch changes --around {}{} --context {}",
                    quoted(&alert.name),
                    place.unwrap_or_default(),
                    quoted(&alert.cluster.0)
                );
                Outcome::Ask(Effect::Copy(line))
            }
            Command::Open => match &self.one.service {
                Some(service) => Outcome::Ask(Effect::Go(Destination::Service(service.clone()))),
                None => Outcome::Ignored,
            },
            _ => self.pane.handle(command, "changes"),
        }
    }

    fn answer(&mut self, asked: Asked, text: &str, _seen: &Seen<'_>) -> Outcome {
        self.pane.answer(asked, text)
    }

    fn settle(&mut self, seen: &Seen<'_>, area: Rect) {
        let all = around(seen.session.state(), seen.timeline, &self.one, WITHIN);
        let name = |near: &Near| cells(near.change.service.as_ref().unwrap_or(&near.change.object.name));
        let width = all.iter().map(name).max().unwrap_or_default().min(if area.width < 100 { 16 } else { NAME });
        let mut lines = vec![self.heading(), Vec::new()];
        lines.extend(all.iter().map(|near| line(near, width, seen)));
        if all.len() == 1 {
            lines.push(vec![span(Role::Muted, "  nothing else is known to have changed near it")]);
        }
        self.pane.set(lines);
        self.pane.settle(area.height);
    }

    fn render(&self, painter: &mut Painter<'_>, area: Rect, _seen: &Seen<'_>) {
        self.pane.render(painter, Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area });
    }

    fn hints(&self, _seen: &Seen<'_>) -> Vec<Hint> {
        vec![
            Hint::new(Command::Back, "back"),
            Hint::new(Command::Search, "find"),
            Hint::new(Command::Wrap, "break lines"),
            Hint::new(Command::CopyCommand, "copy command"),
        ]
    }
}

#[cfg(test)]
mod tests;
