//! A writing: what the managed fields of an object tell of the last time that somebody wrote it.

use jiff::Timestamp;

use super::text::Text;

/// Write their own notes into objects; what they do is told by others. That of Argo Rollouts goes by the name of its
/// program, which is another one in its image than where it was built by hand.
const CONTROLLERS: [&str; 3] = ["kube-controller-manager", "rollouts-controller", "argo-rollouts"];

/// Whether a manager is a controller, whose writings are nobody's doing.
pub fn is_controller(manager: &str) -> bool {
    CONTROLLERS.contains(&manager)
}

/// The last write of one manager to one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writing {
    /// When.
    pub at: Timestamp,
    /// The manager, as it calls itself: "kubectl-edit".
    pub by: Text,
    /// What it keeps of the object since: "image", "replicas", or the keys of a ConfigMap.
    pub parts: Vec<Text>,
}

impl Writing {
    /// More parts than this are a whole object rather than a change.
    const FEW: usize = 4;

    /// What happened, in words.
    pub fn words(&self, what: &str) -> String {
        let parts: Vec<&str> = self.parts.iter().map(Text::as_str).collect();
        match parts.len() {
            1..=Self::FEW => format!("{what} written: {}", parts.join(", ")),
            _ => format!("{what} written"),
        }
    }
}
