//! What `doctor` and `config check` look at on this machine, gathered even where something is broken.

use std::io::IsTerminal;

use crate::cli::Cli;
use crate::clients::kubernetes::kubeconfig::Kubeconfig;
use crate::config::assets::{Assets, Kind as AssetKind};
use crate::config::check::check;
use crate::config::roles::Roles;
use crate::config::settings::GlyphChoice;
use crate::config::{Fault, Locations, Overrides, Settings};
use crate::domain::kind::Kind;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::headless::doctor::{Context, Here, Multiplexer, Terminal, doctor};
use crate::headless::{Exit, complain};
use crate::tui;
use crate::tui::keymap::Keymap;
use crate::tui::theme::{Depth, Theme};

use super::parts::{self, Parts};

/// All that is wrong with the files: settings, themes, keymaps and roles.
pub(super) fn faults(locations: &Locations) -> Vec<Fault> {
    let try_asset = |assets: &Assets, kind: AssetKind, name: &str| match kind {
        AssetKind::Theme => Theme::load(assets, name, Depth::TrueColor).map(drop),
        AssetKind::Keymap => Keymap::load(assets, name).map(drop),
    };
    let mut faults = check(locations, try_asset);
    if let Some(path) = Settings::load(locations, &Overrides::default()).ok().and_then(|settings| settings.roles) {
        match Roles::read(&path) {
            Ok(Some(_)) => {}
            Ok(None) => {
                faults.push(Fault::new(&path.display().to_string(), None, "is named by the settings and not there"));
            }
            Err(fault) => faults.push(fault),
        }
    }
    faults
}

/// Looks at everything.
pub(super) async fn run(cli: &Cli) -> Result<Exit, Problem> {
    let locations = parts::locations()?;
    let loaded = parts::settings(&locations, cli);
    let settings = loaded.clone().unwrap_or_default();
    let kubeconfig = parts::kubeconfig(cli);
    // With a configuration that cannot be read the usual place still says whether there are roles.
    let usual = || Some(locations.roles_file()).filter(|path| path.exists());
    let roles = settings.roles.clone().or_else(usual).map(|path| Text::from(path.display().to_string()));
    let mut parts = Parts {
        audit: locations.audit_dir(),
        evidence: locations.evidence_dir(),
        kubeconfig: Kubeconfig::default(),
        settings,
        locations: locations.clone(),
    };
    let config = locations.config_file();
    let mut here = Here {
        config: Text::from(config.display().to_string()),
        has_config: config.exists(),
        roles,
        faults: faults(&locations),
        contexts: Ok(Vec::new()),
        terminal: terminal(parts.settings.glyphs),
    };
    let mut session = None;
    match kubeconfig {
        Err(problem) => here.contexts = Err(problem),
        Ok(kubeconfig) => {
            parts.kubeconfig = kubeconfig;
            let started = parts.session(&cli.place, &[Kind::Namespace, Kind::Service, Kind::Lease, Kind::HttpRoute]);
            here.contexts = started.as_ref().map_err(Clone::clone).map(|_| contexts(cli, &parts));
            session = started.ok();
        }
    }
    if here.faults.is_empty()
        && let Err(problem) = &loaded
    {
        // What the flags say is no part of the files.
        complain(problem);
    }
    doctor(session.as_mut(), &parts.ledger(), &cli.place, cli.output.format, &here).await
}

/// The contexts of the kubeconfig, and which of them are read.
fn contexts(cli: &Cli, parts: &Parts) -> Vec<Context> {
    let chosen = parts.chosen(&cli.place, &[]).unwrap_or_default();
    let described = parts.kubeconfig.contexts().into_iter().map(|name| Context {
        server: parts.kubeconfig.describe(&name).map(|facts| facts.server).map_err(|error| error.problem()),
        is_chosen: chosen.iter().any(|one| one.context == name),
        name: Text::from(name.as_str()),
    });
    described.collect()
}

/// The terminal, as the environment tells it.
fn terminal(choice: GlyphChoice) -> Terminal {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let inside = if variable("TMUX").is_some() {
        Some(Multiplexer::Tmux)
    } else {
        variable("STY").map(|_session| Multiplexer::Screen)
    };
    let is_there = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    Terminal {
        is_there,
        term: variable("TERM").map(Text::from),
        colors: match parts::depth() {
            Depth::TrueColor => "16 million",
            Depth::Indexed => "256",
            Depth::Sixteen => "16",
            Depth::None => "none",
        },
        is_unicode: std::ptr::eq(parts::glyphs(choice), &raw const tui::theme::glyphs::UNICODE),
        size: is_there.then(|| crossterm::terminal::size().ok()).flatten(),
        inside,
    }
}
