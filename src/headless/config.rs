//! `midwatch config`: what is wrong with the files, what is in force, and where the files are.

use serde_json::{Value, json};

use crate::cli::Format;
use crate::config::settings::GlyphChoice;
use crate::config::{Fault, Locations, Settings};
use crate::domain::object::ClusterName;
use crate::domain::problem::Problem;
use crate::domain::text::Text;

use super::output::{self, Item, Listing};
use super::{Exit, say};

/// Tells what is wrong with the files.
pub fn check(format: Format, faults: &[Fault]) -> Result<Exit, Problem> {
    let exit = if faults.is_empty() { Exit::Done } else { Exit::Failed };
    if faults.is_empty() {
        say("midwatch: nothing is wrong with the configuration");
    }
    let item = |fault: &Fault| Item {
        cluster: ClusterName::default(),
        key: fault.to_string(),
        cells: vec![Text::from(fault.to_string())],
        json: json!({ "file": fault.file, "line": fault.line, "what": fault.what }),
    };
    let listing = Listing { kind: "Fault", header: &[], items: faults.iter().map(item).collect() };
    output::ended(output::print(format, &listing, false, &[], exit), exit)
}

/// Shows where the files are.
pub fn paths(format: Format, locations: &Locations, settings: Option<&Settings>) -> Result<Exit, Problem> {
    let roles = settings.and_then(|settings| settings.roles.clone());
    let evidence = settings.and_then(|settings| settings.evidence.directory.clone());
    let paths = [
        ("config", locations.config_file()),
        ("roles", roles.unwrap_or_else(|| locations.roles_file())),
        ("themes", locations.themes_dir()),
        ("keymaps", locations.keymaps_dir()),
        ("audit", locations.audit_dir()),
        ("evidence", evidence.unwrap_or_else(|| locations.evidence_dir())),
        ("log", locations.log_file()),
    ];
    let item = |(what, path): &(&str, std::path::PathBuf)| {
        let shown = Text::from(path.display().to_string());
        let there = if path.exists() { "yes" } else { "no" };
        Item {
            cluster: ClusterName::default(),
            key: (*what).to_owned(),
            json: json!({ "what": what, "path": shown, "exists": path.exists() }),
            cells: vec![(*what).into(), there.into(), shown],
        }
    };
    let listing =
        Listing { kind: "Path", header: &["WHAT", "EXISTS", "PATH"], items: paths.iter().map(item).collect() };
    output::ended(output::print(format, &listing, false, &[], Exit::Done), Exit::Done)
}

/// Shows the settings in force.
pub fn show(format: Format, settings: &Settings) -> Result<Exit, Problem> {
    let shown = describe(settings);
    let members = shown.as_object().into_iter().flatten();
    let item = |(name, value): (&String, &Value)| Item {
        cluster: ClusterName::default(),
        key: name.clone(),
        cells: vec![name.as_str().into(), Text::from(value.as_str().map_or_else(|| value.to_string(), str::to_owned))],
        json: json!({ "name": name, "value": value }),
    };
    let listing = Listing { kind: "Setting", header: &["SETTING", "VALUE"], items: members.map(item).collect() };
    output::ended(output::print(format, &listing, false, &[], Exit::Done), Exit::Done)
}

/// The settings by the names that the file has for them.
fn describe(settings: &Settings) -> Value {
    let path = |path: &std::path::PathBuf| Text::from(path.display().to_string());
    let environments = settings.environments.environments.iter().map(|environment| {
        let rooms = environment.rooms.iter().flat_map(|room| {
            let all = room.namespaces.is_empty().then(|| format!("{}/*", room.cluster));
            all.into_iter().chain(room.namespaces.iter().map(|name| format!("{}/{name}", room.cluster)))
        });
        let namespaces: Vec<String> = rooms.collect();
        json!({
            "name": environment.name,
            "protected": environment.is_protected,
            "color": environment.color,
            "namespaces": namespaces,
        })
    });
    let glyphs = match settings.glyphs {
        GlyphChoice::Auto => "auto",
        GlyphChoice::Unicode => "unicode",
        GlyphChoice::Ascii => "ascii",
    };
    json!({
        "contexts": settings.contexts,
        "signals": settings.signals.iter().map(|one| json!({
            "name": one.id.name,
            "kind": one.kind.word(),
            "context": one.id.cluster,
            "at": one.reach.to_string(),
        })).collect::<Vec<_>>(),
        "favourites": settings.favourites,
        "theme": settings.theme,
        "keymap": settings.keymap,
        "glyphs": glyphs,
        "mouse": settings.captures_mouse,
        "exec-plugins": settings.exec_plugins.iter().map(path).collect::<Vec<_>>(),
        "allow-insecure-writes": settings.insecure_writes,
        "roles": settings.roles.as_ref().map(path),
        "rules": settings.rules.rules.iter().map(|rule| json!({
            "name": rule.name,
            "condition": rule.criterion.to_string(),
        })).collect::<Vec<_>>(),
        "notify.bell": settings.notify.bell,
        "notify.desktop": settings.notify.desktop.word(),
        "notify.title": settings.notify.title,
        "notify.through-multiplexer": settings.notify.through_multiplexer,
        "verify.stable": format!("{} s", settings.verification.stable.as_secs()),
        "verify.timeout": format!("{} s", settings.verification.timeout.as_secs()),
        "traffic.step": settings.traffic.usual.step,
        "traffic.ceiling": settings.traffic.usual.ceiling,
        "guards": settings.guards.all().map(|guard| &guard.name).collect::<Vec<_>>(),
        "evidence.automatic": settings.evidence.is_automatic,
        "evidence.directory": settings.evidence.directory.as_ref().map(path),
        "evidence.keep": settings.evidence.keep,
        "evidence.megabytes": settings.evidence.limit / 1024 / 1024,
        "evidence.wait": format!("{} s", settings.evidence.wait.as_secs()),
        "logs.lines": settings.logs.limits.lines,
        "logs.megabytes": settings.logs.limits.bytes / 1024 / 1024,
        "logs.mask-personal": settings.logs.rules.masks_personal,
        "logs.redact": settings.logs.rules.own.iter().map(|rule| &rule.name).collect::<Vec<_>>(),
        "environments": environments.collect::<Vec<_>>(),
    })
}
