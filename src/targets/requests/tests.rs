use super::*;
use crate::domain::object::ClusterName;

fn service(name: &str) -> ObjectRef {
    ObjectRef {
        cluster: ClusterName("prod-eu".into()),
        kind: Kind::Service,
        namespace: "production".into(),
        name: name.into(),
    }
}

fn counted(labels: &[(&str, &str)], value: &str) -> Counted {
    let metric = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Counted { metric, value: (0.0, value.to_owned()) }
}

#[test]
fn each_service_has_what_the_gateway_sent_it() {
    let services = [service("chat-canary"), service("chat")];
    let told = [
        counted(&[("service", "production-chat-http-80@kubernetesgateway")], "90"),
        counted(&[("exported_service", "production-chat-canary-http-80@kubernetesgateway")], "10"),
        counted(&[("service", "production-chat-canary-http-8443@kubernetesgateway")], "1"),
        counted(&[("service", "staging-chat-http-80@kubernetesgateway")], "7"),
    ];
    assert_eq!(by_service(&told, &services), Some(vec![11.0, 90.0]));
    assert_eq!(by_service(&told[..1], &services), Some(vec![0.0, 90.0]), "never sent one");
    assert_eq!(by_service(&told[3..], &services), None, "nobody counts these");
}

#[test]
fn a_mesh_names_the_service_by_its_parts_and_what_is_no_number_counts_nothing() {
    let of = |name| [("destination_service_name", name), ("destination_service_namespace", "production")];
    let told = [counted(&of("chat"), "90"), counted(&of("chat-canary"), "NaN")];
    assert_eq!(by_service(&told, &[service("chat-canary"), service("chat")]), Some(vec![0.0, 90.0]));
}
