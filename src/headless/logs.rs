//! `midwatch logs`: what the pods of a workload say, by time, with the name of who says it before each line.

use std::io::{self, Write};
use std::time::Duration;

use jiff::Timestamp;
use regex::Regex;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use crate::cli::{Format, Logs};
use crate::domain::kind::Kind;
use crate::domain::logs::{Backlog, LogQuery, Patience, Standing};
use crate::domain::object::ObjectRef;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::runtime::{Session, Signal, Unread};
use crate::state::logs::{Index, LogStore, Record};

use super::answer::{Asked, nothing};
use super::find::{check_place, is_in, objects, workloads};
use super::output::{self, Ending, Listing, json as shapes};
use super::reading::{judge, read};
use super::{Exit, complain, say};

mod folded;

/// What pods are found by.
pub(super) const KINDS: [Kind; 7] =
    [Kind::Namespace, Kind::Deployment, Kind::Pod, Kind::StatefulSet, Kind::DaemonSet, Kind::Rollout, Kind::ReplicaSet];

/// How long lines are gathered, so that those of several pods can be put in order.
const GATHER: Duration = Duration::from_millis(250);

/// How many lines of the past are told before new ones are followed, where nothing else is said.
const RECENT: u32 = 20;

/// Tells what is said.
pub(super) async fn logs(session: &mut Session, asked: Asked<'_>, args: &Logs) -> Result<Exit, Problem> {
    if args.follow && asked.format == Format::Json {
        return Err(Problem::new("a document has an end", "with --follow there is none", "-o ndjson --follow"));
    }
    let wanted = args.grep.as_deref().map(Regex::new).transpose();
    let wanted = wanted.map_err(|error| Problem::new("--grep is no regular expression", error.to_string(), ""))?;
    read(session, &KINDS).await;
    let reading = judge(session, &KINDS, &[Kind::Pod]);
    reading.problems.iter().for_each(complain);
    if !reading.is_any {
        return nothing(asked.format, &reading);
    }
    check_place(session, asked.place)?;
    let mut found = match &args.pod {
        Some(pod) => pods(session, asked, pod)?,
        None => workloads(session, asked.place, &args.service, args.workload.as_deref())?,
    };
    let object = found.pop().filter(|_| found.is_empty());
    let Some(object) = object else {
        say(&format!(
            "midwatch: {} is several; say which one with --workload or --pod, -n and --context",
            args.service
        ));
        return Ok(Exit::Usage);
    };
    let query = query(session, args, object);
    session.follow(query.clone());
    let form = match (args.patterns, args.compare) {
        (true, _) => Form::Patterns,
        (_, true) => Form::Comparison,
        _ => Form::Lines,
    };
    tell(session, asked.format, &query, form, wanted.as_ref()).await
}

/// The pods of a name.
fn pods(session: &Session, asked: Asked<'_>, name: &str) -> Result<Vec<ObjectRef>, Problem> {
    let is_meant = |pod: &ObjectRef| pod.name == name && is_in(asked.place, &session.place_of(pod).environment);
    let found: Vec<ObjectRef> = objects(session, &[Kind::Pod]).into_iter().filter(is_meant).collect();
    if found.is_empty() {
        return Err(Problem::new(format!("there is no pod {name}"), "", "midwatch get pods shows what there is"));
    }
    Ok(found)
}

fn query(session: &Session, args: &Logs, object: ObjectRef) -> LogQuery {
    let backlog = match (args.since, args.tail) {
        (Some(since), _) => Backlog::Since(session.clock().now().checked_sub(since).unwrap_or(Timestamp::MIN)),
        (None, Some(lines)) => Backlog::Tail(lines),
        (None, None) if args.follow => Backlog::Tail(RECENT),
        (None, None) => Backlog::All,
    };
    LogQuery {
        object,
        container: args.container.as_deref().map(Text::from),
        previous: args.previous,
        backlog,
        patience: if args.follow { Patience::Follow } else { Patience::Once },
    }
}

