//! Effects: what a view or an overlay asked for is done here.

use std::path::Path;

use tui_input::Input;

use super::{Console, Errand, Field, Overlay};
use crate::domain::health::Health;
use crate::domain::intent::Intent;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::runtime::{Archive, Patience, Phase, Wait};
use crate::tui::effect::{Destination, Effect, Outcome};
use crate::tui::overlays::palette::Picked;
use crate::tui::overlays::plan_review::{Ask, PlanReview, Stage};
use crate::tui::overlays::silence_form::{self, SilenceForm};
use crate::tui::save;
use crate::tui::views;
use crate::tui::widgets::words;

impl Console {
    /// Goes down to a view, from which one goes back to this one.
    pub(super) fn go(&mut self, destination: &Destination) {
        self.visit(destination, true);
    }

    /// Turns to a view from wherever one is. To a main one nobody comes from above.
    pub(super) fn turn_to(&mut self, destination: &Destination) {
        self.visit(destination, !destination.is_main());
    }

    /// Goes back to the view before this one.
    pub(super) fn go_back(&mut self) {
        self.screen.back();
        self.arrive();
    }

    fn visit(&mut self, destination: &Destination, is_below: bool) {
        let seen = seen!(self);
        self.screen.go(destination.clone(), is_below, || views::make(destination, &seen));
        self.arrive();
        if let Some(object) = views::needs(self.screen.destination()) {
            self.session.fetch(object);
        }
        // Keys may come in one burst: they mean what would have been shown between them.
        self.settle();
    }

    /// Leaves behind what was said of the view before this one, and looks back at what is shown now.
    pub(super) fn arrive(&mut self) {
        self.notice.take_if(|notice| notice.is_of_view);
        self.look_back();
    }

    /// Has read who wrote what is shown now, and nothing else any more.
    fn look_back(&mut self) {
        self.session.look_no_more_back();
        for workload in views::looks_back_at(self.screen.destination(), &seen!(self)) {
            self.session.look_back(workload);
        }
    }

    pub(super) fn outcome(&mut self, outcome: Outcome) -> bool {
        match outcome {
            Outcome::Ignored => false,
            Outcome::Redraw => true,
            Outcome::Ask(effect) => {
                self.perform(effect);
                true
            }
        }
    }

