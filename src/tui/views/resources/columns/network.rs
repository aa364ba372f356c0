//! What routes to pods.

use super::status::of_slice;
use super::{Field, Key, by_status, first, list, or_dash, plain, quiet, worded};
use crate::domain::platform::{EndpointSlice, Ingress, Service};
use crate::tui::theme::Role;
use crate::tui::widgets::table::{Column, cell};

/// The label by which an endpoint slice names its service.
const SERVICE_NAME: &str = "kubernetes.io/service-name";

pub(super) const SERVICES: [Field<Service>; 4] = [
    Field::new(Column::words("TYPE", 9, 12), |it, _| plain(it.class.as_str()), |it| Key::Words(&it.class)),
    Field::new(
        Column::words("CLUSTER-IP", 7, 39).rank(3),
        |it, scene| or_dash(&it.cluster_ip, scene),
        |it| Key::Words(&it.cluster_ip),
    ),
    Field::new(Column::words("PORTS", 8, 60), |it, scene| list(&it.ports, scene), |it| first(&it.ports)),
    Field::new(
        Column::words("SELECTS", 8, 80).rank(4),
        |it, scene| {
            let pairs: Vec<String> = it.selector.iter().map(|(key, value)| format!("{key}={value}")).collect();
            if pairs.is_empty() { quiet(scene.glyphs.dash) } else { quiet(pairs.join(",")) }
        },
        |it| Key::Words(it.selector.first().map_or("", |(_, value)| value)),
    ),
];

pub(super) const SLICES: [Field<EndpointSlice>; 4] = [
    Field::new(
        Column::words("SERVICE", 8, 40).named(),
        |it, scene| or_dash(it.meta.label(SERVICE_NAME).map_or("", |name| name), scene),
        |it| Key::Words(it.meta.label(SERVICE_NAME).map_or("", |name| name)),
    ),
    Field::new(
        Column::words("ADDRESSES", 9, 10).rank(3),
        |it, _| plain(it.address_type.as_str()),
        |it| Key::Words(&it.address_type),
    ),
    Field::new(
        Column::number("READY", 5, 11),
        |it, _| {
            let role = if it.ready < it.total { Role::Attention } else { Role::Text };
            cell(role, format!("{}/{}", it.ready, it.total))
        },
        |it| Key::Number(i64::try_from(it.ready).unwrap_or(i64::MAX) - i64::try_from(it.total).unwrap_or(i64::MAX)),
    ),
    Field::new(Column::words("STATUS", 9, 16), |it, _| worded(of_slice(it)), |it| by_status(of_slice(it))),
];

pub(super) const INGRESSES: [Field<Ingress>; 4] = [
    Field::new(
        Column::words("CLASS", 5, 20).rank(3),
        |it, scene| or_dash(&it.class, scene),
        |it| Key::Words(&it.class),
    ),
    Field::new(Column::words("HOSTS", 8, 60), |it, scene| list(&it.hosts, scene), |it| first(&it.hosts)),
    Field::new(
        Column::words("SERVICES", 8, 40).rank(2),
        |it, scene| list(&it.backends, scene),
        |it| first(&it.backends),
    ),
    Field::new(
        Column::words("ADDRESSES", 9, 39).rank(4),
        |it, scene| list(&it.addresses, scene),
        |it| first(&it.addresses),
    ),
];
