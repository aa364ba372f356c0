//! What a view asks of the event loop. A view changes nothing by itself.

use jiff::{SignedDuration, Timestamp};

use crate::domain::health::Health;
use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::domain::logs::{Backlog, LogQuery, Patience};
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::operation::OperationId;
use crate::domain::service::ServiceId;
use crate::domain::silence::Matcher;
use crate::domain::text::Text;
use crate::state::RelatedAlert;

/// A place in the console to go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// What is broken?
    Overview,
    /// What is moving?
    Rollouts,
    /// Who is paging?
    Alerts,
    /// What changed around an alert.
    Around(RelatedAlert),
    /// What to tell whoever asks.
    Briefing,
    /// One service: why?
    Service(ServiceId),
    /// One alert with all that it says.
    Alert(RelatedAlert),
    /// What is kept quiet?
    Silences,
    /// Objects of one kind.
    Resources {
        /// The kind.
        kind: Kind,
        /// Only this namespace.
        namespace: Option<String>,
        /// Only what matches this filter.
        filter: String,
    },
    /// The contexts of the kubeconfig.
    Contexts,
    /// The logs of a workload or a pod.
    Logs(LogTarget),
    /// Who did what?
    Audit,
    /// One object, told in words.
    Describe(ObjectRef),
    /// One object as YAML.
    Yaml(ObjectRef),
    /// What differs between the revisions of a workload.
    Revisions(ObjectRef),
}

impl Destination {
    /// Whether it is one of those that are turned to by name: what is broken, what is there, who did what.
    pub fn is_main(&self) -> bool {
        matches!(
            self,
            Self::Overview | Self::Rollouts | Self::Alerts | Self::Resources { .. } | Self::Logs(_) | Self::Audit
        )
    }
}

/// Whose logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogTarget {
    /// A workload, whose pods are followed as they come and go, or one pod.
    pub object: ObjectRef,
    /// Only this container.
    pub container: Option<String>,
    /// Of the container before its last restart.
    pub previous: bool,
    /// The moment to stand at; none where the newest lines are followed.
    pub at: Option<Timestamp>,
}

impl LogTarget {
    /// How many lines of each container are read of what it has said before.
    const BACKLOG: u32 = 500;

    /// How much is read of what was said before a moment.
    const BEFORE: SignedDuration = SignedDuration::from_secs(60);

    /// What an object says now.
    pub fn of(object: ObjectRef) -> Self {
        Self { object, container: None, previous: false, at: None }
    }

    /// The same of the containers before their last restart, or not.
    #[must_use]
    pub fn before_restart(self, previous: bool) -> Self {
        Self { previous, ..self }
    }

    /// The same around a moment: what was said a little before it and since.
    #[must_use]
    pub fn around(self, at: Timestamp) -> Self {
        Self { at: Some(at), ..self }
    }

    /// What is to be read.
    pub fn query(&self) -> LogQuery {
        let since = |at: Timestamp| Backlog::Since(at.checked_sub(Self::BEFORE).unwrap_or(at));
        LogQuery {
            object: self.object.clone(),
            container: self.container.as_deref().map(Text::from),
            previous: self.previous,
            backlog: self.at.map_or(Backlog::Tail(Self::BACKLOG), since),
            patience: Patience::Follow,
        }
    }
}

/// What a view asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Go somewhere.
    Go(Destination),
    /// Go back to where one was.
    Back,
    /// Begin a change: it is planned and shown.
    Propose(Intent),
    /// Put a silence together: it is planned once that is done.
    Compose {
        /// The cluster whose alerts it is to hide.
        cluster: ClusterName,
        /// What it begins with.
        matchers: Vec<Matcher>,
    },
    /// Stop a guarded shift: everything goes back to the stable revision. One that is over is shown no more.
    StopGuard(OperationId),
    /// Read a whole object.
    Fetch(ObjectRef),
    /// Copy text to the terminal's clipboard, and say what was copied.
    Copy(String),
    /// Copy a command that does what midwatch does not, and say why it does not.
    CopyInstead {
        /// The command.
        text: String,
        /// Why.
        because: &'static str,
    },
    /// Say something for a while.
    Notice(Health, String),
    /// Ask for text on the bottom line.
    Prompt(Prompt),
    /// What was typed cannot be taken: say what can, and leave it there to be mended.
    Again(String),
    /// Save text to a file that is named after this.
    Save {
        /// What it is about.
        about: String,
        /// The text.
        text: String,
    },
    /// Keep what is to be seen of a service now.
    CollectEvidence(ServiceId),
    /// Read a cluster that was not read before.
    Connect(ClusterName),
}

