//! `midwatch doctor`: what works from here, and how to mend the rest. It changes nothing, except that the directory of
//! the audit journal is made where there is none.

use serde_json::json;

use crate::cli::{Format, Place};
use crate::domain::object::ClusterName;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::runtime::{Ledger, Session};

use super::Exit;
use super::output::{self, Item, Listing};

mod clusters;
mod guards;
mod here;
mod journal;
mod permissions;
mod signals;

pub use here::{Context, Here, Multiplexer, Terminal};

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It works.
    Fine,
    /// It is worth knowing, and nothing has to be done about it.
    Note,
    /// It does not work as it should.
    Mend,
}

/// One thing that was looked at.
#[derive(Debug)]
struct Finding {
    area: &'static str,
    subject: Text,
    state: State,
    says: Text,
    cure: Text,
    /// The commands that mend it, each on a line of its own so that it can be copied.
    commands: Vec<Text>,
}

impl Finding {
    fn fine(area: &'static str, subject: impl AsRef<str>, says: impl AsRef<str>) -> Self {
        Self::new(area, subject, State::Fine, says, "")
    }

    fn note(area: &'static str, subject: impl AsRef<str>, says: impl AsRef<str>, cure: impl AsRef<str>) -> Self {
        Self::new(area, subject, State::Note, says, cure)
    }

    fn mend(area: &'static str, subject: impl AsRef<str>, says: impl AsRef<str>, cure: impl AsRef<str>) -> Self {
        Self::new(area, subject, State::Mend, says, cure)
    }

    fn problem(area: &'static str, subject: impl AsRef<str>, problem: &Problem) -> Self {
        let why = if problem.why.is_empty() { String::new() } else { format!(": {}", problem.why) };
        Self::mend(area, subject, format!("{}{why}", problem.what), &problem.hint)
    }

    fn new(
        area: &'static str,
        subject: impl AsRef<str>,
        state: State,
        says: impl AsRef<str>,
        cure: impl AsRef<str>,
    ) -> Self {
        let [subject, says, cure] = [subject.as_ref(), says.as_ref(), cure.as_ref()].map(Text::from_untrusted);
        Self { area, subject, state, says, cure, commands: Vec::new() }
    }
}

/// Looks at everything and tells it. Without a session, the clusters cannot be looked at.
pub async fn doctor(
    session: Option<&mut Session>,
    ledger: &Ledger,
    place: &Place,
    format: Format,
    here: &Here,
) -> Result<Exit, Problem> {
    let mut findings = here::configuration(here);
    findings.extend(here::contexts(here));
    if let Some(session) = session {
        findings.extend(clusters::examine(session).await);
        findings.extend(permissions::examine(session, place).await);
        findings.extend(guards::examine(session, place).await);
        findings.extend(signals::examine(session).await);
    }
    findings.extend(here::terminal(&here.terminal));
    findings.extend(journal::examine(ledger));
    let exit = if findings.iter().any(|finding| finding.state == State::Mend) { Exit::Failed } else { Exit::Done };
    let listing =
        Listing { kind: "Finding", header: &["", "AREA", "WHAT", "HOW IT IS"], items: items(&findings, format) };
    output::ended(output::print(format, &listing, false, &[], exit), exit)
}

/// The findings as rows; in a table, what mends one stands under it.
fn items(findings: &[Finding], format: Format) -> Vec<Item> {
    let mut items = Vec::new();
    for finding in findings {
        let (word, mark) = match finding.state {
            State::Fine => ("fine", "ok"),
            State::Note => ("note", "note"),
            State::Mend => ("mend", "MEND"),
        };
        let row = |cells: Vec<Text>| Item {
            cluster: ClusterName::default(),
            key: format!("{}/{}", finding.area, finding.subject),
            cells,
            json: json!({
                "area": finding.area,
                "subject": finding.subject,
                "state": word,
                "says": finding.says,
                "cure": finding.cure,
                "commands": finding.commands,
            }),
        };
        items.push(row(vec![mark.into(), finding.area.into(), finding.subject.clone(), finding.says.clone()]));
        let under = |words: String| row(vec![" ".into(), " ".into(), " ".into(), words.into()]);
        if format == Format::Text && !finding.cure.is_empty() {
            items.push(under(format!("  {}", finding.cure)));
            items.extend(finding.commands.iter().map(|command| under(format!("    {command}"))));
        }
    }
    items
}
