//! The command line that does the same as an intent about alerts.

use crate::domain::intent::Intent;
use crate::domain::shell::quoted;
use crate::domain::silence::{Lasting, Matcher};

/// The command for an intent, without the options that arm and confirm it.
pub(in crate::operations) fn of(intent: &Intent) -> String {
    let mut words = vec!["midwatch silence".to_owned()];
    match intent {
        Intent::Silence { matchers, lasting, .. } => {
            words.push("create".to_owned());
            words.extend(matchers.iter().map(|matcher| quoted(&matcher.to_string())));
            words.push(spelled(*lasting));
        }
        Intent::Acknowledge { labels, lasting, .. } => {
            words.push("ack".to_owned());
            let matchers = labels.iter().map(|(name, value)| Matcher::equal(name.clone(), value.clone()));
            words.extend(matchers.map(|matcher| quoted(&matcher.to_string())));
            words.push(spelled(*lasting));
        }
        Intent::ExtendSilence { silence, lasting } => {
            words.push(format!("extend {} {}", quoted(&silence.id), spelled(*lasting)));
        }
        Intent::ExpireSilence { silence } => words.push(format!("expire {}", quoted(&silence.id))),
        _ => {}
    }
    words.push(format!("--context {}", quoted(&intent.cluster().0)));
    words.join(" ")
}

/// The command that ends a silence that is not made yet, and so has no name.
pub(super) fn ending(matchers: &[Matcher], intent: &Intent) -> String {
    let matchers: Vec<String> = matchers.iter().map(|matcher| quoted(&matcher.to_string())).collect();
    format!("midwatch silence expire {} --context {}", matchers.join(" "), quoted(&intent.cluster().0))
}

/// How long, as an option: `--for 2h`, `--for 1h30m`, `--until 2027-01-15T08:00:00Z`.
fn spelled(lasting: Lasting) -> String {
    let length = match lasting {
        Lasting::Until(end) => return format!("--until {end}"),
        Lasting::For(length) => length,
    };
    let seconds = length.as_secs().max(1);
    let part = |count: i64, unit: &str| if count > 0 { format!("{count}{unit}") } else { String::new() };
    let parts = [part(seconds / 3600, "h"), part(seconds / 60 % 60, "m"), part(seconds % 60, "s")];
    format!("--for {}", parts.concat())
}
