//! Everything that a session and a screen are made of, from the files and the environment of this user.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::cli::{Cli, Place};
use crate::clients::kubernetes::ConnectOptions;
use crate::clients::kubernetes::kubeconfig::{ContextName, Kubeconfig};
use crate::config::roles::Roles;
use crate::config::settings::GlyphChoice;
use crate::config::{Fault, Locations, Overrides, Settings};
use crate::domain::kind::Kind;
use crate::domain::object::ClusterName;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::time::Clock;
use crate::operations::audit::this_process;
use crate::runtime::{
    Archives, Chosen, Ledger, Options, Policy, Scopes, Session, Shelf, SignalServers, Wanted, choose,
};
use crate::tui;
use crate::tui::keymap::Keymap;
use crate::tui::look::Look;
use crate::tui::theme::{Depth, Glyphs, Theme, Wardrobe};

/// Everything that a session is made of.
pub(super) struct Parts {
    pub(super) settings: Settings,
    pub(super) locations: Locations,
    pub(super) kubeconfig: Kubeconfig,
    pub(super) audit: PathBuf,
    /// Where evidence is kept, where the settings name no place.
    pub(super) evidence: PathBuf,
}

/// Where this user's files are.
pub(super) fn locations() -> Result<Locations, Problem> {
    Locations::find(|name| std::env::var_os(name))
        .map_err(|error| Problem::new("no place for the configuration", error.to_string(), "set HOME"))
}

/// The journal of this user, which needs no cluster.
pub(super) fn ledger() -> Result<Ledger, Problem> {
    let clock = Clock::new(Timestamp::now);
    Ok(Ledger::new(locations()?.audit_dir(), this_process(clock.now()), clock))
}

/// Where this user's evidence is kept, which needs no cluster either. A configuration that is wrong does not hide it.
pub(super) fn shelf(locations: &Locations, cli: &Cli) -> Result<Shelf, Problem> {
    let keeping = settings(locations, cli)?.evidence;
    Ok(Archives::new(&keeping, locations.evidence_dir()).shelf)
}

/// The settings in force.
pub(super) fn settings(locations: &Locations, cli: &Cli) -> Result<Settings, Problem> {
    let overrides = Overrides {
        contexts: cli.place.context.clone(),
        theme: cli.theme.clone(),
        keymap: cli.keymap.clone(),
        glyphs: cli.glyphs.clone(),
        captures_mouse: None,
    };
    Settings::load(locations, &overrides).map_err(|error| {
        let faults: Vec<String> = error.faults.iter().map(ToString::to_string).collect();
        Problem::of_faults("the configuration is wrong", &faults, "midwatch config check")
    })
}

/// The kubeconfig that the command line or the environment names.
pub(super) fn kubeconfig(cli: &Cli) -> Result<Kubeconfig, Problem> {
    let environment = |name: &str| std::env::var(name).ok();
    Kubeconfig::load(&environment, cli.place.kubeconfig.as_deref()).map_err(|error| error.problem())
}

/// How many colours the terminal shows. `NO_COLOR` means none whatever it says, also "0", unless it says nothing.
pub(super) fn depth() -> Depth {
    if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        return Depth::None;
    }
    Depth::from(supports_color::on(supports_color::Stream::Stdout))
}

/// Which characters the terminal can show, unless the settings say so.
pub(super) fn glyphs(choice: GlyphChoice) -> &'static Glyphs {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = variable("LC_ALL").or_else(|| variable("LC_CTYPE")).or_else(|| variable("LANG"));
    match choice {
        GlyphChoice::Auto => Glyphs::detect(locale.as_deref(), variable("TERM").as_deref()),
        GlyphChoice::Unicode => &tui::theme::glyphs::UNICODE,
        GlyphChoice::Ascii => &tui::theme::glyphs::ASCII,
    }
}

impl Parts {
    /// What the files and the environment of this user say.
    pub(super) fn real(cli: &Cli) -> Result<Self, Problem> {
        Ok(Self { kubeconfig: kubeconfig(cli)?, ..Self::without_clusters(cli)? })
    }

    /// The same without any kubeconfig.
    pub(super) fn without_clusters(cli: &Cli) -> Result<Self, Problem> {
        let locations = locations()?;
        let settings = settings(&locations, cli)?;
        Ok(Self {
            settings,
            kubeconfig: Kubeconfig::default(),
            audit: locations.audit_dir(),
            evidence: locations.evidence_dir(),
            locations,
        })
    }

