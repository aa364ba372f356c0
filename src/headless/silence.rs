//! `midwatch silence`: what is kept quiet, and the changes of it, by the same stages as every change.

use jiff::Timestamp;
use serde_json::json;

use crate::cli::{Consent, SilenceAck, SilenceCommand, SilenceExpire, SilenceList};
use crate::domain::alert::Alert;
use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::domain::moment::moment;
use crate::domain::object::ClusterName;
use crate::domain::problem::Problem;
use crate::domain::silence::{Matcher, Matchers, Silence, SilenceState, one_matcher, short};
use crate::domain::text::Text;
use crate::runtime::Session;

use super::answer::{Asked, Needs, answer};
use super::change::carry_out;
use super::concern::Concern;
use super::find::{check_place, meant as did_you_mean};
use super::output::{self, Ending, Item, Listing};
use super::reading::{judge, read};
use super::signals::{Matter, Untold, await_alerts, nobody};
use super::{Exit, say};

/// What finds the Alertmanagers, and the environments of their alerts.
pub(super) const KINDS: [Kind; 2] = [Kind::Namespace, Kind::Service];

/// Shows silences, or changes them.
pub(super) async fn silence(
    session: &mut Session,
    asked: Asked<'_>,
    command: &SilenceCommand,
) -> Result<Exit, Problem> {
    // What makes no sense is told before anybody is asked.
    let matchers = match command {
        SilenceCommand::Create(args) => applicable(&args.matchers)?,
        SilenceCommand::Ack(args) => applicable(&args.alert)?,
        SilenceCommand::Expire(args) => matchers(&args.which)?,
        SilenceCommand::List(_) | SilenceCommand::Extend(_) => Vec::new(),
    };
    read(session, &KINDS).await;
    await_alerts(session).await;
    let reading = judge(session, &KINDS, &[]);
    if !reading.is_any {
        reading.problems.iter().for_each(super::complain);
        return super::answer::nothing(asked.format, &reading);
    }
    if let SilenceCommand::Ack(args) = command
        && let Ok(Found::One(alert)) = alert(session, args, &matchers)
        && let Some(problem) = alert.unheard()
    {
        return unheard(asked, problem);
    }
    if Matter::Silences.asked(session).next().is_none() {
        return nobody(session, asked, no_alertmanager());
    }
    check_place(session, asked.place)?;
    let untold = Untold::of(session, Matter::Silences);
    let looks_up = !matches!(command, SilenceCommand::List(_) | SilenceCommand::Create(_));
    if looks_up && matches!(untold.exit, Exit::Denied | Exit::Unreachable) {
        // Nobody has told what there is, which is not to say that there is nothing.
        return untold.end(asked.format);
    }
    let (intent, consent): (Intent, &Consent) = match command {
        SilenceCommand::List(args) => return list(session, asked, *args, &untold).await,
        SilenceCommand::Create(args) => {
            let (cluster, reason) = (the_cluster(session)?, reason(&args.consent));
            (Intent::Silence { cluster, matchers, lasting: args.lasts.lasting(), reason }, &args.consent)
        }
        SilenceCommand::Extend(args) => {
            let silence = named(session, &args.id)?.reference();
            (Intent::ExtendSilence { silence, lasting: args.lasts.lasting() }, &args.consent)
        }
        SilenceCommand::Expire(args) => {
            (Intent::ExpireSilence { silence: meant(session, args, matchers)?.reference() }, &args.consent)
        }
        SilenceCommand::Ack(args) => match alert(session, args, &matchers)? {
            Found::One(alert) => (acknowledge(session, args, alert), &args.consent),
            Found::Several(alerts) => return ambiguous(asked, &alerts),
        },
    };
    carry_out(session, asked, intent, consent).await
}

/// Why, which is kept with the silence.
fn reason(consent: &Consent) -> Text {
    Text::from_untrusted(consent.reason.as_deref().unwrap_or_default().trim())
}

/// Each word is a matcher: a shell has taken the quotes away that would tell several apart.
fn matchers(words: &[String]) -> Result<Vec<Matcher>, Problem> {
    let read = |word: &String| {
        one_matcher(word)
            .map_err(|why| Problem::new(format!("{word:?} is no matcher"), why, "write service=chat-service"))
    };
    words.iter().map(read).collect()
}

