//! What brings a revision to its users: Argo Rollouts, their analyses, and the routes of the Gateway API.

use super::status::{of_analysis, of_rollout, of_route};
use super::{Field, Key, ago, by_status, first, list, number, or_dash, plain, quiet, share, worded};
use crate::domain::analysis::AnalysisRun;
use crate::domain::argo::Argo;
use crate::domain::lease::Lease;
use crate::domain::route::HttpRoute;
use crate::domain::workload::{Workload, image_name};
use crate::tui::widgets::table::Column;

/// How far a canary is: "3/8".
fn step(argo: Option<&Argo>) -> Option<String> {
    argo.and_then(Argo::progress).map(|(at, of)| format!("{at}/{of}"))
}

/// The weight that the controller has set.
fn weight(workload: &Workload) -> Option<u32> {
    workload.argo.as_ref()?.weights.map(|weights| weights.canary)
}

pub(super) const ROLLOUTS: [Field<Workload>; 5] = [
    Field::new(
        Column::number("READY", 5, 9),
        |it, _| share(it.ready.into(), it.desired.into()),
        |it| Key::Number(i64::from(it.ready) - i64::from(it.desired)),
    ),
    Field::new(
        Column::number("STEP", 4, 7).rank(3),
        |it, scene| step(it.argo.as_deref()).map_or_else(|| quiet(scene.glyphs.dash), plain),
        |it| Key::Number(it.argo.as_ref().and_then(|argo| argo.step).map_or(-1, i64::from)),
    ),
    Field::new(
        Column::number("WEIGHT", 6, 6).rank(4),
        |it, scene| weight(it).map_or_else(|| quiet(scene.glyphs.dash), |weight| plain(format!("{weight}%"))),
        |it| Key::Number(weight(it).map_or(-1, i64::from)),
    ),
    Field::new(Column::words("STATUS", 10, 20), |it, _| worded(of_rollout(it)), |it| by_status(of_rollout(it))),
    Field::new(
        Column::words("IMAGES", 10, 60).rank(2),
        |it, scene| match &*it.images {
            [] => or_dash(it.argo.as_ref().map_or("", |argo| argo.template_of.as_str()), scene),
            [one] => plain(image_name(one)),
            several => plain(several.iter().map(|image| image_name(image)).collect::<Vec<_>>().join(", ")),
        },
        |it| first(&it.images),
    ),
];

pub(super) const ROUTES: [Field<HttpRoute>; 4] = [
    Field::new(Column::words("STATUS", 8, 20), |it, _| worded(of_route(it)), |it| by_status(of_route(it))),
    Field::new(
        Column::words("WEIGHTS", 12, 60),
        |it, scene| {
            let weights = it.weights();
            if weights.is_empty() { quiet(scene.glyphs.dash) } else { plain(weights.to_string()) }
        },
        |it| Key::Number(i64::try_from(it.splits().count()).unwrap_or(i64::MAX)),
    ),
    Field::new(Column::words("HOSTS", 8, 40).rank(2), |it, scene| list(&it.hosts, scene), |it| first(&it.hosts)),
    Field::new(Column::words("PARENTS", 8, 30).rank(3), |it, scene| list(&it.parents, scene), |it| first(&it.parents)),
];

pub(super) const LEASES: [Field<Lease>; 1] =
    [Field::new(Column::words("HOLDER", 8, 40), |it, scene| or_dash(&it.holder, scene), |it| Key::Words(&it.holder))];

pub(super) const ANALYSES: [Field<AnalysisRun>; 4] = [
    Field::new(Column::words("STATUS", 8, 14), |it, _| worded(of_analysis(it)), |it| by_status(of_analysis(it))),
    Field::new(
        Column::number("FAILED", 6, 6).rank(3),
        |it, _| number(it.metrics.iter().map(|one| i64::from(one.failed)).sum::<i64>()),
        |it| Key::Number(-it.metrics.iter().map(|one| i64::from(one.failed)).sum::<i64>()),
    ),
    Field::new(
        Column::number("LAST", 5, 8).rank(4),
        |it, scene| ago(it.metrics.iter().filter_map(|one| one.measured).max(), scene),
        |it| super::newest(it.metrics.iter().filter_map(|one| one.measured).max()),
    ),
    Field::new(
        Column::words("MESSAGE", 10, 80).rank(2),
        |it, scene| or_dash(&it.message, scene),
        |it| Key::Words(&it.message),
    ),
];
