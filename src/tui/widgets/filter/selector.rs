//! Label selectors as kubectl takes them: `app=chat`, `tier!=web`, `env in (a, b)`, `env notin (c)`, `canary`, `!canary`.

use crate::domain::text::Text;

/// One requirement of a selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Requirement {
    key: String,
    relation: Relation,
}

/// What is required of a label.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Relation {
    Exists,
    IsAbsent,
    In(Vec<String>),
    NotIn(Vec<String>),
}

impl Requirement {
    /// Whether some labels satisfy it. As in Kubernetes, a label that is absent is in no set.
    pub(super) fn holds(&self, labels: &[(Text, Text)]) -> bool {
        let value = labels.iter().find(|(key, _)| *key == self.key.as_str()).map(|(_, value)| value.as_str());
        let is_among = |values: &[String]| value.is_some_and(|value| values.iter().any(|wanted| wanted == value));
        match &self.relation {
            Relation::Exists => value.is_some(),
            Relation::IsAbsent => value.is_none(),
            Relation::In(values) => is_among(values),
            Relation::NotIn(values) => !is_among(values),
        }
    }
}

/// Reads a selector; none when it is not one.
pub(super) fn parse(text: &str) -> Option<Vec<Requirement>> {
    let mut requirements = Vec::new();
    let (mut depth, mut start) = (0usize, 0);
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            ',' if depth == 0 => {
                requirements.push(requirement(&text[start..at])?);
                start = at + 1;
            }
            _ => {}
        }
    }
    if depth > 0 {
        return None;
    }
    requirements.push(requirement(&text[start..])?);
    Some(requirements)
}

/// Whether more words belong to a selector that was read so far.
pub(super) fn goes_on(so_far: &str, next: &str) -> bool {
    let so_far = so_far.trim_end();
    so_far.is_empty()
        || so_far.matches('(').count() > so_far.matches(')').count()
        || so_far.ends_with(',')
        || so_far.ends_with(" in")
        || so_far.ends_with(" notin")
        || ["in", "notin"].contains(&next)
        || next.starts_with("in(")
        || next.starts_with("notin(")
}

fn requirement(text: &str) -> Option<Requirement> {
    let text = text.trim();
    let of = |key: &str, relation| {
        let key = key.trim();
        let is_key = !key.is_empty() && !key.contains(|letter: char| letter.is_whitespace() || "()=!".contains(letter));
        is_key.then(|| Requirement { key: key.to_owned(), relation })
    };
    if let Some((key, value)) = text.split_once("!=") {
        return of(key, Relation::NotIn(vec![value.trim().to_owned()]));
    }
    if let Some((key, value)) = text.split_once("==").or_else(|| text.split_once('=')) {
        return of(key, Relation::In(vec![value.trim().to_owned()]));
    }
    if let Some((head, values)) = text.split_once('(') {
        let values = values.strip_suffix(')')?.split(',').map(|value| value.trim().to_owned()).collect();
        let (key, word) = head.trim().split_once(char::is_whitespace)?;
        return match word.trim() {
            "in" => of(key, Relation::In(values)),
            "notin" => of(key, Relation::NotIn(values)),
            _ => None,
        };
    }
    match text.strip_prefix('!') {
        Some(key) => of(key, Relation::IsAbsent),
        None => of(text, Relation::Exists),
    }
}
