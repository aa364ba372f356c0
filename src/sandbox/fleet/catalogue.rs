//! The services of the messaging platform and the releases they have had.

/// One service of the platform.
pub(super) struct Service {
    pub(super) name: &'static str,
    pub(super) port: u16,
    /// Replicas in production and in staging.
    pub(super) replicas: (i64, i64),
    /// Seconds from the start of a container to readiness.
    pub(super) warm_up: i64,
    pub(super) memory: &'static str,
    /// Who deploys it: `helm` or a pipeline.
    pub(super) manager: &'static str,
    /// Oldest first.
    pub(super) releases: &'static [Release],
}

/// One release of a service.
pub(super) struct Release {
    pub(super) version: &'static str,
    /// Hours before the start of the sandbox at which production got it; staging had it a day earlier. 0: it is not
    /// finished.
    pub(super) hours_ago: i64,
    pub(super) cause: &'static str,
}

const fn release(version: &'static str, hours_ago: i64, cause: &'static str) -> Release {
    Release { version, hours_ago, cause }
}

pub(super) const PIPELINE: &str = "ci-deploy";

pub(super) static SERVICES: [Service; 6] = [
    Service {
        name: "api-gateway",
        port: 8080,
        replicas: (6, 2),
        warm_up: 4,
        memory: "256Mi",
        manager: PIPELINE,
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
        releases: &[release("3.0.2", 950, "first release on this cluster"), release("3.1.0", 218, "passkeys")],
    },
    Service {
        name: "user-service",
        port: 8082,
        replicas: (3, 1),
        warm_up: 4,
        memory: "192Mi",
        manager: PIPELINE,
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
        releases: &[
            release("1.3.2", 950, "first release on this cluster"),
            release("1.4.0", 340, "threads"),
            release("1.4.1", 146, "fix order of replies in threads"),
        ],
    },
    Service {
        name: "notification-service",
        port: 8084,
        replicas: (3, 1),
        warm_up: 4,
        memory: "128Mi",
        manager: "helm",
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
        releases: &[release("2.2.0", 950, "first release on this cluster"), release("2.3.0", 171, "recurring tasks")],
    },
];

/// A service whose next release is a canary behind a route.
pub(super) static SEARCH: Service = Service {
    name: "search-service",
    port: 8086,
    replicas: (3, 0),
    warm_up: 6,
    memory: "384Mi",
    manager: PIPELINE,
    releases: &[
        release("5.1.0", 950, "first release on this cluster"),
        release("5.2.0", 260, "search in threads"),
        release("5.3.0", 0, "index messages-v2"),
    ],
};

/// A service that Argo Rollouts delivers in steps.
pub(super) static MEDIA: Service = Service {
    name: "media-service",
    port: 8087,
    replicas: (4, 0),
    warm_up: 5,
    memory: "256Mi",
    manager: PIPELINE,
    releases: &[
        release("3.0.0", 950, "first release on this cluster"),
        release("3.1.0", 196, "previews of documents"),
        release("3.2.0", 0, "smaller thumbnails"),
    ],
};

/// Returns the image of a version of a service.
pub(super) fn image(service: &str, version: &str) -> String {
    format!("registry.example.com/messaging/{service}:{version}")
}

/// Returns the service with a name.
pub(super) fn service(name: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.name == name)
}
