//! The places of the console: how the palette leads to each, what tells that one is there, and which keys work there.

use midwatch::domain::kind::{Kind, Scope};
use midwatch::domain::object::{ClusterName, ObjectRef};
use midwatch::domain::service::ServiceId;
use midwatch::tui::command::Context;
use midwatch::tui::effect::{Destination, LogTarget};

/// A place, with what is done to get there.
pub(super) struct Stop {
    pub(super) name: String,
    /// What it has in common with other places: keys that work everywhere do the same in all of them.
    pub(super) view: &'static str,
    /// Which keys work there.
    pub(super) context: Context,
    /// What is typed in the palette, line by line, each with the mark of where it leads.
    pub(super) lines: Vec<(String, String)>,
    /// Commands that then select a row.
    pub(super) rows: &'static [&'static str],
}

impl Stop {
    fn new(view: &'static str, context: Context, lines: &[(&str, &str)]) -> Self {
        let lines = lines.iter().map(|(line, mark)| ((*line).to_owned(), (*mark).to_owned())).collect();
        Self { name: view.to_owned(), view, context, lines, rows: &[] }
    }

    /// Whether a screen shows this place behind the palette, which leaves only the beginning of a line to be seen.
    pub(super) fn is_behind(&self, screen: &str) -> bool {
        let begins = |mark: &str| mark.chars().take(18).collect::<String>();
        self.lines.last().is_some_and(|(_, mark)| mark.split('|').any(|mark| shows(screen, &begins(mark))))
    }
}

/// Whether a screen shows a place, which has loaded: its mark begins a line, or stands in the second one. A place that
/// may be empty has a second mark behind a bar.
pub(super) fn shows(screen: &str, mark: &str) -> bool {
    let is_there = |mark: &str| {
        let mut lines = screen.lines().enumerate();
        lines.any(|(y, line)| line.trim_start().starts_with(mark) || (y == 1 && line.contains(mark)))
    };
    mark.split('|').any(is_there) && !screen.contains("loading\u{2026}")
}

/// The way to a service.
const SERVICE: [(&str, &str); 2] = [("overview", "SERVICE"), ("open", "Overview › ")];

/// The way to the audit, from where it is not shown: it keeps the page that is open.
const AUDIT: [(&str, &str); 2] = [("ctx", "Contexts   "), ("audit", "WHEN|No changes yet")];

/// Every place that the console has, of the platform of the rig with chat-service stuck.
pub(super) fn all() -> Vec<Stop> {
    let object = || ObjectRef {
        cluster: ClusterName("rig".into()),
        kind: Kind::Deployment,
        namespace: "production".into(),
        name: "chat-service".into(),
    };
    let service =
        ServiceId { cluster: ClusterName("rig".into()), environment: "production".into(), name: "chat-service".into() };
    let resources =
        |kind| Destination::Resources { kind, namespace: Some("production".to_owned()), filter: String::new() };
    let destinations = [
        Destination::Contexts,
        Destination::Overview,
        Destination::Rollouts,
        Destination::Alerts,
        Destination::Briefing,
        Destination::Service(service),
        Destination::Revisions(object()),
        Destination::Describe(object()),
        Destination::Yaml(object()),
        Destination::Logs(LogTarget::of(object())),
        Destination::Audit,
    ];
    let mut stops: Vec<Stop> = destinations.iter().map(stop).collect();
    stops.extend(Kind::ALL.map(|kind| stop(&resources(kind))));
    stops.extend(within());
    stops
}

/// The way to a destination. A new one has none, so that whoever adds it is reminded of this walk.
fn stop(destination: &Destination) -> Stop {
    let of = |object: &ObjectRef, command: &'static str, context: Context, mark: String| {
        let ObjectRef { kind, namespace, name, .. } = object;
        let table = (format!("{} {namespace} /{name}", kind.short()), format!("{}   {namespace}", kind.title()));
        Stop { lines: vec![table, (command.to_owned(), mark)], ..Stop::new(command, context, &[]) }
    };
    match destination {
        Destination::Overview => Stop::new("overview", Context::Table, &[("overview", "SERVICE|No service")]),
        Destination::Rollouts => Stop::new("rollouts", Context::Table, &[("rollouts", "WORKLOAD|Nothing is moving")]),
        Destination::Alerts => Stop::new("alerts", Context::Table, &[("alerts", "PRIORITY|No alert|Nobody is asked")]),
        // It takes an alert, which this platform need not have: tests/live/alerts.rs goes there.
        Destination::Around(_) => {
            Stop::new("show-changes", Context::Text, &[("alerts", "PRIORITY"), ("show-changes", "What changed")])
        }
        // It too takes an alert.
        Destination::Alert(_) => {
            Stop::new("describe", Context::Text, &[("alerts", "PRIORITY"), ("describe", "Labels")])
        }
        Destination::Silences => {
            Stop::new("silences", Context::Table, &[("silences", "active silence|Nothing is kept quiet")])
        }
        Destination::Briefing => Stop::new("brief", Context::Text, &[("brief", "Overview › Briefing")]),
        Destination::Contexts => Stop::new("ctx", Context::Table, &[("ctx", "Contexts   ")]),
        Destination::Audit => Stop::new("audit", Context::Table, &AUDIT),
        // The worst one, whichever that is by now.
        Destination::Service(_) => Stop::new("service", Context::Service, &SERVICE),
        Destination::Resources { kind, namespace, .. } => {
            let place = namespace.as_deref().filter(|_| kind.scope() == Scope::Namespaced).unwrap_or_default();
            let (line, mark) = (format!("{} {place}", kind.short()), format!("{}   {place}", kind.title()));
            Stop { name: kind.to_string(), ..Stop::new("resources", Context::Table, &[(&line, &mark)]) }
        }
        Destination::Logs(LogTarget { object, .. }) => {
            of(object, "show-logs", Context::Logs, format!("{} › Logs", object.name))
        }
        Destination::Describe(object) => of(object, "describe", Context::Text, format!("{}   in words", object.name)),
        Destination::Yaml(object) => of(object, "show-yaml", Context::Text, format!("{}   as YAML", object.name)),
        Destination::Revisions(object) => {
            of(object, "show-diff", Context::Table, format!("{}   revisions", object.name))
        }
    }
}

/// Places within others: a pod and a revision of the service, the records of an action.
fn within() -> [Stop; 3] {
    let row =
        |name: &str, rows| Stop { name: name.to_owned(), rows, ..Stop::new("service", Context::Service, &SERVICE) };
    [
        row("pod of a service", &["select-next"]),
        row("revision of a service", &["select-last"]),
        Stop::new("records", Context::Text, &[AUDIT[0], AUDIT[1], ("open", "record ")]),
    ]
}
