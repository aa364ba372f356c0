//! Drawing the review of a plan.

use jiff::Timestamp;
use ratatui::layout::Rect;
use tui_input::Input;

use super::body::{Lines, differing, lines};
use super::{Focus, LEAST_SEEN, PlanReview, Stage};
use crate::domain::operation::{Proposal, Verdict};
use crate::tui::chrome;
use crate::tui::command::Command;
use crate::tui::overlays::panel;
use crate::tui::paint::{Painter, Span, cells, span, wrap};
use crate::tui::theme::Role;
use crate::tui::views::Hint;
use crate::tui::widgets::words;

/// The widest that a review is: a longer line is hard to read.
const WIDEST: u16 = 128;

/// Draws the review over the whole of an area, or as large as it needs to be where there is room.
pub fn render(review: &PlanReview, painter: &mut Painter<'_>, area: Rect, now: Timestamp) {
    let margin = if area.width >= 110 { 3 } else { 0 };
    painter.fill(area, Role::Background);
    let width = area.width.saturating_sub(2 * margin).min(WIDEST);
    let area = Rect { x: area.x + (area.width - width) / 2, width, ..area };
    // The frame and the air beside it.
    let inside = area.width.saturating_sub(6);
    let body = review.proposal.as_ref().map(|proposal| lines(proposal, painter.look, inside.into()));
    let foot = foot(review, painter, inside.into());
    let consent = consent_height(review, inside.into());
    let height = height(consent, body.as_ref().map_or(1, Vec::len), foot.len());
    let area = Rect { height: height.min(area.height), ..area };
    let planning = if matches!(review.stage, Stage::Failed(_)) { "No plan" } else { "Planning" };
    let title = review.plan().map_or(planning, |plan| plan.title.as_str());
    let note = review.plan().map_or_else(String::new, |plan| format!("plan {}", plan.short_hash()));
    let inner = panel(painter, area, title, &note);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let room = room(inner, u16::try_from(foot.len()).unwrap_or(u16::MAX), consent);
    draw_body(review, painter, room.body, body);
    for (y, line) in (room.foot.top()..room.foot.bottom()).zip(&foot) {
        painter.spans(inner.x, y, inner.width, line);
    }
    fields(review, painter, room.consent);
    buttons(review, painter, room.buttons, now);
    painter.set_ground(None);
}

/// The height that shows everything: body, foot and consent with the buttons, the frame, and the air between them.
fn height(consent: u16, body: usize, foot: usize) -> u16 {
    let told = u16::try_from(body + foot).unwrap_or(u16::MAX);
    told.saturating_add(consent + 8)
}

/// The parts of the review, from top to bottom.
struct Room {
    body: Rect,
    foot: Rect,
    consent: Rect,
    buttons: Rect,
}

/// Shares the room out. With little of it the air between the parts goes first; what must stay visible never does.
fn room(inner: Rect, foot: u16, consent: u16) -> Room {
    let air = u16::from(inner.height > 24);
    let foot = foot.min(inner.height.saturating_sub(consent + 4));
    let buttons = Rect { y: inner.bottom().saturating_sub(1), height: 1, ..inner };
    let consent = Rect { y: buttons.y.saturating_sub(air + consent), height: consent, ..inner };
    let gap = if consent.height > 0 && foot > 0 { air } else { 0 };
    let foot = Rect { y: consent.y.saturating_sub(gap + foot), height: foot, ..inner };
    let top = inner.y + air;
    // One line below the body tells how much is further down.
    let body = Rect { y: top, height: foot.y.saturating_sub(top + 1), ..inner };
    Room { body, foot, consent, buttons }
}

/// Of what changed in the world, so many lines are shown.
const DRIFT: usize = 6;

