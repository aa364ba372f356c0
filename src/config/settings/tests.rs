#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::config::assets::{Assets, Kind};
use crate::config::environments::COLORS;

const SAMPLE: &str = r#"
theme = "daylight"
keymap = "vim"
glyphs = "ascii"
mouse = false
contexts = ["prod-eu", "arn:aws:eks:eu-1:1:cluster/lab"]
favourites = ["production", "staging"]
exec-plugins = ["/opt/bin/login"]
allow-insecure-writes = ["dev"]
roles = "team.toml"

[verify]
stable = "45s"
timeout = "1h 30m"

[environments.production]
color = "danger"
namespaces = ["prod-eu/production", "prod-eu/payments", "arn:aws:eks:eu-1:1:cluster/lab/live"]

[environments.dev]
namespaces = ["prod-eu/*"]

[environments.calm]
protected = false
namespaces = ["prod-us/*"]
"#;

/// A directory of configuration with these files, which only this user can write to.
fn directory(files: &[(&str, &str)]) -> (tempfile::TempDir, Locations) {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    }
    let at = Locations::new(directory.path(), "/nowhere");
    (directory, at)
}

/// What is wrong with a text, each as `LINE: WHAT`.
fn faults(text: &str) -> Vec<String> {
    let (_directory, at) = directory(&[("config.toml", text)]);
    let faults = Settings::load(&at, &Overrides::default()).unwrap_err().faults;
    let file = at.config_file().display().to_string();
    assert!(faults.iter().all(|fault| fault.file.as_str() == file), "{faults:?}");
    faults.iter().map(|fault| format!("{}: {}", fault.line.unwrap(), fault.what)).collect()
}

#[test]
fn every_setting_is_read() {
    let (directory, at) = directory(&[("config.toml", SAMPLE), ("team.toml", "")]);
    let settings = Settings::load(&at, &Overrides::default()).unwrap();
    let cluster = |name: &str| ClusterName(name.into());
    let lab = cluster("arn:aws:eks:eu-1:1:cluster/lab");
    assert_eq!(settings.theme, "daylight");
    assert_eq!(settings.keymap, "vim");
    assert_eq!(settings.glyphs, GlyphChoice::Ascii);
    assert!(!settings.captures_mouse);
    assert_eq!(settings.contexts, [cluster("prod-eu"), lab.clone()]);
    assert_eq!(settings.favourites, ["production", "staging"]);
    assert_eq!(settings.exec_plugins, [PathBuf::from("/opt/bin/login")]);
    assert_eq!(settings.insecure_writes, [cluster("dev")]);
    assert_eq!(settings.roles, Some(directory.path().join("team.toml")));
    assert_eq!(settings.verification.stable, Duration::from_secs(45));
    assert_eq!(settings.verification.timeout, Duration::from_mins(90));
    for (cluster, namespace, environment, color, is_protected) in [
        (&cluster("prod-eu"), "payments", "production", Some("danger"), true),
        (&lab, "live", "production", Some("danger"), true),
        (&lab, "other", "other", None, true),
        (&cluster("prod-eu"), "anything", "dev", None, false),
        (&cluster("prod-us"), "production", "calm", None, false),
    ] {
        let place = settings.environments.place(cluster, &namespace.into(), None);
        let found = (place.environment.as_str(), place.color.as_deref(), place.is_protected);
        assert_eq!(found, (environment, color, is_protected), "{cluster}/{namespace}");
    }
}

#[test]
fn without_a_file_everything_has_its_usual_value() {
    let (_directory, at) = directory(&[]);
    assert_eq!(Settings::load(&at, &Overrides::default()), Ok(Settings::default()));
    let nowhere = Locations::new("/nowhere/at/all", "/nowhere");
    assert_eq!(Settings::load(&nowhere, &Overrides::default()), Ok(Settings::default()));
}

#[test]
fn the_usual_file_of_roles_is_used_where_it_exists() {
    let (directory, at) = directory(&[("roles.toml", "")]);
    let settings = Settings::load(&at, &Overrides::default()).unwrap();
    assert_eq!(settings.roles, Some(directory.path().join("roles.toml")));
}

