//! From the command line to a face: settings, session, and then the screen or one command.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::cli::{Cli, Command, Demo, Place};
use crate::clients::kubernetes::kubeconfig::Kubeconfig;
use crate::clients::kubernetes::{ConnectOptions, InsecureWrites};
use crate::config::roles::Roles;
use crate::config::settings::GlyphChoice;
use crate::config::{Locations, Overrides, Settings};
use crate::domain::kind::Kind;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::time::Clock;
use crate::headless::{self, Exit};
use crate::operations::audit::this_process;
use crate::runtime::{Ledger, Options, Policy, Scope, Session, Wanted, choose};
use crate::tui::keymap::Keymap;
use crate::tui::look::Look;
use crate::tui::theme::{Depth, Glyphs, Theme};
use crate::{sandbox, tui};

/// How long `--write` arms the console.
const ARMED: SignedDuration = SignedDuration::from_mins(15);

/// Runs what the command line asks for.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let worked = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let exit = match worked {
        Ok(runtime) => {
            let exit = runtime.block_on(start(cli));
            // What still runs only reads; nobody waits for it.
            runtime.shutdown_background();
            exit
        }
        Err(error) => Err(Problem::new("cannot start", error.to_string(), "is the machine out of threads?")),
    };
    match exit {
        Ok(exit) => exit.code(),
        Err(problem) => {
            headless::complain(&problem);
            Exit::Usage.code()
        }
    }
}

async fn start(cli: Cli) -> Result<Exit, Problem> {
    match &cli.command {
        Some(Command::Demo(demo)) => {
            let demo = demo.clone();
            run_demo(&cli, &demo).await
        }
        Some(Command::Rollback(rollback)) => {
            let parts = Parts::real(&cli)?;
            let mut session = parts.session(&cli.place, &Parts::workload_kinds())?;
            headless::change::rollback(&mut session, &cli.place, rollback).await
        }
        Some(Command::Audit(args)) => headless::audit::run(&ledger()?, args),
        None => {
            let parts = Parts::real(&cli)?;
            console(&cli, parts, None).await
        }
    }
}

/// Shows the console on the simulated platform.
async fn run_demo(cli: &Cli, demo: &Demo) -> Result<Exit, Problem> {
    let clock = sandbox::Clock::real_from(Timestamp::now());
    let options = sandbox::Options { seed: demo.seed, clock };
    let sandbox = sandbox::Sandbox::start(options)
        .await
        .map_err(|error| Problem::new("the sandbox cannot start", error.to_string(), "is loopback available?"))?;
    let directory = std::env::temp_dir().join(format!("midwatch-demo-{}", std::process::id()));
    let made = std::fs::create_dir_all(&directory)
        .and_then(|()| std::fs::write(directory.join("kubeconfig"), sandbox.kubeconfig_yaml(&demo.user)));
    made.map_err(|error| {
        Problem::new("the sandbox cannot start", error.to_string(), "is the temporary folder writable?")
    })?;
    let mut parts = Parts::real(cli)?;
    parts.kubeconfig =
        Kubeconfig::load(&|_| None, Some(&directory.join("kubeconfig"))).map_err(|error| error.problem())?;
    parts.settings.contexts = Vec::new();
    parts.audit = directory.join("audit");
    let exit = console(cli, parts, Some("DEMO".to_owned())).await;
    // What the sandbox wrote is of no use to anybody.
    drop(std::fs::remove_dir_all(&directory));
    exit
}

/// The journal of this user, which needs no cluster.
fn ledger() -> Result<Ledger, Problem> {
    let locations = Locations::find(|name| std::env::var_os(name))
        .map_err(|error| Problem::new("no place for the configuration", error.to_string(), "set HOME"))?;
    let clock = Clock::new(Timestamp::now);
    Ok(Ledger::new(locations.audit_dir(), this_process(clock.now()), clock))
}

/// Everything that a session is made of.
struct Parts {
    settings: Settings,
    locations: Locations,
    kubeconfig: Kubeconfig,
    audit: PathBuf,
}

