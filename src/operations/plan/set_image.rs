//! Setting an image: one container of the template gets another one, which is a new release.

use serde_json::{Value, json};

use crate::domain::actor::Permission;
use crate::domain::intent::Intent;
use crate::domain::nearest::nearest;
use crate::domain::operation::Failure;
use crate::domain::plan::{Call, Goal, Plan, Step};
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::workload::{image_name, image_tag};

use super::super::converge::is_finished;
use super::super::read::Snapshot;
use super::{
    Draft, NoPlan, Place, Wish, cannot, command_line, replace, require_not_paused, require_workload, template, test,
    test_uid,
};

/// A container of a template.
struct Container<'a> {
    /// Where it stands in the template, as a JSON pointer.
    pointer: String,
    name: &'a str,
    image: &'a str,
    /// Whether it runs and ends before the others start.
    is_init: bool,
}

/// Plans the release.
pub(super) fn plan(
    wish: Wish<'_>,
    container: Option<&Text>,
    image: &Text,
    snapshot: &Snapshot,
    place: &Place,
) -> Result<Plan, NoPlan> {
    require_workload(wish)?;
    require_not_paused(wish, snapshot, place)?;
    let target = wish.target;
    if image.is_empty() || image.contains(char::is_whitespace) {
        return Err(NoPlan::invalid(cannot(wish), format!("\"{image}\" is no image"), "give NAME:TAG or NAME@DIGEST"));
    }
    let current = template::current(snapshot);
    let containers = containers(current);
    let found = find(wish, container, &containers)?;
    if found.image == image.as_str() {
        return Err(NoPlan::nothing_to_do(
            format!("{} has the image {image} already", found.name),
            "setting it would change nothing",
        ));
    }
    let mut after = current.clone();
    if let Some(member) = after.pointer_mut(&format!("{}/image", found.pointer)) {
        *member = json!(image);
    }
    let pinned = |image: &str| Intent::SetImage {
        target: target.clone(),
        container: Some(found.name.into()),
        image: image.into(),
    };
    let draft = Draft {
        title: format!("Set image of {} to {}", target.name, image_name(image)),
        steps: vec![step(wish, found, image, snapshot)],
        goal: Goal::Template(after.clone()),
        needs: vec![Permission::Deploy],
    };
    let mut plan = draft.into_plan(Wish { intent: &pinned(image), target }, snapshot, place);
    plan.intent = wish.intent.clone();
    template::fill(&mut plan, snapshot, &after);
    plan.touches = format!("1 service; {} pods get another image", template::pods(snapshot)).into();
    plan.warnings.extend(
        is_moving(image)
            .then(|| Text::from(format!("{image} names no fixed version: its tag may mean another image tomorrow"))),
    );
    plan.warnings.extend(lost_registry(found.image, image));
    if !is_finished(target.kind, &snapshot.target) {
        plan.warnings.push("a rollout is under way: this one takes its place".into());
    }
    plan.way_back = Some(command_line::of(&pinned(found.image), place).into());
    Ok(plan)
}

/// The patch of the image. The container's name is tested as well, because a list is addressed by position.
fn step(wish: Wish<'_>, found: &Container<'_>, image: &Text, snapshot: &Snapshot) -> Step {
    let member = |name: &str| format!("/spec/template{}/{name}", found.pointer);
    let mut operations = vec![
        test_uid(snapshot),
        test(&member("name"), &json!(found.name)),
        test(&member("image"), &json!(found.image)),
        replace(&member("image"), &json!(image)),
    ];
    operations.extend(template::change_cause(snapshot, &format!("image of {} set to {image} by midwatch", found.name)));
    Step {
        what: format!("image of container {}", found.name).into(),
        before: Text::from_untrusted(found.image),
        after: image.clone(),
        call: Call::Patch { object: wish.target.clone(), subresource: None, operations },
    }
}

/// The containers of a template, those that start the others last.
fn containers(template: &Value) -> Vec<Container<'_>> {
    let mut all = Vec::new();
    for (list, is_init) in [("containers", false), ("initContainers", true)] {
        for (index, container) in template["spec"][list].as_array().into_iter().flatten().enumerate() {
            all.push(Container {
                pointer: format!("/spec/{list}/{index}"),
                name: container["name"].as_str().unwrap_or_default(),
                image: container["image"].as_str().unwrap_or_default(),
                is_init,
            });
        }
    }
    all
}

/// The container that is meant.
fn find<'a, 't>(
    wish: Wish<'_>,
    wanted: Option<&Text>,
    containers: &'a [Container<'t>],
) -> Result<&'a Container<'t>, NoPlan> {
    let names: Vec<&str> = containers.iter().map(|container| container.name).collect();
    let all = format!("there are: {}", names.join(", "));
    let Some(wanted) = wanted else {
        let mut usual = containers.iter().filter(|container| !container.is_init);
        return match (usual.next(), usual.next()) {
            (Some(only), None) => Ok(only),
            _ => Err(NoPlan::invalid(cannot(wish), "it has more than one container", format!("name one; {all}"))),
        };
    };
    containers.iter().find(|container| container.name == wanted.as_str()).ok_or_else(|| {
        let hint = nearest(wanted, names.iter().copied()).map_or(all, |meant| format!("did you mean {meant}?"));
        let problem = Problem::new(cannot(wish), format!("it has no container {wanted}"), hint);
        NoPlan::new(Failure::NotFound, problem)
    })
}

/// Whether an image names a tag that is meant to move.
fn is_moving(image: &str) -> bool {
    !image.contains('@') && image_tag(image) == "latest"
}

/// That an image names no registry where the present one does, and what was probably meant: it would be looked for in the
/// usual one.
fn lost_registry(present: &str, image: &str) -> Option<Text> {
    let registry = registry(present).filter(|registry| !USUAL.contains(registry))?;
    let (home, _) = present.rsplit_once('/')?;
    if self::registry(image).is_some() {
        return None;
    }
    // One that names its place does so from the registry on.
    let home = if image.contains('/') { registry } else { home };
    Some(format!("{image} names no registry, the present image does: was {home}/{image} meant?").into())
}

/// Where an image is looked for that names no registry.
const USUAL: [&str; 2] = ["docker.io", "index.docker.io"];

/// The registry that an image names.
fn registry(image: &str) -> Option<&str> {
    let (first, _) = image.split_once('/')?;
    (first == "localhost" || first.contains(['.', ':'])).then_some(first)
}
