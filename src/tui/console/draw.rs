//! Drawing: the frame round every view, the view, and what lies over it.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::{Console, Latest, Overlay, SMALLEST};
use crate::domain::environment::Place;
use crate::domain::health::Health;
use crate::tui::chrome::{self, Bottom};
use crate::tui::command::{Command, Context};
use crate::tui::overlays::{help, palette, plan_review, silence_form};
use crate::tui::paint::{Painter, span};
use crate::tui::theme::Role;
use crate::tui::views::Seen;
use crate::tui::widgets::guarded;

impl Console {
    /// Draws everything.
    pub(in crate::tui) fn draw(&mut self, frame: &mut Frame<'_>) {
        let area = frame.area();
        let now = self.session.clock().now();
        self.drawn_at = Some(now);
        self.follow_logs(now);
        let is_full = self.screen.view().is_full_screen();
        let (above, below) = if is_full { (0, u16::from(self.field.is_some())) } else { (3, 2) };
        let body = Rect { y: area.y + above, height: area.height.saturating_sub(above + below), ..area };
        self.body = body;
        self.latest = Latest::Shown;
        self.is_too_small = area.width < SMALLEST.0 || area.height < SMALLEST.1;
        self.settle();
        let seen = seen!(self, now);
        let painter = &mut Painter::new(frame.buffer_mut(), seen.look);
        painter.fill(area, Role::Background);
        if self.is_too_small {
            painter.text(area.x, area.y, area.width, Role::Text, "too small: 40x10 at least");
            return;
        }
        let line = |y| Rect { y, height: 1, ..area };
        if !is_full {
            chrome::header(painter, line(area.y), &seen, self.place(&seen).as_ref(), self.underway.count());
            chrome::tabs(painter, line(area.y + 1), &seen, self.screen.view());
        }
        self.screen.view().render(painter, body, &seen);
        self.draw_notice(painter, line(area.bottom().saturating_sub(2)));
        self.draw_overlay(painter, body, &seen);
        if below > 0 {
            self.draw_bottom(painter, line(area.bottom().saturating_sub(1)), &seen);
        }
    }

    /// Prepares the view to be drawn, or to take keys that come before it is.
    pub(super) fn settle(&mut self) {
        self.make_boards(self.session.clock().now());
        if !self.is_too_small {
            self.screen.view_mut().settle(&seen!(self), self.body);
            self.session.look_at_numbers(self.screen.view().demand(&seen!(self)));
            self.session.overhear(self.screen.view().overhears());
        }
    }

    /// Where what is shown belongs to: the plan that is reviewed, else the view.
    fn place(&self, seen: &Seen<'_>) -> Option<Place> {
        if let Some(Overlay::Plan(review)) = &self.overlay {
            let plan = review.plan()?;
            let color = plan.target.object().and_then(|object| seen.place_of(object)).and_then(|place| place.color);
            let environment = plan.environment.clone();
            return Some(Place { environment, color, is_protected: plan.is_protected });
        }
        self.screen.view().place(seen)
    }

    pub(super) fn draw_notice(&self, painter: &mut Painter<'_>, area: Rect) {
        if let Some(words) = self.field.as_ref().and_then(|field| field.refused.as_ref()) {
            let (glyph, role) = self.look.health(Health::Attention);
            painter.text(area.x + 1, area.y, area.width.saturating_sub(2), role, &format!("{glyph} {words}"));
        } else if let Some(offer) = self.field.as_ref().and_then(|field| field.prompt.offer()) {
            let keys = self.look.keymap.keys_of(Context::Prompt, Command::Complete);
            let key = keys.first().map_or("tab", String::as_str);
            let words = [
                span(Role::Muted, "or guarded, step by step: "),
                span(Role::Text, offer.to_owned()),
                span(Role::Accent, format!("   {key}")),
            ];
            painter.spans(area.x + 1, area.y, area.width.saturating_sub(2), &words);
        } else if let Some(notice) = &self.notice {
            let (glyph, role) = self.look.health(notice.health);
            painter.text(area.x + 1, area.y, area.width.saturating_sub(2), role, &format!("{glyph} {}", notice.words));
        } else {
            self.draw_guarding(painter, area);
        }
    }

    /// What goes on by itself, and the key that stops it, wherever one is.
    fn draw_guarding(&self, painter: &mut Painter<'_>, area: Rect) {
        let mut guarding = self.guarding();
        let Some(first) = guarding.next() else { return };
        let mut line = vec![guarded::status(first, self.session.clock().now())];
        match guarding.count() {
            0 => {
                let key = self.look.keymap.keys_of(Context::Table, Command::StopGuard).into_iter().next();
                line.extend(key.map(|key| span(Role::Accent, format!("   {key}"))));
                line.push(span(Role::Muted, " back to stable"));
            }
            more => line.push(span(Role::Muted, format!("   and {more} more"))),
        }
        painter.spans(area.x + 1, area.y, area.width.saturating_sub(2), &line);
    }

    pub(super) fn draw_overlay(&self, painter: &mut Painter<'_>, body: Rect, seen: &Seen<'_>) {
        let room = Rect { y: body.y.saturating_sub(1), height: body.height + 2, ..body };
        match &self.overlay {
            Some(Overlay::Plan(review)) => plan_review::render(review, painter, room, seen.now),
            Some(Overlay::Help(help)) => help.render(painter, room, seen),
            Some(Overlay::Palette(palette)) => palette.render(painter, room, seen),
            Some(Overlay::Silence(form)) => form.render(painter, room, seen),
            None => {}
        }
    }

    pub(super) fn draw_bottom(&self, painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>) {
        let context = self.context();
        let hints = match &self.overlay {
            Some(Overlay::Plan(review)) => plan_review::hints(review),
            Some(Overlay::Palette(_)) => palette::hints(),
            Some(Overlay::Silence(_)) => silence_form::hints(),
            Some(Overlay::Help(_)) => help::hints(),
            None => self.screen.view().hints(seen),
        };
        let label = self.field.as_ref().map(|field| field.prompt.label()).unwrap_or_default();
        let bottom = match (&self.field, &self.pending) {
            (Some(field), _) if field.is_marked => Bottom::Marked(&label, field.input.value()),
            (Some(field), _) => Bottom::Field(&label, field.input.value(), field.input.cursor()),
            (None, Some(keys)) => Bottom::Pending(keys),
            (None, None) => Bottom::Hints(context, &hints),
        };
        chrome::footer(painter, area, &bottom);
    }
}
