//! A lease that a guarded shift holds on a route: it keeps a second one away, and says afterwards who left it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::kind::Kind;
use super::object::{Meta, ObjectRef};
use super::text::Text;

/// A `Lease` of a guard, as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lease {
    /// Identity and labels.
    pub meta: Meta,
    /// The change that took it; empty once it was released.
    pub holder: Text,
    /// For how long it holds without being renewed.
    pub lasts: SignedDuration,
    /// When it was taken.
    pub taken: Option<Timestamp>,
    /// When it was renewed for the last time.
    pub renewed: Option<Timestamp>,
    /// What it is for.
    pub about: About,
}

/// What a lease says of the guarded shift that holds it, in its annotations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct About {
    /// Who, as the server calls them.
    pub who: Text,
    /// The route.
    pub route: Text,
    /// The service.
    pub service: Text,
    /// The Service of the new revision.
    pub arm: Text,
    /// The weights, as the command line takes them: "5,20,50,100".
    pub course: Text,
    /// The guard by its name.
    pub guard: Text,
    /// The share of the last step that was completed, in percent; none before the first.
    pub percent: Option<u8>,
    /// Since when that share holds.
    pub since: Option<Timestamp>,
    /// When the next step is due at the earliest.
    pub next: Option<Timestamp>,
}

/// How a lease stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Nobody holds it.
    Released,
    /// Its holder is at it.
    Live,
    /// Its holder has gone without releasing it.
    Abandoned,
}

impl Lease {
    /// For how long one is taken; it is renewed at a third of that.
    pub const LASTS: SignedDuration = SignedDuration::from_secs(60);

    /// The labels by which leases of guards are told from all others, such as those of nodes.
    pub const LABELS: [(&'static str, &'static str); 2] =
        [("app.kubernetes.io/managed-by", "midwatch"), ("midwatch.io/guard", "httproute")];

    /// The same as a query takes them.
    pub fn selector() -> String {
        Self::LABELS.map(|(key, value)| format!("{key}={value}")).join(",")
    }

    /// The longest name that a lease may have.
    const LONGEST: usize = 253;

    /// The lease of a route. A name that would be too long ends in a hash of the whole.
    pub fn of(route: &ObjectRef) -> ObjectRef {
        let mut name = format!("midwatch-guard-{}", route.name);
        if name.len() > Self::LONGEST {
            let hash = name
                .bytes()
                .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
            name.truncate(Self::LONGEST - 17);
            name = format!("{name}-{hash:016x}");
        }
        ObjectRef { kind: Kind::Lease, name: name.into(), ..route.clone() }
    }

    /// Who is at it, as far as that is said.
    pub fn who(&self) -> &Text {
        if self.about.who.is_empty() { &self.holder } else { &self.about.who }
    }

    /// For how long it holds without being renewed: what says less, or very much, was not written by a midwatch, and
    /// neither lets anybody in early nor keeps anybody away for ever.
    pub fn holds_for(&self) -> SignedDuration {
        self.lasts.clamp(Self::LASTS, Self::LASTS * 5)
    }

    /// How long it has still to be seen unchanged before it is taken to be left, by whoever has seen it so for so long.
    /// None where it is left, or nobody holds it.
    pub fn still_to_watch(&self, unchanged: Duration) -> Option<Duration> {
        let holds_for = Duration::try_from(self.holds_for()).unwrap_or_default();
        let left = holds_for.saturating_sub(unchanged);
        (!self.holder.is_empty() && !left.is_zero()).then_some(left)
    }

    /// How it stands by a clock, which may not be that of its holder. One that says it was renewed in the future was not
    /// written by a midwatch whose clock is right.
    pub fn standing(&self, now: Timestamp) -> Standing {
        let renewed = self.renewed.filter(|renewed| renewed.duration_since(now) <= Self::LASTS);
        let ends = renewed.and_then(|renewed| renewed.checked_add(self.holds_for()).ok());
        match ends {
            _ if self.holder.is_empty() => Standing::Released,
            Some(ends) if ends >= now => Standing::Live,
            _ => Standing::Abandoned,
        }
    }
}

impl About {
    /// The prefix of the annotations.
    const PREFIX: &'static str = "midwatch.io/";

    /// What annotations say, each by its name.
    pub fn read(annotation: impl Fn(&str) -> Text) -> Self {
        let text = |name: &str| annotation(&format!("{}{name}", Self::PREFIX));
        let at = |name: &str| text(name).parse().ok();
        Self {
            who: text("who"),
            route: text("route"),
            service: text("service"),
            arm: text("arm"),
            course: text("course"),
            guard: text("guard"),
            percent: text("percent").parse().ok().filter(|percent| *percent <= 100),
            since: at("since"),
            next: at("next"),
        }
    }

    /// The annotations that say it; an empty one says nothing.
    pub fn annotations(&self) -> Vec<(String, String)> {
        let at = |moment: Option<Timestamp>| moment.map(|at| at.to_string()).unwrap_or_default();
        [
            ("who", self.who.to_string()),
            ("route", self.route.to_string()),
            ("service", self.service.to_string()),
            ("arm", self.arm.to_string()),
            ("course", self.course.to_string()),
            ("guard", self.guard.to_string()),
            ("percent", self.percent.map(|percent| percent.to_string()).unwrap_or_default()),
            ("since", at(self.since)),
            ("next", at(self.next)),
        ]
        .into_iter()
        .map(|(name, value)| (format!("{}{name}", Self::PREFIX), value))
        .collect()
    }
}

#[cfg(test)]
mod tests;
