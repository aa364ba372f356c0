//! Questions that a session answers by asking a cluster or the roles, without changing or remembering anything.

use serde_json::Value;

use crate::domain::actor::Permission;
use crate::domain::audit::ActionId;
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::operation::{Check, Mark, OperationId};
use crate::domain::plan::Access;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::update::Identity;
use crate::operations::policy::Decision;
use crate::operations::ports::Review;

use super::session::Session;

impl Session {
    /// Reads a whole object at once.
    pub async fn object(&self, object: &ObjectRef) -> Result<Value, Problem> {
        match self.handle(&object.cluster) {
            Some(handle) => handle.reader.get_object(object).await.map_err(|error| error.problem()),
            None => Err(Problem::new(format!("no connection to {}", object.cluster), "", "choose it with --context")),
        }
    }

    /// Asks a cluster whether it would let us.
    pub async fn access(&self, access: &Access) -> Check {
        let what = Text::from(access.words());
        let review = match self.handle(&access.object.cluster) {
            Some(handle) => handle.plane.review(access).await,
            None => Review::Unknown("no connection".into()),
        };
        match review {
            Review::Allowed => Check { mark: Mark::Allowed, what, remedy: Text::default() },
            Review::Denied(_) => {
                let remedy = format!("ask a cluster administrator for a role with: {what}");
                Check { mark: Mark::Denied, what, remedy: remedy.into() }
            }
            Review::Unknown(why) => {
                let remedy = format!("the cluster could not be asked: {why}");
                Check { mark: Mark::Unknown, what, remedy: remedy.into() }
            }
        }
    }

    /// What the roles say to one of some permissions in an environment; none where there are no roles.
    pub fn role(&self, identity: Option<&Identity>, any_of: &[Permission], environment: &str) -> Option<Check> {
        let wanted = any_of.iter().map(|permission| permission.word()).collect::<Vec<_>>().join(" or ");
        let nobody = Identity::default();
        match self.policy().decide(identity.unwrap_or(&nobody), any_of, environment) {
            Decision::NotConfigured => None,
            Decision::Allowed { role, permission } => Some(Check {
                mark: Mark::Allowed,
                what: format!("{role}: {permission} in {environment}").into(),
                remedy: Text::default(),
            }),
            Decision::Denied { .. } if identity.is_none() => Some(Check {
                mark: Mark::Unknown,
                what: format!("{wanted} in {environment}").into(),
                remedy: "the server would not say who we are".into(),
            }),
            Decision::Denied { held, would_allow } => Some(Check {
                mark: Mark::Denied,
                what: format!("{}: {wanted} in {environment}", join(&held)).into(),
                remedy: format!("role {} would allow it; roles are bound in the roles file", join(&would_allow)).into(),
            }),
        }
    }

    /// The clusters that were chosen, reachable or not.
    pub fn cluster_names(&self) -> &[ClusterName] {
        &self.chosen
    }

    /// The name under which a change is recorded.
    pub fn action(&self, id: OperationId) -> ActionId {
        ActionId::of(&self.name, id.0)
    }
}

/// Names of roles in a row.
fn join(names: &[Text]) -> String {
    if names.is_empty() {
        return "no role".to_owned();
    }
    names.iter().map(Text::as_str).collect::<Vec<_>>().join(", ")
}
