//! What `config.toml` may hold: one place that knows every setting's name and what makes its value valid.

use std::collections::BTreeSet;
use std::path::PathBuf;

use toml::Spanned;

use super::assets::{Fault, Kind};
use super::locations::Locations;
use super::settings::{GlyphChoice, Overrides, Settings, Verification};
use super::table::{Document, Table};
use super::{environments, evidence, guards, health, logs, metrics, names, notify, rules, signals, traffic};
use crate::domain::environment::EnvironmentRules;
use crate::domain::limits::Limits;
use crate::domain::object::ClusterName;
use crate::domain::signal::{SignalKind, SignalServer};
use crate::domain::text::Text;

/// The keys 1 to 9.
pub(super) const MAX_FAVOURITES: usize = 9;
/// The words for [`GlyphChoice`].
const GLYPHS: [(&str, GlyphChoice); 3] =
    [("auto", GlyphChoice::Auto), ("unicode", GlyphChoice::Unicode), ("ascii", GlyphChoice::Ascii)];

/// Reads the settings. What is wrong is noted in the document and has its usual value here.
pub(super) fn read(document: &Document<'_>, root: Table<'_>, at: &Locations, overrides: &Overrides) -> Settings {
    let usual = Settings::default();
    let mut file = Reader { document, table: root };
    let assets = at.assets();
    let theme = |word: &str| names::choice("theme", word, &assets.names(Kind::Theme));
    let keymap = |word: &str| names::choice("keymap", word, &assets.names(Kind::Keymap));
    let mouse = file.table.value("mouse").map(Spanned::into_inner);
    let written = file.list("contexts", names::context);
    let alerts = file.table.table("alerts").map(|table| signals::alerts(document, table));
    let (priorities, acknowledges_for) = alerts.unwrap_or((usual.priorities, usual.acknowledges_for));
    let asking = file.table.table("metrics").map_or(usual.asking, |table| metrics::asking(document, table));
    let environments = file.environments();
    let limits =
        file.table.table("health").map_or(usual.limits, |table| health::limits(document, table, &environments));
    let bounds = file.table.table("traffic").map_or(usual.traffic, |table| traffic::limits(document, table));
    let guards = file.table.table("guards").map_or(usual.guards, |table| guards::guards(document, table));
    let settings = Settings {
        traffic: bounds,
        guards,
        // Requests are counted over the time that rates are taken over.
        limits: Limits { window: asking.window, ..limits },
        asking,
        theme: file.one("theme", overrides.theme.as_deref(), theme).unwrap_or(usual.theme),
        keymap: file.one("keymap", overrides.keymap.as_deref(), keymap).unwrap_or(usual.keymap),
        glyphs: file.one("glyphs", overrides.glyphs.as_deref(), glyphs).unwrap_or(usual.glyphs),
        captures_mouse: overrides.captures_mouse.or(mouse).unwrap_or(usual.captures_mouse),
        contexts: if overrides.contexts.is_empty() { written } else { contexts(document, &overrides.contexts) },
        favourites: file.favourites(),
        rules: file.table.table("rules").map_or(usual.rules, |table| rules::read(document, table, &priorities)),
        notify: file.table.table("notify").map_or(usual.notify, |table| notify::read(document, table)),
        exec_plugins: file.list("exec-plugins", names::program),
        insecure_writes: file.list("allow-insecure-writes", names::context),
        roles: file.roles(at),
        verification: file.verification(usual.verification),
        environments,
        signals: file.signals(at),
        priorities,
        acknowledges_for,
        evidence: file.table.table("evidence").map_or(usual.evidence, |table| evidence::read(document, table, at)),
        logs: file.table.table("logs").map(|table| logs::read(document, table)).unwrap_or_default(),
    };
    file.table.finish();
    settings
}

/// The contexts that flags name, each of them once.
fn contexts(document: &Document<'_>, words: &[String]) -> Vec<ClusterName> {
    let mut contexts = Vec::new();
    for word in words {
        match names::context(word) {
            Ok(context) if contexts.contains(&context) => {}
            Ok(context) => contexts.push(context),
            Err(what) => document.push(Fault::new("--context", None, what)),
        }
    }
    contexts
}