/// The same, where they have to take alerts; what Alertmanager would refuse is told as it would be.
fn applicable(words: &[String]) -> Result<Vec<Matcher>, Problem> {
    let matchers = matchers(words)?;
    Matchers::new(&matchers)
        .map_err(|why| Problem::new(format!("{} cannot be matched", words.join(" ")), why, "give alertname=NAME"))?;
    Ok(matchers)
}

/// The one cluster whose Alertmanager is meant.
fn the_cluster(session: &Session) -> Result<ClusterName, Problem> {
    let mut clusters: Vec<&ClusterName> = Matter::Silences.asked(session).map(|(_, id)| &id.cluster).collect();
    clusters.dedup();
    match clusters.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(no_alertmanager()),
        several => {
            let names: Vec<&str> = several.iter().map(|name| name.0.as_str()).collect();
            Err(Problem::new("several clusters have an Alertmanager", names.join(", "), "say which with --context"))
        }
    }
}

fn no_alertmanager() -> Problem {
    Problem::new(
        "no Alertmanager is known",
        "no Service that you may see is called alertmanager, and the configuration names none",
        "name one under [alertmanager.NAME]: midwatch init shows how",
    )
}

/// A silence by its name, or the beginning of it.
fn named<'a>(session: &'a Session, id: &str) -> Result<&'a Silence, Problem> {
    let silences = session.state().silences();
    let mut found = silences.iter().filter(|silence| silence.id.starts_with(id));
    match (found.next(), found.next()) {
        (Some(silence), None) => Ok(silence),
        (Some(silence), Some(_)) if silence.id == id => Ok(silence),
        (Some(_), Some(_)) => {
            Err(Problem::new(format!("{id} is the beginning of several silences"), "", "write more of it"))
        }
        (None, _) => Err(none(id)),
    }
}

fn none(what: &str) -> Problem {
    Problem::new(format!("there is no silence {what}"), "", "midwatch silence list --all shows what there is")
}

/// The silence that is named, or that has exactly these matchers.
fn meant<'a>(session: &'a Session, args: &SilenceExpire, mut wanted: Vec<Matcher>) -> Result<&'a Silence, Problem> {
    if let [word] = args.which.as_slice()
        && let Ok(silence) = named(session, word)
    {
        return Ok(silence);
    }
    wanted.sort();
    let now = session.clock().now();
    let is_meant = |silence: &Silence| {
        let mut matchers = silence.matchers.clone();
        matchers.sort();
        matchers == wanted && silence.state(now) != SilenceState::Expired
    };
    let silences = session.state().silences();
    let mut found = silences.iter().filter(|silence| is_meant(silence));
    match (found.next(), found.next()) {
        (Some(silence), None) => Ok(silence),
        (None, _) => Err(none(&args.which.join(" "))),
        (Some(one), Some(other)) => Err(Problem::new(
            "several silences have these matchers",
            format!("{} and {}", one.id, other.id),
            "say which by its name",
        )),
    }
}

/// Which alert is meant.
enum Found<'a> {
    One(&'a Alert),
    Several(Vec<&'a Alert>),
}

fn alert<'a>(session: &'a Session, args: &SilenceAck, matchers: &[Matcher]) -> Result<Found<'a>, Problem> {
    let words = args.alert.join(" ");
    let ready =
        Matchers::new(matchers).map_err(|why| Problem::new(format!("{words} names no alert"), why, "give its name"))?;
    let alerts = session.state().alerts();
    let found: Vec<&Alert> =
        alerts.iter().map(|alert| &**alert).filter(|alert| ready.take_labels(&alert.labels)).collect();
    match found.as_slice() {
        [] => {
            let names = alerts.iter().map(|alert| alert.name.clone()).collect();
            let meant = did_you_mean(&words, &names);
            Err(Problem::new(format!("no alert is {words}"), meant, "midwatch alerts shows what there is"))
        }
        [one] => Ok(Found::One(one)),
        _ => {
            // One that is named wholly is not taken for others that have its labels and more.
            let exact = found.iter().find(|alert| alert.labels.len() == args.alert.len());
            Ok(exact.map_or_else(|| Found::Several(found.clone()), |alert| Found::One(alert)))
        }
    }
}

