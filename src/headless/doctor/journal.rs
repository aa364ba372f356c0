//! The audit journal: whether it can be written, whether it is whole, and what in it has no end.

use crate::runtime::Ledger;

use super::Finding;

/// Opens the journal and checks all of it.
pub(super) fn examine(ledger: &Ledger) -> Vec<Finding> {
    let area = "audit";
    let directory = ledger.directory().display().to_string();
    let mut findings = Vec::new();
    match ledger.check() {
        Ok(()) => {
            findings.push(Finding::fine(area, "directory", format!("{directory} can be written, and only by you")));
        }
        Err(error) => findings.push(Finding::problem(area, "directory", &error.problem())),
    }
    let examined = ledger.history().and_then(|history| Ok((history.report, ledger.left_open()?)));
    let (report, unfinished) = match examined {
        Ok(examined) => examined,
        Err(problem) => {
            // What could not be opened was told already.
            if findings.iter().all(|finding| finding.state == super::State::Fine) {
                findings.push(Finding::problem(area, "journal", &problem));
            }
            return findings;
        }
    };
    match report.broken.first() {
        None => findings.push(Finding::fine(area, "journal", format!("{} records, none out of place", report.entries))),
        Some(fault) => {
            let says = format!("{} faults, the first at {}: {}", report.broken.len(), fault.place, fault.detail);
            findings.push(Finding::mend(area, "journal", says, "midwatch audit verify shows all of them"));
        }
    }
    for action in &unfinished {
        let says = format!("{} was begun, and the journal does not tell how it ended", action.id);
        findings.push(Finding::mend(area, "unfinished", says, "look at what it was about: midwatch audit show"));
    }
    findings
}
