#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::*;

fn parse(text: &str) -> Result<Roles, Fault> {
    Roles::parse("roles.toml", text.to_owned())
}

/// What is wrong with a text, with its place.
fn fault(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

#[test]
fn the_example_is_the_shipped_preset() {
    let Roles { roles, bindings } = parse(EXAMPLE).unwrap();
    let said: Vec<String> = roles
        .iter()
        .map(|role| {
            let [grant] = role.grants.as_slice() else { panic!("one grant each") };
            let words: Vec<&str> = grant.permissions.iter().map(|permission| permission.word()).collect();
            format!("{} in {:?}: {}", role.name, grant.environments, words.join(" "))
        })
        .collect();
    assert_eq!(
        said,
        [
            r#"admin in ["*"]: deploy rollback silence monitor manage_users manage_roles view_logs view_metrics"#,
            r#"developer in ["*"]: deploy silence monitor view_logs view_metrics"#,
            r#"viewer in ["*"]: monitor view_logs view_metrics"#,
        ]
    );
    let bound: Vec<String> =
        bindings.iter().map(|one| format!("{} {:?} {:?}", one.role, one.users, one.groups)).collect();
    assert_eq!(bound, [r#"admin [] ["admins"]"#, r#"developer [] ["developers"]"#, r#"viewer [] ["viewers"]"#]);
}

#[test]
fn the_example_explains_every_permission() {
    for permission in Permission::ALL {
        assert!(EXAMPLE.contains(&format!("#   {permission:<14} ")), "{permission}");
    }
}

#[test]
fn the_second_grant_that_the_example_suggests_is_understood() {
    let suggested = EXAMPLE
        .replace("# [[roles", "[[roles")
        .replace("# permissions =", "permissions =")
        .replace("# environments =", "environments =");
    let roles = parse(&suggested).unwrap().roles;
    let developer = roles.iter().find(|role| role.name == "developer").unwrap();
    assert_eq!(
        developer.grants[1],
        Grant { permissions: vec![Permission::Rollback], environments: vec!["staging".into()] }
    );
}

#[test]
fn what_is_misspelt_is_named_with_its_line_and_what_may_have_been_meant() {
    let grant = "[[roles.developer]]\npermissions = [\"deploy\"]\nenvironments = [\"*\"]\n";
    for (text, said) in [
        (
            "[[roles.dev]]\npermissions = [\n  \"monitor\",\n  \"depoly\",\n]\nenvironments = [\"*\"]".to_owned(),
            "roles.toml:4: unknown permission `depoly`; did you mean `deploy`?; there are monitor, view_logs, ",
        ),
        (
            format!("{grant}[[bindings]]\nrole = \"develoer\"\nusers = [\"alice\"]"),
            "roles.toml:5: unknown role `develoer`; did you mean `developer`?; there are developer",
        ),
        (
            "[[bindings]]\nrole = \"admin\"\nusers = [\"alice\"]".to_owned(),
            "roles.toml:2: unknown role `admin`; none is defined",
        ),
        (
            "[[roles.dev]]\npermission = [\"deploy\"]\nenvironments = [\"*\"]".to_owned(),
            "roles.toml:2: unknown field `permission`; did you mean `permissions`?",
        ),
        (
            format!("{grant}[[bindings]]\nrole = \"developer\"\ngroup = [\"x\"]"),
            "roles.toml:6: unknown field `group`; did you mean `groups`?",
        ),
        ("[[binding]]\nrole = \"x\"".to_owned(), "roles.toml:1: unknown field `binding`; did you mean `bindings`?"),
    ] {
        let fault = fault(&text);
        assert!(fault.starts_with(said), "{fault}");
    }
}

#[test]
fn what_would_mean_nothing_is_refused() {
    let grant = "[[roles.developer]]\npermissions = [\"deploy\"]\nenvironments = [\"*\"]\n";
    assert_eq!(
        fault(&format!("{grant}[[bindings]]\nrole = \"developer\"")),
        "roles.toml:4: binds nobody: name users or groups"
    );
    let nowhere = grant.replace("\"*\"", "");
    assert_eq!(fault(&nowhere), "roles.toml:1: grants nothing: name permissions and environments");
    assert!(
        fault("[[roles.developer]]\npermissions = [\"deploy\"]").contains("missing field `environments`"),
        "not everywhere"
    );
}

#[test]
fn a_file_that_others_can_write_to_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("roles.toml");
    assert_eq!(Roles::read(&path), Ok(None), "no file, no opinion");
    fs::write(&path, EXAMPLE).unwrap();
    fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
    assert_eq!(Roles::read(&path).unwrap(), parse(EXAMPLE).ok());
    for mode in [0o620, 0o602] {
        fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
        let fault = Roles::read(&path).unwrap_err().to_string();
        assert!(fault.contains("others can write to it") && fault.contains("chmod go-w"), "{fault}");
    }
}
