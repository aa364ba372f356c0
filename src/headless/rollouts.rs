//! `midwatch rollouts`: how far each workload is on its way to its newest revision.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::json;

use crate::domain::kind::Kind;
use crate::domain::lease::Standing;
use crate::domain::object::ObjectRef;
use crate::domain::problem::Problem;
use crate::domain::rollout::{Rollout, StuckSignal};
use crate::domain::text::Text;
use crate::domain::traffic::{ArmRole, Split};
use crate::runtime::Session;
use crate::state::{ESSENTIAL, GuardLease, ServiceBoard};

use super::answer::{Asked, Needs, answer};
use super::delivery::{self, read_splits};
use super::find::{check_place, is_in};
use super::output::text::age;
use super::output::{Item, Listing, json};
use super::reading::read;
use super::services::KINDS;
use super::signals::{Untold, await_briefly};
use super::{Exit, complain, say};

/// Shows rollouts.
pub(super) async fn rollouts(session: &mut Session, asked: Asked<'_>) -> Result<Exit, Problem> {
    read_splits(session).await;
    read(session, &KINDS).await;
    // How a canary compares is told by numbers; who has none is not kept waiting for them.
    let is_tried = !session.state().canaries().is_empty();
    let untold = Untold::beside(if is_tried { await_briefly(session).await } else { Vec::new() });
    let mut board = ServiceBoard::default();
    let mut told = BTreeSet::new();
    let needs = Needs { untold: &untold, ..Needs::of(&KINDS, &ESSENTIAL) };
    answer(session, asked, needs, |session, now| {
        check_place(session, asked.place)?;
        board.refresh(session.state(), now);
        let guards = session.state().guards();
        tell_left(session, &guards, asked, now, &mut told);
        let shown = board.rollouts().iter().filter(|rollout| is_in(asked.place, &rollout.service.environment));
        Ok(Listing {
            kind: "Rollout",
            header: &[
                "PHASE",
                "SERVICE",
                "ENVIRONMENT",
                "WORKLOAD",
                "VERSION",
                "STEP",
                "WEIGHT",
                "GATE",
                "LEFT",
                "PROGRESS",
                "WHY",
            ],
            items: shown
                .map(|rollout| item(rollout, &Routed::of(rollout, session, &board, now), &guards, now))
                .collect(),
        })
    })
    .await
}

/// Says of each guard that somebody left, once, what to do about it.
fn tell_left(
    session: &Session,
    guards: &[GuardLease<'_>],
    asked: Asked<'_>,
    now: Timestamp,
    told: &mut BTreeSet<ObjectRef>,
) {
    for guard in guards {
        let is_here = is_in(asked.place, &session.place_of(&guard.route).environment);
        if is_here && guard.standing(now) == Standing::Abandoned && told.insert(guard.route.clone()) {
            let what = format!("{}: {}", guard.route, guard.words(now));
            complain(&Problem::new(what, "its session ended without releasing it", GuardLease::CURE));
            // One can be copied where it stands on a line of its own.
            guard.commands().iter().for_each(|command| say(&format!("    {command}")));
        }
    }
}

/// The guarded shift of a route that splits the requests of a rollout.
fn guard_of<'a>(splits: &[Split], guards: &'a [GuardLease<'a>]) -> Option<&'a GuardLease<'a>> {
    guards.iter().find(|guard| splits.iter().any(|split| split.router == guard.route))
}

/// How the requests of a rollout's service are split.
struct Routed {
    splits: Vec<Split>,
    /// That what is rolled out is a canary that is worse than the stable revision.
    worse: Option<Text>,
}

impl Routed {
    fn of(rollout: &Rollout, session: &Session, board: &ServiceBoard, now: Timestamp) -> Self {
        let state = session.state();
        let splits = state.splits(&rollout.service);
        // Of two workloads behind one route the one is the canary.
        let is_tried = |split: &&Split| {
            let version = split.arm(ArmRole::Canary).map(|canary| &canary.version);
            rollout.workload.kind == Kind::Rollout || version == Some(&rollout.version)
        };
        let numbers = board.numbers(&rollout.service);
        let worse = splits.iter().filter(is_tried).find_map(|split| state.worse(split, numbers, now));
        Self { splits, worse }
    }
}

fn item(rollout: &Rollout, routed: &Routed, guards: &[GuardLease<'_>], now: Timestamp) -> Item {
    let Routed { splits, worse } = routed;
    let (status, workload) = (&rollout.status, &rollout.workload);
    let signals: Vec<String> = status.signals.iter().map(StuckSignal::to_string).collect();
    let guard = guard_of(splits, guards);
    let more = worse.iter().map(Text::to_string).chain(guard.map(|guard| guard.words(now)));
    let why: Vec<String> = signals.iter().cloned().chain(more).collect();
    // A deadline lies ahead: how long until it is what there is left.
    let left = status.left(now).map(|left| age(Some(now - left), now)).unwrap_or_default();
    let [step, weight, gate] = delivery::cells(status.delivery.as_ref(), splits, &rollout.version);
    Item {
        cluster: workload.cluster.clone(),
        key: format!("{}/{}/{}", workload.cluster, workload.namespace, workload.kind_and_name()),
        cells: vec![
            status.phase.word().into(),
            rollout.service.name.clone(),
            rollout.service.environment.clone(),
            workload.kind_and_name().into(),
            rollout.version.clone(),
            step,
            weight,
            gate,
            left,
            status.progress.clone(),
            Text::from(why.join("; ")),
        ],
        json: json!({
            "workload": json::object(workload),
            "service": rollout.service.name,
            "environment": rollout.service.environment,
            "version": rollout.version,
            "phase": status.phase.word(),
            "done": status.is_done,
            "progress": status.progress,
            "updated": status.updated,
            "desired": status.desired,
            "oldLeft": status.old_left,
            "deadline": status.deadline,
            "signals": signals,
            "worse": worse,
            "delivery": status.delivery.as_ref().map(delivery::delivery),
            "traffic": delivery::traffic(splits),
            "guard": guard.map(|guard| delivery::guard(guard, now)),
        }),
    }
}
