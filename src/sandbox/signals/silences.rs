//! The silences of the simulated Alertmanager: made, changed and ended as a real one does it.

use axum::http::{Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use crate::domain::silence::{Matcher, Matchers};
use crate::sandbox::random::Random;

/// What is answered: a status, and a body where there is one.
type Answer = (StatusCode, Value);

/// The silences, also those that are over.
#[derive(Debug, Clone, Default)]
pub(crate) struct Silences(Vec<Silence>);

/// One silence.
#[derive(Debug, Clone)]
struct Silence {
    id: String,
    matchers: Vec<Matcher>,
    starts: Timestamp,
    ends: Timestamp,
    updated: Timestamp,
    by: String,
    comment: String,
}

impl Silences {
    /// Those that somebody made before the sandbox began.
    pub(crate) fn begin(now: Timestamp) -> Self {
        let day = SignedDuration::from_hours(24);
        Self(vec![Silence {
            id: "5f2c1f3e-8f0e-4c55-9a53-0d5b0c1e7a11".to_owned(),
            matchers: vec![
                Matcher::equal("alertname", "CertificateExpiresSoon"),
                Matcher::equal("namespace", "staging"),
            ],
            starts: now - day,
            ends: now + day * 5,
            updated: now - day,
            by: "dana".to_owned(),
            comment: "the certificate is renewed on Friday, PLAT-311".to_owned(),
        }])
    }

    /// The names of those that keep an alert of these labels quiet.
    pub(super) fn over(&self, labels: &Value, now: Timestamp) -> Vec<&str> {
        let takes = |silence: &&Silence| {
            let label = |name: &str| labels[name].as_str().unwrap_or_default();
            silence.state(now) == "active" && Matchers::new(&silence.matchers).is_ok_and(|all| all.take(label))
        };
        self.0.iter().filter(takes).map(|silence| silence.id.as_str()).collect()
    }

    /// Answers about the silences; none where there is no such page.
    pub(super) fn answer(
        &mut self,
        (method, path, body): (&Method, &str, &[u8]),
        random: &mut Random,
        now: Timestamp,
    ) -> Option<Answer> {
        let one = path.strip_prefix("/api/v2/silence/");
        Some(match (method, one) {
            (&Method::GET, None) if path == "/api/v2/silences" => {
                (StatusCode::OK, self.0.iter().map(|silence| silence.json(now)).collect())
            }
            (&Method::POST, None) if path == "/api/v2/silences" => self.post(body, random, now),
            (&Method::GET, Some(id)) => match self.0.iter().find(|silence| silence.id == id) {
                Some(silence) => (StatusCode::OK, silence.json(now)),
                None => (StatusCode::NOT_FOUND, Value::Null),
            },
            (&Method::DELETE, Some(id)) => self.expire(id, now),
            _ => return None,
        })
    }

    fn post(&mut self, body: &[u8], random: &mut Random, now: Timestamp) -> Answer {
        let mut wanted = match Silence::read(body, now) {
            Ok(silence) => silence,
            Err(refusal) => return refusal,
        };
        let refuse = |why: &str| (StatusCode::BAD_REQUEST, json!(format!("Failed to create silence: {why}")));
        if wanted.starts >= wanted.ends {
            return refuse("start time must be before end time");
        }
        if wanted.ends < now {
            return refuse("end time can't be in the past");
        }
        if let Err(why) = Matchers::new(&wanted.matchers) {
            return (StatusCode::BAD_REQUEST, json!(format!("bad silence: {why}")));
        }
        if !wanted.id.is_empty() {
            let Some(before) = self.0.iter_mut().find(|silence| silence.id == wanted.id) else {
                return (StatusCode::NOT_FOUND, json!("silence not found"));
            };
            if before.may_become(&wanted, now) {
                *before = wanted.clone();
                return (StatusCode::OK, json!({ "silenceID": wanted.id }));
            }
            // What cannot be changed is ended, and another one takes its place.
            before.end(now);
        }
        wanted.id = random.uid();
        wanted.starts = wanted.starts.max(now);
        let id = wanted.id.clone();
        self.0.push(wanted);
        (StatusCode::OK, json!({ "silenceID": id }))
    }

    fn expire(&mut self, id: &str, now: Timestamp) -> Answer {
        let Some(silence) = self.0.iter_mut().find(|silence| silence.id == id) else {
            return (StatusCode::NOT_FOUND, Value::Null);
        };
        if silence.state(now) == "expired" {
            return (StatusCode::INTERNAL_SERVER_ERROR, json!(format!("silence {id} already expired")));
        }
        silence.end(now);
        (StatusCode::OK, Value::Null)
    }
}

impl Silence {
    /// Reads what somebody posts, or says what is wrong with it.
    fn read(body: &[u8], now: Timestamp) -> Result<Self, Answer> {
        let malformed = |code: u16, message: String| {
            (StatusCode::UNPROCESSABLE_ENTITY, json!({ "code": code, "message": message }))
        };
        let told: Map<String, Value> = serde_json::from_slice(body)
            .map_err(|error| (StatusCode::BAD_REQUEST, json!({ "code": 400, "message": error.to_string() })))?;
        let required = |name: &str| {
            let text = told.get(name).and_then(Value::as_str);
            text.map(str::to_owned).ok_or_else(|| malformed(602, format!("silence.{name} in body is required")))
        };
        let moment = |name: &str| {
            let text = required(name)?;
            text.parse().map_err(|_odd| malformed(601, format!("{name} in body must be of type date-time: {text:?}")))
        };
        let matchers = told.get("matchers").and_then(Value::as_array);
        let matchers = matchers.ok_or_else(|| malformed(602, "silence.matchers in body is required".to_owned()))?;
        if matchers.is_empty() {
            return Err(malformed(612, "silence.matchers in body should have at least 1 items".to_owned()));
        }
        let matchers = matchers.iter().map(Matcher::read).collect::<Option<Vec<_>>>();
        Ok(Self {
            id: told.get("id").and_then(Value::as_str).unwrap_or_default().to_owned(),
            matchers: matchers.ok_or_else(|| malformed(602, "matchers.0.name in body is required".to_owned()))?,
            starts: moment("startsAt")?,
            ends: moment("endsAt")?,
            updated: now,
            by: required("createdBy")?,
            comment: required("comment")?,
        })
    }

    fn state(&self, now: Timestamp) -> &'static str {
        if now < self.starts {
            "pending"
        } else if now < self.ends {
            "active"
        } else {
            "expired"
        }
    }

    /// Whether it may be changed into another one and keep its name.
    fn may_become(&self, other: &Self, now: Timestamp) -> bool {
        if self.matchers != other.matchers {
            return false;
        }
        match self.state(now) {
            "active" => self.starts.as_second() == other.starts.as_second(),
            "pending" => other.starts >= now,
            _ => false,
        }
    }

    fn end(&mut self, now: Timestamp) {
        self.starts = self.starts.min(now);
        self.ends = self.ends.min(now);
        self.updated = now;
    }

    fn json(&self, now: Timestamp) -> Value {
        json!({
            "id": self.id, "status": { "state": self.state(now) },
            "matchers": self.matchers.iter().map(Matcher::json).collect::<Vec<_>>(),
            "startsAt": self.starts.to_string(), "endsAt": self.ends.to_string(),
            "updatedAt": self.updated.to_string(), "createdBy": self.by, "comment": self.comment,
        })
    }
}

#[cfg(test)]
mod tests;