/// A question for one line of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// What is asked.
    pub asked: Asked,
    /// Of what: "chat-service in production", "silence 5f2c1f3e"; empty where the view says it.
    pub about: String,
    /// What is typed already.
    pub text: String,
    /// The change that it completes; without one the view takes what is typed.
    pub change: Option<Unfinished>,
}

/// A change that lacks a line of text. It keeps what it is about: another row may be selected by the time it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfinished {
    /// The number of pods of a workload.
    Scale(ObjectRef),
    /// The image of a workload.
    SetImage(ObjectRef),
    /// The weight of an arm of a route, or the course of a guarded shift; where it is not clear which arm is the new one,
    /// it is typed too.
    Shift {
        /// The route.
        route: ObjectRef,
        /// The arm.
        arm: Option<Text>,
        /// The course that is offered.
        offer: Option<String>,
    },
    /// The labels of a Service's selector that become other ones.
    Switch(ObjectRef),
}

impl Prompt {
    /// What can be taken instead of being typed.
    pub fn offer(&self) -> Option<&str> {
        match &self.change {
            Some(Unfinished::Shift { offer, .. }) => offer.as_deref(),
            _ => None,
        }
    }

    /// The words before the field.
    pub fn label(&self) -> String {
        let (label, about) = (self.asked.label(), &self.about);
        match self.asked {
            _ if about.is_empty() => label.to_owned(),
            Asked::Length => format!("{about} {label}"),
            _ => format!("{label}of {about}: "),
        }
    }
}

/// What a line of text is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Only rows that match; told as it is typed.
    Filter,
    /// A place in a text; told as it is typed.
    Search,
    /// Only lines that match.
    Include,
    /// Only lines that do not match.
    Exclude,
    /// A moment to go to.
    Time,
    /// Fields of lines, for columns of their own.
    Fields,
    /// A number of pods, or bounds.
    Size,
    /// An image.
    Image,
    /// A share of the requests.
    Weight,
    /// Labels of a selector.
    Selector,
    /// What one does about an alert.
    Doing,
    /// How long a silence is to last from now.
    Length,
}

impl Asked {
    /// Everything that is asked for.
    pub const ALL: [Self; 12] = [
        Self::Filter,
        Self::Search,
        Self::Include,
        Self::Exclude,
        Self::Time,
        Self::Fields,
        Self::Size,
        Self::Image,
        Self::Weight,
        Self::Selector,
        Self::Doing,
        Self::Length,
    ];

    /// The words before the field.
    pub fn label(self) -> &'static str {
        match self {
            Self::Filter => "/",
            Self::Search => "find ",
            Self::Include => "only lines with ",
            Self::Exclude => "without lines with ",
            Self::Time => "go to ",
            Self::Fields => "fields as columns ",
            Self::Size => "pods ",
            Self::Image => "image ",
            Self::Weight => "weight ",
            Self::Selector => "selector ",
            Self::Doing => "on it: ",
            Self::Length => "ends in ",
        }
    }

    /// Whether what stands there from the last time is likelier replaced than mended: the first letter replaces it.
    pub fn begins_anew(self) -> bool {
        matches!(self, Self::Filter | Self::Search | Self::Include | Self::Exclude)
    }

    /// Whether every key is told, and not only the end.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Filter | Self::Search)
    }
}

/// What came of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// It was not for this view.
    #[default]
    Ignored,
    /// Something moved: draw.
    Redraw,
    /// It asks for something.
    Ask(Effect),
}
