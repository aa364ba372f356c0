//! From the command line to a face: settings, session, and then the screen or one command.

use std::io::IsTerminal;
use std::process::ExitCode;

use jiff::SignedDuration;

use crate::cli::evidence::EvidenceCommand;
use crate::cli::{Cli, Command, Config, Rules, RulesCommand};
use crate::domain::kind::Kind;
use crate::domain::problem::Problem;
use crate::headless::{self, Exit};
use crate::tui;

mod checkup;
mod demo;
mod log;
mod parts;

use parts::Parts;

/// How long `--write` arms the console.
const ARMED: SignedDuration = SignedDuration::from_mins(15);

/// Runs what the command line asks for.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let format = cli.output.format;
    let _log = parts::locations().ok().and_then(|locations| log::begin(&locations.log_file()));
    let worked = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let exit = match worked {
        Ok(runtime) => {
            let exit = runtime.block_on(start(cli));
            // Both faces have waited for the answer to a call under way; what still runs reads or watches.
            runtime.shutdown_background();
            exit
        }
        Err(error) => Err(Problem::new("cannot start", error.to_string(), "is the machine out of threads?")),
    };
    exit.unwrap_or_else(|problem| headless::fail(format, &problem, Exit::Usage)).code()
}

async fn start(cli: Cli) -> Result<Exit, Problem> {
    match &cli.command {
        None => console(&cli, Parts::real(&cli)?, None).await,
        Some(Command::Demo(demo)) => demo::run(&cli, demo).await,
        Some(Command::Completions { shell }) => headless::completions(*shell),
        Some(Command::Man { command }) => headless::man(command),
        Some(Command::Config { what }) => config(&cli, *what),
        Some(Command::Audit(args)) => {
            let shelf = parts::shelf(&parts::locations()?, &cli)?;
            headless::audit::run(&parts::ledger()?, &shelf, cli.output.format, args)
        }
        Some(Command::Evidence(args)) if !matches!(args.command, EvidenceCommand::Collect(_)) => {
            let shelf = parts::shelf(&parts::locations()?, &cli)?;
            headless::evidence::run(&shelf, cli.output.format, &args.command)
        }
        Some(Command::Rules(Rules { command: Some(RulesCommand::Export { form }), .. })) => {
            let settings = parts::settings(&parts::locations()?, &cli)?;
            headless::rules::export(cli.output.format, *form, &settings.rules)
        }
        Some(Command::Doctor) => checkup::run(&cli).await,
        Some(command) => {
            let mut parts = Parts::real(&cli)?;
            parts.settings.rules.is_looked_at = matches!(command, Command::Rules(_));
            let is_kept = parts.settings.evidence.is_automatic;
            let kinds = if is_kept { headless::kinds_with_evidence(command)? } else { headless::kinds(command)? };
            let mut session = parts.session(&cli.place, &kinds)?;
            session.policy().fault().into_iter().for_each(headless::complain);
            let (config, verification) = (parts.locations.config_file(), parts.settings.verification);
            headless::run(&mut session, &cli, command, &config, verification).await
        }
    }
}

/// Answers a question about the configuration, which need not be a valid one.
fn config(cli: &Cli, what: Config) -> Result<Exit, Problem> {
    let (format, locations) = (cli.output.format, parts::locations()?);
    match what {
        Config::Check => headless::config::check(format, &checkup::faults(&locations)),
        Config::Show => headless::config::show(format, &parts::settings(&locations, cli)?),
        Config::Paths => headless::config::paths(format, &locations, parts::settings(&locations, cli).ok().as_ref()),
    }
}

/// Shows the console.
async fn console(cli: &Cli, parts: Parts, demo: Option<String>) -> Result<Exit, Problem> {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err(Problem::new(
            "there is no terminal",
            "the console needs one",
            "in a script use a command: midwatch --help",
        ));
    }
    let look = parts.look()?;
    let session = parts.session(&cli.place, &Kind::READ)?;
    let is_armed = cli.write || matches!(&cli.command, Some(Command::Demo(demo)) if demo.write);
    if is_armed {
        session.arm(ARMED);
    }
    let ended = tui::run(session, parts.settings, look, demo).await;
    match ended {
        Ok(tui::Exit::Left) => Ok(Exit::Done),
        Ok(tui::Exit::Signal(number)) => Ok(Exit::Signal(number)),
        Ok(tui::Exit::Defect) => Ok(Exit::Defect),
        Err(error) => Err(Problem::new("the terminal failed", error.to_string(), "")),
    }
}
