//! What scales and protects workloads, and what is only a name: namespaces, config maps, secrets.

use super::status::{of_autoscaler, of_budget, of_namespace};
use super::{Field, Key, by_status, labels, number, or_dash, plain, share, worded};
use crate::domain::platform::{Autoscaler, DisruptionBudget, MetadataOnly, Namespace};
use crate::tui::theme::Role;
use crate::tui::widgets::table::{Column, cell};

pub(super) const AUTOSCALERS: [Field<Autoscaler>; 4] = [
    Field::new(
        Column::words("TARGET", 10, 50).named(),
        |it, _| plain(format!("{} {}", it.target_kind, it.target_name)),
        |it| Key::Words(&it.target_name),
    ),
    Field::new(Column::words("STATUS", 9, 24), |it, _| worded(of_autoscaler(it)), |it| by_status(of_autoscaler(it))),
    Field::new(
        Column::number("PODS", 4, 11),
        |it, scene| {
            if it.current == it.desired {
                plain(it.current.to_string())
            } else {
                cell(Role::Attention, format!("{} {} {}", it.current, scene.glyphs.arrow, it.desired))
            }
        },
        |it| Key::Number(-i64::from(it.current)),
    ),
    Field::new(
        Column::number("BOUNDS", 6, 11).rank(2),
        |it, _| plain(format!("{}-{}", it.min, it.max)),
        |it| Key::Number(-i64::from(it.max)),
    ),
];

pub(super) const BUDGETS: [Field<DisruptionBudget>; 5] = [
    Field::new(Column::words("STATUS", 9, 14), |it, _| worded(of_budget(it)), |it| by_status(of_budget(it))),
    Field::new(Column::number("ALLOWED", 7, 7), |it, _| number(it.allowed), |it| Key::Number(it.allowed.into())),
    Field::new(
        Column::number("HEALTHY", 7, 9).rank(2),
        |it, _| share(it.healthy.into(), it.expected.into()),
        |it| Key::Number(i64::from(it.healthy) - i64::from(it.expected)),
    ),
    Field::new(
        Column::number("MIN-AVAILABLE", 13, 13).rank(4),
        |it, scene| or_dash(&it.min_available, scene),
        |it| Key::Words(&it.min_available),
    ),
    Field::new(
        Column::number("MAX-UNAVAILABLE", 15, 15).rank(4),
        |it, scene| or_dash(&it.max_unavailable, scene),
        |it| Key::Words(&it.max_unavailable),
    ),
];

pub(super) const NAMESPACES: [Field<Namespace>; 1] =
    [Field::new(Column::words("STATUS", 9, 14), |it, _| worded(of_namespace(it)), |it| by_status(of_namespace(it)))];

/// Only metadata is read of these: their data may be secret or large.
pub(super) const METADATA: [Field<MetadataOnly>; 2] = [
    Field::new(
        Column::words("OWNER", 8, 60),
        |it, scene| match &it.meta.owner {
            Some(owner) => plain(format!("{} {}", owner.kind, owner.name)),
            None => or_dash("", scene),
        },
        |it| Key::Words(it.meta.owner.as_ref().map_or("", |owner| &owner.name)),
    ),
    Field::new(
        Column::number("LABELS", 6, 6).rank(2),
        |it, _| labels(&it.meta),
        |it| Key::Number(i64::try_from(it.meta.labels.len()).unwrap_or(i64::MAX)),
    ),
];
