//! Pods, and the nodes they run on.

use super::status::{cell_of_pod, last_end, of_node, of_pod};
use super::{Field, Key, by_status, newest, number, or_dash, plain, quiet, worded};
use crate::domain::platform::Node;
use crate::domain::pod::Pod;
use crate::tui::theme::Role;
use crate::tui::widgets::table::{Column, cell};
use crate::tui::widgets::words;

pub(super) const PODS: [Field<Pod>; 6] = [
    Field::new(
        Column::number("READY", 5, 6),
        |pod, _| {
            let (ready, all) = pod.readiness();
            let role = if ready < all && !pod.is_finished() { Role::Attention } else { Role::Text };
            cell(role, format!("{ready}/{all}"))
        },
        |pod| {
            let (ready, all) = pod.readiness();
            Key::Number(i64::try_from(ready).unwrap_or(i64::MAX) - i64::try_from(all).unwrap_or(i64::MAX))
        },
    ),
    Field::new(Column::words("STATUS", 16, 28), |pod, _| cell_of_pod(pod), |pod| by_status(of_pod(pod))),
    Field::new(
        Column::number("RESTARTS", 8, 8).rank(3),
        |pod, _| number(pod.restarts()),
        |pod| Key::Number(-i64::from(pod.restarts())),
    ),
    Field::new(
        Column::words("LAST-END", 14, 24).rank(4),
        |pod, scene| match last_end(pod) {
            None => quiet(""),
            Some(why) => {
                let at = pod.last_termination().and_then(|end| end.at);
                let ago = at.map(|at| format!(", {} ago", words::age(at, scene.now))).unwrap_or_default();
                plain(format!("{why}{ago}"))
            }
        },
        |pod| newest(pod.last_termination().and_then(|end| end.at)),
    ),
    Field::new(
        Column::words("NODE", 8, 30).named().rank(5),
        |pod, scene| or_dash(&pod.node, scene),
        |pod| Key::Words(&pod.node),
    ),
    Field::new(
        Column::words("IP", 15, 39).rank(6),
        |pod, scene| cell(Role::Muted, or_dash(&pod.ip, scene).text),
        |pod| Key::Words(&pod.ip),
    ),
];

pub(super) const NODES: [Field<Node>; 4] = [
    Field::new(Column::words("STATUS", 16, 28), |node, _| worded(of_node(node)), |node| by_status(of_node(node))),
    Field::new(
        Column::words("ROLES", 5, 28).rank(4),
        |node, scene| {
            let of_role = |key: &str| key.strip_prefix("node-role.kubernetes.io/").map(ToOwned::to_owned);
            let roles: Vec<String> = node.meta.labels.iter().filter_map(|(key, _)| of_role(key)).collect();
            if roles.is_empty() { quiet(scene.glyphs.dash) } else { plain(roles.join(", ")) }
        },
        |node| {
            let of_role = |key: &'_ str| key.starts_with("node-role.kubernetes.io/");
            Key::Words(node.meta.labels.iter().find(|(key, _)| of_role(key)).map_or("", |(key, _)| key.as_str()))
        },
    ),
    Field::new(
        Column::words("VERSION", 7, 20).rank(2),
        |node, scene| or_dash(&node.version, scene),
        |node| Key::Words(&node.version),
    ),
    Field::new(Column::words("IP", 7, 39).rank(3), |node, scene| or_dash(&node.ip, scene), |node| Key::Words(&node.ip)),
];
