//! The traffic of a service: the arms side by side, and what speaks against the new one, in words.

use super::page::Line;
use crate::domain::guard::{Pods, Sample};
use crate::domain::health::Health;
use crate::domain::limits::Limit;
use crate::domain::logs::Complaints;
use crate::domain::metric::{Measure, Unit};
use crate::domain::moment;
use crate::domain::service::Service;
use crate::domain::traffic::{Arm, ArmRole, Split, percent};
use crate::state::{Numbers, State};
use crate::tui::paint::span;
use crate::tui::theme::Role;
use crate::tui::views::ground::Ground;
use crate::tui::widgets::table::{Cell, Column, cell};
use crate::tui::widgets::{delivery, guarded};

/// The columns of arms.
pub(super) const ARMS: [Column; 13] = [
    Column::words("", 1, 1),
    Column::words("", 17, 28).named(),
    Column::words("VERSION", 7, 20).rank(2),
    Column::number("SET", 5, 6),
    Column::number("SEEN", 6, 6),
    Column::number("RATE", 6, 8).rank(4),
    Column::number("REQUESTS", 8, 10).rank(5),
    Column::number("ERRORS", 6, 8),
    Column::number("P95", 6, 7),
    Column::number("READY", 5, 6).rank(1),
    Column::number("RESTARTS", 8, 8).rank(3),
    Column::number("LOG ERRORS", 10, 10).rank(6),
    Column::words("BEHIND", 12, 48).named().rank(7),
];

/// What is known of one arm.
struct Measured {
    numbers: Numbers,
    sample: Sample,
}

/// The arms of each split, and what speaks against the new one.
pub(super) fn lines(splits: &[Split], service: &Service, ground: &Ground<'_>) -> Vec<Line> {
    let numbers = ground.board.numbers(&service.id).filter(|numbers| numbers.knows_pods());
    let limit = ground.state.limits().of(&service.id.environment).error_ratio;
    let guard = ground.state.usual_guard();
    let mut lines = Vec::new();
    for split in splits {
        let measure = |arm| {
            let (numbers, sample) = ground.state.sample(split, arm, numbers, (guard.window, ground.now));
            Measured { numbers, sample }
        };
        let measured: Vec<Measured> = split.arms.iter().map(measure).collect();
        for (arm, measured) in split.arms.iter().zip(&measured) {
            lines.push(Line::Told(cells(split, arm, measured, limit, ground)));
        }
        let of = |role| split.arms.iter().position(|arm| arm.role == Some(role)).map(|at| measured[at].sample);
        let is_tried = split.arm(ArmRole::Canary).is_some_and(|canary| canary.desired > 0.0);
        let mut said = match (of(ArmRole::Canary), of(ArmRole::Stable)) {
            // What was is no verdict on what is, as after an abort, when its pods are gone.
            (Some(_), Some(_)) if !is_tried => vec![span(Role::Muted, "   the canary gets no requests")],
            (Some(canary), Some(stable)) => {
                let verdict = guard.judge(&canary, &stable);
                vec![span(guarded::loudness(&verdict), format!("   {verdict}"))]
            }
            _ => vec![span(Role::Muted, "   which of them is the new one cannot be told")],
        };
        if let Some(by) = &split.steered_by {
            said.push(span(Role::Muted, format!("   weights set by {by}")));
        }
        lines.push(Line::Words(said));
        lines.extend(split.doubts.iter().map(|doubt| {
            Line::Words(vec![span(Role::Attention, format!("   {} {doubt}", ground.look.glyphs.attention))])
        }));
    }
    lines
}

/// Over how long requests are counted.
pub(super) fn note(state: &State) -> String {
    format!("last {}", moment::span(state.usual_guard().window))
}

/// The cells of an arm.
fn cells(split: &Split, arm: &Arm, measured: &Measured, limit: Limit, ground: &Ground<'_>) -> Vec<Cell<'static>> {
    let dash = ground.look.glyphs.dash;
    let mark = match arm.role {
        Some(ArmRole::Canary) => ground.look.glyphs.shade,
        Some(ArmRole::Stable) => ground.look.glyphs.bar,
        None => ground.look.glyphs.dot,
    };
    let part: Option<&str> = arm.role.map(ArmRole::word);
    let name = part.unwrap_or(&arm.service);
    let figure = |value: Option<f64>, unit: Unit, role| match value {
        Some(value) => cell(role, unit.figure(value)),
        None => cell(Role::Faint, dash),
    };
    let ratio = measured.numbers.error_ratio().and_then(|line| line.points.last());
    let loud = match ratio.and_then(|ratio| limit.health(ratio)) {
        Some(Health::Bad) => Role::Bad,
        Some(_) => Role::Attention,
        None => Role::Text,
    };
    let last = |measure| measured.numbers.last(measure);
    vec![
        cell(Role::Muted, mark),
        cell(Role::Text, name.to_owned()),
        cell(Role::Text, if arm.version.is_empty() { dash.to_owned() } else { arm.version.to_string() }),
        cell(Role::Text, format!("{} %", percent(arm.desired))),
        match arm.observed {
            Some(seen) => cell(delivery::seen_role(seen, Some(arm.desired)), format!("{} %", percent(seen))),
            None => cell(Role::Faint, dash),
        },
        figure(last(Measure::Requests), Unit::PerSecond, Role::Text),
        measured
            .sample
            .requests
            .map_or_else(|| cell(Role::Faint, dash), |counted| cell(Role::Text, guarded::counted(counted))),
        figure(ratio, Unit::Ratio, loud),
        figure(last(Measure::P95), Unit::Seconds, Role::Text),
        match measured.sample.pods {
            None => cell(Role::Faint, dash),
            Some(Pods { ready: 0, .. }) if arm.desired > 0.0 => cell(Role::Bad, "0"),
            Some(pods) => cell(Role::Text, pods.ready.to_string()),
        },
        cell(
            if measured.sample.restarts > 0 { Role::Attention } else { Role::Muted },
            measured.sample.restarts.to_string(),
        ),
        match ground.state.complaints(split, arm, ground.now) {
            // Who says nothing says nothing in its favour either.
            None | Some(Complaints { lines: 0, .. }) => cell(Role::Faint, dash),
            Some(Complaints { errors: 0, lines }) => cell(Role::Muted, format!("0/{lines}")),
            Some(Complaints { errors, lines }) => cell(Role::Text, format!("{errors}/{lines}")),
        },
        cell(Role::Muted, arm.service.to_string()),
    ]
}
