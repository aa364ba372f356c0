//! `midwatch shift`: finds the route of a service and the arm of its new revision; what is not clear is told and never
//! guessed.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::cli::{self, Shift};
use crate::domain::guard::{Course, OnExit};
use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::problem::Problem;
use crate::domain::service::ServiceId;
use crate::domain::shell::quoted;
use crate::domain::text::Text;
use crate::domain::traffic::{ArmRole, Split};
use crate::runtime::Session;
use crate::state::SPLIT_KINDS;

use super::super::Exit;
use super::super::answer::Asked;
use super::super::find::{is_in, meant, objects};
use super::super::signals::{PATIENCE, await_all};
use super::{Candidates, ambiguous, carry_out, guarded, look};

/// What finds the route of a service, and its environment.
pub(in crate::headless) fn kinds() -> Vec<Kind> {
    [Kind::Namespace].into_iter().chain(SPLIT_KINDS).collect()
}

/// Finds what is meant and carries it out.
pub(super) async fn shift(session: &mut Session, asked: Asked<'_>, args: &Shift) -> Result<Exit, Problem> {
    let course = course(session, args)?;
    if let Some(exit) = look(session, asked, &kinds(), &[Kind::HttpRoute]).await? {
        return Ok(exit);
    }
    let mut found = splits(session, asked, args)?;
    if found.len() > 1 {
        let routes: Vec<ObjectRef> = found.into_iter().map(|split| split.router).collect();
        let option = |route: &ObjectRef| format!("--route {} ", route.name);
        let candidates = Candidates { name: &args.service, what: Kind::HttpRoute.plural(), option: &option };
        return ambiguous(asked, &candidates, &routes);
    }
    let split = found.remove(0);
    let arm = arm(&split, args)?;
    if args.to.iter().any(|percent| *percent > 0) {
        // A plan to send more says what is seen of it now, where anybody tells that in time. Nobody is in a hurry to.
        drop(await_all(session, PATIENCE).await);
    }
    if let Some(course) = course {
        let intent = Intent::GuardedShift { target: split.router, arm, course: Box::new(course) };
        return guarded::carry_out(session, asked, intent, &args.consent).await;
    }
    let intent = Intent::Shift { target: split.router, arm, percent: args.to.first().copied().unwrap_or_default() };
    carry_out(session, asked, intent, &args.consent).await
}

/// The course of a guarded shift; none where there is one weight and no guard.
fn course(session: &Session, args: &Shift) -> Result<Option<Course>, Problem> {
    let Some(name) = &args.guard else {
        if args.to.len() < 2 {
            return Ok(None);
        }
        let why = "several weights are taken one after the other only while a guard holds";
        return Err(Problem::new("no guard is named", why, "add --guard default, or shift to one weight"));
    };
    let guard = session.guards().named(name)?.clone();
    let hold = args.hold.and_then(|hold| SignedDuration::try_from(hold).ok()).unwrap_or(Course::HOLD);
    let on_exit = match args.on_exit {
        Some(cli::OnExit::Hold) => OnExit::Hold,
        Some(cli::OnExit::Back) | None => OnExit::Back,
    };
    let course = Course::new(args.to.clone(), hold, guard, on_exit);
    let hint = "write them like --to 5,20,50,100; --to 0 without a guard sends everything back";
    course.map(Some).map_err(|error| Problem::new("that is no course", error.to_string(), hint))
}

/// The splits of the service that is meant.
fn splits(session: &Session, asked: Asked<'_>, args: &Shift) -> Result<Vec<Split>, Problem> {
    let state = session.state();
    let (mut found, mut known) = (Vec::new(), BTreeSet::new());
    for route in objects(session, &[Kind::HttpRoute]) {
        let place = session.place_of(&route);
        if !is_in(asked.place, &place.environment) {
            continue;
        }
        let name = Text::from_untrusted(&args.service);
        let id = ServiceId { cluster: route.cluster.clone(), environment: place.environment, name };
        let is_named = args.route.as_ref().is_none_or(|wanted| route.name == wanted.as_str());
        match state.splits(&id).into_iter().find(|split| split.router == route) {
            Some(split) if is_named => found.push(split),
            _ if state.split(&route).is_some() => known.extend([place.service]),
            _ => {}
        }
    }
    if !found.is_empty() {
        return Ok(found);
    }
    let what = match &args.route {
        Some(route) => format!("no route {route} splits the requests of {}", args.service),
        None => format!("no route splits the requests of {}", args.service),
    };
    let (why, hint) = other_ways(session, asked, args)
        .unwrap_or_else(|| (meant(&args.service, &known), "midwatch get httproutes shows what there is".to_owned()));
    Err(Problem::new(what, why, hint))
}

/// How else the requests of a service are steered: why there is no share to set, and the commands that fit.
fn other_ways(session: &Session, asked: Asked<'_>, args: &Shift) -> Option<(String, String)> {
    let service = quoted(&args.service);
    let is_here = |object: &ObjectRef| is_in(asked.place, &session.place_of(object).environment);
    let rollouts = objects(session, &[Kind::Rollout]);
    if rollouts.iter().any(|one| is_here(one) && session.place_of(one).service == args.service.as_str()) {
        let hint = format!("midwatch gate release {service} goes one step on, midwatch abort {service} goes back");
        return Some(("Argo Rollouts brings it to its users, by its own steps and analyses".to_owned(), hint));
    }
    let services = objects(session, &[Kind::Service]);
    services.iter().any(|one| is_here(one) && one.name == args.service.as_str()).then(|| {
        let hint = format!("midwatch switch {service} --to KEY=VALUE switches it whole");
        ("its Service sends all requests to the pods that it selects".to_owned(), hint)
    })
}

/// The arm that is meant: the one that was named, else the one that is clearly of the new revision.
fn arm(split: &Split, args: &Shift) -> Result<Text, Problem> {
    if let Some(arm) = &args.arm {
        return Ok(Text::from_untrusted(arm));
    }
    if let Some(canary) = split.arm(ArmRole::Canary) {
        return Ok(canary.service.clone());
    }
    let arms: Vec<String> = split.arms.iter().map(|arm| format!("--arm {}", arm.service)).collect();
    Err(Problem::new(
        format!("nobody can tell which arm of {} is of the new revision", split.router),
        "neither the names of its Services nor the labels and ages of their pods say so",
        format!("say whose share is {} %: {}", args.to.first().copied().unwrap_or_default(), arms.join(" or ")),
    ))
}
