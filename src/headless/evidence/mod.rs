//! `midwatch evidence`: what was to be seen around changes, kept, listed and shown without unpacking anything.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::cli::Format;
use crate::cli::evidence::{EvidenceCollect, EvidenceCommand, EvidenceShow};
use crate::domain::audit::ActionId;
use crate::domain::json::merge;
use crate::domain::kind::Kind;
use crate::domain::nearest::nearest;
use crate::domain::object::ClusterName;
use crate::domain::problem::Problem;
use crate::domain::service::ServiceId;
use crate::domain::text::Text;
use crate::runtime::{Archive, Bundle, EVIDENCE_KINDS, Session, Shelf, Shelved, Signal, open_evidence};
use crate::state::{ESSENTIAL, Numbers, ServiceBoard};

use super::answer::{Asked, nothing};
use super::find::{check_place, is_in};
use super::metrics::look_closer;
use super::output::{self, Ending, Item, Listing};
use super::reading::{judge, read, together};
use super::signals::{PATIENCE, await_all};
use super::{Exit, complain, say};

mod part;
mod summary;

/// What evidence is made of.
pub(super) fn kinds() -> Vec<Kind> {
    together(&EVIDENCE_KINDS, super::services::KINDS)
}

/// Lists or shows what is kept, which needs no cluster.
pub fn run(shelf: &Shelf, format: Format, command: &EvidenceCommand) -> Result<Exit, Problem> {
    match command {
        EvidenceCommand::Show(args) => show(shelf, format, args),
        EvidenceCommand::List | EvidenceCommand::Collect(_) => list(shelf, format),
    }
}

/// Has an archive made, and says where it is.
pub(super) async fn collect(session: &mut Session, asked: Asked<'_>, args: &EvidenceCollect) -> Result<Exit, Problem> {
    let kinds = kinds();
    read(session, &kinds).await;
    drop(await_all(session, PATIENCE).await);
    let reading = judge(session, &kinds, &ESSENTIAL);
    if !reading.is_any {
        reading.problems.iter().for_each(complain);
        return nothing(asked.format, &reading);
    }
    check_place(session, asked.place)?;
    let mut board = ServiceBoard::default();
    board.refresh(session.state(), session.clock().now());
    let service = one_service(&board, asked, &args.service)?;
    // A round of answers that was under way tells nothing of single pods: the one after it does.
    for _ in 0..2 {
        look_closer(session, asked, &board, &args.service).await;
        board.refresh(session.state(), session.clock().now());
        if board.numbers(&service).is_some_and(Numbers::knows_pods) {
            break;
        }
    }
    session.collect_evidence(service, args.out.is_none());
    let mut signals = super::listen()?;
    let archive = loop {
        tokio::select! {
            mut absorbed = super::absorb(session) => {
                if let Some(made) = absorbed.evidence.pop() {
                    break made?;
                }
            }
            Signal::End(number) = signals.next() => {
                let exit = Exit::Signal(number);
                return output::result(asked.format, &Ending { exit, problems: &reading.problems, more: Value::Null });
            }
        }
    };
    hand_over(asked.format, &archive, args.out.as_deref())
}

/// The service of a name, where it is clear which one is meant.
fn one_service(board: &ServiceBoard, asked: Asked<'_>, name: &str) -> Result<ServiceId, Problem> {
    let found = board.services().iter().filter(|one| one.id.name == name && is_in(asked.place, &one.id.environment));
    let found: Vec<&ServiceId> = found.map(|service| &service.id).collect();
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => {
            let near = nearest(name, board.services().iter().map(|service| service.id.name.as_str()));
            let near = near.map_or_else(|| "nothing has this name".to_owned(), |near| format!("did you mean {near}?"));
            Err(Problem::new(format!("there is no service {name}"), near, "midwatch services shows what there is"))
        }
        several => {
            let places: Vec<String> =
                several.iter().map(|id| format!("{} of {}", id.environment, id.cluster)).collect();
            let why = format!("it is in {}", places.join(", "));
            Err(Problem::new(format!("{name} is several"), why, "say which one with -e and --context"))
        }
    }
}

/// Writes an archive to where it is wanted, and says so.
fn hand_over(format: Format, archive: &Archive, out: Option<&Path>) -> Result<Exit, Problem> {
    let missing = archive.manifest.missing.len();
    if missing > 0 {
        say(&format!("midwatch: {missing} things are not in it; midwatch evidence show names them"));
    }
    let path = match out {
        Some(path) if path == Path::new("-") => {
            let mut stdout = io::stdout().lock();
            return output::ended(stdout.write_all(&archive.bytes).and_then(|()| stdout.flush()), Exit::Done);
        }
        Some(path) => Some(write_new(path, &archive.bytes)?),
        None => archive.path.clone(),
    };
    let path = path.map(|path| Text::from_untrusted(&path.display().to_string())).unwrap_or_default();
    if format == Format::Text {
        return output::ended(output::print_text(&format!("{path}\n")), Exit::Done);
    }
    let more = json!({
        "archive": path,
        "action": archive.manifest.action,
        "bytes": archive.bytes.len(),
        "missing": archive.manifest.missing,
    });
    let printed = output::print_line(&Ending { exit: Exit::Done, problems: &[], more }.json());
    output::ended(printed, Exit::Done)
}

