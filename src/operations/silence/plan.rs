//! Plans about alerts: one call each, with every alert that it makes quiet or loud. Pure.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::domain::actor::Permission;
use crate::domain::alert::Priorities;
use crate::domain::environment::{EnvironmentRules, Place};
use crate::domain::intent::Intent;
use crate::domain::moment::moment;
use crate::domain::plan::{Call, Expected, Goal, Plan, Step};
use crate::domain::silence::{Lasting, Silence, SilenceRef, SilenceState, in_words, short, whole};
use crate::domain::target::Target;
use crate::domain::text::Text;

use super::super::plan::NoPlan;
use super::subject::Subject;
use super::{AlertSnapshot, command_line, preview};

/// A silence that lasts longer is likely to be forgotten.
const LONG: SignedDuration = SignedDuration::from_hours(24);

/// What is said about every plan, since nobody can rehearse it.
const NO_REHEARSAL: &str = "Alertmanager cannot rehearse: alerts and silences are read again just before it is sent";

/// What an environment is called that stands for all of them.
const EVERYWHERE: &str = "*";

/// What plans about alerts rest on besides what is read.
pub struct Ground<'a> {
    /// What makes an environment of a namespace.
    pub rules: &'a EnvironmentRules,
    /// What makes an alert urgent.
    pub priorities: &'a Priorities,
}

/// Makes the plan for an intent about alerts.
pub fn plan(intent: &Intent, snapshot: &AlertSnapshot, ground: &Ground<'_>) -> Result<Plan, NoPlan> {
    let subject = Subject::of(intent, snapshot)?;
    let draft = match intent {
        Intent::Silence { lasting, reason, .. } => {
            let title = format!("Silence {} {}", in_words(&subject.matchers), lasting.words(snapshot.taken));
            make(intent, title, (*lasting, reason.clone()), &subject, snapshot)?
        }
        Intent::Acknowledge { lasting, reason, .. } => {
            let name = subject.alerts.first().map_or("the alert", |alert| alert.name());
            let title = format!("Acknowledge {name} {}", lasting.words(snapshot.taken));
            make(intent, title, (*lasting, Silence::acknowledging(reason).into()), &subject, snapshot)?
        }
        Intent::ExtendSilence { lasting, .. } => extend(intent, *lasting, &subject, snapshot)?,
        _ => expire(&subject, snapshot)?,
    };
    Ok(draft.into_plan(intent, &subject, snapshot, ground))
}

/// What differs between the verbs.
struct Draft {
    title: String,
    silence: SilenceRef,
    step: Step,
    goal: Goal,
    then: String,
    touches: Text,
    warnings: Vec<Text>,
    way_back: Option<String>,
}

/// Plans a silence that is not there yet.
fn make(
    intent: &Intent,
    title: String,
    (lasting, comment): (Lasting, Text),
    subject: &Subject<'_>,
    snapshot: &AlertSnapshot,
) -> Result<Draft, NoPlan> {
    let (starts, ends) = (whole(snapshot.asked), end(intent, lasting, snapshot)?);
    let silence = subject.reference(snapshot, Text::default());
    let body = json!({
        "matchers": subject.raw, "startsAt": starts.to_string(), "endsAt": ends.to_string(),
        "createdBy": author(snapshot), "comment": comment,
    });
    let loud = subject.alerts.iter().filter(|alert| !alert.is_quiet()).count();
    let before = if loud == 0 { "nothing pages".to_owned() } else { format!("{} can page", preview::counted(loud)) };
    let mut warnings = Vec::new();
    if ends.duration_since(starts) > LONG {
        warnings.push(format!("{} is long: who will remember it?", lasting.words(snapshot.taken)).into());
    }
    if snapshot.identity.is_err() {
        warnings.push("the server would not say who we are: it is made in the name of midwatch".into());
    }
    Ok(Draft {
        title,
        step: Step {
            what: "make a silence".into(),
            before: before.into(),
            after: format!("quiet until {}", moment(ends, snapshot.taken)).into(),
            call: Call::PostSilence {
                silence: silence.clone(),
                at: subject.reply.at.clone(),
                body: body.clone(),
                expects: Expected { alerts: subject.labels(), silence: None },
            },
        },
        goal: Goal::Silenced { silence: silence.clone(), body, alerts: subject.labels() },
        silence,
        then: "then each Alertmanager is asked whether it is so".to_owned(),
        touches: preview::touches(subject, "hides"),
        warnings,
        way_back: Some(command_line::ending(&subject.matchers, intent)),
    })
}