/// The part that scrolls.
fn draw_body(review: &PlanReview, painter: &mut Painter<'_>, area: Rect, all: Option<Lines>) {
    let (Some(proposal), Some(all)) = (&review.proposal, all) else {
        if review.stage == Stage::Preparing {
            let words = review.waiting.as_ref().map_or("reading the world and making a plan", |why| why.as_str());
            for (y, line) in (area.y..area.bottom()).zip(wrap(words, area.width.into())) {
                painter.text(area.x, y, area.width, Role::Muted, &line);
            }
        }
        return;
    };
    let height = usize::from(area.height);
    let top = review.window.get().0.min(all.len().saturating_sub(height));
    review.window.set((top, height));
    let end = (top + height).min(all.len());
    let (seen, _) = review.seen_to.get();
    // What lies beyond a gap has not been seen as long as the gap has not.
    let seen = if top <= seen { seen.max(end) } else { seen };
    review.seen_to.set((seen, must_be_seen_to(proposal, &all)));
    for (y, line) in (area.y..).zip(&all[top..end]) {
        painter.spans(area.x, y, area.width, line);
    }
    if height < LEAST_SEEN && review.is_open() {
        let words = "make the window larger to confirm";
        painter.text(area.x, area.bottom(), area.width, Role::Attention, words);
    } else if end < all.len() {
        let more = format!("{} more, page down", words::count(all.len() - end, "line", "lines"));
        painter.right(area.right(), area.bottom(), area.width, Role::Attention, &more);
    }
}

/// The line up to which stands what must be seen, which comes first: the warnings, and what happens. Each is followed by an
/// empty line, and both by one where anything goes on by itself.
fn must_be_seen_to(proposal: &Proposal, all: &Lines) -> usize {
    let plan = &proposal.plan;
    let is_apart = plan.course.is_empty() && (proposal.against.is_some() || !plan.warnings.is_empty());
    let mut ends = all.iter().enumerate().filter(|(_, line)| line.is_empty()).map(|(at, _)| at);
    ends.nth(usize::from(is_apart)).unwrap_or(all.len())
}

/// What must always be visible: a refusal, or how it goes.
fn foot(review: &PlanReview, painter: &Painter<'_>, width: usize) -> Vec<Vec<Span<'static>>> {
    let glyphs = painter.glyphs();
    let told = |role: Role, text: String| wrap(&text, width).into_iter().map(move |line| vec![span(role, line)]);
    let mut foot: Vec<Vec<Span<'static>>> = Vec::new();
    match &review.stage {
        Stage::Preparing | Stage::Waiting => {
            if review.has_changed {
                foot.extend(told(
                    Role::Attention,
                    format!("{} the world changed: this is a new plan", glyphs.attention),
                ));
                foot.extend(review.drift.iter().take(DRIFT).map(|line| vec![differing(line)]));
                if review.drift.len() > DRIFT {
                    let more = format!("  {} more lines differ", review.drift.len() - DRIFT);
                    foot.push(vec![span(Role::Muted, more)]);
                }
            }
            if let Some(problem) = &review.problem {
                foot.extend(told(Role::Bad, format!("{} {problem}", glyphs.no)));
            }
        }
        Stage::Running => foot.extend(running(review)),
        Stage::Ended(verdict) => {
            foot.extend(running(review));
            let (glyph, role) = match verdict {
                Verdict::Verified(_) => (glyphs.yes, Role::Fine),
                Verdict::Accepted(_) => (glyphs.yes, Role::Information),
                _ => (glyphs.attention, Role::Attention),
            };
            foot.extend(told(role, format!("{glyph} {}: {}", verdict.word(), verdict.detail())));
        }
        Stage::Failed(problem) => foot.extend(told(Role::Bad, format!("{} {problem}", glyphs.no))),
    }
    if let (Stage::Ended(_) | Stage::Failed(_), Some(archive)) = (&review.stage, &review.archive) {
        foot.extend(told(Role::Muted, format!("evidence: {archive}")));
    }
    foot
}

/// The last lines of how it goes.
fn running(review: &PlanReview) -> Vec<Vec<Span<'static>>> {
    let last = review.progress.len().saturating_sub(4);
    review.progress[last..].iter().map(|line| vec![span(Role::Text, line.to_string())]).collect()
}

/// The lines that consent takes.
fn consent_height(review: &PlanReview, width: usize) -> u16 {
    if !review.is_open() {
        return 0;
    }
    review.to_type().map_or(1, |name| 2 + u16::from(is_long(&name, width)))
}

/// Whether the name to type takes a line of its own, so that no letter of it is left out, nor of what is typed.
fn is_long(name: &str, width: usize) -> bool {
    let cells = cells(&confirmable(name));
    cells > 24 || TYPE.len() + cells >= label_width(name, width)
}

/// What stands before the name to type.
const TYPE: &str = "Type ";

/// The width of the words before the fields: no more than half of what there is.
fn label_width(name: &str, width: usize) -> usize {
    (cells(name) + 8).max(18).min(width / 2)
}

