//! The columns of the overview, and the cells of a service. Those of numbers are there where anybody tells numbers.

use crate::domain::health::Health;
use crate::domain::metric::{Measure, percent};
use crate::domain::service::Service;
use crate::state::{Line, Numbers};
use crate::tui::theme::Role;
use crate::tui::views::Seen;
use crate::tui::widgets::limited::{SPARK, failures, role_of};
use crate::tui::widgets::table::{Cell, Column, cell};
use crate::tui::widgets::words;

/// Room for "stuck: CrashLoopBackOff: OOMKilled" and for both versions of a rollout.
const WIDE: [Column; 10] = columns(36, 11);

const COLUMNS: [Column; 10] = columns(30, 8);

/// The same where there is little room. The environment stays: services of one name differ in nothing else.
const NARROW: [Column; 10] = columns(14, 8);

const fn columns(health: u16, version: u16) -> [Column; 10] {
    [
        Column::words("", 1, 1),
        Column::words("SERVICE", 12, 32).named(),
        Column::words("ENV", 4, 16),
        Column::words("HEALTH", health, 90),
        Column::words("VERSION", version, 32).rank(4),
        Column::number("READY", 5, 9).rank(1),
        Column::number("SINCE", 5, 7).rank(2),
        Column::number("RATE", 6, 8).rank(5),
        // Where there is room for one of the two, how much fails tells more than half of a version.
        Column::number("ERR %", 5, 6).rank(3),
        Column::words("30 MIN", 8, 8).rank(6),
    ]
}

/// The columns for a width; without numbers those before them.
pub(super) fn columns_for(width: u16, has_numbers: bool) -> &'static [Column] {
    let all = match width {
        ..70 => &NARROW,
        70..110 => &COLUMNS,
        110.. => &WIDE,
    };
    if has_numbers { all } else { &all[..7] }
}

/// The cells of a service.
pub(super) fn cells_of<'a>(service: &'a Service, seen: &Seen<'a>, width: u16) -> Vec<Cell<'a>> {
    let narrow = width < if seen.board.has_numbers() { 140 } else { 110 };
    let (glyph, role) = seen.look.health(service.verdict.health);
    let quiet = service.verdict.health == Health::Healthy;
    let name = if quiet { Role::Text } else { Role::Title };
    let words = if quiet { Role::Muted } else { role };
    let environment = if narrow { words::short_environment(&service.id.environment) } else { &service.id.environment };
    let is_unknown = service.verdict.health == Health::Unknown;
    let ready_role = if is_unknown || service.ready < service.desired { role } else { Role::Text };
    let since =
        service.since().map_or_else(|| seen.look.glyphs.dash.to_owned(), |since| words::moment(since, seen.now));
    let (now, next) = (&service.version.now, &service.version.next);
    let version = match next {
        Some(next) if narrow => format!("{now}{}{next}", seen.look.glyphs.arrow),
        Some(next) => format!("{now} {} {next}", seen.look.glyphs.arrow),
        None => now.to_string(),
    };
    let mut cells = vec![
        cell(role, glyph),
        cell(name, service.id.name.as_str()),
        cell(Role::Muted, environment),
        cell(words, service.verdict.reason.as_str()),
        cell(if next.is_some() { role } else { Role::Text }, version),
        cell(if quiet { Role::Muted } else { ready_role }, format!("{}/{}", service.ready, service.desired)),
        cell(Role::Muted, since),
    ];
    if seen.board.has_numbers() {
        cells.extend(numbers(service, seen));
    }
    cells
}

/// How often it is asked, how much of that fails, and how that went.
fn numbers(service: &Service, seen: &Seen<'_>) -> [Cell<'static>; 3] {
    let glyphs = seen.look.glyphs;
    let numbers = seen.board.numbers(&service.id);
    let limit = seen.session.state().limits().of(&service.id.environment).error_ratio;
    let requests = numbers.and_then(|numbers| numbers.line(Measure::Requests));
    let ratio = numbers.and_then(Numbers::error_ratio);
    let told = |line: Option<&Line>, text: &dyn Fn(f64) -> String, role: &dyn Fn(f64) -> Role| {
        let Some((line, value)) = line.and_then(|line| Some((line, line.points.last()?))) else {
            return cell(Role::Faint, glyphs.dash);
        };
        cell(if line.is_old(seen.now) { Role::Muted } else { role(value) }, text(value))
    };
    let rate = told(requests, &|value| Measure::Requests.unit().figure(value), &|_| Role::Text);
    let errors = told(ratio.as_ref(), &|value| percent(value), &|value| role_of(limit, value));
    let spark = match &ratio {
        None => cell(Role::Faint, glyphs.dot.repeat(SPARK)),
        Some(line) => {
            let (role, spark) = failures(&line.points, limit, glyphs);
            cell(role, spark)
        }
    };
    [rate, errors, spark]
}
