//! Putting a silence together: matchers, for how long and why, with the alerts that it would hide before it is planned.

use crossterm::event::{Event, KeyEvent};
use jiff::SignedDuration;
use ratatui::layout::Rect;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::panel;
use crate::domain::alert::{Alert, Priority, Standing};
use crate::domain::intent::Intent;
use crate::domain::object::ClusterName;
use crate::domain::silence::{Matcher, Matchers, in_words, parse};
use crate::domain::text::Text;
use crate::runtime::Session;
use crate::tui::chrome;
use crate::tui::command::Command;
use crate::tui::paint::{Painter, cells, span};
use crate::tui::paste;
use crate::tui::theme::Role;
use crate::tui::views::{Hint, Seen, role_of};
use crate::tui::widgets::words;

/// The widest that the form is.
const WIDEST: u16 = 112;

/// The tallest that it is: how many more it would hide is told in the last line.
const TALLEST: u16 = 36;

/// The room for the words before each field.
const LABEL: u16 = 11;

/// What has the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    Matchers,
    Length,
    Reason,
    Cancel,
    Plan,
}

impl Focus {
    /// In their order: Cancel comes before what goes on.
    const ALL: [Self; 5] = [Self::Matchers, Self::Length, Self::Reason, Self::Cancel, Self::Plan];

    fn step(self, back: bool) -> Self {
        let at = Self::ALL.iter().position(|one| *one == self).unwrap_or_default();
        let count = Self::ALL.len();
        Self::ALL[(if back { at + count - 1 } else { at + 1 }) % count]
    }
}

/// What the form asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// Nothing but to be drawn.
    Redraw,
    /// Close it; nothing is planned.
    Close,
    /// Plan this.
    Plan(Intent),
}

/// The form.
pub struct SilenceForm {
    cluster: ClusterName,
    matchers: Input,
    length: Input,
    reason: Input,
    focus: Focus,
    /// What is missing, since somebody wanted to go on.
    problem: Option<String>,
}

impl SilenceForm {
    /// Begins with some matchers, and with the field that is always to be filled.
    pub fn new(cluster: ClusterName, matchers: &[Matcher]) -> Self {
        Self {
            cluster,
            matchers: Input::new(in_words(matchers)),
            length: Input::new("2h".to_owned()),
            reason: Input::default(),
            focus: if matchers.is_empty() { Focus::Matchers } else { Focus::Reason },
            problem: None,
        }
    }

    fn field(&mut self) -> Option<&mut Input> {
        match self.focus {
            Focus::Matchers => Some(&mut self.matchers),
            Focus::Length => Some(&mut self.length),
            Focus::Reason => Some(&mut self.reason),
            Focus::Cancel | Focus::Plan => None,
        }
    }

    /// Takes a command.
    pub fn handle(&mut self, command: Command) -> Option<Ask> {
        match command {
            Command::Cancel => return Some(Ask::Close),
            Command::NextField | Command::ScrollDown => self.focus = self.focus.step(false),
            Command::PreviousField | Command::ScrollUp => self.focus = self.focus.step(true),
            Command::PressFocused => match self.focus {
                Focus::Cancel => return Some(Ask::Close),
                Focus::Plan => match self.wish() {
                    Ok(intent) => return Some(Ask::Plan(intent)),
                    Err((focus, why)) => (self.focus, self.problem) = (focus, Some(why)),
                },
                // In a field it only means to go on, past the button that leaves.
                Focus::Reason => self.focus = Focus::Plan,
                _ => self.focus = self.focus.step(false),
            },
            _ => return None,
        }
        Some(Ask::Redraw)
    }

    /// Takes a key that is text.
    pub fn type_key(&mut self, key: KeyEvent) -> Option<Ask> {
        self.problem = None;
        self.field()?.handle_event(&Event::Key(key)).map(|_| Ask::Redraw)
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) -> Option<Ask> {
        self.problem = None;
        paste::into(self.field()?, text);
        Some(Ask::Redraw)
    }

    /// What is wanted, or what keeps it from being planned and where.
    fn wish(&self) -> Result<Intent, (Focus, String)> {
        let matchers = self.read().map_err(|why| (Focus::Matchers, why))?.0;
        let length = self.length.value().trim().parse::<SignedDuration>();
        let length = length.ok().filter(|length| length.as_secs() >= 60);
        let length = length.ok_or((Focus::Length, "write how long: 2h, 30m".to_owned()))?;
        let reason = Text::from_untrusted(self.reason.value().trim());
        if reason.is_empty() {
            return Err((Focus::Reason, "say why: others read it while the alerts are quiet".to_owned()));
        }
        Ok(Intent::Silence { cluster: self.cluster.clone(), matchers, lasting: length.into(), reason })
    }

    fn read(&self) -> Result<(Vec<Matcher>, Matchers), String> {
        let matchers = parse(self.matchers.value())?;
        let ready = Matchers::new(&matchers)?;
        Ok((matchers, ready))
    }

