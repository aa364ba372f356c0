//! What the roles and the cluster say to a question, in words: the same ones in a plan, in `can` and in `doctor`.

use crate::domain::actor::Permission;
use crate::domain::kind::Kind;
use crate::domain::operation::{Check, Mark};
use crate::domain::plan::Access;
use crate::domain::text::Text;

use super::policy::Decision;
use super::ports::Review;

/// What the roles say to whether any of some permissions is granted; none where there are no roles. Who was not told who
/// asks cannot tell.
pub fn of_role(decision: &Decision, any_of: &[Permission], environment: &str, is_known: bool) -> Option<Check> {
    let words = |permissions: &[Permission]| {
        let words: Vec<&str> = permissions.iter().map(|permission| permission.word()).collect();
        let environment = if environment == "*" { "every environment" } else { environment };
        format!("{} in {environment}", words.join(" or "))
    };
    let check = |mark, what: String, remedy: String| Check { mark, what: what.into(), remedy: remedy.into() };
    Some(match decision {
        Decision::NotConfigured => return None,
        Decision::Allowed { role, permission } => {
            check(Mark::Allowed, format!("{role}: {}", words(&[*permission])), String::new())
        }
        Decision::Unusable(problem) => {
            check(Mark::Denied, words(any_of), format!("{}: {}; {}", problem.what, problem.why, problem.hint))
        }
        Decision::Denied { .. } if !is_known => {
            check(Mark::Unknown, words(any_of), "the server would not say who we are".to_owned())
        }
        Decision::Denied { held, would_allow } => {
            let remedy = format!("role {} would allow it; roles are bound in the roles file", join(would_allow));
            check(Mark::Denied, format!("{}: {}", join(held), words(any_of)), remedy)
        }
    })
}

/// Names of roles in a row.
fn join(names: &[Text]) -> String {
    if names.is_empty() {
        return "no role".to_owned();
    }
    names.iter().map(Text::as_str).collect::<Vec<_>>().join(", ")
}

/// What the cluster says to whether it would let us; none where it was not asked.
pub fn of_access(access: &Access, review: Option<&Review>) -> Check {
    let what = Text::from(access.words());
    match review {
        Some(Review::Allowed) => Check { mark: Mark::Allowed, what, remedy: Text::default() },
        Some(Review::Denied(why)) => {
            let rule = match access.object.kind {
                Kind::Lease => {
                    " (apiGroups [coordination.k8s.io], resources [leases], verbs [get, list, watch, create, patch])"
                }
                _ => "",
            };
            let hint = format!("ask a cluster administrator for a role with: {what}{rule}");
            let remedy = if why.is_empty() { hint } else { format!("{why}; {hint}") };
            Check { mark: Mark::Denied, what, remedy: remedy.into() }
        }
        Some(Review::Unknown(why)) => {
            Check { mark: Mark::Unknown, what, remedy: format!("the cluster could not be asked: {why}").into() }
        }
        None => Check { mark: Mark::Unknown, what, remedy: "the cluster was not asked".into() },
    }
}