/// Which characters a word means.
fn glyphs(word: &str) -> Result<GlyphChoice, String> {
    let known = GLYPHS.map(|(word, _)| word);
    let chosen = names::choice("glyphs", word, &known)?;
    Ok(GLYPHS.into_iter().find(|(word, _)| *word == chosen).map(|(_, choice)| choice).unwrap_or_default())
}

/// A table of the file, with readers for the shapes that its values have.
struct Reader<'a> {
    document: &'a Document<'a>,
    table: Table<'a>,
}

impl Reader<'_> {
    /// One word, of the flag with the same name if that was given.
    fn one<T>(
        &mut self,
        key: &'static str,
        flag: Option<&str>,
        valid: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let written = self.table.value::<String>(key);
        if let Some(word) = flag {
            return valid(word).map_err(|what| self.document.push(Fault::new(&format!("--{key}"), None, what))).ok();
        }
        self.checked(&written?, valid)
    }

    /// Words, each of them once.
    fn words(&mut self, key: &'static str) -> Vec<Spanned<String>> {
        let words = self.table.value::<Vec<Spanned<String>>>(key).map(Spanned::into_inner).unwrap_or_default();
        let mut seen = BTreeSet::new();
        for word in words.iter().filter(|word| !seen.insert(word.get_ref())) {
            self.document.note(Some(word.span()), format!("`{}` stands twice in `{key}`", word.get_ref()));
        }
        words
    }

    /// Words, each of them once and valid.
    fn list<T>(&mut self, key: &'static str, valid: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
        self.words(key).iter().filter_map(|word| self.checked(word, &valid)).collect()
    }

    /// What a word of the file means, if it is valid.
    fn checked<T>(&self, word: &Spanned<String>, valid: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        valid(word.get_ref()).map_err(|what| self.document.note(Some(word.span()), what)).ok()
    }

    /// The namespaces that keys lead to.
    fn favourites(&mut self) -> Vec<Text> {
        let words = self.words("favourites");
        if let Some(word) = words.get(MAX_FAVOURITES) {
            let what = format!("`{}` has no key; there are {MAX_FAVOURITES} for favourites", word.get_ref());
            self.document.note(Some(word.span()), what);
        }
        words.iter().filter_map(|word| self.checked(word, names::namespace)).collect()
    }

    /// The file of roles: one that is named must exist, so that a slip does not take the roles away.
    fn roles(&mut self, at: &Locations) -> Option<PathBuf> {
        let Some(written) = self.table.value::<String>("roles") else {
            return Some(at.roles_file()).filter(|path| path.symlink_metadata().is_ok());
        };
        let path = at.config_dir().join(written.get_ref());
        if path.is_file() {
            return Some(path);
        }
        self.document.note(Some(written.span()), format!("there is no file of roles at {}", path.display()));
        None
    }

    /// When a change counts as verified.
    fn verification(&mut self, usual: Verification) -> Verification {
        let Some(table) = self.table.table("verify") else { return usual };
        let place = table.place();
        let mut verify = Reader { document: self.document, table };
        let stable = verify.one("stable", None, names::time).unwrap_or(usual.stable);
        let timeout = verify.one("timeout", None, names::time).unwrap_or(usual.timeout);
        verify.table.finish();
        if timeout <= stable {
            let what = format!("`timeout` ({timeout:?}) must be longer than `stable` ({stable:?})");
            self.document.note(Some(place), what);
        }
        Verification { stable, timeout }
    }

    /// Where alerts come from.
    fn signals(&mut self, at: &Locations) -> Vec<SignalServer> {
        let mut servers = Vec::new();
        for (key, kind) in [("alertmanager", SignalKind::Alertmanager), ("prometheus", SignalKind::Prometheus)] {
            let tables = self.table.table(key);
            servers.extend(tables.map(|tables| signals::servers(self.document, tables, kind, at)).unwrap_or_default());
        }
        servers
    }

    /// Which namespaces are which environment.
    fn environments(&mut self) -> EnvironmentRules {
        self.table.table("environments").map(|table| environments::read(self.document, table)).unwrap_or_default()
    }
}
