//! Everything a person can ask of the screen, in one list: help, palette and keymaps are made from it.

use serde::Deserialize;

/// Where on the screen a key is pressed or a command works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// Everywhere but in a plan review and in a text field.
    Global,
    /// A table of services, rollouts, resources or audit records.
    Table,
    /// One service; what works in a table works here too.
    Service,
    /// Lines to read: detail, YAML, diff, help.
    Text,
    /// Logs; what works in text works here too.
    Logs,
    /// The review of a plan before it is carried out.
    PlanReview,
    /// A text field of its own: palette, filter, search.
    Prompt,
}

impl Context {
    /// Every context.
    pub const ALL: [Self; 7] =
        [Self::Global, Self::Table, Self::Service, Self::Text, Self::Logs, Self::PlanReview, Self::Prompt];

    /// The contexts whose keys are tried here, the most specific one first. Where text is typed there is only one, so
    /// that nothing can slip through from elsewhere.
    pub fn chain(self) -> &'static [Self] {
        match self {
            Self::Global => &[Self::Global],
            Self::Table => &[Self::Table, Self::Global],
            Self::Service => &[Self::Service, Self::Table, Self::Global],
            Self::Text => &[Self::Text, Self::Global],
            Self::Logs => &[Self::Logs, Self::Text, Self::Global],
            Self::PlanReview => &[Self::PlanReview],
            Self::Prompt => &[Self::Prompt],
        }
    }

    /// The name in keymap files and in the help.
    pub fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Table => "table",
            Self::Service => "service",
            Self::Text => "text",
            Self::Logs => "logs",
            Self::PlanReview => "plan-review",
            Self::Prompt => "prompt",
        }
    }

    /// Whether text may be typed here, so that a key that could be text must not act.
    pub fn takes_text(self) -> bool {
        matches!(self, Self::PlanReview | Self::Prompt)
    }
}

/// Makes the enum and what is known about each command from one table, so that they cannot drift apart.
macro_rules! commands {
    ($($variant:ident $name:literal [$($context:ident)+] $description:literal)+) => {
        /// One thing a person can ask of the screen, by key or by name in the palette.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        pub enum Command {
            $(#[doc = $description] #[serde(rename = $name)] $variant,)+
        }

        /// Name, contexts and description of each command, in the order of the enum.
        const TABLE: &[(Command, &str, &[Context], &str)] =
            &[$((Command::$variant, $name, &[$(Context::$context),+], $description),)+];
    };
}