/// What is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// The lines.
    Lines,
    /// Similar lines folded.
    Patterns,
    /// How the newest two revisions compare.
    Comparison,
}

/// What has been told.
struct Output<'a> {
    form: Form,
    query: &'a LogQuery,
    format: Format,
    wanted: Option<&'a Regex>,
    index: Index,
    dropped: u64,
    items: Vec<Value>,
}

/// Tells lines until there are no more, or until somebody has had enough.
async fn tell(
    session: &mut Session,
    format: Format,
    query: &LogQuery,
    form: Form,
    wanted: Option<&Regex>,
) -> Result<Exit, Problem> {
    let mut signals = super::listen()?;
    let mut unread = Unread::watch();
    let mut told = Output { form, query, format, wanted, index: Index::default(), dropped: 0, items: Vec::new() };
    loop {
        let until = Instant::now() + GATHER;
        let ended = loop {
            let ended = query.patience == Patience::Once && session.logs(query).is_none_or(is_over);
            tokio::select! {
                _absorbed = super::absorb(session), if !ended => {}
                () = unread.come() => return Ok(Exit::Done),
                Signal::End(number) = signals.next() => return told.finish(session, Exit::Signal(number)),
                _elapsed = timeout_at(until, std::future::pending::<()>()) => break ended,
            }
        };
        // What is read once is put in order as a whole.
        let is_due = form == Form::Lines && (query.patience == Patience::Follow || ended);
        if is_due && let Some(store) = session.logs(query) {
            let printed = told.print(store);
            if printed.is_err() {
                return output::ended(printed, Exit::Done);
            }
        }
        if ended || is_refused(session, query) {
            let exit = session.logs(query).map_or(Exit::Done, |store| exit_of(store, query.patience));
            return told.finish(session, exit);
        }
    }
}

/// Whether nothing more is to come of any stream.
fn is_over(store: &LogStore) -> bool {
    store
        .streams()
        .iter()
        .all(|stream| matches!(stream.standing, Standing::Ended | Standing::Refused(_) | Standing::Lost(_)))
}

/// Whether none of the streams may be read.
fn is_refused(session: &Session, query: &LogQuery) -> bool {
    let Some(store) = session.logs(query) else { return true };
    let mut streams = store.streams().iter().peekable();
    streams.peek().is_some() && streams.all(|stream| matches!(stream.standing, Standing::Refused(_)))
}

/// What a script is told.
fn exit_of(store: &LogStore, patience: Patience) -> Exit {
    let count = |is: fn(&Standing) -> bool| store.streams().iter().filter(|stream| is(&stream.standing)).count();
    let refused = count(|standing| matches!(standing, Standing::Refused(_)));
    let lost = count(|standing| matches!(standing, Standing::Lost(_)));
    let well = store.streams().iter().count() - refused - lost;
    let is_whole = store.counts().dropped == 0 && untold(store, patience) == 0;
    match (well, refused, lost) {
        (_, 0, 0) if is_whole => Exit::Done,
        (_, 0, 0) => Exit::Partly,
        (0, _, 0) => Exit::Denied,
        (0, ..) => Exit::Unreachable,
        _ => Exit::Partly,
    }
}

/// How many lines were read once and could not be kept until they are told.
fn untold(store: &LogStore, patience: Patience) -> u64 {
    let counts = store.counts();
    match patience {
        Patience::Once => counts.delivered.saturating_sub(counts.kept as u64),
        Patience::Follow => 0,
    }
}

