//! Hostile text on a real server: whatever pods, events, annotations and login programs say, every byte that midwatch
//! writes is its own. Names and labels, which a real server checks, are attacked in `tests/hostile`.

use std::fs;

use color_eyre::eyre::{OptionExt, Result, ensure};
use serde_json::{Value, json};

use crate::attack::{Environment, MIDWATCH, Payload, Walk, files_are_plain, marks, payloads, run, run_all};
use crate::command::Seat;
use crate::console::{Console, Size};
use crate::plane::{PATIENCE, Plane, User, wait_until};
use crate::protobuf;

crate::tests![no_view_writes_a_byte_that_is_not_ours, no_command_writes_a_byte_that_is_not_ours,];

pub(crate) const SIZE: Size = (200, 60);

/// Some of everything in a few words, for where there is room for one attack only.
pub(crate) const EVIL: &str =
    "e\u{1b}[2J\u{9b}8m\u{1b}]0;t\u{7}\u{202e}v\u{200b}\r\n\u{8}漢i\u{301}l\t::set-env name=a::b";

/// The platform after somebody has written attacks into it wherever the server takes any text.
struct Infected {
    payloads: Vec<Payload>,
    /// A pod that is stuck, and has every attack in its annotations and in what is told of its end.
    stuck: String,
    /// A pod that is well, and says every attack.
    speaker: String,
}

impl Infected {
    fn new(plane: &Plane) -> Result<Self> {
        let payloads = payloads();
        // Suites before this one and between its tests may have taken the platform away, and with it this note.
        let note = ["get", "configmap/infected", "--namespace=production"];
        let note = plane.kubectl_json(User::Admin, &note).or_else(|_| infect(plane, &payloads))?;
        let name = |key: &str| note["data"][key].as_str().map(str::to_owned).ok_or_eyre("the note names no pod");
        Ok(Self { stuck: name("stuck")?, speaker: name("speaker")?, payloads })
    }
}

/// Puts the platform there, stuck, and writes the attacks into it; answers a note of which pods have them.
fn infect(plane: &Plane, payloads: &[Payload]) -> Result<Value> {
    plane.deploy_platform("production")?;
    plane.release_stuck("production", "deployment/chat-service")?;
    let stuck = release(plane, payloads)?;
    let events: Vec<_> = payloads
        .iter()
        .map(|payload| {
            (format!("attack-{}", payload.mark.trim_end_matches('.')), payload.bytes.clone(), payload.bytes.clone())
        })
        .collect();
    protobuf::create_events(plane, "production", &events)?;
    let speaker = "message-store-0";
    plane.say("production", speaker, "first words")?;
    payloads.iter().try_for_each(|payload| plane.say("production", speaker, payload.line()))?;
    for told in [&["get", "events", "--output=json"][..], &["get", "pod", &stuck, "--output=json"], &["logs", speaker]]
    {
        let told = plane.kubectl(User::Admin, &[told, &["--namespace=production"]].concat())?;
        tells_all(&told, payloads).map_err(|error| error.wrap_err("the cluster has not taken every attack"))?;
    }
    // What takes the platform away takes this away too.
    let note = json!({
        "apiVersion": "v1", "kind": "ConfigMap", "data": {"stuck": stuck, "speaker": speaker},
        "metadata": {"name": "infected", "labels": {"app.kubernetes.io/part-of": "messaging"}},
    });
    plane.kubectl_stdin(User::Admin, &["apply", "--namespace=production", "--filename=-"], &note.to_string())?;
    Ok(note)
}

/// Requires that a text holds the mark of each attack.
fn tells_all(text: &str, payloads: &[Payload]) -> Result<()> {
    let missing: Vec<String> = marks(payloads).into_iter().filter(|mark| !text.contains(mark.as_str())).collect();
    ensure!(missing.is_empty(), "{missing:?} are not told");
    Ok(())
}

