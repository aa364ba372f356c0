//! Who may do what: the sandbox's users and their grants, which the API enforces.

use serde_json::{Value, json};

use super::kinds::Kind;

/// A user, known by a bearer token that is the user's name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) name: &'static str,
    group: &'static str,
}

static USERS: [User; 4] = [
    User { name: "maria", group: "admins" },
    User { name: "dana", group: "developers" },
    User { name: "victor", group: "viewers" },
    User { name: "nobody", group: "guests" },
];

/// What a request wants to do, in the terms of access reviews.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attributes {
    pub(crate) verb: String,
    pub(crate) group: String,
    pub(crate) resource: String,
    pub(crate) subresource: String,
    pub(crate) namespace: String,
    pub(crate) name: String,
}

/// One rule: these groups may use these verbs on these resources.
struct Grant {
    to: &'static [&'static str],
    /// Where it holds; empty means the whole cluster.
    namespaces: &'static [&'static str],
    verbs: &'static [&'static str],
    api_groups: &'static [&'static str],
    resources: &'static [&'static str],
}

const READ: &[&str] = &["get", "list", "watch"];
const OURS: &[&str] = &["staging", "production"];

/// As with the built-in roles of Kubernetes, a viewer sees everything but secrets.
static GRANTS: [Grant; 12] = [
    Grant { to: &["admins"], namespaces: &[], verbs: &["*"], api_groups: &["*"], resources: &["*"] },
    Grant {
        to: &["developers", "viewers"],
        namespaces: &[],
        verbs: READ,
        api_groups: &[""],
        resources: &["pods", "pods/log", "services", "services/proxy", "events", "namespaces", "nodes", "configmaps"],
    },
    Grant {
        to: &["developers", "viewers"],
        namespaces: &[],
        verbs: READ,
        api_groups: &[
            "apps",
            "argoproj.io",
            "autoscaling",
            "batch",
            "coordination.k8s.io",
            "discovery.k8s.io",
            "gateway.networking.k8s.io",
            "networking.k8s.io",
            "policy",
        ],
        resources: &["*"],
    },
    Grant { to: &["developers"], namespaces: OURS, verbs: READ, api_groups: &[""], resources: &["secrets"] },
    Grant {
        to: &["developers"],
        namespaces: OURS,
        verbs: &["patch", "update"],
        api_groups: &["apps", "autoscaling"],
        resources: &["*"],
    },
    Grant {
        to: &["developers"],
        namespaces: OURS,
        verbs: &["patch"],
        api_groups: &[""],
        resources: &["configmaps", "services"],
    },
    Grant {
        to: &["developers"],
        namespaces: OURS,
        verbs: &["patch"],
        api_groups: &["gateway.networking.k8s.io"],
        resources: &["httproutes"],
    },
    Grant {
        to: &["developers"],
        namespaces: OURS,
        verbs: &["patch", "update"],
        api_groups: &["argoproj.io"],
        resources: &["analysisruns", "rollouts", "rollouts/scale", "rollouts/status"],
    },
    Grant {
        to: &["developers"],
        namespaces: OURS,
        verbs: &["create", "patch"],
        api_groups: &["coordination.k8s.io"],
        resources: &["leases"],
    },
    Grant { to: &["developers"], namespaces: OURS, verbs: &["delete"], api_groups: &[""], resources: &["pods"] },
    Grant {
        to: &["developers"],
        namespaces: OURS,
        verbs: &["create"],
        api_groups: &[""],
        resources: &["pods/eviction"],
    },
    Grant {
        to: &["developers"],
        namespaces: &["monitoring"],
        verbs: &["create", "delete"],
        api_groups: &[""],
        resources: &["services/proxy"],
    },
];

/// Returns the names of all users.
pub(crate) fn names() -> [&'static str; 4] {
    USERS.each_ref().map(|user| user.name)
}

impl User {
    /// Finds the user of a bearer token.
    pub(crate) fn of_token(token: &str) -> Option<&'static Self> {
        USERS.iter().find(|user| user.name == token)
    }

    /// Returns the groups that the server reports.
    pub(crate) fn groups(&self) -> Value {
        json!([self.group, "system:authenticated"])
    }

    /// Says whether a request is granted.
    pub(crate) fn may(&self, wish: &Attributes) -> bool {
        let resource = if wish.subresource.is_empty() {
            wish.resource.clone()
        } else {
            format!("{}/{}", wish.resource, wish.subresource)
        };
        self.grants(&wish.namespace).any(|grant| {
            covers(grant.verbs, &wish.verb)
                && covers(grant.api_groups, &wish.group)
                && covers(grant.resources, &resource)
        })
    }

    /// Returns the resource rules that hold in a namespace, as a rules review lists them.
    pub(crate) fn rules(&self, namespace: &str) -> Value {
        let rule =
            |grant: &Grant| json!({"verbs": grant.verbs, "apiGroups": grant.api_groups, "resources": grant.resources});
        self.grants(namespace).map(rule).collect()
    }

    fn grants(&self, namespace: &str) -> impl Iterator<Item = &'static Grant> {
        let holds = move |grant: &&Grant| grant.namespaces.is_empty() || grant.namespaces.contains(&namespace);
        GRANTS.iter().filter(|grant| grant.to.contains(&self.group)).filter(holds)
    }
}

fn covers(granted: &[&str], wanted: &str) -> bool {
    granted.iter().any(|word| *word == "*" || *word == wanted)
}

/// Words a refusal as the real API server does.
pub(crate) fn forbidden(user: &User, kind: &Kind, wish: &Attributes) -> String {
    let object = if wish.name.is_empty() { String::new() } else { format!(" \"{}\"", wish.name) };
    let slash = if wish.subresource.is_empty() { "" } else { "/" };
    let place = if wish.namespace.is_empty() {
        "at the cluster scope".to_owned()
    } else {
        format!("in the namespace \"{}\"", wish.namespace)
    };
    format!(
        "{}{object} is forbidden: User \"{}\" cannot {} resource \"{}{slash}{}\" in API group \"{}\" {place}",
        kind.qualified(),
        user.name,
        wish.verb,
        wish.resource,
        wish.subresource,
        wish.group
    )
}
