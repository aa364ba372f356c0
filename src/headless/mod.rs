//! The scripted face: one question or one change, told on stdout as data and on stderr as talk.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use crate::cli::evidence::EvidenceCommand;
use crate::cli::{Cli, Command, Format, Wait};
use crate::config::settings::Verification;
use crate::domain::kind::Kind;
use crate::domain::operation::{Failure, Verdict};
use crate::domain::problem::Problem;
use crate::runtime::{Absorbed, EVIDENCE_KINDS, Session, Signals};

use answer::Asked;

mod alerts;
mod answer;
pub mod audit;
mod brief;
mod can;
mod change;
mod changes;
mod completions;
mod concern;
pub mod config;
mod delivery;
mod diff;
pub mod doctor;
mod events;
pub mod evidence;
mod find;
mod get;
mod history;
mod init;
mod logs;
mod man;
mod metrics;
mod output;
mod reading;
mod resource;
mod rollouts;
pub mod rules;
mod services;
mod signals;
mod silence;
mod wait;
mod whoami;

pub use completions::completions;
pub use man::man;

/// The kinds that a command reads; an error for a kind that there is not.
pub fn kinds(command: &Command) -> Result<Vec<Kind>, Problem> {
    Ok(match command {
        Command::Services(_) | Command::Rollouts(_) | Command::Wait { .. } => delivery::kinds(),
        Command::Init(_) | Command::Metrics(_) => services::KINDS.to_vec(),
        Command::Alerts(_) => alerts::kinds(),
        Command::Brief(_) => brief::kinds(),
        Command::Rules(_) => rules::KINDS.to_vec(),
        Command::History(_) | Command::Diff(_) => history::KINDS.to_vec(),
        Command::Get(args) => get::kinds(get::kind(&args.kind)?),
        Command::Events(_) => events::KINDS.to_vec(),
        Command::Changes(_) => changes::KINDS.to_vec(),
        Command::Can(_) => can::KINDS.to_vec(),
        Command::Logs(_) => logs::KINDS.to_vec(),
        Command::Evict(_) => change::POD_KINDS.to_vec(),
        Command::Shift(_) | Command::Switch(_) => change::shift_kinds(),
        Command::Silence(_) => silence::KINDS.to_vec(),
        Command::Doctor => vec![Kind::Namespace, Kind::Service, Kind::Lease, Kind::HttpRoute],
        Command::Evidence(_) => evidence::kinds(),
        Command::Audit(_)
        | Command::Whoami
        | Command::Config { .. }
        | Command::Completions { .. }
        | Command::Man { .. }
        | Command::Demo(_) => Vec::new(),
        Command::Rollback(_)
        | Command::Restart(_)
        | Command::Pause(_)
        | Command::Resume(_)
        | Command::Scale(_)
        | Command::SetImage(_)
        | Command::Gate { .. }
        | Command::PromoteFull(_)
        | Command::Abort(_)
        | Command::Retry(_) => change::WORKLOAD_KINDS.to_vec(),
    })
}

/// The same with what is kept as evidence beside a change: only what is carried out is worth that.
pub fn kinds_with_evidence(command: &Command) -> Result<Vec<Kind>, Problem> {
    let mut kinds = kinds(command)?;
    if change::does_write(command) {
        kinds.extend(EVIDENCE_KINDS.into_iter().filter(|kind| !kinds.contains(kind)).collect::<Vec<_>>());
    }
    Ok(kinds)
}

/// Answers a question or carries out a change with a session that reads what [`kinds`] says; `config` is the file that
/// `init` writes, `verification` says when a change counts as verified.
pub async fn run(
    session: &mut Session,
    cli: &Cli,
    command: &Command,
    config: &Path,
    verification: Verification,
) -> Result<Exit, Problem> {
    let (place, format) = (&cli.place, cli.output.format);
    let asked = Asked { place, format, does_watch: does_watch(command), verification };
    if let Some(changed) = change::change(session, asked, command).await {
        return changed;
    }
    match command {
        Command::Services(_) => services::services(session, asked).await,
        Command::Rollouts(_) => rollouts::rollouts(session, asked).await,
        Command::Alerts(_) => alerts::alerts(session, asked).await,
        Command::Rules(_) => rules::rules(session, asked).await,
        Command::Silence(args) => silence::silence(session, asked, &args.command).await,
        Command::Metrics(args) => metrics::metrics(session, asked, args).await,
        Command::Brief(args) => brief::brief(session, asked, args).await,
        Command::Wait { what: Wait::Healthy(args) } => wait::healthy(session, asked, args).await,
        Command::History(args) => history::history(session, asked, args).await,
        Command::Diff(args) => diff::diff(session, asked, args).await,
        Command::Get(args) => get::get(session, asked, args).await,
        Command::Events(args) => events::events(session, asked, args).await,
        Command::Changes(args) => changes::changes(session, asked, args).await,
        Command::Whoami => whoami::whoami(session, asked).await,
        Command::Can(args) => can::can(session, asked, args).await,
        Command::Logs(args) => logs::logs(session, asked, args).await,
        Command::Evidence(args) => match &args.command {
            EvidenceCommand::Collect(args) => evidence::collect(session, asked, args).await,
            other => Err(Problem::new("this command needs no cluster", format!("{other:?}"), "report it as a defect")),
        },
        Command::Init(args) => init::init(session, asked, *args, config).await,
        other => Err(Problem::new("this command needs no cluster", format!("{other:?}"), "report it as a defect")),
    }
}

