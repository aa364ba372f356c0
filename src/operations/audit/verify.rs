//! Checks a journal's chain and says where it was edited, where records were removed, swapped or put in.

use std::path::Path;

use super::chain::Head;
use super::error::AuditError;
use super::reader::{Line, Lines};
use crate::domain::audit::{Fault, FaultKind, Place, Receipt, Report};
use crate::domain::text::Text;

/// Checks the whole chain of a journal; another user's too. See [`Report::LIMIT`] for what cannot be seen.
pub fn verify(directory: &Path) -> Result<Report, AuditError> {
    let Lines { chain: lines, segments, set_aside } = Lines::read(directory, |_| ())?;
    let sequences = sequences(&lines);
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|&index| sequences[index]);
    let mut broken = seals(&lines);
    broken.extend(displaced(&lines, &order));
    broken.extend(links(&lines, &order, &sequences));
    broken.sort_by_key(|fault| fault.place);
    let head = lines.last().and_then(|line| {
        let link = line.link.as_ref()?;
        Some(Receipt { segment: line.place.segment, sequence: link.sequence, hash: link.hash.clone() })
    });
    Ok(Report { entries: lines.len(), segments, head, broken, set_aside })
}

/// Each line's number: its own if its seal is whole, else the one that its place suggests.
fn sequences(lines: &[Line<()>]) -> Vec<u64> {
    let mut last = 0_u64;
    let number = |line: &Line<()>| {
        let own = line.link.as_ref().filter(|_| line.is_authentic).map(|link| link.sequence);
        last = own.unwrap_or_else(|| last.saturating_add(1));
        last
    };
    lines.iter().map(number).collect()
}

/// The lines whose own seal is broken.
fn seals(lines: &[Line<()>]) -> Vec<Fault> {
    let fault = |line: &Line<()>| match line.link {
        None => Some(fault(line.place, FaultKind::Unreadable, "the line is no record")),
        Some(_) if !line.is_authentic => Some(fault(line.place, FaultKind::Edited, "the line does not match its hash")),
        Some(_) => None,
    };
    lines.iter().filter_map(fault).collect()
}

/// The lines that stand elsewhere than they were written, one fault for each run of them.
fn displaced(lines: &[Line<()>], order: &[usize]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut index = 0;
    while index < order.len() {
        let run = order[index..].iter().zip(index..).take_while(|&(&is, should)| is != should).count();
        if run > 0 {
            let (first, last) = (lines[index].place, lines[index + run - 1].place);
            let detail = format!("the lines from {first} to {last} are not in the order in which they were written");
            faults.push(fault(first, FaultKind::Swapped, &detail));
        }
        index += run.max(1);
    }
    faults
}

/// The faults between one line and the next, in the order in which they were written.
fn links(lines: &[Line<()>], order: &[usize], sequences: &[u64]) -> Vec<Fault> {
    let genesis = Head::genesis();
    let mut faults = Vec::new();
    let mut before: Option<&Line<()>> = None;
    let mut last = 0;
    for &index in order {
        let (line, sequence) = (&lines[index], sequences[index]);
        let previous = line.link.as_ref().map_or("", |link| &link.previous);
        let hash = before.map_or(Some(&genesis.hash), |line| line.link.as_ref().map(|link| &link.hash));
        let are_sealed = line.is_authentic && before.is_none_or(|line| line.is_authentic);
        if sequence > last + 1 {
            let detail = format!("records {} to {} are missing before this line", last + 1, sequence - 1);
            faults.push(fault(line.place, FaultKind::Removed, &detail));
        } else if sequence <= last {
            faults.push(fault(line.place, FaultKind::Added, &format!("record {sequence} stands here once more")));
        } else if are_sealed && hash.is_none_or(|hash| hash != previous) {
            let place = before.map_or(line.place, |line| line.place);
            faults.push(fault(place, FaultKind::Edited, "the next record was written after another text of this line"));
        }
        (before, last) = (Some(line), sequence);
    }
    faults
}

/// Makes a fault.
fn fault(place: Place, kind: FaultKind, detail: &str) -> Fault {
    Fault { place, kind, detail: Text::from(detail) }
}