impl Parts {
    /// What the files and the environment of this user say.
    fn real(cli: &Cli) -> Result<Self, Problem> {
        let locations = Locations::find(|name| std::env::var_os(name))
            .map_err(|error| Problem::new("no place for the configuration", error.to_string(), "set HOME"))?;
        let overrides = Overrides {
            contexts: cli.place.context.clone(),
            theme: cli.theme.clone(),
            keymap: cli.keymap.clone(),
            glyphs: cli.glyphs.clone(),
            captures_mouse: None,
        };
        let settings = Settings::load(&locations, &overrides)
            .map_err(|error| Problem::new("the configuration is wrong", error.to_string(), "midwatch config check"))?;
        let is_demo = matches!(cli.command, Some(Command::Demo(_)));
        let explicit = cli.place.kubeconfig.as_deref();
        let environment = |name: &str| std::env::var(name).ok();
        let kubeconfig = if is_demo {
            Kubeconfig::default()
        } else {
            Kubeconfig::load(&environment, explicit).map_err(|error| error.problem())?
        };
        let audit = locations.audit_dir();
        Ok(Self { settings, locations, kubeconfig, audit })
    }

    /// The kinds that a change of a workload needs to find its target.
    fn workload_kinds() -> Vec<Kind> {
        vec![Kind::Namespace, Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet, Kind::Pod]
    }

    /// Starts a session that reads some kinds.
    fn session(&self, place: &Place, kinds: &[Kind]) -> Result<Session, Problem> {
        let clock = Clock::new(Timestamp::now);
        let origin = this_process(clock.now());
        let environment = Arc::new(|name: &str| std::env::var(name).ok());
        let mut connect = ConnectOptions::new(origin.session.as_str(), environment);
        connect.allowed_exec.clone_from(&self.settings.exec_plugins);
        connect.insecure_writes =
            if self.settings.insecure_writes.is_empty() { InsecureWrites::Refused } else { InsecureWrites::Allowed };
        let asked: Vec<Text> = self.settings.contexts.iter().map(|name| name.0.clone()).collect();
        let chosen =
            choose(&self.kubeconfig, &asked, |facts| Wanted { kinds: kinds.to_vec(), scope: scope(place, facts) })?;
        let name = origin.session.clone();
        let options = Options {
            rules: self.settings.environments.clone(),
            policy: self.policy()?,
            connect,
            name,
            ledger: Ledger::new(self.audit.clone(), origin, clock.clone()),
            clock,
        };
        Ok(Session::start(&self.kubeconfig, &chosen, options))
    }

    /// The roles, if there is a file of them.
    fn policy(&self) -> Result<Policy, Problem> {
        let Some(path) = &self.settings.roles else { return Ok(Policy::NotConfigured) };
        let wrong = |why: String| {
            Problem::new("the roles file cannot be used", why, "mend it: without it nobody may change anything")
        };
        let roles = Roles::read(path).map_err(|fault| wrong(fault.to_string()))?;
        let roles = roles.ok_or_else(|| wrong(format!("{} is gone", path.display())))?;
        Ok(Policy::Roles { roles: roles.roles, bindings: roles.bindings })
    }

    /// How the screen is to look.
    fn look(&self) -> Result<Look, Problem> {
        let assets = self.locations.assets();
        let wrong =
            |fault: crate::config::Fault| Problem::new("the look is wrong", fault.to_string(), "midwatch config check");
        let depth = Depth::from(supports_color::on(supports_color::Stream::Stdout));
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = variable("LC_ALL").or_else(|| variable("LC_CTYPE")).or_else(|| variable("LANG"));
        let glyphs = match self.settings.glyphs {
            GlyphChoice::Auto => Glyphs::detect(locale.as_deref(), variable("TERM").as_deref()),
            GlyphChoice::Unicode => &tui::theme::glyphs::UNICODE,
            GlyphChoice::Ascii => &tui::theme::glyphs::ASCII,
        };
        Ok(Look {
            theme: Theme::load(&assets, &self.settings.theme, depth).map_err(wrong)?,
            keymap: Keymap::load(&assets, &self.settings.keymap).map_err(wrong)?,
            glyphs,
        })
    }
}

/// The namespaces to read: those that were asked for, else all, and where that is forbidden the context's own.
fn scope(place: &Place, own: &Text) -> Scope {
    if place.namespace.is_empty() {
        Scope::All { fallback: vec![own.clone()] }
    } else {
        Scope::Only(place.namespace.iter().map(|name| Text::from(name.as_str())).collect())
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
    let session = parts.session(&cli.place, &Kind::ALL)?;
    if cli.write {
        session.arm(ARMED);
    }
    let ended = tui::run(session, parts.settings, look, demo).await;
    match ended {
        Ok(tui::Exit::Left) => Ok(Exit::Done),
        Ok(tui::Exit::Signal(number)) => Ok(Exit::Signal(number)),
        Err(error) => Err(Problem::new("the terminal failed", error.to_string(), "")),
    }
}
