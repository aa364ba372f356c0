//! One answer to a list: read by its content type, whichever wire it came by.

use super::wire::{Decoder, Format, Interner, List, decode_list};
use crate::clients::kubernetes::{Answer, ClientError};
use crate::domain::kind::Kind;
use crate::domain::row::Row;
use crate::domain::text::Text;

/// The rows of an answer, as a source tells them: for whoever has asked for a list by a wire of their own choice.
pub fn rows(kind: Kind, answer: &Answer) -> Result<Vec<Row>, ClientError> {
    let (decoder, mut interner) = (Decoder::of(kind), Interner::default());
    Ok(list(answer)?.items.into_iter().map(|item| decoder.row(item, &mut interner)).collect())
}

/// The objects of an answer, not yet decoded, and where the list goes on.
pub(super) fn list(answer: &Answer) -> Result<List, ClientError> {
    let malformed = |what: &str| ClientError::Malformed { what: Text::from_untrusted(what) };
    let format = Format::of(&answer.content_type).ok_or_else(|| malformed(&answer.content_type))?;
    decode_list(format, answer.body.clone()).map_err(|error| malformed(&error.to_string()))
}
