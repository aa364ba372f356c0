//! Questions that a session answers by asking a cluster or the roles, without changing or remembering anything.

use serde_json::Value;

use crate::domain::actor::Permission;
use crate::domain::audit::ActionId;
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::operation::{Check, OperationId};
use crate::domain::plan::Access;
use crate::domain::problem::Problem;
use crate::domain::update::Identity;
use crate::operations::checks;
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
        let review = match self.handle(&access.object.cluster) {
            Some(handle) => handle.plane.review(access).await,
            None => Review::Unknown("no connection".into()),
        };
        checks::of_access(access, Some(&review))
    }

    /// What the roles say to one of some permissions in an environment; none where there are no roles.
    pub fn role(&self, identity: Option<&Identity>, any_of: &[Permission], environment: &str) -> Option<Check> {
        let nobody = Identity::default();
        let decision = self.policy().decide(identity.unwrap_or(&nobody), any_of, environment);
        checks::of_role(&decision, any_of, environment, identity.is_some())
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