    /// Does what a view asks for.
    pub(super) fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Go(destination) => self.go(&destination),
            Effect::Back => self.go_back(),
            Effect::Propose(intent) => self.propose(intent),
            Effect::Compose { cluster, matchers } => {
                self.overlay = Some(Overlay::Silence(Box::new(SilenceForm::new(cluster, &matchers))));
            }
            Effect::StopGuard(id) => self.stop_guard(id),
            Effect::Fetch(object) => self.session.fetch(object),
            Effect::Copy(text) => self.copy(text),
            Effect::CopyInstead { text, because } => {
                self.say(Health::Attention, format!("{because}; copied: {text}"));
                self.errands.push(Errand::Copy(text));
            }
            Effect::Notice(health, words) => self.say_of_view(health, words),
            Effect::Prompt(prompt) => {
                let input = Input::new(prompt.text.clone());
                let is_marked = prompt.asked.begins_anew() && !prompt.text.is_empty();
                self.field = Some(Field { prompt, input, is_marked, refused: None });
            }
            // Without the line there is nothing to mend.
            Effect::Again(words) => self.say(Health::Attention, words),
            Effect::Save { about, text } => self.save(&about, &text),
            Effect::CollectEvidence(service) => {
                self.say(
                    Health::Moving,
                    format!("keeping what is seen of {} in {}", service.name, service.environment),
                );
                self.session.collect_evidence(service, true);
            }
            Effect::Connect(cluster) => match self.session.connect(&cluster) {
                Ok(()) => self.say(Health::Moving, format!("connecting to {cluster}")),
                Err(problem) => self.say(Health::Bad, problem.to_string()),
            },
        }
    }

    /// Saves a text and says what came of it.
    fn save(&mut self, about: &str, text: &str) {
        match save::write(Path::new("."), about, text, self.session.clock().now()) {
            Ok(path) => self.say(Health::Healthy, format!("saved to {}", path.display())),
            Err(error) => self.say(Health::Bad, format!("not saved: {error}; start midwatch where you may write")),
        }
    }

    pub(super) fn copy(&mut self, text: String) {
        self.say(Health::Healthy, format!("copied: {text}"));
        self.errands.push(Errand::Copy(text));
    }

    /// Says where evidence is kept that somebody asked for.
    pub(super) fn evidence(&mut self, made: Result<Archive, Problem>) {
        match made {
            Ok(archive) => {
                let path =
                    archive.path.map(|path| Text::from_untrusted(&path.display().to_string())).unwrap_or_default();
                let missing = archive.manifest.missing.len();
                let less = if missing == 0 { String::new() } else { format!("; {missing} things could not be had") };
                self.say(Health::Healthy, format!("evidence kept{less}: {path}"));
            }
            Err(problem) => self.say(Health::Bad, problem.to_string()),
        }
    }

    pub(super) fn propose(&mut self, intent: Intent) {
        let verification = self.settings.verification;
        let patience = Patience { stable: verification.stable, limit: verification.timeout, ..Patience::default() };
        let id = self.session.propose(intent, Wait::For(patience), Text::default());
        self.overlay = Some(Overlay::Plan(Box::new(PlanReview::new(id))));
    }

    /// Does what the review of a plan asks for.
    pub(super) fn review(&mut self, ask: Option<Ask>) -> bool {
        let Some(Overlay::Plan(review)) = &self.overlay else { return false };
        let id = review.id;
        match ask {
            None => return false,
            Some(Ask::Redraw) => {}
            Some(Ask::Confirm(proof)) => {
                self.underway.agree(id);
                self.session.confirm(id, proof);
            }
            Some(Ask::Refresh) => self.session.refresh(id),
            Some(Ask::Copy(text)) => self.copy(text),
            Some(Ask::Close) => {
                let is_begun = self.session.guarded_shift(id).is_none_or(|of| of.phase != Phase::Confirmed);
                if !is_begun {
                    self.stop_guard(id);
                } else if *review.stage() == Stage::Running {
                    self.say(Health::Moving, "the change goes on; its end will be told here".to_owned());
                } else {
                    if *review.stage() == Stage::Waiting {
                        self.say(Health::Moving, "the plan was left; nothing was sent".to_owned());
                    }
                    self.session.leave(id);
                }
                self.overlay = None;
            }
        }
        true
    }

    /// Does what the form of a silence asks for.
    pub(super) fn composed(&mut self, ask: Option<silence_form::Ask>) -> bool {
        match ask {
            None => return false,
            Some(silence_form::Ask::Redraw) => {}
            Some(silence_form::Ask::Close) => self.overlay = None,
            Some(silence_form::Ask::Plan(intent)) => self.propose(intent),
        }
        true
    }

    /// Does what was picked in the palette.
    pub(super) fn picked(&mut self, picked: Picked) -> bool {
        match picked {
            Picked::Nothing => {}
            Picked::Close => self.overlay = None,
            Picked::Go(destination) => {
                self.overlay = None;
                self.turn_to(&destination);
            }
            Picked::Run(command) => {
                self.overlay = None;
                self.command(command);
            }
            Picked::Theme(name) => {
                self.overlay = None;
                match self.look.wardrobe.take(&name) {
                    Ok(theme) => self.wear(theme),
                    Err(why) => self.say(Health::Attention, why),
                }
            }
            Picked::Arm(duration) => {
                self.overlay = None;
                self.session.arm(duration);
                self.say(Health::Attention, format!("armed for {}: changes are possible", words::duration(duration)));
            }
            Picked::Say(words) => {
                self.overlay = None;
                self.say(Health::Attention, words);
            }
        }
        true
    }
}
