//! Every change that a script can ask for, of every kind of workload, as far as it may be confirmed.

use color_eyre::eyre::{OptionExt, Result};
use midwatch::domain::intent::Verb;

use crate::plane::{Plane, User};

/// A workload of the platform by the service's name, and one of its pods.
struct Target {
    service: &'static str,
    pod: String,
}

/// What shows that a change is meant, from the least to the most.
const CONSENTS: [&[&str]; 3] = [&["--dry-run"], &["--write", "--dry-run"], &["--write"]];

/// Every command, in such an order that none takes away what a later one is about.
pub(super) fn commands(plane: &Plane) -> Result<Vec<(Verb, Vec<String>)>> {
    let mut commands = Vec::new();
    for service in ["chat-service", "message-store", "log-shipper"] {
        let target = Target { service, pod: pod_of(plane, service)? };
        // A pod goes first, as long as it has its name.
        for verb in Verb::OF_OBJECTS.into_iter().rev() {
            // How far a rehearsal goes does not depend on the kind.
            let consents = if service == "chat-service" { &CONSENTS[..] } else { &CONSENTS[2..] };
            for consent in consents {
                commands.push((verb, command(verb, &target, consent)));
            }
        }
    }
    // What only some workloads have: an autoscaler, and a rollout that is paused.
    let only = |verb, service| (verb, command(verb, &Target { service, pod: String::new() }, CONSENTS[2]));
    let (verb, mut bounds) = only(Verb::Scale, "api-gateway");
    bounds.retain(|word| word != "--replicas=3");
    bounds.extend(["--min=2".to_owned(), "--max=5".to_owned()]);
    commands.extend([(verb, bounds), only(Verb::Resume, "notification-service")]);
    Ok(commands)
}

fn command(verb: Verb, target: &Target, consent: &[&str]) -> Vec<String> {
    let Target { service, pod } = target;
    let more = match verb {
        Verb::Shift => Some("--to=50".to_owned()),
        Verb::Switch => Some("--to=version=green".to_owned()),
        Verb::Scale => Some("--replicas=3".to_owned()),
        Verb::SetImage => Some("--image=registry.example/messaging/anything:9.9.9".to_owned()),
        verb if Verb::OF_OBJECTS.contains(&verb) => None,
        other => panic!("{other} is about no object"),
    };
    let name = if verb == Verb::Evict { pod.as_str() } else { service };
    let confirmed = ["--namespace=production", "--reason=because I say so", "--confirm", service];
    let words = verb.command().split(' ').chain([name]).chain(confirmed).chain(consent.iter().copied());
    words.map(str::to_owned).chain(more).collect()
}

fn pod_of(plane: &Plane, service: &str) -> Result<String> {
    let selector = format!("--selector=app.kubernetes.io/name={service}");
    let names = plane.kubectl(User::Admin, &["get", "pods", "--namespace=production", "--output=name", &selector])?;
    let first = names.lines().next().and_then(|name| name.strip_prefix("pod/"));
    Ok(first.ok_or_eyre("the service has no pod")?.to_owned())
}