commands! {
    Quit "quit" [Global] "leave midwatch"
    Close "close" [Global] "leave this view; in a main view, leave midwatch"
    Back "back" [Global] "let go of the filter, then go back to where one came from; never leaves midwatch"
    Help "help" [Global] "show every key that works here"
    Palette "palette" [Global] "go to a view or run a command by name"
    Redraw "redraw" [Global] "draw the screen anew"
    Suspend "suspend" [Global] "return to the shell until `fg`"
    HistoryBack "history-back" [Global] "show the view that was seen before this one"
    HistoryForward "history-forward" [Global] "show the view that was seen after this one"
    NextView "next-view" [Global] "show the main view to the right"
    PreviousView "previous-view" [Global] "show the main view to the left"
    Overview "overview" [Global] "what is broken?"
    Rollouts "rollouts" [Global] "what is moving?"
    Resources "resources" [Global] "the objects themselves, kind by kind"
    Logs "logs" [Global] "what does it say?"
    Alerts "alerts" [Global] "who is paging?"
    Silences "silences" [Global] "what is kept quiet?"
    Briefing "brief" [Global] "what to tell whoever asks"
    Audit "audit" [Global] "who did what?"
    Arm "arm" [Global] "allow changes for a while: `:arm 15m`"
    Disarm "disarm" [Global] "forbid changes again"
    ToggleMouse "toggle-mouse" [Global] "leave the mouse to the terminal, or take it back"
    ToggleTheme "toggle-theme" [Global] "take the next theme"

    SelectNext "select-next" [Table Text Prompt] "one row or line down"
    SelectPrevious "select-previous" [Table Text Prompt] "one row or line up"
    SelectFirst "select-first" [Table Text] "to the first row or line"
    SelectLast "select-last" [Table Text] "to the last row or line"
    PageDown "page-down" [Table Text PlanReview] "one page down"
    PageUp "page-up" [Table Text PlanReview] "one page up"
    HalfPageDown "half-page-down" [Table Text] "half a page down"
    HalfPageUp "half-page-up" [Table Text] "half a page up"
    ScrollLeft "scroll-left" [Table Text] "show what is further left"
    ScrollRight "scroll-right" [Table Text] "show what is further right"

    Open "open" [Table] "look closer at what is selected"
    Describe "describe" [Table] "show the selected object with its events"
    ShowYaml "show-yaml" [Table] "show the selected object as YAML"
    ShowDiff "show-diff" [Table] "show what differs between two revisions"
    Evidence "evidence" [Table] "keep what is seen of the service now in an archive"
    ShowChanges "show-changes" [Table] "show what changed around what is selected"
    ShowLogs "show-logs" [Table Text] "show the logs of what is selected"
    PreviousContainer "previous-container" [Table Text] "show the logs of the container before its restart"
    CopyName "copy-name" [Table Text] "copy the name"
    CopyCommand "copy-command" [Table Text] "copy the command line that shows the same"
    RollBack "roll-back" [Table] "plan to go back to an earlier revision"
    Restart "restart" [Table] "plan to restart every pod, one after the other"
    Scale "scale" [Table] "plan to change the number of replicas"
    SetImage "set-image" [Table] "plan to run another image"
    PauseRollout "pause-rollout" [Table] "plan to hold the rollout where it is"
    ResumeRollout "resume-rollout" [Table] "plan to let the rollout go on"
    Evict "evict" [Table] "plan to move one pod away"
    Release "release" [Table] "plan to let the rollout go on past the gate at which it waits"
    Shift "shift" [Table] "plan to send another share of the requests to one revision"
    Switch "switch" [Table] "plan to have a Service select other pods, all at once"
    StopGuard "stop-guard" [Table] "stop a guarded shift: everything goes back to the stable revision"
    SkipStep "skip-step" [Table] "plan to go past the step that is under way"
    PromoteFull "promote-full" [Table] "plan to bring the new revision to everybody, without the steps left"
    Abort "abort" [Table] "plan to stop the rollout and go back to the stable revision"
    Retry "retry" [Table] "plan to begin an aborted rollout anew"
    Acknowledge "acknowledge" [Table] "plan to say that you are at the selected alert"
    Silence "silence" [Table] "plan to keep alerts quiet for a while"
    ExtendSilence "extend-silence" [Table] "plan to have the selected silence end later"
    ExpireSilence "expire-silence" [Table] "plan to end the selected silence"
    Group "group" [Table] "put alerts together by name, service or cluster"

    ReadEarlier "read-earlier" [Service] "read the charts at an earlier moment"
    ReadLater "read-later" [Service] "read the charts at a later moment; in the end, now"
    Compare "compare" [Service] "show the same time a week ago beside the numbers"

    Filter "filter" [Table] "show only rows that match"
    FaultsOnly "faults-only" [Table] "show only rows that need a person"
    AllNamespaces "all-namespaces" [Table] "show every namespace"
    Favourite1 "favourite-1" [Table] "show only the first favourite namespace"
    Favourite2 "favourite-2" [Table] "show only the second favourite namespace"
    Favourite3 "favourite-3" [Table] "show only the third favourite namespace"
    Favourite4 "favourite-4" [Table] "show only the fourth favourite namespace"
    Favourite5 "favourite-5" [Table] "show only the fifth favourite namespace"
    Favourite6 "favourite-6" [Table] "show only the sixth favourite namespace"
    Favourite7 "favourite-7" [Table] "show only the seventh favourite namespace"
    Favourite8 "favourite-8" [Table] "show only the eighth favourite namespace"
    Favourite9 "favourite-9" [Table] "show only the ninth favourite namespace"
    SortByName "sort-by-name" [Table] "sort by name"
    SortByAge "sort-by-age" [Table] "sort by age"
    SortByStatus "sort-by-status" [Table] "sort by status, the worst first"
    SortNextColumn "sort-next-column" [Table] "sort by the column to the right"
    ReverseSort "reverse-sort" [Table] "turn the order round"

    Search "search" [Text] "find in the text"
    NextMatch "next-match" [Text] "to the next hit"
    PreviousMatch "previous-match" [Text] "to the hit before"
    Wrap "wrap" [Text] "break long lines, or cut them"
    Fold "fold" [Text] "leave out what only machines wrote, or show it"
    FullScreen "full-screen" [Text] "leave out everything but the text"
    Save "save" [Text] "save the text to a file"

    Follow "follow" [Logs] "stay with the newest line, or stop doing so"
    Hold "hold" [Logs] "stand still without losing lines, or go on"
    NextError "next-error" [Logs] "to the next error"
    PreviousError "previous-error" [Logs] "to the error before"
    OpenLine "open-line" [Logs] "show the fields of a line below it, or hide them"
    ChooseFields "choose-fields" [Logs] "give fields of JSON or logfmt columns of their own"
    Include "include" [Logs] "show only lines that match"
    Exclude "exclude" [Logs] "hide lines that match"
    ToggleTimestamps "toggle-timestamps" [Logs] "show or hide the time of each line"
    ShowPatterns "show-patterns" [Logs] "fold similar lines, the rare ones first"
    CompareRevisions "compare-revisions" [Logs] "compare the errors of the newest two revisions"
    ShowLanes "show-lanes" [Logs] "show the newest revision beside the others"
    ToggleVolume "toggle-volume" [Logs] "show or hide when how much was said"
    GoToTime "go-to-time" [Logs] "go to a moment"

    Cancel "cancel" [PlanReview Prompt] "close without doing anything"
    PressFocused "press-focused" [PlanReview] "press what is focused"
    NextField "next-field" [PlanReview] "to the next field or button"
    PreviousField "previous-field" [PlanReview] "to the field or button before"
    ScrollDown "scroll-down" [PlanReview] "show what is further down"
    ScrollUp "scroll-up" [PlanReview] "show what is further up"
    CopyAsCommand "copy-as-command" [PlanReview] "copy the command line that does the same"
    Accept "accept" [Prompt] "take what is typed"
    Complete "complete" [Prompt] "finish the word"
}