/// Releases the attacks as a version of chat-service and lets one of its pods end with them; answers its name.
fn release(plane: &Plane, payloads: &[Payload]) -> Result<String> {
    let annotations: serde_json::Map<String, Value> = payloads
        .iter()
        .map(|payload| (format!("attack.example/{}", payload.mark.trim_end_matches('.')), payload.text().into()))
        .collect();
    // KWOK writes the image into YAML, which holds no control characters of eight bits.
    let image = EVIL.replace('\u{9b}', "");
    let own = json!({"kubernetes.io/change-cause": EVIL, "argocd.argoproj.io/tracking-id": EVIL});
    let release = json!({
        "metadata": {"annotations": own},
        "spec": {"template": {
            "metadata": {"annotations": annotations},
            "spec": {"containers": [{
                "name": "chat-service", "image": format!("registry.example/{image}x:{image}x"),
                "env": [{"name": "EVIL", "value": EVIL}],
            }]},
        }},
    });
    patch(plane, "deployment/chat-service", &["--type=strategic"], &release)?;
    let stuck = wait_until("a stuck pod of the attacking release", PATIENCE, || {
        let pods =
            plane.kubectl_json(User::Admin, &["get", "pods", "--namespace=production", "--selector=rig.stuck=yes"])?;
        let is_meant = |pod: &&Value| {
            pod.pointer("/metadata/annotations/attack.example~1h000").is_some()
                && pod.pointer("/status/containerStatuses/0/state/waiting").is_some()
        };
        pods["items"].as_array().into_iter().flatten().find(is_meant).cloned().ok_or_eyre("there is none yet")
    })?;
    let sentences = payloads.iter().map(Payload::text).collect::<Vec<_>>().join("\n");
    let mut status = stuck["status"].clone();
    status["message"] = EVIL.into();
    status["reason"] = EVIL.into();
    let container = &mut status["containerStatuses"][0];
    container["state"]["waiting"] = json!({"reason": EVIL, "message": sentences});
    container["lastState"]["terminated"]["reason"] = EVIL.into();
    container["lastState"]["terminated"]["message"] = sentences.into();
    for condition in status["conditions"].as_array_mut().into_iter().flatten() {
        condition["reason"] = EVIL.into();
        condition["message"] = EVIL.into();
    }
    let name = stuck.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default().to_owned();
    patch(plane, &format!("pod/{name}"), &["--type=merge", "--subresource=status"], &json!({ "status": status }))?;
    Ok(name)
}

/// Patches an object of production from a file, since a command line cannot hold every byte.
fn patch(plane: &Plane, object: &str, how: &[&str], patch: &Value) -> Result<()> {
    let file = plane.dir().join("attack.json");
    fs::write(&file, patch.to_string())?;
    let file = format!("--patch-file={}", file.display());
    plane.kubectl(User::Admin, &[&["patch", object, "--namespace=production", &file], how].concat())?;
    Ok(())
}

/// The environment of a seat in which midwatch tells all that it can about itself.
pub(crate) fn environment(seat: &Seat) -> Environment {
    let mut environment = seat.environment();
    environment.push(("MIDWATCH_LOG", "midwatch=trace".into()));
    environment
}

