//! `midwatch shift`: finds the route of a service and the arm of its new revision; what is not clear is told and never
//! guessed.

use std::collections::BTreeSet;

use crate::cli::Shift;
use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::problem::Problem;
use crate::domain::service::ServiceId;
use crate::domain::text::Text;
use crate::domain::traffic::{ArmRole, Split};
use crate::runtime::Session;
use crate::state::SPLIT_KINDS;

use super::super::Exit;
use super::super::answer::Asked;
use super::super::find::{is_in, meant, objects};
use super::{Candidates, ambiguous, carry_out, look};

/// What finds the route of a service, and its environment.
pub(in crate::headless) fn kinds() -> Vec<Kind> {
    [Kind::Namespace].into_iter().chain(SPLIT_KINDS).collect()
}

/// Finds what is meant and carries it out.
pub(super) async fn shift(session: &mut Session, asked: Asked<'_>, args: &Shift) -> Result<Exit, Problem> {
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
    let intent = Intent::Shift { target: split.router, arm, percent: args.to };
    carry_out(session, asked, intent, &args.consent).await
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
    Err(Problem::new(what, meant(&args.service, &known), "midwatch get httproutes shows what there is"))
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
        format!("say whose share is {} %: {}", args.to, arms.join(" or ")),
    ))
}
