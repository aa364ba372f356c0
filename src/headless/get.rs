//! `midwatch get`: objects of any kind, by any name of the kind, as lean rows.

use jiff::Timestamp;
use serde_json::Value;

use crate::cli::Get;
use crate::domain::kind::{Kind, Scope};
use crate::domain::nearest::nearest;
use crate::domain::problem::Problem;
use crate::domain::row::Row;
use crate::domain::text::Text;
use crate::runtime::Session;

use super::Exit;
use super::answer::{Asked, Needs, answer};
use super::find::{check_place, is_in, object_of};
use super::output::text::age;
use super::output::{Item, Listing};
use super::resource::{columns, describe, header};

/// The kind that a word means.
pub(super) fn kind(word: &str) -> Result<Kind, Problem> {
    Kind::find(word).ok_or_else(|| {
        let names: Vec<String> = Kind::ALL.into_iter().flat_map(Kind::names).collect();
        let near = nearest(word, names.iter().map(String::as_str)).map(|name| format!("did you mean {name}?"));
        let all: Vec<&str> = Kind::ALL.into_iter().map(Kind::plural).collect();
        Problem::new(
            format!("there is no kind {word}"),
            near.unwrap_or_default(),
            format!("there are {}", all.join(", ")),
        )
    })
}

/// The kinds that are read: the one asked for, and the namespaces, which tell the environments.
pub(super) fn kinds(kind: Kind) -> Vec<Kind> {
    if kind == Kind::Namespace { vec![kind] } else { vec![Kind::Namespace, kind] }
}

/// Shows objects.
pub(super) async fn get(session: &mut Session, asked: Asked<'_>, args: &Get) -> Result<Exit, Problem> {
    let kind = kind(&args.kind)?;
    let kinds = kinds(kind);
    let essential = [kind];
    let needs = Needs::of(&kinds, &essential);
    answer(session, asked, needs, |session, now| {
        check_place(session, asked.place)?;
        let mut items = Vec::new();
        for (cluster, inventory) in session.state().clusters() {
            for row in inventory.rows(kind).rows() {
                let object = object_of(cluster, row);
                let environment = session.state().place(cluster, &object.namespace).environment;
                let is_here = kind.scope() == Scope::Cluster || is_in(asked.place, &environment);
                if is_here && args.name.as_ref().is_none_or(|name| object.name == name.as_str()) {
                    items.push((object.clone(), item(row, &object, now)));
                }
            }
        }
        items.sort_by(|(one, _), (other, _)| one.cmp(other));
        if let (Some(name), true) = (&args.name, items.is_empty()) {
            return Err(Problem::new(
                format!("there is no {} {name}", kind.singular()),
                "",
                "look at all of them, or with another -n",
            ));
        }
        Ok(Listing { kind: "Resource", header: header(kind), items: items.into_iter().map(|(_, item)| item).collect() })
    })
    .await
}

fn item(row: &Row, object: &crate::domain::object::ObjectRef, now: Timestamp) -> Item {
    let json = describe(row, object);
    Item {
        cluster: object.cluster.clone(),
        key: format!("{}/{}/{}", object.cluster, object.namespace, object.kind_and_name()),
        cells: columns(row.kind()).iter().map(|member| cell(&json, member, now)).collect(),
        json,
    }
}

/// A member as people read it: times as ages, several words joined.
fn cell(json: &Value, member: &str, now: Timestamp) -> Text {
    let word = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        other => other.to_string(),
    };
    match &json[member] {
        Value::String(time) if matches!(member, "created" | "last" | "finished") => age(time.parse().ok(), now),
        Value::Array(values) => Text::from(values.iter().map(word).collect::<Vec<_>>().join(",")),
        other => Text::from(word(other)),
    }
}
