//! What the palette offers: every view, kind and command by name, and every service with its environment.

use std::cmp::Reverse;

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::{Picked, run};
use crate::domain::kind::Kind;
use crate::domain::service::{Service, ServiceId};
use crate::domain::text::Text;
use crate::tui::command::{Command, Context};
use crate::tui::effect::Destination;
use crate::tui::views::Seen;

/// Offers that are shown.
const SHOWN: usize = 12;

/// One line of the palette.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    /// What it is called.
    pub(super) name: String,
    /// The words that mean it when they are typed.
    pub(super) words: String,
    /// What it does, or how it is.
    pub(super) description: String,
    /// Whether every word that is typed belongs to its name; else those behind the first say more.
    pub(super) takes_all_words: bool,
    /// What comes of it.
    pub(super) does: Picked,
}

impl Offer {
    /// The word that tells it from others: a service goes by its own name first.
    pub(super) fn first_word(&self) -> &str {
        self.words.split(' ').next().unwrap_or_default()
    }
}

/// What matches a line, the best first; of services that match alike the one that needs somebody most.
pub(super) fn matching(line: &str, seen: &Seen<'_>) -> Vec<Offer> {
    let mut all = all(seen);
    let line = line.trim();
    if line.is_empty() {
        all.truncate(SHOWN);
        return all;
    }
    let pattern = |text: &str| Pattern::parse(text, CaseMatching::Ignore, Normalization::Smart);
    let (first, whole) = (pattern(line.split(' ').next().unwrap_or_default()), pattern(line));
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut letters = Vec::new();
    let mut found: Vec<(u32, Offer)> = all
        .into_iter()
        .filter_map(|offer| {
            let pattern = if offer.takes_all_words { &whole } else { &first };
            let score = pattern.score(Utf32Str::new(&offer.words, &mut letters), &mut matcher)?;
            Some((score, offer))
        })
        .collect();
    found.sort_by_key(|(score, offer)| (Reverse(*score), offer.first_word().len()));
    found.into_iter().map(|(_, offer)| offer).take(SHOWN).collect()
}

/// Everything that can be typed.
pub(super) fn all(seen: &Seen<'_>) -> Vec<Offer> {
    let is_meant = |command: &Command| {
        command.contexts().contains(&Context::Global) || command.contexts().contains(&Context::Table)
    };
    let quiet = |command: &Command| command.favourite().is_some() || command.name().starts_with("select-");
    let commands = Command::all().filter(|command| is_meant(command) && !quiet(command));
    let commands = commands.map(|command| by_word(command.name(), command.description().to_owned()));
    let table = |kind: Kind| format!("{} as a table", kind.title().to_lowercase());
    let short = Kind::ALL.into_iter().map(|kind| by_word(kind.short(), table(kind)));
    let long = Kind::ALL.into_iter().filter(|kind| kind.short() != kind.plural());
    let long = long.map(|kind| by_word(kind.plural(), table(kind)));
    let contexts = by_word("ctx", "the contexts of the kubeconfig".to_owned());
    let services = seen.board.services();
    let has_many = services.iter().any(|service| service.id.cluster != services[0].id.cluster);
    let services = services.iter().map(|service| of_service(service, has_many));
    commands.chain(short).chain(long).chain([contexts]).chain(services).collect()
}

/// The service that a line names whole; none where it names several or none.
pub(super) fn service(line: &str, seen: &Seen<'_>) -> Option<Picked> {
    let words: Vec<&str> = line.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let is_named = |id: &ServiceId| {
        let mut parts = [&id.name, &id.environment, &id.cluster.0].into_iter().map(Text::as_str);
        !words.is_empty() && words.iter().all(|word| parts.next() == Some(word))
    };
    let mut named = seen.board.services().iter().map(|service| &service.id).filter(|id| is_named(id));
    let id = named.next()?;
    named.next().is_none().then(|| Picked::Go(Destination::Service(id.clone())))
}

/// What goes by one word.
fn by_word(word: &str, description: String) -> Offer {
    let does = run(word).unwrap_or(Picked::Nothing);
    Offer { name: word.to_owned(), words: word.to_owned(), description, takes_all_words: false, does }
}

/// A service goes by its name and its environment, and by its cluster where there are several.
fn of_service(service: &Service, has_many_clusters: bool) -> Offer {
    let ServiceId { cluster, environment, name } = &service.id;
    let mut parts = vec![name.as_str(), environment.as_str()];
    parts.extend(has_many_clusters.then(|| cluster.0.as_str()));
    Offer {
        name: parts.join(", "),
        words: parts.join(" "),
        description: service.verdict.reason.to_string(),
        takes_all_words: true,
        does: Picked::Go(Destination::Service(service.id.clone())),
    }
}
