//! The keys by which alerts are made quiet: each begins a plan and changes nothing by itself.

use super::{Alerts, is_of, key};
use crate::domain::alert::{Alert, Standing};
use crate::domain::health::Health;
use crate::domain::intent::Intent;
use crate::domain::silence::Matcher;
use crate::domain::text::Text;
use crate::tui::effect::{Asked, Effect, Outcome, Prompt};
use crate::tui::views::Seen;

/// The labels by which a silence of an alert begins: what it is and what it is about, and none that changes with each
/// pod.
const TELLING: [&str; 6] = ["alertname", "namespace", "exported_namespace", "service", "app", "deployment"];

/// Begins to put a silence together, from what the selected alert is and what it is about.
pub(super) fn compose(alert: &Alert) -> Outcome {
    let told = TELLING.iter().filter_map(|name| Some((*name, alert.label(name).filter(|value| !value.is_empty())?)));
    let matchers = told.map(|(name, value)| Matcher::equal(name, value.clone())).collect();
    Outcome::Ask(Effect::Compose { cluster: alert.cluster.clone(), matchers })
}

impl Alerts {
    /// Asks what is being done about an alert.
    pub(super) fn acknowledge(&mut self, alert: &Alert, seen: &Seen<'_>) -> Outcome {
        if alert.standing == Standing::Pending {
            return notice(format!("{} does not page yet: Alertmanager does not know it", alert.name));
        }
        if alert.evaluated.is_some() {
            let why = "only midwatch evaluates it, so no Alertmanager can tell others that you are on it";
            return notice(format!("{} cannot be acknowledged: {why}", alert.name));
        }
        if let Some(silence) = seen.session.state().acknowledged(alert) {
            return notice(format!("{} is {}", alert.name, silence.words(seen.now)));
        }
        self.asked_about = Some(key(alert));
        Outcome::Ask(Effect::Prompt(Prompt {
            asked: Asked::Doing,
            about: String::new(),
            text: String::new(),
            change: None,
        }))
    }

    /// Begins to acknowledge the alert that was asked about.
    pub(super) fn doing(&mut self, text: &str, seen: &Seen<'_>) -> Outcome {
        let alerts = seen.board.alerts();
        let asked = self.asked_about.as_ref();
        let Some(one) = asked.and_then(|asked| alerts.iter().find(|one| is_of(&one.alert, asked))) else {
            return notice("that alert does not fire any more".to_owned());
        };
        let reason = Text::from_untrusted(text.trim());
        if reason.is_empty() {
            return Outcome::Ask(Effect::Again("say in a few words what you are doing about it".to_owned()));
        }
        Outcome::Ask(Effect::Propose(Intent::Acknowledge {
            cluster: one.alert.cluster.clone(),
            labels: one.alert.labels.to_vec(),
            lasting: seen.session.acknowledges_for().into(),
            reason,
        }))
    }
}

fn notice(words: String) -> Outcome {
    Outcome::Ask(Effect::Notice(Health::Attention, words))
}
