use serde_json::json;

use super::*;

#[test]
fn a_template_names_its_configuration_in_many_places() {
    let template = json!({"spec": {
        "containers": [{
            "envFrom": [{"configMapRef": {"name": "b"}}, {"secretRef": {"name": "s"}}],
            "env": [
                {"name": "A", "valueFrom": {"configMapKeyRef": {"name": "a", "key": "k"}}},
                {"name": "T", "valueFrom": {"secretKeyRef": {"name": "t", "key": "k"}}},
                {"name": "X", "value": "1"},
            ],
        }],
        "initContainers": [{"envFrom": [{"configMapRef": {"name": "b"}}]}],
        "volumes": [
            {"configMap": {"name": "c"}},
            {"secret": {"secretName": "u"}},
            {"projected": {"sources": [{"configMap": {"name": "d"}}, {"secret": {"name": "v"}}]}},
            {"emptyDir": {}},
        ],
    }});
    let found = configuration_of(&template);
    let names = |kind| found.iter().filter(|(of, _)| *of == kind).map(|(_, name)| name.as_str()).collect::<Vec<_>>();
    assert_eq!((names(Kind::ConfigMap), names(Kind::Secret)), (vec!["a", "b", "c", "d"], vec!["s", "t", "u", "v"]));
    assert!(configuration_of(&json!({})).is_empty());
}