fn acknowledge(session: &Session, args: &SilenceAck, alert: &Alert) -> Intent {
    Intent::Acknowledge {
        cluster: alert.cluster.clone(),
        labels: alert.labels.to_vec(),
        lasting: args.length.unwrap_or_else(|| session.acknowledges_for().into()),
        reason: reason(&args.consent),
    }
}

/// Says that nobody can be told to be quiet about an alert.
fn unheard(asked: Asked<'_>, problem: Problem) -> Result<Exit, Problem> {
    super::complain(&problem);
    let more = json!({ "outcome": "impossible" });
    output::result(asked.format, &Ending { exit: Exit::Failed, problems: &[problem], more })
}

/// Says what all could be meant.
fn ambiguous(asked: Asked<'_>, alerts: &[&Alert]) -> Result<Exit, Problem> {
    say(&format!("midwatch: {} alerts are meant; say which one:", alerts.len()));
    let words = |alert: &&Alert| {
        let labels: Vec<String> =
            alert.labels.iter().map(|(name, value)| Matcher::equal(name.clone(), value.clone()).to_string()).collect();
        labels.join(" ")
    };
    let candidates: Vec<String> = alerts.iter().map(words).collect();
    for words in &candidates {
        say(&format!("  {words}"));
    }
    let problem = Problem::new("several alerts are meant", "an acknowledgement is of one", "add labels to its name");
    let more = json!({ "outcome": "ambiguous", "candidates": candidates });
    output::result(asked.format, &Ending { exit: Exit::Usage, problems: &[problem], more })
}

/// Shows silences.
async fn list(session: &mut Session, asked: Asked<'_>, args: SilenceList, untold: &Untold) -> Result<Exit, Problem> {
    let needs = Needs { untold, ..Needs::of(&KINDS, &[]) };
    answer(session, asked, needs, |session, now| {
        let concern = Concern::of(session, asked.place);
        let silences = session.state().silences().iter();
        let shown = silences
            .filter(|silence| args.all || silence.state(now) != SilenceState::Expired)
            .filter(|silence| concern.is_taken(&silence.cluster, &silence.matchers));
        Ok(Listing {
            kind: "Silence",
            header: &["STATE", "ID", "ENDS", "BY", "HIDES", "MATCHERS", "COMMENT"],
            items: shown.map(|silence| item(silence, session, now)).collect(),
        })
    })
    .await
}

fn item(silence: &Silence, session: &Session, now: Timestamp) -> Item {
    let state = session.state();
    let names = |alerts: Vec<&Alert>| alerts.iter().map(|alert| alert.name.clone()).collect::<Vec<_>>();
    let hides: Vec<&Alert> =
        state.alerts().iter().map(|alert| &**alert).filter(|alert| silence.quiets(alert)).collect();
    let loud_after = names(state.loud_after(silence).into_iter().map(|alert| &**alert).collect());
    let phase = silence.state(now);
    let ends = moment(silence.ends, now);
    let soon = if silence.ends_soon(now) && !loud_after.is_empty() { " soon" } else { "" };
    Item {
        cluster: silence.cluster.clone(),
        key: format!("{}/{}", silence.cluster, silence.id),
        cells: vec![
            phase.word().into(),
            short(&silence.id).into(),
            format!("{ends}{soon}").into(),
            silence.by.clone(),
            hides.len().to_string().into(),
            silence.matchers_in_words().into(),
            silence.comment.clone(),
        ],
        json: json!({
            "cluster": silence.cluster,
            "id": silence.id,
            "state": phase,
            "startsAt": silence.starts,
            "endsAt": silence.ends,
            "endsSoon": silence.ends_soon(now),
            "createdBy": silence.by,
            "comment": silence.comment,
            "acknowledgement": silence.acknowledgement(),
            "matchers": silence.matchers,
            "alertmanagers": silence.servers,
            "hides": names(hides),
            "loudAfter": loud_after,
        }),
    }
}
