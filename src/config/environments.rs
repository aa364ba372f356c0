//! The environments of a configuration: which namespaces they hold, and that no namespace is in two.
//!
//! A namespace is written `CONTEXT/NAMESPACE`; `CONTEXT/*` stands for all that no environment before it holds.

use toml::Spanned;

use super::names;
use super::table::{Document, Table};
use crate::domain::environment::{Environment, EnvironmentRules, Room};
use crate::domain::object::ClusterName;
use crate::domain::text::Text;

/// The meanings of colours that an environment may be shown in; themes paint them.
pub(super) const COLORS: [&str; 8] = ["danger", "bad", "attention", "fine", "information", "accent", "change", "muted"];

/// What an entry means: the cluster, and one namespace or all of them.
type Entry = (ClusterName, Option<Text>);

/// Reads all environments, in the order of the file.
pub(super) fn read(document: &Document<'_>, environments: Table<'_>) -> EnvironmentRules {
    let mut rules = EnvironmentRules::default();
    for (name, mut table) in environments.tables() {
        let is_protected = table.value("protected").map(Spanned::into_inner);
        let color = table.value::<String>("color");
        let namespaces = table.value::<Vec<Spanned<String>>>("namespaces").map(Spanned::into_inner);
        table.finish();
        let checked = names::environment(name.get_ref()).map_err(|what| document.note(Some(name.span()), what));
        let Ok(checked) = checked else { continue };
        if namespaces.as_ref().is_none_or(Vec::is_empty) {
            document.note(Some(name.span()), format!("nothing belongs to `{checked}`: give it `namespaces`"));
        }
        let color = color.and_then(|color| {
            let known = names::choice("color", color.get_ref(), &COLORS);
            known.map_err(|what| document.note(Some(color.span()), what)).ok()
        });
        // A name that promises cheap mistakes means the same here as it does without any configuration.
        let usual = || EnvironmentRules::default().place(&ClusterName::default(), &checked, None).is_protected;
        rules.environments.push(Environment {
            is_protected: is_protected.unwrap_or_else(usual),
            color: color.map(Text::from),
            rooms: Vec::new(),
            name: checked,
        });
        for place in namespaces.into_iter().flatten() {
            let added = entry(place.get_ref()).and_then(|entry| add(&mut rules.environments, entry, place.get_ref()));
            if let Err(what) = added {
                document.note(Some(place.span()), what);
            }
        }
    }
    rules
}

/// Reads `CONTEXT/NAMESPACE`. A context may hold slashes, a namespace cannot.
fn entry(word: &str) -> Result<Entry, String> {
    let Some((context, namespace)) = word.rsplit_once('/') else {
        return Err(format!(
            "`{word}` names no cluster; write `CONTEXT/{word}`, or `CONTEXT/*` for all its namespaces"
        ));
    };
    let namespace = if namespace == "*" { None } else { Some(names::namespace(namespace)?) };
    Ok((names::context(context)?, namespace))
}

/// Adds an entry to the last environment, unless it or one before holds it already.
fn add(environments: &mut [Environment], (cluster, namespace): Entry, word: &str) -> Result<(), String> {
    let holds = |environment: &&Environment| match &namespace {
        Some(namespace) => environment.holds(&cluster, namespace),
        None => environment.rooms.iter().any(|room| room.cluster == cluster && room.namespaces.is_empty()),
    };
    if let Some(holder) = environments.iter().find(holds) {
        return Err(format!("`{word}` belongs to `{}` already", holder.name));
    }
    let Some(Environment { rooms, .. }) = environments.last_mut() else { return Ok(()) };
    match (rooms.iter_mut().find(|room| room.cluster == cluster), namespace) {
        (Some(room), Some(namespace)) => room.namespaces.push(namespace),
        (Some(room), None) => room.namespaces.clear(),
        (None, namespace) => rooms.push(Room { cluster, namespaces: namespace.into_iter().collect() }),
    }
    Ok(())
}
