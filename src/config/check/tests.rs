#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;

use super::*;
use crate::config::trust;

/// Loads an asset as far as TOML goes.
fn toml_only(assets: &Assets, kind: Kind, name: &str) -> Result<(), Fault> {
    assets.lineage(kind, name, |_: &toml::Table| None).map(drop)
}

#[test]
fn nothing_is_wrong_without_files() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(check(&Locations::new(directory.path(), "/nowhere"), toml_only), []);
}

#[test]
fn faults_of_all_files_are_told_with_their_lines() {
    let directory = tempfile::tempdir().unwrap();
    let at = Locations::new(directory.path(), "/nowhere");
    trust::write_new(&at.config_file(), "theme = 'mono'\nkeymapp = 'vim'\nkeymap = 'vmi'\n").unwrap();
    for (folder, file, text) in [
        (at.themes_dir(), "dusk.toml", "[roles]\ntitle = \n"),
        (at.themes_dir(), "mono.toml", "]"),
        (at.themes_dir(), "well.toml", ""),
        (at.keymaps_dir(), "mine.toml", "\n\n="),
    ] {
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(file), text).unwrap();
    }
    let places: Vec<_> = check(&at, toml_only)
        .iter()
        .map(|fault| format!("{}:{}", fault.file.rsplit('/').next().unwrap(), fault.line.unwrap()))
        .collect();
    assert_eq!(places, ["config.toml:2", "config.toml:3", "mono.toml:1", "dusk.toml:2", "mine.toml:3"]);
}

#[test]
fn only_the_users_files_are_tried_and_a_fault_is_told_once() {
    let directory = tempfile::tempdir().unwrap();
    let at = Locations::new(directory.path(), "/nowhere");
    fs::create_dir(at.themes_dir()).unwrap();
    for file in ["one.toml", "two.toml", "vim.toml"] {
        fs::write(at.themes_dir().join(file), "").unwrap();
    }
    let tried = std::cell::RefCell::new(Vec::new());
    let faults = check(&at, |_, kind, name| {
        tried.borrow_mut().push((kind, name.to_owned()));
        Err(Fault::new("base.toml", Some(1), "is broken"))
    });
    assert_eq!(tried.into_inner(), ["one", "two", "vim"].map(|name| (Kind::Theme, name.to_owned())));
    assert_eq!(faults, [Fault::new("base.toml", Some(1), "is broken")]);
}