    /// Starts a session that reads some kinds.
    pub(super) fn session(&self, place: &Place, kinds: &[Kind]) -> Result<Session, Problem> {
        let ledger = self.ledger();
        let (clock, name) = (clock(), ledger.session().clone());
        let environment = Arc::new(|name: &str| std::env::var(name).ok());
        let mut connect = ConnectOptions::new(name.as_str(), environment);
        connect.allowed_exec.clone_from(&self.settings.exec_plugins);
        let insecure = self.settings.insecure_writes.iter();
        connect.insecure_writes = insecure.map(|name| ContextName::from(name.0.as_str())).collect();
        let chosen = self.chosen(place, kinds)?;
        let rules = self.settings.environments.clone();
        let signals = self.signals(&chosen);
        let logs = (self.settings.logs.limits, self.settings.logs.rules.clone());
        let options = Options {
            rules,
            limits: self.settings.limits.clone(),
            traffic: self.settings.traffic.clone(),
            guards: self.settings.guards.clone(),
            policy: self.policy(),
            connect,
            scopes: self.scopes(place),
            signals,
            logs,
            name,
            ledger,
            evidence: Archives::new(&self.settings.evidence, self.evidence.clone()),
            clock,
        };
        Ok(Session::start(&self.kubeconfig, &chosen, options))
    }

    /// Where changes are recorded.
    pub(super) fn ledger(&self) -> Ledger {
        let clock = clock();
        Ledger::new(self.audit.clone(), this_process(clock.now()), clock)
    }

    /// The clusters that are read, and what of them.
    pub(super) fn chosen(&self, place: &Place, kinds: &[Kind]) -> Result<Vec<Chosen>, Problem> {
        let asked: Vec<Text> = self.settings.contexts.iter().map(|name| name.0.clone()).collect();
        let scopes = self.scopes(place);
        choose(&self.kubeconfig, &asked, |context, own| Wanted {
            kinds: kinds.to_vec(),
            scope: scopes.of(&ClusterName(Text::from(context.as_str())), own),
        })
    }

    /// The servers of signals that are configured; one that names no cluster tells about the first that is read.
    fn signals(&self, chosen: &[Chosen]) -> SignalServers {
        let first = chosen.first().map(|one| ClusterName(Text::from(one.context.as_str()))).unwrap_or_default();
        let servers = self.settings.signals.iter().map(|one| {
            let mut server = one.clone();
            if server.id.cluster == ClusterName::default() {
                server.id.cluster = first.clone();
            }
            server
        });
        SignalServers {
            servers: servers.collect(),
            priorities: self.settings.priorities.clone(),
            rules: self.settings.rules.clone(),
            acknowledges_for: self.settings.acknowledges_for,
            asking: self.settings.asking.clone(),
            ..SignalServers::default()
        }
    }

    /// What the command line and the configuration say about which namespaces are read.
    fn scopes(&self, place: &Place) -> Scopes {
        Scopes {
            namespaces: place.namespace.iter().map(|name| Text::from(name.as_str())).collect(),
            environment: place.environment.as_deref().map(Text::from),
            rules: self.settings.environments.clone(),
        }
    }

    /// The roles, if there is a file of them.
    fn policy(&self) -> Policy {
        let Some(path) = &self.settings.roles else { return Policy::NotConfigured };
        match Roles::read(path) {
            Ok(Some(roles)) => Policy::Roles { roles: roles.roles, bindings: roles.bindings },
            Ok(None) => Policy::Unusable(unusable(format!("{} is gone", path.display()))),
            Err(fault) => Policy::Unusable(unusable(fault.to_string())),
        }
    }

    /// How the screen is to look.
    pub(super) fn look(&self) -> Result<Look, Problem> {
        let assets = self.locations.assets();
        let wrong = |fault: Fault| Problem::new("the look is wrong", fault.to_string(), "midwatch config check");
        Ok(Look {
            theme: Theme::load(&assets, &self.settings.theme, depth()).map_err(wrong)?,
            keymap: Keymap::load(&assets, &self.settings.keymap).map_err(wrong)?,
            glyphs: glyphs(self.settings.glyphs),
            wardrobe: Wardrobe::new(assets, depth(), &self.settings.theme),
        })
    }
}

/// Who wakes at night must see the world whatever is wrong with a file; what may be changed is another matter.
fn unusable(why: String) -> Problem {
    Problem::new("the roles file cannot be used", why, "mend it: without it nobody may change anything")
}

/// The real time.
fn clock() -> Clock {
    Clock::new(Timestamp::now)
}