    /// The alerts that it would hide now, the most urgent first. Those that Alertmanager does not know are none: they do
    /// not page yet, or only midwatch evaluates them.
    fn hidden<'a>(&self, session: &'a Session, matchers: &Matchers) -> Vec<&'a Alert> {
        let alerts = session.state().alerts().iter().map(|alert| &**alert);
        let is_known = |alert: &Alert| alert.standing != Standing::Pending && alert.evaluated.is_none();
        let known = alerts.filter(|alert| alert.cluster == self.cluster && is_known(alert));
        let mut hidden: Vec<&Alert> = known.filter(|alert| matchers.take_labels(&alert.labels)).collect();
        hidden.sort_by_key(|alert| (alert.priority, !alert.standing.is_loud()));
        hidden
    }

    /// Draws the form as large as there is room.
    pub fn render(&self, painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>) {
        painter.fill(area, Role::Background);
        let width = area.width.min(WIDEST);
        let hidden = self.read().map_or(0, |(_, ready)| self.hidden(seen.session, &ready).len());
        let height = u16::try_from(hidden).unwrap_or(u16::MAX).saturating_add(12).clamp(16, TALLEST).min(area.height);
        let area = Rect { x: area.x + (area.width - width) / 2, width, height, ..area };
        let inner = panel(painter, area, "Silence alerts", &self.cluster.0);
        let fields = [
            (Focus::Matchers, "Matchers", &self.matchers, "alertname=NAME service=~\"a|b\" zone!=c"),
            (Focus::Length, "For", &self.length, "2h, 30m"),
            (Focus::Reason, "Why", &self.reason, ""),
        ];
        for ((focus, label, input, example), y) in fields.into_iter().zip(inner.y + 1..) {
            painter.text(inner.x, y, LABEL, Role::Muted, label);
            let (x, room) = (inner.x + LABEL, inner.width.saturating_sub(LABEL));
            if self.focus == focus {
                chrome::field(painter, x, y, room, ("", input.value(), input.cursor()));
            } else if input.value().is_empty() {
                painter.text(x, y, room, Role::Faint, example);
            } else {
                painter.text(x, y, room, Role::Text, input.value());
            }
        }
        let list = Rect { y: inner.y + 5, height: inner.height.saturating_sub(8), ..inner };
        self.preview(painter, list, seen);
        if let Some(problem) = &self.problem {
            let glyph = painter.glyphs().no;
            painter.text(
                inner.x,
                inner.bottom().saturating_sub(2),
                inner.width,
                Role::Bad,
                &format!("{glyph} {problem}"),
            );
        }
        let role = |focus: Focus| if self.focus == focus { Role::Focus } else { Role::Text };
        let buttons =
            [span(role(Focus::Cancel), "  Cancel  "), span(Role::Text, "   "), span(role(Focus::Plan), "  Plan it  ")];
        let room: usize = buttons.iter().map(|span| cells(&span.text)).sum();
        let x = inner.right().saturating_sub(u16::try_from(room).unwrap_or_default());
        painter.spans(x.max(inner.x), inner.bottom().saturating_sub(1), inner.width, &buttons);
        painter.set_ground(None);
    }

    /// What it would hide now.
    fn preview(&self, painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>) {
        let hidden = match self.read() {
            Ok((_, ready)) => self.hidden(seen.session, &ready),
            Err(why) => {
                painter.text(area.x, area.y, area.width, Role::Attention, &why);
                return;
            }
        };
        let high = hidden.iter().filter(|alert| alert.priority == Priority::High).count();
        let mut heading = vec![match hidden.len() {
            0 => span(Role::Attention, "hides no alert now".to_owned()),
            count => span(Role::Title, format!("hides {} now", words::count(count, "alert", "alerts"))),
        }];
        if high > 0 {
            heading.push(span(Role::Bad, format!("   {high} High")));
        }
        painter.spans(area.x, area.y, area.width, &heading);
        let room = usize::from(area.height.saturating_sub(1));
        // The last line tells how many there are beyond.
        let fit = if hidden.len() > room { room.saturating_sub(1) } else { room };
        for (alert, y) in hidden.iter().take(fit).zip(area.y + 1..area.bottom()) {
            let place = ["service", "pod", "namespace"].iter().filter_map(|name| alert.label(name));
            let place: Vec<&str> = place.map(Text::as_str).collect();
            let is_loud = alert.standing.is_loud();
            let role = if is_loud { role_of(alert.priority) } else { Role::Muted };
            painter.spans(
                area.x,
                y,
                area.width,
                &[
                    span(role, format!("{:<8}", alert.priority)),
                    span(if is_loud { Role::Text } else { Role::Muted }, format!("{:<28}  ", alert.name)),
                    span(Role::Muted, format!("{:<10}{}", alert.standing.word(), place.join(", "))),
                ],
            );
        }
        if hidden.len() > fit && fit > 0 {
            let more = format!("and {} more", hidden.len() - fit);
            painter.text(area.x, area.bottom().saturating_sub(1), area.width, Role::Muted, &more);
        }
    }
}

/// The keys of the form.
pub fn hints() -> Vec<Hint> {
    vec![
        Hint::new(Command::Cancel, "close"),
        Hint::new(Command::NextField, "next field"),
        Hint::new(Command::PressFocused, "press what is focused"),
    ]
}

#[cfg(test)]
mod tests;
