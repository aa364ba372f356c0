//! Reading an archive without unpacking it to the disk: bounded, and with nothing in it but what midwatch writes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use flate2::bufread::GzDecoder;
use serde_json::Value;

use super::{LARGEST, MANIFEST, SUMS};
use crate::domain::digest::sha256;
use crate::domain::evidence::{API_VERSION, KIND, Manifest, Moment, Part, path};
use crate::domain::problem::Problem;
use crate::domain::text::Text;

/// More files than an archive can have.
const MOST_FILES: usize = 40;

/// The largest manifest or list of sums, in bytes.
const LARGEST_LIST: u64 = 4 * 1024 * 1024;

/// An archive that was read.
#[derive(Debug)]
pub struct Bundle {
    /// What it says about itself.
    pub manifest: Manifest,
    /// What does not match, in words; empty where everything does.
    pub faults: Vec<Text>,
    files: BTreeMap<String, Vec<u8>>,
}

impl Bundle {
    /// The lines of a part; those that are no JSON are left out. None where the archive does not have it.
    pub fn lines(&self, moment: Option<Moment>, part: Part) -> Option<impl DoubleEndedIterator<Item = Value> + '_> {
        let content = self.files.get(&path(moment, part))?;
        let lines = content.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        Some(lines.filter_map(|line| serde_json::from_slice(line).ok()))
    }

    /// The moments of which it has a part; for a part of the change as a whole, none as its only one.
    pub fn moments(&self, part: Part) -> Vec<Option<Moment>> {
        let all = Moment::ALL.into_iter().map(Some).chain([None]);
        all.filter(|moment| self.files.contains_key(&path(*moment, part))).collect()
    }

    /// Whether everything is as it was written.
    pub fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Reads the archive at a path.
pub fn open(path: &Path) -> Result<Bundle, Problem> {
    let shown = path.display();
    let failed = |why: String| Problem::new(format!("cannot read {shown}"), why, "midwatch evidence list");
    let file = File::open(path).map_err(|error| failed(error.to_string()))?;
    let metadata = file.metadata().map_err(|error| failed(error.to_string()))?;
    if !metadata.is_file() {
        return Err(failed("it is no regular file".to_owned()));
    }
    if metadata.len() > LARGEST {
        return Err(failed(format!("it is larger than {} MiB", LARGEST / 1024 / 1024)));
    }
    read(file).map_err(|why| Problem::new(format!("{shown} is no evidence of midwatch"), why, "get another copy of it"))
}

/// Reads an archive; why it is none of ours where it is not.
pub fn read(packed: impl Read) -> Result<Bundle, String> {
    read_within(packed, LARGEST)
}

/// The same, with at most so many bytes once it is unpacked.
pub(super) fn read_within(packed: impl Read, largest: u64) -> Result<Bundle, String> {
    let mut decoder = GzDecoder::new(BufReader::new(packed.take(LARGEST)));
    let mut files = BTreeMap::new();
    let mut faults = Vec::new();
    // What broke off is told, and what was whole before it is shown.
    match unpack(&mut decoder, largest, &mut files) {
        Ok(()) => {}
        Err(Broken::Foreign(why)) => return Err(why),
        Err(Broken::Damaged(why)) if files.is_empty() => return Err(why),
        Err(Broken::Damaged(why)) => faults.push(Text::from_untrusted(&format!("it breaks off: {why}"))),
    }
    if faults.is_empty() {
        let mut rest = Vec::new();
        let read = decoder.get_mut().take(1).read_to_end(&mut rest);
        if read.map_or(true, |bytes| bytes > 0) {
            faults.push(Text::from("something stands behind its end"));
        }
    }
    let manifest = files.remove(MANIFEST).ok_or("it has no manifest.json")?;
    let told: Manifest =
        serde_json::from_slice(&manifest).map_err(|error| format!("its manifest.json is none: {error}"))?;
    if told.api_version != API_VERSION || told.kind != KIND {
        return Err(format!("it is a {} of {}, which this midwatch does not know", told.kind, told.api_version));
    }
    let sums = files.remove(SUMS);
    check(&told, &manifest, sums.as_deref(), &files, &mut faults);
    Ok(Bundle { manifest: told, faults, files })
}