#[test]
fn a_file_of_roles_that_is_named_must_exist() {
    let [fault] = faults("\nroles = 'rolls.toml'").try_into().unwrap();
    assert!(fault.starts_with("2: there is no file of roles at /") && fault.ends_with("/rolls.toml"), "{fault}");
}

#[test]
fn flags_come_before_the_file() {
    let text = "theme = 'mono'\nkeymap = 'vim'\nglyphs = 'ascii'\nmouse = true\ncontexts = ['a']";
    let (_directory, at) = directory(&[("config.toml", text), ("themes/zen.toml", "")]);
    let overrides = Overrides {
        contexts: ["b", "c", "b"].map(str::to_owned).to_vec(),
        theme: Some("zen".to_owned()),
        keymap: Some("default".to_owned()),
        glyphs: Some("unicode".to_owned()),
        captures_mouse: Some(false),
    };
    let settings = Settings::load(&at, &overrides).unwrap();
    assert_eq!((settings.theme.as_str(), settings.keymap.as_str()), ("zen", "default"));
    assert_eq!((settings.glyphs, settings.captures_mouse), (GlyphChoice::Unicode, false));
    assert_eq!(settings.contexts, ["b", "c"].map(|name| ClusterName(name.into())));
}

#[test]
fn a_flag_rescues_from_a_value_of_the_file_that_is_unknown() {
    let (_directory, at) = directory(&[("config.toml", "theme = 'gone'")]);
    let overrides = Overrides { theme: Some("mono".to_owned()), ..Overrides::default() };
    assert_eq!(Settings::load(&at, &overrides).unwrap().theme, "mono");
}

#[test]
fn a_wrong_flag_is_named() {
    let (_directory, at) = directory(&[]);
    let overrides = Overrides { theme: Some("mona".to_owned()), contexts: vec![String::new()], ..Overrides::default() };
    let error = Settings::load(&at, &overrides).unwrap_err();
    let themes = "midnight, daylight, high-contrast, mono";
    let theme = format!("--theme: unknown theme `mona`; did you mean `mono`?; there are {themes}");
    assert_eq!(error.to_string(), format!("{theme}\n--context: a name is empty"));
}

#[test]
fn unknown_settings_get_the_nearest_name() {
    let text = "favorites = []\n[verfy]\n[verify]\ntimout = '5m'\nx = 1\n[environments.a]\ncolour = 'bad'\nnamespaces = ['c/a']";
    let expected = [
        "1: unknown setting `favorites`; did you mean `favourites`?",
        "2: unknown setting `verfy`; did you mean `verify`?",
        "4: unknown setting `timout`; did you mean `timeout`?",
        "5: unknown setting `x`",
        "7: unknown setting `colour`; did you mean `color`?",
    ];
    assert_eq!(faults(text), expected);
}

