use std::collections::HashMap;

use super::*;

#[test]
fn every_name_finds_exactly_its_kind() {
    let mut seen = HashMap::new();
    for kind in Kind::ALL {
        for name in kind.names() {
            assert_eq!(Kind::find(&name), Some(kind), "{name}");
            if let Some(other) = seen.insert(name.clone(), kind) {
                assert_eq!(other, kind, "{name} names two kinds");
            }
        }
        assert_eq!(Kind::ALL[kind.index()], kind);
    }
    assert_eq!(Kind::find("Deployments.apps"), Some(Kind::Deployment));
    assert_eq!(Kind::find("nothing"), None);
}

#[test]
fn paths_are_those_of_the_api() {
    assert_eq!(Kind::Pod.path(None), "/api/v1/pods");
    assert_eq!(Kind::Deployment.path(Some("production")), "/apis/apps/v1/namespaces/production/deployments");
    assert_eq!(Kind::Pod.path(Some("a/../b?c")), "/api/v1/namespaces/a%2F..%2Fb%3Fc/pods", "a name is one step");
    assert_eq!(Kind::Node.path(Some("production")), "/api/v1/nodes", "a node lives in no namespace");
}
