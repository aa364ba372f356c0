//! Servers of signals from a script: how long a command waits for them, and what it means that one says nothing.

use std::time::Duration;

use serde_json::Value;

use crate::cli::Format;
use crate::domain::kind::Kind;
use crate::domain::problem::Problem;
use crate::domain::signal::{SignalId, SignalKind};
use crate::runtime::Session;

use super::answer::{Asked, nothing};
use super::output::{self, Ending};
use super::reading::judge;
use super::{Exit, complain};

/// How long a command waits that is about what they tell.
pub(super) const PATIENCE: Duration = Duration::from_secs(12);

/// How long one waits that tells something without them too, once the clusters have told theirs.
const BRIEFLY: Duration = Duration::from_secs(3);

/// Waits until something is told, or for as long as servers may take.
pub(super) async fn await_servers(session: &mut Session, is_told: impl Fn(&Session) -> bool) {
    await_for(session, PATIENCE, is_told).await;
}

/// Waits until whoever is asked for alerts has answered, or said why not.
pub(super) async fn await_alerts(session: &mut Session) {
    await_servers(session, Session::knows_alerts).await;
}

/// The same of numbers and alerts, for at most so long; then what is missing of them, and why.
pub(super) async fn await_all(session: &mut Session, most: Duration) -> Vec<Problem> {
    let most = most.min(PATIENCE);
    await_for(session, most, Session::knows_signals).await;
    // How a canary is told from its pods, which are counted once it is known that there is one.
    await_for(session, most, Session::counts_canaries).await;
    missing(session, most)
}

/// The same for a command that tells something without them too.
pub(super) async fn await_briefly(session: &mut Session) -> Vec<Problem> {
    await_all(session, BRIEFLY).await
}

async fn await_for(session: &mut Session, most: Duration, is_told: impl Fn(&Session) -> bool) {
    let told = async {
        while !is_told(session) {
            drop(super::absorb(session).await);
        }
    };
    // What is missing after that is told by who looks at it.
    drop(tokio::time::timeout(most, told).await);
}

/// What servers of signals are asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Matter {
    /// What pages.
    Alerts,
    /// How much, how often, how long.
    Numbers,
    /// What makes alerts.
    Rules,
    /// What is kept quiet.
    Silences,
}

impl Matter {
    fn word(self) -> &'static str {
        match self {
            Self::Alerts => "alerts",
            Self::Numbers => "numbers",
            Self::Rules => "rules",
            Self::Silences => "silences",
        }
    }

    /// Whether it is asked of a kind of server.
    fn is_asked_of(self, kind: SignalKind) -> bool {
        match self {
            Self::Alerts => true,
            Self::Numbers => kind == SignalKind::Prometheus,
            Self::Rules => kind != SignalKind::Alertmanager,
            Self::Silences => kind == SignalKind::Alertmanager,
        }
    }

    /// Those who are asked for it.
    pub(super) fn asked(self, session: &Session) -> impl Iterator<Item = &(SignalKind, SignalId)> {
        session.asked_for_alerts().iter().filter(move |(kind, _)| self.is_asked_of(*kind))
    }

    /// Why somebody who was asked has not told it; none who has.
    fn untold(self, session: &Session, (kind, id): &(SignalKind, SignalId)) -> Option<Why> {
        let state = session.state();
        let of_alerts = || state.alert_servers().find(|(of, name, _)| of == kind && *name == id);
        let problem = match self {
            Self::Alerts => of_alerts().map(|(.., server)| server.problem.clone()),
            Self::Numbers => {
                state.metric_servers().find(|(name, _)| *name == id).map(|(_, server)| server.problem.clone())
            }
            Self::Rules => {
                let told = state.rule_servers().find(|(of, name, _)| of == kind && *name == id);
                told.map(|(.., server)| server.problem.clone())
            }
            // They are told before the alerts are.
            Self::Silences => {
                let untold = state.untold_silences().find(|(name, _)| *name == id).map(|(_, problem)| problem.clone());
                of_alerts().map(|_| untold)
            }
        };
        match problem {
            None => Some(Why::NoAnswer),
            Some(problem) => problem.map(Why::Problem),
        }
    }
}