#[test]
fn every_wrong_value_is_told_at_its_line() {
    for (text, expected) in [
        (
            "\ntheme = 'mona'",
            "2: unknown theme `mona`; did you mean `mono`?; there are midnight, daylight, high-contrast, mono",
        ),
        ("keymap = 'emacs'", "1: unknown keymap `emacs`; there are default, vim"),
        ("glyphs = 'asci'", "1: unknown glyphs `asci`; did you mean `ascii`?; there are auto, unicode, ascii"),
        ("\n\nmouse = 'yes'", "3: `mouse`: invalid type: string \"yes\", expected a boolean"),
        ("[evidence]\nkeep = 'many'", "2: `keep`: invalid type: string \"many\", expected a whole number"),
        ("contexts = 'a'", "1: `contexts`: invalid type: string \"a\", expected a sequence"),
        ("contexts = [\n'a',\n'']", "3: a name is empty"),
        ("contexts = [\n'a',\n'b',\n'a']", "4: `a` stands twice in `contexts`"),
        ("contexts = [\"a\\u202eb\"]", "1: `a<U+202E>b` holds characters that cannot be shown"),
        (
            "favourites = ['Prod']",
            "1: `Prod` cannot be a namespace; those have at most 63 lower-case letters, digits and hyphens",
        ),
        (
            "favourites = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i',\n'j']",
            "2: `j` has no key; there are 9 for favourites",
        ),
        ("exec-plugins = ['~/login']", "1: `~/login` is no absolute path; write it from `/` on"),
        (
            "allow-insecure-writes = true",
            "1: `allow-insecure-writes`: invalid type: boolean `true`, expected a sequence",
        ),
        ("verify = '5m'", "1: `verify` must be a table; found: string"),
        ("[verify]\nstable = '0s'", "2: `0s` is out of range; times are longer than nothing and at most a day"),
        ("[verify]\nstable = '-5s'", "2: `-5s` is out of range; times are longer than nothing and at most a day"),
        ("[verify]\ntimeout = '25h'", "2: `25h` is out of range; times are longer than nothing and at most a day"),
        ("\n[verify]\nstable = '10m'", "2: `timeout` (300s) must be longer than `stable` (600s)"),
        ("[environments]\na = 1", "2: `a` must be a table; found: integer"),
        ("\n[environments.a]\n", "2: nothing belongs to `a`: give it `namespaces`"),
        ("[environments.'*']\nnamespaces = ['c/n']", "1: an environment cannot be called `*`"),
        (
            "[environments.a]\nnamespaces = [\n'c/n',\n'live']",
            "4: `live` names no cluster; write `CONTEXT/live`, or `CONTEXT/*` for all its namespaces",
        ),
        ("[environments.a]\nnamespaces = ['/live']", "2: a name is empty"),
        (
            "[environments.a]\nnamespaces = ['c/']",
            "2: `` cannot be a namespace; those have at most 63 lower-case letters, digits and hyphens",
        ),
    ] {
        assert_eq!(faults(text), [expected], "{text}");
    }
    let [fault] = faults("[verify]\nstable = 'soon'").try_into().unwrap();
    assert!(
        fault.starts_with("2: `soon` is no length of time: ") && fault.ends_with("; write it like 30s, 5m or 2d"),
        "{fault}"
    );
    let [fault] = faults("[environments.a]\ncolor = 'dangr'\nnamespaces = ['c/n']").try_into().unwrap();
    assert!(fault.starts_with("2: unknown color `dangr`; did you mean `danger`?; there are danger, "), "{fault}");
}

#[test]
fn a_namespace_is_in_one_environment_and_the_order_of_the_file_counts() {
    let text =
        "[environments.z]\nnamespaces = ['c/n', 'c/*']\n[environments.a]\nnamespaces = ['d/n',\n'c/n',\n'c/m',\n'c/*']";
    let expected =
        ["5: `c/n` belongs to `z` already", "6: `c/m` belongs to `z` already", "7: `c/*` belongs to `z` already"];
    assert_eq!(faults(text), expected);
}

#[test]
fn what_is_no_toml_is_told_at_its_line() {
    let found = faults("theme = 'mono'\nkeymap = \n[verify\n");
    assert!(found[0].starts_with("2: ") && found[1].starts_with("3: "), "{found:?}");
}

#[test]
fn a_file_that_others_can_write_is_not_used() {
    let (_directory, at) = directory(&[("config.toml", "theme = 'mono'")]);
    fs::set_permissions(at.config_file(), Permissions::from_mode(0o664)).unwrap();
    let error = Settings::load(&at, &Overrides::default()).unwrap_err().to_string();
    let file = at.config_file().display().to_string();
    assert_eq!(error, format!("{file}: others can write to it (mode 664); run `chmod go-w '{file}'`"));
}

#[test]
fn every_color_is_painted_by_the_built_in_theme() {
    let theme: toml::Table = Assets::default().read(Kind::Theme, "midnight").unwrap().parse().unwrap();
    let roles = theme["roles"].as_table().unwrap();
    assert_eq!(COLORS.into_iter().filter(|color| !roles.contains_key(*color)).collect::<Vec<_>>(), [""; 0]);
}