/// Plans another end for a silence. One that is over is made anew.
fn extend(intent: &Intent, lasting: Lasting, subject: &Subject<'_>, snapshot: &AlertSnapshot) -> Result<Draft, NoPlan> {
    let Some((silence, raw)) = &subject.silence else { return Err(gone()) };
    let id = short(&silence.id);
    if silence.state(snapshot.taken) == SilenceState::Expired {
        let title = format!("Silence {} again {}", in_words(&subject.matchers), lasting.words(snapshot.taken));
        let mut draft = make(intent, title, (lasting, silence.comment.clone()), subject, snapshot)?;
        draft.warnings.push(format!("silence {id} is over: this makes another one with its matchers").into());
        return Ok(draft);
    }
    let ends = end(intent, lasting, snapshot)?;
    if ends == whole(silence.ends) {
        let until = moment(ends, snapshot.taken);
        return Err(NoPlan::nothing_to_do(format!("silence {id} lasts until {until} already"), "nothing would change"));
    }
    if ends < silence.ends && matches!(lasting, Lasting::For(_)) {
        let (until, earlier) = (moment(silence.ends, snapshot.taken), moment(ends, snapshot.taken));
        let why = format!("it lasts until {until}, which is later than {earlier}");
        let hint = format!("to end it earlier say so: --until {ends}");
        return Err(NoPlan::impossible(&format!("cannot extend silence {id}"), why, hint));
    }
    let reference = subject.reference(snapshot, silence.id.clone());
    let mut body = core(raw);
    body["endsAt"] = ends.to_string().into();
    let verb = if ends > silence.ends { "Extend" } else { "Shorten" };
    let back = Intent::ExtendSilence { silence: reference.clone(), lasting: Lasting::Until(whole(silence.ends)) };
    Ok(Draft {
        title: format!("{verb} silence {id} until {}", moment(ends, snapshot.taken)),
        step: Step {
            what: "change when the silence ends".into(),
            before: moment(silence.ends, snapshot.taken).into(),
            after: moment(ends, snapshot.taken).into(),
            call: Call::PostSilence {
                silence: reference.clone(),
                at: subject.reply.at.clone(),
                body: body.clone(),
                expects: Expected { alerts: subject.labels(), silence: Some(core(raw)) },
            },
        },
        goal: Goal::Silenced { silence: reference.clone(), body, alerts: subject.labels() },
        silence: reference,
        then: "then each Alertmanager is asked whether it is so".to_owned(),
        touches: preview::touches(subject, "goes on hiding"),
        warnings: Vec::new(),
        way_back: Some(command_line::of(&back)),
    })
}

/// Plans the end of a silence.
fn expire(subject: &Subject<'_>, snapshot: &AlertSnapshot) -> Result<Draft, NoPlan> {
    let Some((silence, raw)) = &subject.silence else { return Err(gone()) };
    let id = short(&silence.id);
    if silence.state(snapshot.taken) == SilenceState::Expired {
        let over = moment(silence.ends, snapshot.taken);
        return Err(NoPlan::nothing_to_do(format!("silence {id} is over"), format!("it ended at {over}")));
    }
    let reference = subject.reference(snapshot, silence.id.clone());
    let back = Intent::Silence {
        cluster: snapshot.cluster.clone(),
        matchers: subject.matchers.clone(),
        lasting: Lasting::Until(whole(silence.ends)),
        reason: silence.comment.clone(),
    };
    Ok(Draft {
        title: format!("End silence {id} of {}", in_words(&subject.matchers)),
        step: Step {
            what: "end the silence".into(),
            before: format!("{} until {}", silence.state(snapshot.taken).word(), moment(silence.ends, snapshot.taken))
                .into(),
            after: "over".into(),
            call: Call::DeleteSilence {
                silence: reference.clone(),
                at: subject.reply.at.clone(),
                expects: Expected { alerts: subject.labels(), silence: Some(core(raw)) },
            },
        },
        goal: Goal::Expired(reference.clone()),
        silence: reference,
        then: "then each Alertmanager is asked whether it is over".to_owned(),
        touches: preview::touches(subject, "makes loud"),
        warnings: Vec::new(),
        way_back: Some(command_line::of(&back)),
    })
}

