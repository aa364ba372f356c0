//! One part of an archive: a table where its lines are rows, sentences where they are said, else JSON.

use serde_json::{Value, json};

use crate::domain::evidence::{Moment, Part};
use crate::domain::json::escaped;
use crate::domain::object::ClusterName;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::headless::output::{Item, Listing};
use crate::runtime::Bundle;

/// The lines of a part, of one moment or of all.
pub(super) fn listing(bundle: &Bundle, part: Part, only: Option<Moment>) -> Result<Listing, Problem> {
    let moments = bundle.moments(part);
    let wanted = moments.iter().filter(|moment| only.is_none() || **moment == only);
    let mut items = Vec::new();
    let mut is_there = false;
    for moment in wanted {
        is_there = true;
        for line in bundle.lines(*moment, part).into_iter().flatten() {
            items.push(item(*moment, part, &line, items.len()));
        }
    }
    if !is_there {
        let held: Vec<&str> = Part::ALL
            .into_iter()
            .filter(|part| bundle.moments(*part).iter().any(|moment| only.is_none() || *moment == only))
            .map(Part::word)
            .collect();
        let of = only.map(|moment| format!(" of {}", moment.word())).unwrap_or_default();
        let what = format!("it holds no {}{of}", part.word());
        return Err(Problem::new(what, "", format!("it holds {}", held.join(", "))));
    }
    Ok(Listing { kind: "EvidenceLine", header: header(part), items })
}

/// The headings of a table.
fn header(part: Part) -> &'static [&'static str] {
    match part {
        Part::Pods => &["SEEN", "ARM", "REVISION", "NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "NODE"],
        Part::Events => &["SEEN", "LAST", "TYPE", "REASON", "NAMESPACE", "OBJECT", "COUNT", "MESSAGE"],
        Part::Alerts => &["SEEN", "PRIORITY", "STATE", "ALERT", "SINCE", "SUMMARY"],
        Part::Metrics => &["SEEN", "OF", "REVISION", "MEASURE", "LAST"],
        Part::Logs => &["SEEN", "AT", "ARM", "POD", "CONTAINER", "LEVEL", "MESSAGE"],
        Part::Service | Part::Workloads | Part::Objects | Part::Plan | Part::Audit => &[],
    }
}

fn item(moment: Option<Moment>, part: Part, line: &Value, number: usize) -> Item {
    let seen = moment.map(Moment::word).unwrap_or_default();
    let cells = |names: &[&str]| {
        let told = names.iter().map(|name| cell(&line[*name]));
        std::iter::once(Text::from(seen)).chain(told).collect::<Vec<_>>()
    };
    let cells = match part {
        Part::Pods => cells(&["arm", "revision", "namespace", "name", "readiness", "status", "restarts", "node"]),
        Part::Events => cells(&["last", "class", "reason", "namespace", "about", "count", "message"]),
        Part::Alerts => cells(&["priority", "standing", "name", "since", "summary"]),
        Part::Metrics => {
            let mut cells = cells(&["arm", "revision", "measure", "last"]);
            if line["of"] == "service" {
                cells[1] = "service".into();
            }
            cells
        }
        Part::Logs => {
            let mut cells = cells(&["at", "arm", "pod", "container", "level", "message"]);
            if line["previous"] == true {
                cells[4] = Text::from(format!("{} (before its restart)", cells[4]));
            }
            cells
        }
        Part::Service | Part::Workloads | Part::Objects | Part::Plan | Part::Audit => {
            escaped(&format!("{line:#}")).lines().map(Text::from_untrusted).collect()
        }
    };
    Item {
        cluster: ClusterName::default(),
        key: number.to_string(),
        json: json!({ "part": part, "moment": moment, "line": line }),
        cells,
    }
}

/// A value in a cell.
pub(super) fn cell(value: &Value) -> Text {
    match value {
        Value::Null => Text::default(),
        Value::String(text) => Text::from_untrusted(text),
        other => Text::from_untrusted(&other.to_string()),
    }
}