/// Why somebody who was asked has told nothing.
#[derive(PartialEq, Eq)]
enum Why {
    /// There was no answer so far.
    NoAnswer,
    /// There was one that does not help.
    Problem(Problem),
}

impl Why {
    /// What is missing after so long.
    fn problem(self, what: &str, (kind, id): &(SignalKind, SignalId), after: Duration) -> Problem {
        let by = if *kind == SignalKind::Midwatch { "midwatch on " } else { "" };
        let what = format!("{what} of {by}{id} are missing");
        match self {
            Self::NoAnswer => {
                Problem::new(what, format!("no answer within {} s", after.as_secs()), "midwatch doctor waits longer")
            }
            Self::Problem(problem) => {
                let why = format!("{}: {}", problem.what, problem.why);
                Problem { is_denial: problem.is_denial, ..Problem::new(what, why, problem.hint) }
            }
        }
    }
}

/// What is missing of alerts and numbers after so long, one problem for each server.
fn missing(session: &Session, after: Duration) -> Vec<Problem> {
    let looked_for = session.looking_for_signals().map(|cluster| {
        let why = format!("no server of them was found within {} s", after.as_secs());
        Problem::new(format!("alerts and numbers of {cluster} are missing"), why, "midwatch doctor looks for longer")
    });
    let silent = session.asked_for_alerts().iter().flat_map(|one| {
        let of = |matter: Matter| matter.is_asked_of(one.0).then(|| matter.untold(session, one)).flatten();
        let (alerts, numbers) = (of(Matter::Alerts), of(Matter::Numbers));
        let told = |what: &str, why: Option<Why>| why.map(|why| why.problem(what, one, after));
        if alerts == numbers {
            vec![told("alerts and numbers", alerts)]
        } else {
            vec![told("alerts", alerts), told("numbers", numbers)]
        }
    });
    looked_for.chain(silent.flatten()).collect()
}

/// What those who were asked have not told, and what that makes of an answer.
pub(super) struct Untold {
    /// Each with the reason.
    pub(super) problems: Vec<Problem>,
    /// How a command ends that is well otherwise.
    pub(super) exit: Exit,
}

impl Untold {
    /// Nothing is missing.
    pub(super) const NOTHING: &Self = &Self { problems: Vec::new(), exit: Exit::Done };

    /// What is missing of an answer that stands without it.
    pub(super) fn beside(problems: Vec<Problem>) -> Self {
        Self { problems, exit: Exit::Done }
    }

    /// What is missing of an answer that is about it: where some of those who were asked are silent it is one in part,
    /// where all of them are it is none.
    pub(super) fn of(session: &Session, matter: Matter) -> Self {
        let untold = matter.asked(session).filter_map(|one| Some((matter.untold(session, one)?, one)));
        let mut problems: Vec<Problem> = untold.map(|(why, one)| why.problem(matter.word(), one, PATIENCE)).collect();
        let is_all = problems.len() == matter.asked(session).count();
        let is_denied = problems.iter().all(|problem| problem.is_denial);
        if matter == Matter::Numbers {
            // What each of the others could not be told.
            problems.extend(session.state().metric_servers().flat_map(|(_, server)| &server.problems).cloned());
        }
        let exit = match (problems.is_empty(), is_all, is_denied) {
            (true, ..) => Exit::Done,
            (_, false, _) => Exit::Partly,
            (_, true, true) => Exit::Denied,
            (_, true, false) => Exit::Unreachable,
        };
        Self { problems, exit }
    }

    /// Ends without an answer.
    pub(super) fn end(&self, format: Format) -> Result<Exit, Problem> {
        self.problems.iter().for_each(complain);
        output::result(format, &Ending { exit: self.exit, problems: &self.problems, more: Value::Null })
    }
}

/// Nobody is there to ask: because the Services among which servers are looked for may not be read, or cannot be; else
/// because there is none, which is what `problem` says.
pub(super) fn nobody(session: &Session, asked: Asked<'_>, problem: Problem) -> Result<Exit, Problem> {
    let among = [Kind::Service];
    let reading = judge(session, &among, &among);
    if reading.is_any {
        return Err(problem);
    }
    reading.problems.iter().for_each(complain);
    nothing(asked.format, &reading)
}
