//! Label and field selectors of list and watch requests.

use serde_json::Value;

use super::object::{at, text};

/// What a list or watch asks for; the default asks for everything.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    labels: Vec<Requirement>,
    fields: Vec<Requirement>,
}

#[derive(Debug, Clone)]
struct Requirement {
    key: String,
    test: Test,
}

#[derive(Debug, Clone)]
enum Test {
    In(Vec<String>),
    NotIn(Vec<String>),
    Exists,
    Absent,
}

impl Selection {
    /// Reads the two selectors of a request.
    pub(crate) fn parse(labels: &str, fields: &str) -> Result<Self, String> {
        let fields = requirements(fields)?;
        let known = ["metadata.name", "metadata.namespace", "spec.nodeName", "status.phase", "type", "reason"];
        let is_known = |field: &str| known.contains(&field) || field.starts_with("involvedObject.");
        match fields.iter().find(|field| !is_known(&field.key)) {
            Some(unknown) => Err(format!("field label not supported: {}", unknown.key)),
            None => Ok(Self { labels: requirements(labels)?, fields }),
        }
    }

    /// Says whether everything is asked for.
    pub(crate) const fn is_everything(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    pub(crate) fn matches(&self, object: &Value) -> bool {
        let labels = at(object, "metadata.labels");
        self.labels.iter().all(|wanted| wanted.holds(labels.get(&wanted.key).and_then(Value::as_str)))
            && self.fields.iter().all(|wanted| wanted.holds(Some(text(object, &wanted.key))))
    }
}

impl Requirement {
    fn holds(&self, value: Option<&str>) -> bool {
        match &self.test {
            Test::In(values) => value.is_some_and(|value| values.iter().any(|wanted| wanted == value)),
            Test::NotIn(values) => value.is_none_or(|value| values.iter().all(|unwanted| unwanted != value)),
            Test::Exists => value.is_some(),
            Test::Absent => value.is_none(),
        }
    }
}

fn requirements(selector: &str) -> Result<Vec<Requirement>, String> {
    split_outside_parentheses(selector).into_iter().filter(|part| !part.is_empty()).map(requirement).collect()
}

fn split_outside_parentheses(selector: &str) -> Vec<&str> {
    let mut depth = 0;
    let parts = selector.split(|letter| {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        letter == ',' && depth == 0
    });
    parts.map(str::trim).collect()
}

fn requirement(part: &str) -> Result<Requirement, String> {
    let one = |value: &str| vec![value.trim().to_owned()];
    let (key, test) = if let Some((key, value)) = part.split_once("!=") {
        (key, Test::NotIn(one(value)))
    } else if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
        (key, Test::In(one(value)))
    } else if let Some((head, values)) = part.split_once('(') {
        let values = values.trim_end_matches(')').split(',').map(|value| value.trim().to_owned()).collect();
        match head.trim().rsplit_once(' ') {
            Some((key, "in")) => (key, Test::In(values)),
            Some((key, "notin")) => (key, Test::NotIn(values)),
            _ => return Err(format!("unable to parse requirement: {part}")),
        }
    } else {
        part.strip_prefix('!').map_or((part, Test::Exists), |key| (key, Test::Absent))
    };
    Ok(Requirement { key: key.trim().to_owned(), test })
}

/// Says whether an object carries all labels of a `matchLabels` map; an empty map selects nothing here.
pub(crate) fn matches_labels(wanted: &Value, object: &Value) -> bool {
    let labels = at(object, "metadata.labels");
    wanted
        .as_object()
        .is_some_and(|wanted| !wanted.is_empty() && wanted.iter().all(|(key, value)| labels.get(key) == Some(value)))
}