impl Draft {
    /// Makes it a plan, with what is said in the same way for every verb.
    fn into_plan(self, intent: &Intent, subject: &Subject<'_>, snapshot: &AlertSnapshot, ground: &Ground<'_>) -> Plan {
        let places = places(subject, snapshot, ground.rules);
        let is_open = subject.is_open();
        let mut environments: Vec<Text> = places.iter().map(|place| place.environment.clone()).collect();
        environments.dedup();
        if is_open {
            environments = vec![EVERYWHERE.into()];
        }
        let spoken = if is_open { "every environment".to_owned() } else { environments.join(" and ") };
        let makes_loud = matches!(intent, Intent::ExpireSilence { .. });
        let pause = if makes_loud { Vec::new() } else { preview::warnings(intent, subject, ground.priorities) };
        let gaps = snapshot.gaps.iter().map(|gap| Text::from(format!("not checked: {gap}")));
        Plan {
            intent: intent.clone(),
            title: self.title.into(),
            service: confirmable(subject, snapshot),
            environment: spoken.into(),
            environments,
            is_protected: is_open || places.iter().any(|place| place.is_protected),
            uid: self.silence.id.clone(),
            target: Target::Silence(self.silence),
            access: subject.access(intent).into_iter().collect(),
            steps: vec![self.step],
            then: format!("{}. {NO_REHEARSAL}", self.then).into(),
            course: Vec::new(),
            touches: self.touches,
            restores: Vec::new(),
            does_not_restore: Vec::new(),
            alerts: preview::named(subject, ground.priorities, makes_loud),
            warnings: pause.into_iter().chain(self.warnings).chain(gaps).collect(),
            needs: vec![Permission::Silence],
            goal: self.goal,
            difference: Vec::new(),
            way_back: self.way_back.map(Text::from),
            command: command_line::of(intent).into(),
            made: snapshot.taken,
        }
    }
}

/// The environments of the alerts, each once, by name.
fn places(subject: &Subject<'_>, snapshot: &AlertSnapshot, rules: &EnvironmentRules) -> Vec<Place> {
    let label = |namespace: &Text| snapshot.namespaces.get(namespace).and_then(Option::as_ref);
    let place = |namespace: Text| rules.place(&snapshot.cluster, &namespace, label(&namespace));
    let mut places: Vec<Place> = subject.namespaces().into_iter().map(place).collect();
    places.sort_by(|one, other| one.environment.cmp(&other.environment));
    places
}

/// What is typed to confirm: the service that all alerts are about, else their name, else the cluster's.
fn confirmable(subject: &Subject<'_>, snapshot: &AlertSnapshot) -> Text {
    let only = |mut names: Vec<Option<Text>>| {
        names.dedup();
        if let [Some(name)] = names.as_slice() { Some(name.clone()) } else { None }
    };
    let services = subject.alerts.iter().map(|alert| preview::about(alert).cloned()).collect();
    let names = subject.alerts.iter().map(|alert| Some(Text::from(alert.name()))).collect();
    only(services).or_else(|| only(names)).unwrap_or_else(|| snapshot.cluster.0.clone())
}

/// What makes a silence what it is, as it was told and as it is told again to change it.
pub(super) fn core(raw: &Value) -> Value {
    let members = ["id", "matchers", "startsAt", "endsAt", "createdBy", "comment"];
    members.iter().map(|name| ((*name).to_owned(), raw[*name].clone())).collect::<serde_json::Map<_, _>>().into()
}

/// When it is to end.
fn end(intent: &Intent, lasting: Lasting, snapshot: &AlertSnapshot) -> Result<Timestamp, NoPlan> {
    let ends = lasting.end(snapshot.asked, snapshot.taken);
    ends.map_err(|(why, hint)| NoPlan::invalid(format!("cannot {}", intent.verb().label().to_lowercase()), why, hint))
}

/// In whose name.
fn author(snapshot: &AlertSnapshot) -> Text {
    let name = snapshot.identity.as_ref().ok().map(|identity| identity.user.clone()).filter(|user| !user.is_empty());
    name.unwrap_or_else(|| "midwatch".into())
}

fn gone() -> NoPlan {
    NoPlan::impossible("there is no such silence", "", "midwatch silence list shows what there is")
}