/// The fields.
fn fields(review: &PlanReview, painter: &mut Painter<'_>, area: Rect) {
    let Some(plan) = review.plan().filter(|_| review.is_open()) else { return };
    let name = review.to_type();
    let label = label_width(name.as_deref().unwrap_or(&plan.service), area.width.into());
    let label = u16::try_from(label).unwrap_or(area.width / 2);
    painter.text(area.x, area.y, label, Role::Muted, "Reason");
    match plan.intent.reason() {
        Some(reason) => {
            painter.text(area.x + label, area.y, area.width.saturating_sub(label), Role::Text, reason);
        }
        None => draw_field(painter, area, 0, label, &review.reason, review.focus == Focus::Reason),
    }
    if let Some(name) = name {
        let is_long = is_long(&name, area.width.into());
        let room = if is_long { area.width } else { label };
        painter.spans(area.x, area.y + 1, room, &[span(Role::Muted, TYPE), span(Role::Title, confirmable(&name))]);
        let (row, indent) = if is_long { (2, 5) } else { (1, label) };
        draw_field(painter, area, row, indent, &review.name, review.focus == Focus::Name);
    }
}

/// The name to type: in ASCII, so that two names that look the same are told apart.
fn confirmable(name: &str) -> String {
    name.chars()
        .map(|letter| if letter.is_ascii() { letter.to_string() } else { letter.escape_unicode().to_string() })
        .collect()
}

fn draw_field(painter: &mut Painter<'_>, area: Rect, row: u16, label: u16, input: &Input, has_focus: bool) {
    let (x, y) = (area.x + label, area.y + row);
    let width = area.width.saturating_sub(label);
    if has_focus {
        chrome::field(painter, x, y, width, ("", input.value(), input.cursor()));
    } else {
        painter.text(x, y, width, Role::Text, if input.value().is_empty() { "" } else { input.value() });
    }
}

/// The buttons, and how long the plan may still be confirmed.
fn buttons(review: &PlanReview, painter: &mut Painter<'_>, area: Rect, now: Timestamp) {
    let role = |focus: Focus| if review.focus == focus { Role::Focus } else { Role::Text };
    let cancel = match review.stage {
        _ if review.can_be_stopped() => "  Stop  ",
        _ if review.is_open() => "  Cancel  ",
        Stage::Preparing => "  Cancel  ",
        _ => "  Close  ",
    };
    let mut spans = vec![span(role(Focus::Cancel), cancel)];
    if let Some(plan) = review.plan().filter(|_| review.is_open()) {
        spans.push(span(Role::Text, "   "));
        spans.push(span(role(Focus::Confirm), format!("  {}  ", plan.intent.verb().label())));
    }
    let expiry = review.expires_at().map_or_else(String::new, |at| {
        let left = at.duration_since(now).as_secs().max(0);
        // Tens of seconds are exact enough, and do not have the screen drawn every second.
        format!("read anew within {} s", (left + 9) / 10 * 10)
    });
    let width: usize = spans.iter().map(|span| cells(&span.text)).sum();
    // Which button is pressed comes before until when.
    let has_room = width + cells(&expiry) + 6 <= usize::from(area.width);
    let expiry = if has_room { expiry } else { String::new() };
    let expiry_width = u16::try_from(cells(&expiry)).unwrap_or_default();
    let start = area.right().saturating_sub(u16::try_from(width).unwrap_or_default() + expiry_width + 6);
    painter.spans(start.max(area.x), area.y, area.width, &spans);
    painter.right(area.right(), area.y, expiry_width, Role::Muted, &expiry);
}

/// The keys of the review; what Enter does depends on what has the focus.
pub fn hints(review: &PlanReview) -> Vec<Hint> {
    let is_waiting = review.is_open();
    let press = match review.focus {
        Focus::Cancel if is_waiting => "leave, nothing is sent",
        Focus::Cancel => "close",
        Focus::Confirm => "send it",
        Focus::Reason | Focus::Name if review.missing().is_none() => "to the button that sends",
        Focus::Reason | Focus::Name => "go on",
    };
    // Before there is a plan only leaving works.
    let mut hints = Vec::new();
    if review.stage != Stage::Preparing {
        hints.push(Hint::new(Command::PressFocused, press));
    }
    if is_waiting {
        hints.push(Hint::new(Command::NextField, "next field"));
    }
    hints.extend([
        Hint::new(Command::Cancel, "close"),
        Hint::new(Command::PageDown, "further"),
        Hint::new(Command::CopyAsCommand, "copy as a command"),
    ]);
    hints
}
