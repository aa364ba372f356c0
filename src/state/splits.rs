//! How the requests of a service are split. (Stands in until routes are joined.)

use super::State;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::row::Row;
use crate::domain::service::ServiceId;
use crate::domain::traffic::{Arm, ArmRole, Split};

impl State {
    /// How the requests of a service are split.
    pub fn splits(&self, service: &ServiceId) -> Vec<Split> {
        let Some(cluster) = self.cluster(&service.cluster) else { return Vec::new() };
        let mut splits = Vec::new();
        for row in cluster.rows(Kind::HttpRoute).rows() {
            let Row::HttpRoute(route) = row else { continue };
            let Some(rule) = route.splits().next() else { continue };
            if !rule.backends.iter().any(|backend| backend.service.starts_with(service.name.as_str())) {
                continue;
            }
            let arms = rule.backends.iter().map(|backend| Arm {
                role: Some(if backend.service.ends_with("canary") { ArmRole::Canary } else { ArmRole::Stable }),
                service: backend.service.clone(),
                version: crate::domain::text::Text::default(),
                desired: rule.share(&backend.service).unwrap_or_default(),
                observed: None,
                ready: 0,
            });
            splits.push(Split {
                router: ObjectRef {
                    cluster: service.cluster.clone(),
                    kind: Kind::HttpRoute,
                    namespace: route.meta.namespace.clone(),
                    name: route.meta.name.clone(),
                },
                arms: arms.collect(),
                steered_by: route.steered_by.clone(),
                doubts: Vec::new(),
            });
        }
        splits
    }
}