fn no_view_writes_a_byte_that_is_not_ours(plane: &Plane) -> Result<()> {
    let infected = Infected::new(plane)?;
    let all = || marks(&infected.payloads);
    let seat = Seat::new(plane, User::Admin)?;
    let mut walk = Walk::new(Console::run(MIDWATCH, &["--write"], environment(&seat), SIZE)?, SIZE);
    walk.go(&[], "stuck: CrashLoop")?;
    walk.settle()?;
    walk.go(&["enter"], "chat-service")?;
    walk.go(&[":rollouts", "enter"], "chat-service")?;
    walk.go(&[":ev production", "enter"], "Events   production")?;
    walk.read_all(all(), "ctrl-f")?;
    walk.go(&[":po /", &infected.stuck, "enter"], &infected.stuck)?;
    walk.go(&["d"], "in words")?;
    walk.read_all(all(), "ctrl-f")?;
    walk.go(&["w"], "in words")?;
    walk.go(&["/h01", "enter"], " of ")?;
    walk.go(&[":po /", &infected.stuck, "enter"], "Pods   all namespaces   1 of")?;
    walk.go(&["y"], "as YAML")?;
    walk.read_all(all(), "ctrl-f")?;
    walk.go(&[":po /", &infected.speaker, "enter"], "Pods   all namespaces   1 of")?;
    walk.go(&["l"], &infected.payloads.last().ok_or_eyre("there are no attacks")?.mark)?;
    walk.go(&["g"], "first words")?;
    walk.read_all(all(), "ctrl-f")?;
    walk.go(&[":deploy /chat-service", "enter"], "Deployments   all namespaces   1 of")?;
    walk.go(&["D"], "attack.example/h000")?;
    walk.read_all(all(), "ctrl-f")?;
    walk.go(&[":deploy /chat-service", "enter"], "Deployments   all namespaces   1 of")?;
    walk.go(&["b"], "Reason")?;
    for _page in 0..6 {
        walk.go(&["\u{1b}[6~"], "Reason")?;
    }
    // A terminal that was asked to paste gives what was copied between two sequences.
    walk.go(&["\u{1b}[200~", &EVIL.replace('\u{1b}', ""), "\u{1b}[201~"], "Reason")?;
    walk.close("Reason")?;
    walk.go(&["?"], "Keys")?;
    walk.close("Keys")?;
    walk.go(&[":", "over"], "Go to")?;
    walk.close("Go to")?;
    walk.go(&[":audit", "enter"], "Audit")?;
    walk.leave()?;
    ensure!(files_are_plain(&seat.state())? > 0, "midwatch has noted nothing");
    Ok(())
}

/// Every command that tells of a cluster.
const COMMANDS: [&str; 18] = [
    "services",
    "rollouts",
    "history chat-service",
    "diff chat-service",
    "get pods",
    "get deployments",
    "get replicasets",
    "get events",
    "events",
    "events chat-service",
    "changes",
    "whoami",
    "can rollback chat-service",
    "doctor",
    "rollback chat-service -n production --dry-run",
    "restart chat-service -n production --dry-run",
    "audit show",
    "audit verify",
];

fn no_command_writes_a_byte_that_is_not_ours(plane: &Plane) -> Result<()> {
    let infected = Infected::new(plane)?;
    let seat = Seat::new(plane, User::Admin)?;
    let environment = environment(&seat);
    let reason = EVIL.replace(['\r', '\n'], "");
    let change =
        ["restart", "notification-service", "-n", "production", "--write", "--confirm", "notification-service"];
    let (code, _, stderr) = run(&environment, &[&change[..], &["--reason", &reason]].concat())?;
    ensure!(code == 0, "{stderr}");
    let logs = format!("logs --pod {}", infected.speaker);
    run_all(&environment, &[&COMMANDS[..], &[logs.as_str()]].concat(), |words, code, stdout| {
        ensure!([0, 1].contains(&code), "it ended with {code}");
        match words {
            "get events" | "events" | "diff chat-service" => tells_all(stdout, &infected.payloads),
            _ if words.starts_with("logs") => tells_all(stdout, &infected.payloads),
            "audit show" => {
                ensure!(stdout.contains("set-env"), "the reason is not told: {stdout}");
                Ok(())
            }
            _ => Ok(()),
        }
    })?;
    let wrong: [&[&str]; 7] = [
        &["get", EVIL],
        &["scale", "x", "--replicas", EVIL],
        &["history", EVIL],
        &[EVIL],
        &["services", "--kubeconfig", EVIL],
        &["services", "--context", EVIL],
        &["services", "--theme", EVIL],
    ];
    for args in wrong {
        ensure!(run(&environment, args)?.0 == 2, "{args:?}");
    }
    ensure!(seat.audit_lines()?.len() == 3, "{:?}", seat.audit_lines()?);
    ensure!(files_are_plain(&seat.state())? > 1, "there is no audit");
    Ok(())
}
