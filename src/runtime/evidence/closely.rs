//! Looking closely at a few pods: the last lines of their containers, and whole objects, as far as they come in time.

use std::sync::Arc;

use futures::{StreamExt, stream};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use crate::clients::kubernetes::Reader;
use crate::domain::evidence::{Missing, Part};
use crate::domain::logs::{Lines, Rules};
use crate::domain::object::ObjectRef;
use crate::domain::text::Text;
use crate::runtime::listen::{AT_ONCE, listen};

use super::arms::Tail;
use super::gather::Gathered;

/// What came in time.
#[derive(Default)]
pub(super) struct Close {
    /// The last lines, by container.
    pub(super) heard: Vec<(Tail, Vec<Lines>)>,
    /// Whole objects.
    pub(super) objects: Vec<(ObjectRef, Value)>,
    /// What did not come, and why.
    pub(super) missing: Vec<Missing>,
}

/// Reads until the deadline.
pub(super) async fn look(reader: &Reader, rules: &Arc<Rules>, gathered: &Gathered, deadline: Instant) -> Close {
    let (listened, read) =
        futures::join!(tails(reader, rules, &gathered.tails, deadline), read(reader, &gathered.objects, deadline));
    let ((heard, mut missing), (objects, unread)) = (listened, read);
    missing.extend(unread);
    Close { heard, objects, missing }
}

/// Reads the last lines of each container.
async fn tails(
    reader: &Reader,
    rules: &Arc<Rules>,
    tails: &[Tail],
    deadline: Instant,
) -> (Vec<(Tail, Vec<Lines>)>, Vec<Missing>) {
    let streams = tails.iter().map(|tail| tail.stream.clone()).collect();
    let (mut missing, mut heard) = (Vec::new(), Vec::new());
    for (tail, one) in tails.iter().zip(listen(reader, rules, streams, deadline).await) {
        if let Some(why) = one.missing {
            let stream = &tail.stream;
            let before = if stream.previous { " before its restart" } else { "" };
            let why = format!("lines of {} in {}{before}: {why}", stream.container, stream.pod);
            missing.push(Missing { moment: None, part: Part::Logs, why: Text::from_untrusted(&why) });
        }
        heard.push((tail.clone(), one.lines));
    }
    (heard, missing)
}

/// Reads whole objects.
async fn read(reader: &Reader, objects: &[ObjectRef], deadline: Instant) -> (Vec<(ObjectRef, Value)>, Vec<Missing>) {
    let ask = |reader: Reader, object: ObjectRef| async move {
        let told = match timeout_at(deadline, reader.get_object(&object)).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(error.problem().to_string()),
            Err(_late) => Err("it did not come in time".to_owned()),
        };
        (object, told)
    };
    let asked: Vec<_> = objects.iter().map(|object| ask(reader.clone(), object.clone())).collect();
    let told: Vec<_> = stream::iter(asked).buffered(AT_ONCE).collect().await;
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for (object, told) in told {
        match told {
            Ok(value) => found.push((object, value)),
            Err(why) => {
                let why = Text::from_untrusted(&format!("{object}: {why}"));
                missing.push(Missing { moment: None, part: Part::Objects, why });
            }
        }
    }
    (found, missing)
}
