//! Packing: pieces become an archive that is no larger than it may be.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use flate2::{Compression, GzBuilder};

use super::{LARGEST, MANIFEST, SUMS};
use crate::domain::digest::sha256;
use crate::domain::evidence::{Kept, Manifest, Missing, Part, Piece};
use crate::domain::json::escaped;
use crate::domain::problem::Problem;
use crate::domain::text::Text;

/// Which parts are made smaller first where an archive would be too large. A plan and its records never are.
const FIRST_TO_GO: [Part; 8] =
    [Part::Logs, Part::Objects, Part::Metrics, Part::Pods, Part::Events, Part::Alerts, Part::Workloads, Part::Service];

/// Packs pieces in their order. Where the archive would be larger than `limit` bytes, lines are left out, and the
/// manifest says of which and how many.
pub fn pack(manifest: &Manifest, pieces: &[Piece], limit: u64) -> Result<Vec<u8>, Problem> {
    let mut pieces: Vec<Cow<'_, Piece>> = pieces.iter().map(Cow::Borrowed).collect();
    pieces.sort_by_key(|piece| (piece.moment, piece.part));
    let (missing, mut manifest) = (&manifest.missing, manifest.clone());
    let mut left_out: Vec<(usize, usize)> = Vec::new();
    loop {
        manifest.missing.clone_from(missing);
        manifest.missing.extend(left_out.iter().map(|(index, lines)| told(&pieces[*index], *lines, limit)));
        let raw: u64 = pieces.iter().map(|piece| piece.bytes() as u64).sum();
        // What is far too large is not compressed to find that out.
        if raw < LARGEST / 2 {
            let archive = written(&mut manifest, &pieces).map_err(|error| failed(&error))?;
            if archive.len() as u64 <= limit {
                return Ok(archive);
            }
        }
        let Some(index) = next_to_go(&pieces) else {
            let what = format!("the evidence does not fit into {limit} bytes");
            return Err(Problem::new(what, "even without what could be left out", "raise `limit` under [evidence]"));
        };
        let lines = pieces[index].to_mut().halve();
        match left_out.iter_mut().find(|(known, _)| *known == index) {
            Some((_, sum)) => *sum += lines,
            None => left_out.push((index, lines)),
        }
    }
}

/// The piece to make smaller: the largest that may be, and of those that are alike the first to go.
fn next_to_go(pieces: &[Cow<'_, Piece>]) -> Option<usize> {
    let rank = |part: Part| FIRST_TO_GO.iter().position(|one| *one == part);
    let may = pieces.iter().enumerate().filter(|(_, piece)| !piece.lines.is_empty() && rank(piece.part).is_some());
    let (index, _) = may.max_by_key(|(_, piece)| {
        let first = FIRST_TO_GO.len() - rank(piece.part).unwrap_or_default();
        // Twice as large counts, a little larger does not.
        (piece.bytes().max(1).ilog2(), first)
    })?;
    Some(index)
}

fn told(piece: &Piece, lines: usize, limit: u64) -> Missing {
    let why = format!("{lines} lines are left out: the archive would be larger than {} MiB", limit / 1024 / 1024);
    Missing { moment: piece.moment, part: piece.part, why: Text::from(why) }
}

/// Writes everything once.
fn written(manifest: &mut Manifest, pieces: &[Cow<'_, Piece>]) -> io::Result<Vec<u8>> {
    let contents: Vec<(String, Vec<u8>)> = pieces.iter().map(|piece| (piece.path(), piece.content())).collect();
    let kept = contents.iter().zip(pieces).map(|((file, content), piece)| Kept {
        file: file.clone(),
        lines: piece.lines.len() as u64,
        bytes: content.len() as u64,
        sha256: sha256(content),
    });
    manifest.parts = kept.collect();
    let document = escaped(&serde_json::to_string_pretty(manifest)?) + "\n";
    let mut sums = format!("{}  {MANIFEST}\n", sha256(document.as_bytes()));
    for kept in &manifest.parts {
        let _ = writeln!(sums, "{}  {}", kept.sha256, kept.file);
    }
    let seconds = u64::try_from(manifest.at().as_second()).unwrap_or_default();
    let time = u32::try_from(seconds).unwrap_or_default();
    let packed = GzBuilder::new().mtime(time).write(Vec::new(), Compression::default());
    let mut archive = tar::Builder::new(packed);
    let mut add = |name: &str, content: &[u8]| {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o600);
        header.set_mtime(seconds);
        archive.append_data(&mut header, format!("{}/{name}", manifest.action), content)
    };
    add(MANIFEST, document.as_bytes())?;
    for (name, content) in &contents {
        add(name, content)?;
    }
    add(SUMS, sums.as_bytes())?;
    let mut packed = archive.into_inner()?;
    packed.flush()?;
    packed.finish()
}

fn failed(error: &io::Error) -> Problem {
    Problem::new("the evidence could not be packed", error.to_string(), "")
}
