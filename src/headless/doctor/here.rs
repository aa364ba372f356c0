//! What can be told without asking any cluster: files, contexts and the terminal.

use crate::config::Fault;
use crate::domain::problem::Problem;
use crate::domain::text::Text;

use super::Finding;

/// What was found on this machine.
#[derive(Debug)]
pub struct Here {
    /// The configuration file.
    pub config: Text,
    /// Whether it exists.
    pub has_config: bool,
    /// The roles file, if one is configured.
    pub roles: Option<Text>,
    /// What is wrong with the files.
    pub faults: Vec<Fault>,
    /// The contexts of the kubeconfig.
    pub contexts: Result<Vec<Context>, Problem>,
    /// The terminal.
    pub terminal: Terminal,
}

/// A context of the kubeconfig.
#[derive(Debug)]
pub struct Context {
    /// The name.
    pub name: Text,
    /// The address of its server, or why the context cannot be used.
    pub server: Result<Text, Problem>,
    /// Whether it is one of those that are read.
    pub is_chosen: bool,
}

/// The terminal, as the environment tells it.
#[derive(Debug)]
pub struct Terminal {
    /// Whether there is one.
    pub is_there: bool,
    /// Its kind.
    pub term: Option<Text>,
    /// The colours that it shows.
    pub colors: &'static str,
    /// Whether its locale is UTF-8.
    pub is_unicode: bool,
    /// Columns and rows.
    pub size: Option<(u16, u16)>,
    /// What it runs in, if that stands between us and the clipboard.
    pub inside: Option<Multiplexer>,
}

/// A program between us and the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multiplexer {
    /// tmux.
    Tmux,
    /// GNU screen.
    Screen,
}

/// The files.
pub(super) fn configuration(here: &Here) -> Vec<Finding> {
    let area = "files";
    let of = |file: &Text| here.faults.iter().filter(move |fault| fault.file == *file).cloned().collect::<Vec<Fault>>();
    let broken = |subject, fault: &Fault| {
        Finding::mend(area, subject, fault.to_string(), "mend it, and run midwatch config check")
    };
    let mut findings = Vec::new();
    let configuration: Vec<Finding> = of(&here.config).iter().map(|fault| broken("configuration", fault)).collect();
    match (here.has_config, configuration.is_empty()) {
        (true, true) => findings.push(Finding::fine(area, "configuration", &here.config)),
        (true, false) => findings.extend(configuration),
        (false, _) => {
            let says = format!("none at {}; nothing has to be configured", here.config);
            findings.push(Finding::note(area, "configuration", says, "midwatch init writes one from what it finds"));
        }
    }
    match &here.roles {
        Some(file) => {
            let roles: Vec<Finding> = of(file).iter().map(|fault| broken("roles", fault)).collect();
            let is_fine = roles.is_empty().then(|| Finding::fine(area, "roles", file));
            findings.extend(roles.into_iter().chain(is_fine));
        }
        None => findings.push(Finding::note(area, "roles", "none; the clusters alone decide who may do what", "")),
    }
    let is_told = |fault: &Fault| fault.file == here.config || here.roles.as_ref() == Some(&fault.file);
    findings.extend(here.faults.iter().filter(|fault| !is_told(fault)).map(|fault| broken("other files", fault)));
    findings
}

/// The contexts that are not read; the others are looked at by asking their clusters.
pub(super) fn contexts(here: &Here) -> Vec<Finding> {
    let area = "kubeconfig";
    match &here.contexts {
        Err(problem) => vec![Finding::problem(area, "kubeconfig", problem)],
        Ok(contexts) => {
            let told = contexts.iter().filter_map(|context| match &context.server {
                Err(problem) => Some(Finding::problem(area, &context.name, problem)),
                Ok(_) if context.is_chosen => None,
                Ok(server) => {
                    let cure = format!("midwatch doctor --context {} looks at it", context.name);
                    Some(Finding::note(area, &context.name, format!("{server}, not asked"), cure))
                }
            });
            told.collect()
        }
    }
}

/// The terminal and the way from it to the clipboard.
pub(super) fn terminal(terminal: &Terminal) -> Vec<Finding> {
    let area = "terminal";
    if !terminal.is_there {
        return vec![Finding::note(area, "terminal", "stdin or stdout is none; only commands work here", "")];
    }
    let mut findings = Vec::new();
    match terminal.term.as_deref() {
        None | Some("" | "dumb") => {
            findings.push(Finding::mend(
                area,
                "TERM",
                "not set, or dumb",
                "set TERM to what the terminal is: xterm-256color",
            ));
        }
        Some(term) => findings.push(Finding::fine(area, "TERM", term)),
    }
    findings.push(Finding::fine(area, "colours", terminal.colors));
    findings.push(if terminal.is_unicode {
        Finding::fine(area, "characters", "UTF-8")
    } else {
        Finding::note(
            area,
            "characters",
            "ASCII, as the locale is not UTF-8",
            "set LANG to a UTF-8 locale, or use --glyphs unicode",
        )
    });
    if let Some((columns, rows)) = terminal.size {
        let says = format!("{columns} columns, {rows} rows");
        findings.push(if columns >= 80 && rows >= 24 {
            Finding::fine(area, "size", says)
        } else {
            Finding::mend(area, "size", says, "make it at least 80 columns and 24 rows")
        });
    }
    findings.push(clipboard(terminal.inside));
    findings
}

/// Whether what is copied arrives cannot be asked; what it takes can be said.
fn clipboard(inside: Option<Multiplexer>) -> Finding {
    let (says, cure) = match inside {
        None => ("by OSC 52, if the terminal takes it", "some terminals ask first, or have it switched off"),
        Some(Multiplexer::Tmux) => ("by OSC 52 through tmux", "tmux needs: set -g set-clipboard on"),
        Some(Multiplexer::Screen) => ("by OSC 52 through screen, in pieces", "the terminal around it must take OSC 52"),
    };
    Finding::note("terminal", "clipboard", says, cure)
}
