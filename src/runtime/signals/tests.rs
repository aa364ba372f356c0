use super::*;
use crate::domain::object::Meta;
use crate::domain::platform::Service;
use crate::domain::update::SourceId;
use crate::state::State;

fn found(services: &[(&str, &[&str])]) -> Vec<(SignalKind, String)> {
    let cluster = ClusterName("eu".into());
    let source = SourceId { cluster: cluster.clone(), kind: Kind::Service, namespace: None };
    let rows = services.iter().map(|(name, ports)| {
        let meta = Meta { namespace: "monitoring".into(), name: (*name).into(), ..Meta::default() };
        let ports = ports.iter().map(|port| Text::from(*port)).collect();
        Row::Service(Box::new(Service { meta, ports, ..Service::default() }))
    });
    let mut state = State::default();
    let _ = state.apply(Update::Applied(source, rows.collect()), jiff::Timestamp::UNIX_EPOCH);
    let inventory = state.cluster(&cluster).expect("it was told of");
    usual(&cluster, &listed(inventory)).into_iter().map(|server| (server.kind, server.reach.to_string())).collect()
}

#[test]
fn servers_with_the_usual_names_are_found_with_their_ports() {
    assert_eq!(
        found(&[
            ("alertmanager-operated", &["web 9093/TCP", "tcp-mesh 9094/TCP"]),
            ("alertmanager-main", &["reloader-web 8080/TCP", "web 9093/TCP"]),
            ("prometheus-server", &["http 80/TCP"]),
        ]),
        [
            (SignalKind::Alertmanager, "monitoring/alertmanager-main:9093".to_owned()),
            (SignalKind::Prometheus, "monitoring/prometheus-server:80".to_owned()),
        ]
    );
    assert_eq!(
        found(&[("alertmanager", &["9093/TCP"])]),
        [(SignalKind::Alertmanager, "monitoring/alertmanager:9093".to_owned())]
    );
    assert_eq!(found(&[("prometheus", &["grpc 9091/TCP"]), ("my-prometheus-adapter", &["web 9090/TCP"])]), []);
}
