#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn find(variables: &[(&str, &str)]) -> Result<Locations, LocationError> {
    Locations::find(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()))
}

#[test]
fn variables_name_other_directories() {
    let found = find(&[(CONFIG_VARIABLE, "/etc/midwatch"), (STATE_VARIABLE, "/srv/midwatch")]).unwrap();
    assert_eq!(found, Locations::new("/etc/midwatch", "/srv/midwatch"));
    assert_eq!(found.config_file(), Path::new("/etc/midwatch/config.toml"));
    assert_eq!(found.roles_file(), Path::new("/etc/midwatch/roles.toml"));
    assert_eq!(found.themes_dir(), Path::new("/etc/midwatch/themes"));
    assert_eq!(found.keymaps_dir(), Path::new("/etc/midwatch/keymaps"));
    assert_eq!(found.audit_dir(), Path::new("/srv/midwatch/audit"));
    assert_eq!(found.log_file(), Path::new("/srv/midwatch/midwatch.log"));
}

#[test]
fn an_empty_variable_is_none() {
    // Where the account has no home directory at all, both have none.
    assert_eq!(find(&[(CONFIG_VARIABLE, ""), (STATE_VARIABLE, "/s")]), find(&[(STATE_VARIABLE, "/s")]));
}

#[test]
fn a_relative_directory_is_refused() {
    let error = find(&[(CONFIG_VARIABLE, "etc"), (STATE_VARIABLE, "/srv")]).unwrap_err();
    assert_eq!(error.to_string(), "MIDWATCH_CONFIG_DIR is `etc`: give an absolute path");
}
