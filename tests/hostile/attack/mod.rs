//! What the hostile suites have in common: the attacks, what midwatch may write, and runs and walks that are read closely.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use color_eyre::eyre::{Result, ensure, eyre};
use serde_json::Value;

pub(crate) mod grammar;
pub(crate) mod payloads;
mod walk;

pub(crate) use payloads::{Payload, marks, payloads};
pub(crate) use walk::Walk;

/// The program under test.
pub(crate) const MIDWATCH: &str = env!("CARGO_BIN_EXE_midwatch");

/// The variables of a process.
pub(crate) type Environment = Vec<(&'static str, OsString)>;

/// Runs midwatch to its end; what it says must be plain, and JSON where it says so. Answers its code, stdout and stderr.
pub(crate) fn run(environment: &Environment, args: &[&str]) -> Result<(i32, String, String)> {
    let mut command = Command::new(MIDWATCH);
    command.args(args).env_clear().envs(environment.iter().cloned()).stdin(Stdio::null());
    let output = command.output()?;
    let what = args.join(" ");
    grammar::plain(&format!("stdout of {what}"), &output.stdout)?;
    grammar::plain(&format!("stderr of {what}"), &output.stderr)?;
    let (stdout, stderr) = (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
    let code = output.status.code().ok_or_else(|| eyre!("{what} was ended by a signal"))?;
    ensure!(code != 70 && code != 101, "{what} is a defect: {stderr}");
    let read = |text: &str| serde_json::from_str::<Value>(text).map_err(|error| eyre!("{what}: {error}: {text}"));
    if args.contains(&"json") {
        read(&stdout)?;
    } else if args.contains(&"ndjson") {
        stdout.lines().try_for_each(|line| read(line).map(drop))?;
    }
    Ok((code, stdout, stderr))
}

/// Runs each of some commands in each format, a few at a time; `judge` is told the words and what came of them.
pub(crate) fn run_all(
    environment: &Environment,
    commands: &[&str],
    judge: impl Fn(&str, i32, &str) -> Result<()> + Sync,
) -> Result<()> {
    let lines: Vec<(&str, &str)> =
        commands.iter().flat_map(|words| ["text", "json", "ndjson"].map(|format| (*words, format))).collect();
    let results = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4)
            .map(|worker| {
                let (lines, judge) = (&lines, &judge);
                scope.spawn(move || {
                    lines.iter().skip(worker).step_by(4).try_for_each(|(words, format)| {
                        let args: Vec<&str> = words.split_whitespace().chain(["-o", format]).collect();
                        let (code, stdout, stderr) = run(environment, &args)?;
                        judge(words, code, &stdout)
                            .map_err(|error| error.wrap_err(format!("{words} -o {format}: {stderr}")))
                    })
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|_| Err(eyre!("it panicked"))))
            .collect::<Vec<_>>()
    });
    results.into_iter().collect()
}

/// Requires that every file below a folder is plain; answers how many there are.
pub(crate) fn files_are_plain(folder: &Path) -> Result<usize> {
    let mut found = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found += files_are_plain(&path)?;
        } else if path.extension().is_some_and(|end| end == "gz") {
            found += archive_is_plain(&path)?;
        } else {
            grammar::plain(&path.display().to_string(), &fs::read(&path)?)?;
            found += 1;
        }
    }
    Ok(found)
}

/// The same of what is packed in an archive of evidence.
fn archive_is_plain(path: &Path) -> Result<usize> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(fs::File::open(path)?));
    let mut found = 0;
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = format!("{} in {}", entry.path()?.display(), path.display());
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes)?;
        grammar::plain(&name, &bytes)?;
        found += 1;
    }
    Ok(found)
}
