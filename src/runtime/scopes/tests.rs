use super::*;
use crate::domain::environment::Room;

fn scopes(namespaces: &[&str], environment: Option<&str>) -> Scopes {
    let live = Environment {
        name: "live".into(),
        color: None,
        is_protected: true,
        rooms: vec![Room { cluster: ClusterName("eu".into()), namespaces: vec!["shop".into(), "pay".into()] }],
    };
    Scopes {
        namespaces: namespaces.iter().map(|name| Text::from(*name)).collect(),
        environment: environment.map(Text::from),
        rules: EnvironmentRules { environments: vec![live] },
    }
}

fn names(names: &[&str]) -> Vec<Text> {
    names.iter().map(|name| Text::from(*name)).collect()
}

#[test]
fn what_is_asked_for_is_read_of_every_cluster_in_the_same_way() {
    for (scopes, cluster, scope) in [
        (scopes(&[], None), "eu", Scope::All { fallback: names(&["mine", "shop", "pay"]) }),
        (scopes(&[], None), "us", Scope::All { fallback: names(&["mine"]) }),
        (scopes(&["pay"], Some("live")), "us", Scope::Only(names(&["pay"]))),
        (scopes(&[], Some("live")), "eu", Scope::Only(names(&["shop", "pay"]))),
        (scopes(&[], Some("live")), "us", Scope::All { fallback: names(&["mine"]) }),
    ] {
        assert_eq!(scopes.of(&ClusterName(cluster.into()), &"mine".into()), scope, "{scopes:?} {cluster}");
    }
}