impl Output<'_> {
    /// Prints the lines that have arrived, by time.
    fn print(&mut self, store: &LogStore) -> io::Result<()> {
        let mut new = Index::starting_at(self.index.next());
        let patience = self.query.patience;
        new.update(store, store.end(), &|record: &Record<'_>| {
            let is_mark = record.is_mark && patience == Patience::Follow;
            is_mark || !record.is_mark && self.wanted.is_none_or(|wanted| wanted.is_match(record.text))
        });
        let mut out = io::BufWriter::new(io::stdout().lock());
        for record in new.ids().iter().filter_map(|id| store.line(*id)) {
            match self.format {
                _ if record.is_mark => say(&format!("{}: {}", label(store, &record), record.text)),
                Format::Text => writeln!(out, "{}  {}", label(store, &record), record.text)?,
                Format::Ndjson => shapes::line(&mut out, &output::of_kind("LogLine", self.item(store, &record)))?,
                Format::Json => self.items.push(self.item(store, &record)),
            }
        }
        self.index = new;
        let dropped = store.counts().dropped;
        if dropped > self.dropped {
            say(&format!("midwatch: {} lines were dropped: they came too fast", dropped - self.dropped));
            self.dropped = dropped;
        }
        out.flush()
    }

    /// A line as JSON.
    fn item(&self, store: &LogStore, record: &Record<'_>) -> Value {
        let facts = store.streams().get(record.stream).map(|stream| stream.facts.clone()).unwrap_or_default();
        json!({
            "cluster": self.query.object.cluster,
            "namespace": self.query.object.namespace,
            "pod": facts.pod,
            "container": facts.container,
            "at": record.at.to_string(),
            "level": record.level,
            "message": record.text,
        })
    }

    /// Says how it ended.
    fn finish(self, session: &Session, exit: Exit) -> Result<Exit, Problem> {
        let mut problems: Vec<Problem> = Vec::new();
        if let Some(store) = session.logs(self.query) {
            for stream in store.streams().iter() {
                if let Standing::Refused(problem) | Standing::Lost(problem) = &stream.standing
                    && !problems.contains(problem)
                {
                    problems.push(problem.clone());
                }
            }
            let gone = untold(store, self.query.patience);
            if gone > 0 {
                let what = format!("the first {gone} lines are not told");
                problems.push(Problem::new(what, "there are too many", "ask for fewer with --since or --tail"));
            }
            if store.streams().iter().next().is_none() {
                let why =
                    if self.query.previous { "no container was restarted" } else { "no pod has such a container" };
                problems.push(Problem::new("there is nobody to listen to", why, ""));
            }
            if !store.streams().left_out.is_empty() {
                let count = store.streams().left_out.len();
                problems.push(Problem::new(format!("{count} pods are left out"), "too many at once", "--pod NAME"));
            }
        }
        if let (Form::Patterns | Form::Comparison, Some(store)) = (self.form, session.logs(self.query)) {
            return self.finish_folded(store, problems, exit);
        }
        problems.iter().for_each(complain);
        if self.format == Format::Json {
            let document = output::list("LogLine", self.items, &problems);
            return output::ended(output::print_document(&document), exit);
        }
        output::result(self.format, &Ending { exit, problems: &problems, more: Value::Null })
    }
}

impl Output<'_> {
    /// Tells of all lines at once, and how it ended.
    fn finish_folded(self, store: &LogStore, mut problems: Vec<Problem>, exit: Exit) -> Result<Exit, Problem> {
        let listing = match self.form {
            Form::Comparison => folded::comparison(store, self.query),
            _ => Some(folded::patterns(store, self.query)),
        };
        if listing.is_none() {
            let why = "only one revision has said anything that is kept";
            problems.push(Problem::new("there is nothing to compare", why, "look at --patterns"));
        }
        problems.iter().for_each(complain);
        let listing = listing.unwrap_or(Listing { kind: "LogComparison", header: &[], items: Vec::new() });
        output::ended(output::print(self.format, &listing, false, &problems, exit), exit)
    }
}

/// Who says a line.
fn label(store: &LogStore, record: &Record<'_>) -> Text {
    store.streams().get(record.stream).map(|stream| stream.label.clone()).unwrap_or_default()
}
