//! The containers of a pod, with what they do and how they last ended; or those of a template.

use serde_json::Value;

use super::{Page, told};
use crate::tui::theme::Role;

/// The lists of a pod's containers, with where their states stand.
const LISTS: [(&str, &str, &str); 3] = [
    ("initContainers", "initContainerStatuses", "Init container"),
    ("containers", "containerStatuses", "Container"),
    ("ephemeralContainers", "ephemeralContainerStatuses", "Debugging container"),
];

/// The containers of a pod.
pub(super) fn of_pod(page: &mut Page, pod: &Value) {
    for (list, statuses, title) in LISTS {
        for container in pod["spec"][list].as_array().into_iter().flatten() {
            page.heading(&format!("{title} {}", told(&container["name"])));
            let states = pod["status"][statuses].as_array();
            let status = states.into_iter().flatten().find(|status| status["name"] == container["name"]);
            specification(page, container);
            state(page, status.unwrap_or(&Value::Null));
        }
    }
}

/// The containers of a template.
pub(super) fn of_template(page: &mut Page, spec: &Value) {
    for (list, _, title) in LISTS {
        for container in spec[list].as_array().into_iter().flatten() {
            page.heading(&format!("{title} {}", told(&container["name"])));
            specification(page, container);
        }
    }
}

fn specification(page: &mut Page, container: &Value) {
    page.text("image", &container["image"]);
    let ports = container["ports"].as_array().into_iter().flatten();
    let ports: Vec<String> = ports
        .map(|port| {
            let number = format!("{}/{}", told(&port["containerPort"]), port["protocol"].as_str().unwrap_or("TCP"));
            port["name"].as_str().map_or_else(|| number.clone(), |name| format!("{name} {number}"))
        })
        .collect();
    page.pair("ports", Role::Text, &ports.join(", "));
    for (label, member) in [("requests", "requests"), ("limits", "limits")] {
        let resources = container["resources"][member].as_object().into_iter().flatten();
        let resources: Vec<String> = resources.map(|(name, amount)| format!("{} {name}", told(amount))).collect();
        page.pair(label, Role::Text, &resources.join(", "));
    }
    let variables = container["env"].as_array().map_or(0, Vec::len);
    if variables > 0 {
        page.pair("environment", Role::Text, &crate::tui::widgets::words::count(variables, "variable", "variables"));
    }
}

fn state(page: &mut Page, status: &Value) {
    if let Some((role, words)) = state_words(page, &status["state"]) {
        page.pair("state", role, &words);
    } else {
        page.pair("state", Role::Muted, "nothing reported yet");
    }
    if let Some((_, words)) = state_words(page, &status["lastState"]) {
        page.pair("before that", Role::Attention, &words);
    }
    if let Some(ready) = status["ready"].as_bool() {
        let (role, word) = if ready { (Role::Text, "yes") } else { (Role::Attention, "no") };
        page.pair("ready", role, word);
    }
    let restarts = status["restartCount"].as_i64().unwrap_or_default();
    let role = if restarts > 0 { Role::Attention } else { Role::Text };
    page.pair("restarts", role, &restarts.to_string());
}

/// A state as words; none when it says nothing.
fn state_words(page: &Page, state: &Value) -> Option<(Role, String)> {
    let (name, facts) = state.as_object()?.iter().next()?;
    let with_message = |words: String| match facts["message"].as_str() {
        Some(message) => format!("{words}\n{message}"),
        None => words,
    };
    Some(match name.as_str() {
        "running" => (Role::Text, format!("running since {}", page.ago(&facts["startedAt"]).replace(" ago", ""))),
        "waiting" => (Role::Attention, with_message(format!("waiting: {}", told(&facts["reason"])))),
        "terminated" => {
            let code = facts["exitCode"].as_i64().unwrap_or_default();
            let role = if code == 0 { Role::Muted } else { Role::Bad };
            let at = page.ago(&facts["finishedAt"]);
            (role, with_message(format!("ended {at}: {}, exit code {code}", told(&facts["reason"]))))
        }
        other => (Role::Text, other.to_owned()),
    })
}