/// Writes a new file that only its owner may read, never over another one.
fn write_new(path: &Path, bytes: &[u8]) -> Result<PathBuf, Problem> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let written = opened.and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.map(|()| path.to_owned()).map_err(|error| {
        Problem::new(format!("cannot write {}", path.display()), error.to_string(), "name a file that is not there yet")
    })
}

/// Shows what is kept.
fn list(shelf: &Shelf, format: Format) -> Result<Exit, Problem> {
    let mut problems = Vec::new();
    let items: Vec<Item> = shelf.list()?.iter().map(|one| kept(one, &mut problems)).collect();
    if items.is_empty() {
        say(&format!("midwatch: no evidence is kept in {}", shelf.directory().display()));
    }
    problems.iter().for_each(complain);
    let exit = if problems.is_empty() { Exit::Done } else { Exit::Failed };
    let header: &[&str] = &["AT", "SERVICE", "ENVIRONMENT", "SEEN", "SIZE", "SUMS", "ACTION", "WHAT"];
    let listing = Listing { kind: "Evidence", header, items };
    output::ended(output::print(format, &listing, false, &problems, exit), exit)
}

/// One archive in a line.
fn kept(one: &Shelved, problems: &mut Vec<Problem>) -> Item {
    let read = open_evidence(&one.path);
    let sums = match &read {
        Ok(bundle) if bundle.is_whole() => "ok",
        Ok(bundle) => {
            problems.push(damaged(&one.path, bundle));
            "DAMAGED"
        }
        Err(problem) => {
            problems.push(problem.clone());
            "UNREADABLE"
        }
    };
    let manifest = read.as_ref().ok().map(|bundle| &bundle.manifest);
    let told = |of: fn(&crate::domain::evidence::Manifest) -> Text| manifest.map(of).unwrap_or_default();
    let cells = vec![
        told(|manifest| manifest.at().strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into()),
        told(|manifest| manifest.service.clone()),
        told(|manifest| manifest.environment.clone()),
        told(|manifest| manifest.moments().replace(", ", "+").into()),
        size(one.size).into(),
        sums.into(),
        one.action.as_str().into(),
        told(|manifest| manifest.what.clone()),
    ];
    let cluster = ClusterName(told(|manifest| manifest.context.clone()));
    Item { cluster, key: one.action.to_string(), json: described(&one.path, one.size, read.as_ref()), cells }
}

/// An archive for scripts: what it says about itself, and whether that can be believed.
fn described(path: &Path, size: u64, read: Result<&Bundle, &Problem>) -> Value {
    let mut value = match read {
        Ok(bundle) => json!(bundle.manifest),
        Err(_) => json!({}),
    };
    merge(
        &mut value,
        json!({
            "archive": Text::from_untrusted(&path.display().to_string()),
            "size": size,
            "isWhole": read.is_ok_and(Bundle::is_whole),
            "faults": match read {
                Ok(bundle) => bundle.faults.clone(),
                Err(problem) => vec![Text::from(problem.to_string())],
            },
        }),
    );
    value["kind"] = "Evidence".into();
    value
}

/// Says what of an archive does not match.
fn damaged(path: &Path, bundle: &Bundle) -> Problem {
    let faults: Vec<&str> = bundle.faults.iter().map(Text::as_str).collect();
    let what = format!("{} is not as it was written", path.display());
    Problem::new(what, faults.join("; "), "what still matches is shown; look for another copy of it")
}

/// Shows one archive.
fn show(shelf: &Shelf, format: Format, args: &EvidenceShow) -> Result<Exit, Problem> {
    let path = place(shelf, &args.archive)?;
    let bundle = open_evidence(&path)?;
    let problems: Vec<Problem> = if bundle.is_whole() { Vec::new() } else { vec![damaged(&path, &bundle)] };
    problems.iter().for_each(complain);
    let exit = if problems.is_empty() { Exit::Done } else { Exit::Failed };
    if let Some(part) = args.part {
        let listing = part::listing(&bundle, part.into(), args.moment.map(Into::into))?;
        return output::ended(output::print(format, &listing, false, &problems, exit), exit);
    }
    let size = std::fs::metadata(&path).map(|metadata| metadata.len()).unwrap_or_default();
    let printed = match format {
        Format::Text => output::print_text(&summary::text(&bundle, &path, size)),
        Format::Json => output::print_document(&output::of_kind("Evidence", described(&path, size, Ok(&bundle)))),
        Format::Ndjson => output::print_line(&output::of_kind("Evidence", described(&path, size, Ok(&bundle))))
            .and_then(|()| output::print_line(&Ending { exit, problems: &problems, more: Value::Null }.json())),
    };
    output::ended(printed, exit)
}

/// Where the archive is that is meant: of an action, or a file.
fn place(shelf: &Shelf, word: &str) -> Result<PathBuf, Problem> {
    let kept = ActionId::parse(word).ok().map(|action| shelf.path(&action));
    let file = PathBuf::from(word);
    kept.into_iter().chain([file]).find(|path| path.exists()).ok_or_else(|| {
        Problem::new(format!("there is no evidence {word}"), "", "midwatch evidence list shows what is kept")
    })
}

/// A size as people read it.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KiB", bytes.div_ceil(1_024)),
        _ => format!("{}.{} MiB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}