/// Why an archive could not be read to its end.
enum Broken {
    /// It holds what none of ours holds.
    Foreign(String),
    /// Its bytes are not what was written.
    Damaged(String),
}

/// Takes the files out, by their paths below the folder of the archive.
fn unpack(decoder: &mut impl Read, largest: u64, files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), Broken> {
    let damaged = |error: std::io::Error| Broken::Damaged(error.to_string());
    let mut limited = decoder.take(largest);
    let mut left = largest;
    let mut folder = None;
    let mut archive = tar::Archive::new(&mut limited);
    // Raw: no header may speak for another one, so a name can neither be long nor hidden.
    for entry in archive.entries().map_err(damaged)?.raw(true) {
        let mut entry = entry.map_err(damaged)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let shown = Text::from_untrusted(&name);
        if entry.header().entry_type() != tar::EntryType::Regular {
            return Err(Broken::Foreign(format!("{shown} in it is no regular file")));
        }
        let own = own(&name, &mut folder)
            .ok_or_else(|| Broken::Foreign(format!("it holds {shown}, which no archive of midwatch has")))?;
        let size = entry.header().entry_size().map_err(damaged)?;
        let most = if [MANIFEST, SUMS].contains(&own.as_str()) { LARGEST_LIST } else { left };
        if size > most.min(left) || files.len() >= MOST_FILES {
            return Err(Broken::Foreign(format!("{shown} in it is larger than anything that midwatch writes")));
        }
        left -= size;
        let mut content = Vec::new();
        let read = entry.by_ref().take(size).read_to_end(&mut content);
        let is_whole = read.as_ref().is_ok_and(|bytes| *bytes as u64 == size);
        if files.insert(own, content).is_some() {
            return Err(Broken::Foreign(format!("it holds {shown} twice")));
        }
        if !is_whole {
            let why = read.err().map_or_else(|| "it is cut off".to_owned(), |error| error.to_string());
            return Err(Broken::Damaged(format!("{shown}: {why}")));
        }
    }
    // The sum of the compression stands at its end.
    std::io::copy(&mut limited, &mut std::io::sink()).map_err(damaged)?;
    Ok(())
}

/// The path below the one folder of an archive, if it is one that midwatch writes.
fn own(name: &str, folder: &mut Option<String>) -> Option<String> {
    let (of, below) = name.split_once('/')?;
    crate::domain::audit::ActionId::parse(of).ok()?;
    if folder.get_or_insert_with(|| of.to_owned()) != of {
        return None;
    }
    let moments = || Moment::ALL.into_iter().map(Some).chain([None]);
    let mut paths = Part::ALL.into_iter().flat_map(|part| moments().map(move |moment| path(moment, part)));
    let is_known = [MANIFEST, SUMS].contains(&below) || paths.any(|path| path == below);
    is_known.then(|| below.to_owned())
}

/// Compares every file with its sum, which stands in two places.
fn check(
    manifest: &Manifest,
    document: &[u8],
    sums: Option<&[u8]>,
    files: &BTreeMap<String, Vec<u8>>,
    faults: &mut Vec<Text>,
) {
    let mut fault = |words: String| faults.push(Text::from_untrusted(&words));
    let listed: BTreeMap<String, String> = match sums {
        None => {
            fault(format!("{SUMS} is missing: it was cut off"));
            BTreeMap::new()
        }
        Some(sums) => String::from_utf8_lossy(sums)
            .lines()
            .filter_map(|line| line.split_once("  "))
            .map(|(sum, file)| (file.to_owned(), sum.to_owned()))
            .collect(),
    };
    if sums.is_some() && listed.get(MANIFEST) != Some(&sha256(document)) {
        fault(format!("{MANIFEST} does not match its sum"));
    }
    for kept in &manifest.parts {
        let Some(content) = files.get(&kept.file) else {
            fault(format!("{} is missing", kept.file));
            continue;
        };
        let actual = sha256(content);
        if actual != kept.sha256 {
            fault(format!("{} does not match the sum in {MANIFEST}", kept.file));
        }
        if sums.is_some() && listed.get(&kept.file) != Some(&actual) {
            fault(format!("{} does not match the sum in {SUMS}", kept.file));
        }
    }
    for file in files.keys().filter(|file| !manifest.parts.iter().any(|kept| kept.file == **file)) {
        fault(format!("{file} is not named in {MANIFEST}"));
    }
}
