//! The shape of the house: who may import whom, how large a file may be, and who alone may change the world.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What each room may import of ours. `face` is not named and may import anything: it puts the others together.
const IMPORTS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("state", &["domain"]),
    ("operations", &["domain"]),
    ("config", &["domain"]),
    ("clients", &["domain"]),
    ("sources", &["clients", "domain"]),
    ("targets", &["clients", "domain", "operations"]),
    ("runtime", &["clients", "domain", "operations", "sources", "state", "targets"]),
    ("tui", &["config", "domain", "runtime", "state"]),
    ("headless", &["cli", "config", "domain", "runtime", "state"]),
    ("sandbox", &["domain"]),
    ("cli", &["config", "domain"]),
];

/// Crates that only some rooms may use: each names something that the others must not do.
const OUTSIDE: &[(&str, &[&str])] = &[
    ("kube", &["clients", "sources"]),
    ("reqwest", &["clients"]),
    ("ratatui", &["tui"]),
    ("crossterm", &["tui"]),
    ("axum", &["sandbox"]),
    ("clap", &["cli", "headless"]),
];

/// The longest a file may be, in lines; tests do not count.
const LONGEST: usize = 400;

/// What half of the files may not exceed.
const MEDIAN: usize = 150;

/// The source files of the crate without its tests, by path below `src`.
fn sources() -> BTreeMap<PathBuf, String> {
    fn walk(folder: &Path, root: &Path, found: &mut BTreeMap<PathBuf, String>) {
        for entry in fs::read_dir(folder).expect("the sources can be read") {
            let path = entry.expect("the sources can be read").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            let is_test = matches!(name.as_str(), "tests" | "tests.rs" | "fake" | "fake.rs" | "snapshots")
                || name.starts_with("test_");
            if is_test {
                continue;
            }
            if path.is_dir() {
                walk(&path, root, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source is text");
                found.insert(path.strip_prefix(root).expect("it lies below").to_owned(), text);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    walk(&root, &root, &mut found);
    found
}

/// The room that a file belongs to: the folder below `src`, or the file itself.
fn room(path: &Path) -> String {
    let first = path.components().next().expect("a path has a beginning");
    first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
}

/// Lines of code: without comments, so that a sentence about another room is no import of it.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    lines.filter(|(_, line)| !line.starts_with("//"))
}

/// The rooms that a line imports: every `crate::room`, also within braces.
fn rooms_in(line: &str) -> Vec<String> {
    line.match_indices("crate::")
        .filter(|(at, _)| !line[..*at].ends_with('$'))
        .flat_map(|(at, found)| {
            let rest = &line[at + found.len()..];
            let names: Vec<&str> = match rest.strip_prefix('{') {
                Some(group) => group.split('}').next().unwrap_or_default().split(',').collect(),
                None => vec![rest],
            };
            names
                .into_iter()
                .map(|name| {
                    name.trim()
                        .chars()
                        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
                        .collect::<String>()
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

/// How many modules lie between a file and the root of the crate.
fn depth(path: &Path) -> usize {
    let is_folder = path.file_stem().is_some_and(|name| name == "mod");
    path.components().count() - usize::from(is_folder)
}

/// The rooms are read from `crate::room`, so nothing may come in another way.
#[test]
fn no_import_goes_round_the_table() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for (number, line) in code(&text) {
            let supers = line.match_indices("super::").count();
            let climbs = line.starts_with("use super::") && supers >= depth(&path);
            // A group over several lines is not read.
            if climbs && !line.contains('{') || line.ends_with("crate::{") {
                wrong.push(format!("src/{}:{number}: {line}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "write crate::ROOM, one use for each:\n{}", wrong.join("\n"));
}

#[test]
fn each_room_imports_only_what_it_may() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let room = room(&path);
        let Some((_, allowed)) = IMPORTS.iter().find(|(name, _)| *name == room) else { continue };
        for (number, line) in code(&text) {
            for other in rooms_in(line) {
                if other != room && !allowed.contains(&other.as_str()) && IMPORTS.iter().any(|(name, _)| *name == other)
                {
                    wrong.push(format!("src/{}:{number}: {room} imports {other}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn crates_that_reach_outside_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let room = room(&path);
        for (number, line) in code(&text) {
            for (name, rooms) in OUTSIDE {
                let uses = line.starts_with(&format!("use {name}::")) || line.contains(&format!(" {name}::"));
                if uses && IMPORTS.iter().any(|(known, _)| *known == room) && !rooms.contains(&room.as_str()) {
                    wrong.push(format!("src/{}:{number}: {room} uses {name}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn only_targets_change_the_world() {
    let holds = |room: &str| ["clients", "targets", "runtime"].contains(&room);
    let wrong: Vec<String> = sources()
        .iter()
        .filter(|(path, text)| {
            !holds(&room(path))
                && code(text)
                    .any(|(_, line)| ["WriteRequest", "Writer>", "SignalWriter"].iter().any(|word| line.contains(word)))
                && room(path) != "sandbox"
        })
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(wrong.is_empty(), "these hold a writer: {wrong:?}");
    let sends: Vec<String> = sources()
        .iter()
        .filter(|(path, text)| room(path) != "clients" && code(text).any(|(_, line)| line.contains("WriteRequest {")))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert_eq!(
        sends,
        ["targets/alertmanager.rs", "targets/kubernetes.rs"],
        "one place for each server makes requests that change something"
    );
}

#[test]
fn faces_reach_the_clock_only_through_the_session() {
    // Credentials end by the clock on the wall, whatever clock the session has.
    let may = ["clients", "lib.rs", "face", "runtime", "sandbox", "main.rs"];
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let is_allowed =
            may.iter().any(|allowed| path.starts_with(allowed) || room(&path) == allowed.trim_end_matches(".rs"));
        for (number, line) in code(&text).filter(|(_, line)| line.contains("Timestamp::now()")) {
            if !is_allowed {
                wrong.push(format!("src/{}:{number}: {line}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn files_stay_small_and_say_what_they_are() {
    let all = sources();
    let mut wrong = Vec::new();
    let mut lengths: Vec<usize> = Vec::new();
    for (path, text) in &all {
        let lines = text.lines().count();
        lengths.push(lines);
        if lines > LONGEST {
            wrong.push(format!("src/{} has {lines} lines: two names?", path.display()));
        }
        if !text.starts_with("//!") {
            wrong.push(format!("src/{} does not say what it is", path.display()));
        }
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        if ["utils", "util", "helpers", "common", "misc", "manager"].contains(&name) {
            wrong.push(format!("src/{} has a name that says nothing", path.display()));
        }
    }
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(median <= MEDIAN, "the median file has {median} lines");
}
