//! What a shift says before it is confirmed.

use super::super::super::read::Backing;
use super::{Gain, Shift, parents};
use crate::domain::text::Text;
use crate::domain::traffic;

/// How often more requests than before one pod may get without a word.
const HEAVIER: f64 = 2.0;

/// A share in percent, with one digit after the point at most.
pub(super) fn percent(share: f64) -> String {
    format!("{} %", traffic::percent(share))
}

/// What is waited for.
pub(super) fn then(shift: &Shift<'_>) -> Text {
    let parent = parents(&shift.snapshot.target);
    format!("then wait until {parent} has taken it, and count where requests go").into()
}

/// How much is touched: what share of the requests each arm gets, before and after.
pub(super) fn touches(shift: &Shift<'_>) -> Text {
    let (splitting, all) = shift.rules.count(&shift.pair);
    let rules = match (splitting, all) {
        (1, 1) => "its only rule".to_owned(),
        (some, all) => format!("{some} of its {all} rules"),
    };
    let after = f64::from(shift.percent);
    let arm = |name: &str, before: f64, after: f64| {
        let version = shift.backing(name).map(Backing::version).filter(|version| !version.is_empty());
        let version = version.map(|version| format!(" ({version})")).unwrap_or_default();
        format!("{name}{version} {} → {} of the requests", percent(before), percent(after))
    };
    let other = arm(&shift.pair.other, 100.0 - shift.before, 100.0 - after);
    let own = arm(&shift.pair.arm, shift.before, after);
    Text::from_untrusted(&format!("1 route, {rules}; {own}; {other}"))
}

/// What could go wrong, or who will put it back.
pub(super) fn warnings(shift: &Shift<'_>) -> Vec<Text> {
    let gains = shift.gains();
    let unserved = gains
        .iter()
        .filter(|gain| !has_ready(shift, &gain.service))
        .map(|gain| format!("{} has no ready endpoint: requests that go there will fail", gain.service).into());
    let mut warnings: Vec<Text> = unserved.collect();
    warnings.extend(shift.rules.elsewhere(&shift.pair));
    warnings.extend(flagger(shift));
    warnings.extend(gains.iter().filter_map(|gain| load(shift, gain)));
    if shift.rules.only_share(&shift.pair).is_none() {
        warnings.push("no single share leads back to the weights that were found: write them down".into());
    }
    warnings
}

/// Whether a Service has an address that takes requests.
pub(super) fn has_ready(shift: &Shift<'_>, service: &str) -> bool {
    shift.backing(service).is_some_and(|backing| backing.ready() > 0)
}

/// A Canary of Flagger that made the route.
fn flagger(shift: &Shift<'_>) -> Option<Text> {
    let mut owners = shift.snapshot.target["metadata"]["ownerReferences"].as_array()?.iter();
    let canary = owners.find(|owner| owner["kind"] == "Canary")?;
    let name = super::text(&canary["name"]);
    Some(format!("canary {name} of Flagger owns it and puts the weights back at its next tick").into())
}

/// How much more each pod of a Service will have to do than any has now.
#[expect(clippy::cast_precision_loss, reason = "nobody has so many pods")]
fn load(shift: &Shift<'_>, gain: &Gain) -> Option<Text> {
    let ready = |service: &str| shift.backing(service).map_or(0, Backing::ready);
    let service = gain.service.as_str();
    let giving = if service == shift.pair.arm { &shift.pair.other } else { &shift.pair.arm };
    let each = |share: f64, pods: usize| if pods == 0 { 0.0 } else { share / pods as f64 };
    let most = each(gain.before, ready(service)).max(each(100.0 - gain.before, ready(giving)));
    let after = each(gain.after, ready(service));
    (most > 0.0 && after > most * HEAVIER).then(|| {
        let pods =
            if ready(service) == 1 { "1 ready pod".to_owned() } else { format!("{} ready pods", ready(service)) };
        let times = (after / most * 10.0).round() / 10.0;
        format!("{service} has {pods}: each gets {times} times what the busiest gets now").into()
    })
}