impl Command {
    /// Every command, in the order in which help and palette show them.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|(command, ..)| *command)
    }

    /// Finds a command by the name that is typed in the palette.
    pub fn named(name: &str) -> Option<Self> {
        TABLE.iter().find(|(_, known, ..)| *known == name).map(|(command, ..)| *command)
    }

    /// The name in the palette and in keymap files.
    pub fn name(self) -> &'static str {
        TABLE[self as usize].1
    }

    /// Where it works; it also works where [`Context::chain`] leads to one of these.
    pub fn contexts(self) -> &'static [Context] {
        TABLE[self as usize].2
    }

    /// What it does, as a lower-case fragment.
    pub fn description(self) -> &'static str {
        TABLE[self as usize].3
    }

    /// Whether it works in a context.
    pub fn works_in(self, context: Context) -> bool {
        context.chain().iter().any(|context| self.contexts().contains(context))
    }

    /// Whether a key may be given to it. Arming always takes a typed command, whatever a keymap says.
    pub fn may_have_key(self) -> bool {
        self != Self::Arm
    }

    /// The number of the favourite that it shows, from 1 to 9.
    pub fn favourite(self) -> Option<usize> {
        (Self::Favourite1 <= self && self <= Self::Favourite9).then(|| self as usize - Self::Favourite1 as usize + 1)
    }
}

#[cfg(test)]
mod tests;