/// Listens to the signals that end this process.
fn listen() -> Result<Signals, Problem> {
    Signals::new().map_err(|error| Problem::new("cannot listen to signals", error.to_string(), ""))
}

/// Whether a command goes on telling.
fn does_watch(command: &Command) -> bool {
    match command {
        Command::Services(watch) | Command::Rollouts(watch) | Command::Alerts(watch) => watch.watch,
        Command::Rules(args) => args.watch.watch,
        Command::Get(args) => args.watch.watch,
        Command::Events(args) => args.watch.watch,
        Command::Metrics(args) => args.watch.watch,
        Command::Changes(args) => args.watch.watch,
        _ => false,
    }
}

/// Says what went wrong to whoever reads: people on stderr, scripts on stdout too.
pub fn fail(format: Format, problem: &Problem, exit: Exit) -> Exit {
    complain(problem);
    let ending = output::Ending { exit, problems: std::slice::from_ref(problem), more: serde_json::Value::Null };
    output::result(format, &ending).unwrap_or(exit)
}

/// How a command ended, as a script sees it. The codes are documented in `--help`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done: verified where that was waited for, else accepted; or nothing to do.
    Done,
    /// Failed, known to have had no effect.
    Failed,
    /// Wrong use or configuration.
    Usage,
    /// Not allowed.
    Denied,
    /// The world is not as expected.
    Conflict,
    /// A cluster cannot be reached.
    Unreachable,
    /// It was sent, and nobody can tell.
    Unknown,
    /// Some of what was asked for could not be had.
    Partly,
    /// Accepted, but not converged or reverted.
    NotConverged,
    /// Refused, because it could not be recorded.
    NotRecorded,
    /// A guard was breached, and everything went back.
    WentBack,
    /// midwatch itself failed.
    Defect,
    /// Ended by a signal.
    Signal(u8),
}

impl Exit {
    /// The number.
    pub fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Denied => 4,
            Self::Conflict => 5,
            Self::Unreachable => 7,
            Self::Unknown => 9,
            Self::Partly => 10,
            Self::NotConverged => 11,
            Self::NotRecorded => 12,
            Self::WentBack => 13,
            Self::Defect => 70,
            Self::Signal(number) => 128_u8.saturating_add(number),
        }
    }

    /// The number, for the process.
    pub fn code(self) -> ExitCode {
        ExitCode::from(self.number())
    }
}

impl From<Failure> for Exit {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NothingToDo => Self::Done,
            Failure::Impossible | Failure::TooFar | Failure::Rejected | Failure::Withdrawn => Self::Failed,
            Failure::Invalid | Failure::NotConfirmed | Failure::NotFound => Self::Usage,
            Failure::Denied => Self::Denied,
            Failure::Conflict => Self::Conflict,
            Failure::Unreachable => Self::Unreachable,
            Failure::Unknown => Self::Unknown,
            Failure::NotRecorded => Self::NotRecorded,
        }
    }
}

impl From<&Verdict> for Exit {
    fn from(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Verified(_) | Verdict::Accepted(_) => Self::Done,
            Verdict::NotConverged(_) | Verdict::Reverted(_) => Self::NotConverged,
            Verdict::Unknown(_) => Self::Unknown,
        }
    }
}

/// Says on stderr what went wrong: what, why, and what to do next.
pub fn complain(problem: &Problem) {
    let mut stderr = std::io::stderr().lock();
    // Nobody may be listening, and there is nowhere else to say it.
    drop(writeln!(stderr, "midwatch: {}", problem.what));
    for line in [&problem.why].into_iter().chain(&problem.more).chain([&problem.hint]) {
        if !line.is_empty() {
            drop(writeln!(stderr, "  {line}"));
        }
    }
}

/// Waits until something has happened, and takes it in. Says what login programs say: there may be a code in it that
/// somebody has to type.
async fn absorb(session: &mut Session) -> Absorbed {
    let absorbed = session.absorb().await;
    absorbed.said.iter().for_each(|line| say(line));
    absorbed
}

/// Says something on stderr.
pub(crate) fn say(words: &str) {
    drop(writeln!(std::io::stderr().lock(), "{words}"));
}
