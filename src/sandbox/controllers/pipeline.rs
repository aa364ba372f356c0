//! The delivery pipeline of staging: some minutes after a release of the auth service it makes the next one.

use serde_json::json;

use crate::sandbox::object::{at, condition, seconds_since, text};
use crate::sandbox::world::World;

/// How long a finished release rests before the next.
const REST_SECONDS: i64 = 180;
const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";

/// Makes the next release when the last is done, unless somebody else has taken the deployment over.
pub(super) fn tick(world: &mut World) {
    let Some(deployment) = world.store.get("deployments", "staging", "auth-service") else { return };
    let progress = condition(at(&deployment, "status"), "Progressing");
    let image = text(&deployment, "spec.template.spec.containers.0.image");
    let Some((repository, version)) = image.rsplit_once(':') else { return };
    let cause = at(&deployment, "metadata.annotations").get(CHANGE_CAUSE).and_then(|cause| cause.as_str());
    let is_ours = cause == Some(format!("pipeline: auth-service {version}").as_str());
    let is_observed = at(&deployment, "status.observedGeneration") == at(&deployment, "metadata.generation");
    let is_done = is_observed && text(progress, "reason") == "NewReplicaSetAvailable";
    if !is_ours || !is_done || seconds_since(progress, "lastUpdateTime", world.now) < REST_SECONDS {
        return;
    }
    let Some((minor, patch)) = version.rsplit_once('.') else { return };
    let next = format!("{minor}.{}", patch.parse::<u64>().unwrap_or_default() + 1);
    let image = format!("{repository}:{next}");
    world.edit(&deployment, "ci-deploy", |deployment| {
        deployment["metadata"]["annotations"][CHANGE_CAUSE] = json!(format!("pipeline: auth-service {next}"));
        let template = &mut deployment["spec"]["template"];
        template["metadata"]["labels"]["app.kubernetes.io/version"] = json!(next);
        template["spec"]["containers"][0]["image"] = json!(image);
    });
}
