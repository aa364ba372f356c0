//! Changes from a script: the same intents, checks and records as on the screen.

use crate::cli::{Change, Command, Consent, Evict, Gate, Scale, Switch};
use crate::domain::intent::{Intent, Size};
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::runtime::Session;

use super::answer::Asked;
use super::find::{check_place, is_in, objects, workloads};
use super::output::{self, Ending, json};
use super::reading::{judge, read};
use super::{Exit, complain, say};

mod carry_out;
mod guarded;
mod proposal;
mod shift;

pub(super) use carry_out::carry_out;
pub(super) use shift::kinds as shift_kinds;

/// What finds the workload that is meant, and its environment.
pub(super) const WORKLOAD_KINDS: [Kind; 5] =
    [Kind::Namespace, Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet, Kind::Rollout];

/// What finds the pod that is meant, and its environment.
pub(super) const POD_KINDS: [Kind; 2] = [Kind::Namespace, Kind::Pod];

/// What is wanted, before it is known of what.
type Wish = Box<dyn FnOnce(ObjectRef) -> Intent>;

/// What a command wants: the wish, how its target is named, and what shows that it is meant.
struct Wanted<'a> {
    wish: Wish,
    name: Name<'a>,
    consent: &'a Consent,
}

/// How a target is named.
#[derive(Clone, Copy)]
enum Name<'a> {
    Workload(&'a Change),
    Pod(&'a str),
    Service(&'a str),
}

/// Carries out a change; none for a command that is a question.
pub(super) async fn change(
    session: &mut Session,
    asked: Asked<'_>,
    command: &Command,
) -> Option<Result<Exit, Problem>> {
    if let Command::Shift(args) = command {
        return Some(shift::shift(session, asked, args).await);
    }
    let wanted = wanted(command)?;
    Some(begin(session, asked, wanted).await)
}

/// Whether a command carries out a change of an object, and does not only plan it.
pub(super) fn does_write(command: &Command) -> bool {
    match command {
        Command::Shift(args) => args.consent.write,
        _ => wanted(command).is_some_and(|wanted| wanted.consent.write),
    }
}

/// What a command wants to change, if it does.
fn wanted(command: &Command) -> Option<Wanted<'_>> {
    let (change, wish): (&Change, Wish) = match command {
        Command::Rollback(args) => {
            let to = args.to.as_deref().map(Text::from_untrusted);
            (&args.change, Box::new(|target| Intent::Rollback { target, to }))
        }
        Command::Restart(args) => (args, Box::new(|target| Intent::Restart { target })),
        Command::Pause(args) => (args, Box::new(|target| Intent::Pause { target })),
        Command::Resume(args) => (args, Box::new(|target| Intent::Resume { target })),
        Command::Scale(args) => {
            let to = size(args)?;
            (&args.change, Box::new(move |target| Intent::Scale { target, to }))
        }
        Command::SetImage(args) => {
            let (image, container) =
                (Text::from_untrusted(&args.image), args.container.as_deref().map(Text::from_untrusted));
            (&args.change, Box::new(|target| Intent::SetImage { target, container, image }))
        }
        Command::Evict(Evict { pod, consent }) => {
            let wish: Wish = Box::new(|target| Intent::Evict { target });
            return Some(Wanted { wish, name: Name::Pod(pod), consent });
        }
        Command::Gate { what: Gate::Release(args) } => {
            let gate = args.gate.clone();
            (&args.change, Box::new(|target| Intent::Release { target, gate }))
        }
        Command::Gate { what: Gate::Skip(args) } => {
            let step = args.step.map(|step| step - 1);
            (&args.change, Box::new(move |target| Intent::Skip { target, step }))
        }
        Command::PromoteFull(args) => (args, Box::new(|target| Intent::PromoteFull { target })),
        Command::Abort(args) => (args, Box::new(|target| Intent::Abort { target })),
        Command::Retry(args) => (args, Box::new(|target| Intent::Retry { target })),
        Command::Switch(Switch { service, to, consent }) => {
            let text = |word: &String| Text::from_untrusted(word);
            let to = to.iter().map(|(key, value)| (text(key), text(value))).collect();
            let wish: Wish = Box::new(|target| Intent::Switch { target, to });
            return Some(Wanted { wish, name: Name::Service(service), consent });
        }
        _ => return None,
    };
    Some(Wanted { wish, name: Name::Workload(change), consent: &change.consent })
}

/// The size that is wanted; the command line makes sure that there is one.
fn size(args: &Scale) -> Option<Size> {
    match (args.replicas, args.min, args.max) {
        (Some(count), ..) => Some(Size::Replicas(count)),
        (None, Some(min), Some(max)) => Some(Size::Bounds { min, max }),
        _ => None,
    }
}

/// Finds the one target and goes on; more than one is told and never guessed.
async fn begin(session: &mut Session, asked: Asked<'_>, wanted: Wanted<'_>) -> Result<Exit, Problem> {
    let (kinds, essential): (Vec<Kind>, &[Kind]) = match wanted.name {
        Name::Workload(_) => (WORKLOAD_KINDS.to_vec(), &Kind::BUILT_IN_WORKLOADS),
        Name::Pod(_) => (POD_KINDS.to_vec(), &[Kind::Pod]),
        // The service that a Service is about is that of its pods.
        Name::Service(_) => (shift_kinds(), &[Kind::Service]),
    };
    if let Some(exit) = look(session, asked, &kinds, essential).await? {
        return Ok(exit);
    }
    let mut found = match wanted.name {
        Name::Workload(change) => workloads(session, asked.place, &change.service, change.workload.as_deref())?,
        Name::Pod(name) => named(session, asked, Kind::Pod, name)?,
        Name::Service(name) => named(session, asked, Kind::Service, name)?,
    };
    if found.len() > 1 {
        let (name, what) = match wanted.name {
            Name::Workload(change) => (change.service.as_str(), "workloads"),
            Name::Pod(name) => (name, Kind::Pod.plural()),
            Name::Service(name) => (name, Kind::Service.plural()),
        };
        let is_workload = what == "workloads";
        let option = |object: &ObjectRef| {
            if is_workload { format!("--workload {} ", object.kind_and_name()) } else { String::new() }
        };
        return ambiguous(asked, &Candidates { name, what, option: &option }, &found);
    }
    carry_out(session, asked, (wanted.wish)(found.remove(0)), wanted.consent).await
}

/// Reads what finds a target; where that is not known for sure, how the command ends.
async fn look(
    session: &mut Session,
    asked: Asked<'_>,
    kinds: &[Kind],
    essential: &[Kind],
) -> Result<Option<Exit>, Problem> {
    read(session, kinds).await;
    let reading = judge(session, kinds, essential);
    if !reading.is_any {
        reading.problems.iter().for_each(complain);
        return super::answer::nothing(asked.format, &reading).map(Some);
    }
    if reading.exit == Exit::Partly {
        // The one that is meant may be in a cluster that does not answer, and the one that is found be another one.
        reading.problems.iter().for_each(complain);
        let ending = Ending { exit: Exit::Unreachable, problems: &reading.problems, more: serde_json::Value::Null };
        return output::result(asked.format, &ending).map(Some);
    }
    check_place(session, asked.place)?;
    Ok(None)
}

/// The objects of a kind and a name.
fn named(session: &Session, asked: Asked<'_>, kind: Kind, name: &str) -> Result<Vec<ObjectRef>, Problem> {
    let is_meant =
        |object: &ObjectRef| object.name == name && is_in(asked.place, &session.place_of(object).environment);
    let found: Vec<ObjectRef> = objects(session, &[kind]).into_iter().filter(is_meant).collect();
    if found.is_empty() && kind == Kind::Service {
        return Err(no_service(session, asked, name));
    }
    if found.is_empty() {
        let hint = format!("midwatch get {} shows what there is", kind.plural());
        return Err(Problem::new(format!("there is no {} {name}", kind.singular()), "", hint));
    }
    Ok(found)
}

/// Says that no Service of Kubernetes has a name. A service of ours may have it, whose Services are called otherwise.
fn no_service(session: &Session, asked: Asked<'_>, name: &str) -> Problem {
    let state = session.state();
    let is_its = |object: &ObjectRef| {
        is_in(asked.place, &session.place_of(object).environment)
            && state.service_behind(object).is_some_and(|service| service == name)
    };
    let mut own: Vec<Text> =
        objects(session, &[Kind::Service]).into_iter().filter(is_its).map(|object| object.name).collect();
    own.sort();
    own.dedup();
    let names: Vec<&str> = own.iter().map(Text::as_str).collect();
    let (why, hint) = match names.as_slice() {
        [] => (String::new(), "midwatch get services shows what there is".to_owned()),
        [one] => (format!("the Service of the service {name} is {one}"), format!("name it: midwatch switch {one}")),
        [first, ..] => (
            format!("the Services of the service {name} are {}", names.join(", ")),
            format!("name one of them: midwatch switch {first}"),
        ),
    };
    Problem::new(format!("there is no Kubernetes Service {name}"), why, hint)
}

/// What all could be meant by a name, and the option that says which.
struct Candidates<'a> {
    name: &'a str,
    what: &'a str,
    option: &'a dyn Fn(&ObjectRef) -> String,
}

/// Says what all could be meant.
fn ambiguous(asked: Asked<'_>, meant: &Candidates<'_>, found: &[ObjectRef]) -> Result<Exit, Problem> {
    let Candidates { name, what, option } = meant;
    say(&format!("midwatch: {} is {} {what}; say which one is meant:", Text::from(*name), found.len()));
    for object in found {
        say(&format!("  {}-n {} --context {}", option(object), object.namespace, object.cluster));
    }
    let flag = if *what == Kind::HttpRoute.plural() { "--route" } else { "--workload" };
    let hint = format!("say which one with {flag}, -n and --context");
    let problem = Problem::new(format!("{name} is several {what}"), "", hint);
    let candidates: Vec<_> = found.iter().map(json::object).collect();
    let more = serde_json::json!({ "outcome": "ambiguous", "candidates": candidates });
    output::result(asked.format, &Ending { exit: Exit::Usage, problems: &[problem], more })
}
