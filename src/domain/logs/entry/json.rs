//! The fields of an object of JSON, borrowed from the line where nothing is escaped in them.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

use super::{Field, MOST, field};

/// The fields of an object; none where the line is something else.
pub(super) fn fields(line: &str) -> Option<Vec<Field<'_>>> {
    let mut fields = Vec::new();
    let mut reader = serde_json::Deserializer::from_str(line);
    Member { name: Cow::Borrowed(""), is_whole: true, fields: &mut fields }.deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    Some(fields)
}

/// A value that is read, with the names that lead to it.
struct Member<'f, 'a> {
    name: Cow<'a, str>,
    /// Whether it is the line itself, which has no name.
    is_whole: bool,
    fields: &'f mut Vec<Field<'a>>,
}

impl<'a> Member<'_, 'a> {
    #[expect(clippy::unnecessary_wraps, reason = "it is what each visit comes to")]
    fn put<E>(self, value: impl Into<Cow<'a, str>>) -> Result<(), E> {
        self.fields.push(field(self.name, value.into()));
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Member<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        if self.is_whole { reader.deserialize_map(self) } else { reader.deserialize_any(self) }
    }
}

impl<'de> Visitor<'de> for Member<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.put(if value { "true" } else { "false" })
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.put(value.to_string())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.put(value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.put(Number::from_f64(value).map_or_else(|| value.to_string(), |number| number.to_string()))
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.put("null")
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<(), E> {
        self.put(value)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.put(value.to_owned())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<(), A::Error> {
        let items = Value::deserialize(SeqAccessDeserializer::new(items))?;
        self.put(items.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut is_empty = true;
        while let Some(Name(name)) = members.next_key()? {
            is_empty = false;
            if self.fields.len() >= MOST {
                members.next_value::<IgnoredAny>()?;
                IgnoredAny::deserialize(MapAccessDeserializer::new(members))?;
                return Ok(());
            }
            let name = if self.is_whole { name } else { Cow::Owned(format!("{}.{name}", self.name)) };
            members.next_value_seed(Member { name, is_whole: false, fields: self.fields })?;
        }
        if is_empty && !self.is_whole { self.put("{}") } else { Ok(()) }
    }
}

/// The name of a member.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Words;

        impl<'de> Visitor<'de> for Words {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        reader.deserialize_str(Words)
    }
}
