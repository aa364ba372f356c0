//! Deployments, stateful sets and daemon sets, and the revisions that they keep.

use super::status::{of_replica_set, of_workload};
use super::{Field, Key, by_status, first, number, or_dash, plain, quiet, share, worded};
use crate::domain::text::Text;
use crate::domain::workload::{ControllerRevision, ReplicaSet, Workload, image_name};
use crate::tui::theme::Role;
use crate::tui::widgets::table::{Cell, Column, cell};

/// Images without their registries: what differs stands at their end.
fn images(images: &[Text]) -> Cell<'_> {
    match images {
        [one] => plain(image_name(one)),
        several => plain(several.iter().map(|image| image_name(image)).collect::<Vec<_>>().join(", ")),
    }
}

pub(super) const WORKLOADS: [Field<Workload>; 5] = [
    Field::new(
        Column::number("READY", 5, 9),
        |it, _| share(it.ready.into(), it.desired.into()),
        |it| Key::Number(i64::from(it.ready) - i64::from(it.desired)),
    ),
    Field::new(
        Column::number("UP-TO-DATE", 10, 10).rank(3),
        |it, _| cell(if it.updated < it.desired { Role::Attention } else { Role::Text }, it.updated.to_string()),
        |it| Key::Number(i64::from(it.updated) - i64::from(it.desired)),
    ),
    Field::new(
        Column::number("AVAILABLE", 9, 9).rank(4),
        |it, _| cell(if it.available < it.desired { Role::Attention } else { Role::Text }, it.available.to_string()),
        |it| Key::Number(i64::from(it.available) - i64::from(it.desired)),
    ),
    Field::new(Column::words("STATUS", 10, 20), |it, _| worded(of_workload(it)), |it| by_status(of_workload(it))),
    Field::new(Column::words("IMAGES", 10, 60).rank(2), |it, _| images(&it.images), |it| first(&it.images)),
];

pub(super) const REPLICA_SETS: [Field<ReplicaSet>; 5] = [
    Field::new(
        Column::number("READY", 5, 9),
        |it, _| share(it.ready.into(), it.desired.into()),
        |it| Key::Number(i64::from(it.ready) - i64::from(it.desired)),
    ),
    Field::new(Column::number("REVISION", 8, 8).rank(3), |it, _| number(it.revision), |it| Key::Number(-it.revision)),
    Field::new(
        Column::words("OWNER", 8, 40).named().rank(5),
        |it, scene| or_dash(it.meta.owner.as_ref().map_or("", |owner| &owner.name), scene),
        |it| Key::Words(it.meta.owner.as_ref().map_or("", |owner| &owner.name)),
    ),
    Field::new(Column::words("STATUS", 9, 20), |it, _| worded(of_replica_set(it)), |it| by_status(of_replica_set(it))),
    Field::new(Column::words("IMAGES", 10, 60).rank(2), |it, _| images(&it.images), |it| first(&it.images)),
];

pub(super) const REVISIONS: [Field<ControllerRevision>; 1] = [Field::new(
    Column::words("OWNER", 8, 60),
    |it, scene| match &it.meta.owner {
        Some(owner) => plain(format!("{} {}", owner.kind, owner.name)),
        None => quiet(scene.glyphs.dash),
    },
    |it| Key::Words(it.meta.owner.as_ref().map_or("", |owner| &owner.name)),
)];
