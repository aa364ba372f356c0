//! The services of the messaging platform and the releases they have had.

/// One service of the platform.
pub(super) struct Service {
    pub(super) name: &'static str,
    pub(super) port: u16,
    /// Replicas in production and in staging; a service without any is not there.
    pub(super) replicas: (i64, i64),
    /// Seconds from the start of a container to readiness.
    pub(super) warm_up: i64,
    pub(super) memory: &'static str,
    /// Who deploys it: `helm` or a pipeline.
    pub(super) manager: &'static str,
    /// Where production reaches it, if a route stands in front of it there: then releases are canaries.
    pub(super) host: Option<&'static str>,
    /// Oldest first.
    pub(super) releases: &'static [Release],
}

/// One release of a service.
pub(super) struct Release {
    pub(super) version: &'static str,
    /// Hours before the start of the sandbox at which production got it; staging had it a day earlier. 0: production is
    /// on its way to it, and staging never had it.
    pub(super) hours_ago: i64,
    pub(super) cause: &'static str,
}

const fn release(version: &'static str, hours_ago: i64, cause: &'static str) -> Release {
    Release { version, hours_ago, cause }
}

pub(super) const PRODUCTION: &str = "production";

pub(super) const PIPELINE: &str = "ci-deploy";

pub(super) static SERVICES: [Service; 7] = [
    Service {
        name: "api-gateway",
        port: 8080,
        replicas: (6, 2),
        warm_up: 4,
        memory: "256Mi",
        manager: PIPELINE,
        host: None,
        releases: &[
            release("2.7.0", 950, "first release on this cluster"),
            release("2.8.0", 390, "websocket compression"),
            release("2.8.1", 74, "keep-alive fix"),
        ],
    },
    Service {
        name: "auth-service",
        port: 8081,
        replicas: (3, 4),
        warm_up: 25,
        memory: "192Mi",
        manager: PIPELINE,
        host: None,
        releases: &[release("3.0.2", 950, "first release on this cluster"), release("3.1.0", 218, "passkeys")],
    },
    Service {
        name: "user-service",
        port: 8082,
        replicas: (3, 1),
        warm_up: 4,
        memory: "192Mi",
        manager: PIPELINE,
        host: None,
        releases: &[
            release("1.11.0", 950, "first release on this cluster"),
            release("1.12.0", 310, "profile pictures in object storage"),
            release("1.12.1", 98, "fix presence after reconnect"),
        ],
    },
    Service {
        name: "chat-service",
        port: 8083,
        replicas: (4, 2),
        warm_up: 4,
        memory: "384Mi",
        manager: PIPELINE,
        host: Some("messages.example.com"),
        releases: &[
            release("1.3.2", 950, "first release on this cluster"),
            release("1.4.0", 340, "threads"),
            release("1.4.1", 146, "fix order of replies in threads"),
            release("1.5.0", 0, "presence in rooms, cached in redis"),
        ],
    },
    Service {
        name: "notification-service",
        port: 8084,
        replicas: (3, 1),
        warm_up: 4,
        memory: "128Mi",
        manager: "helm",
        host: None,
        releases: &[
            release("0.9.3", 950, "helm install"),
            release("0.9.4", 430, "helm upgrade: retry mail"),
            release("1.0.0", 52, "helm upgrade: digests"),
        ],
    },
    Service {
        name: "task-service",
        port: 8085,
        replicas: (2, 1),
        warm_up: 4,
        memory: "256Mi",
        manager: PIPELINE,
        host: None,
        releases: &[release("2.2.0", 950, "first release on this cluster"), release("2.3.0", 171, "recurring tasks")],
    },
    Service {
        name: "media-service",
        port: 8087,
        replicas: (4, 0),
        warm_up: 5,
        memory: "256Mi",
        manager: PIPELINE,
        host: None,
        releases: &[
            release("3.0.0", 950, "first release on this cluster"),
            release("3.1.0", 196, "previews of documents"),
            release("3.2.0", 0, "sharper thumbnails"),
        ],
    },
];

/// A service whose releases are canaries that no controller brings on: a person sets the weights of its route.
pub(super) static SEARCH: Service = Service {
    name: "search-service",
    port: 8086,
    replicas: (3, 0),
    warm_up: 6,
    memory: "384Mi",
    manager: PIPELINE,
    host: Some("search.example.com"),
    releases: &[
        release("5.1.0", 950, "first release on this cluster"),
        release("5.2.0", 260, "search in threads"),
        release("5.3.0", 0, "index messages-v2"),
    ],
};

impl Service {
    /// Whether it is in a namespace at all.
    pub(super) fn is_in(&self, namespace: &str) -> bool {
        self.replicas_in(namespace) > 0
    }

    pub(super) fn replicas_in(&self, namespace: &str) -> i64 {
        if namespace == PRODUCTION { self.replicas.0 } else { self.replicas.1 }
    }

    /// The host of the route that stands in front of it in a namespace.
    pub(super) fn host_in(&self, namespace: &str) -> Option<&'static str> {
        self.host.filter(|_| namespace == PRODUCTION)
    }
}

/// Returns the image of a version of a service.
pub(super) fn image(service: &str, version: &str) -> String {
    format!("registry.example.com/messaging/{service}:{version}")
}

/// Returns the service with a name.
pub(super) fn service(name: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.name == name)
}
