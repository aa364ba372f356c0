#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn names_are_the_built_in_ones_and_then_the_users() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("themes")).unwrap();
    for file in ["zen.toml", "amber.toml", "midnight.toml", "notes.txt", "not a name.toml"] {
        fs::write(directory.path().join("themes").join(file), "").unwrap();
    }
    let assets = Assets::new(Some(directory.path().to_owned()));
    assert_eq!(assets.names(Kind::Theme), ["midnight", "daylight", "high-contrast", "mono", "amber", "zen"]);
    assert_eq!(assets.names(Kind::Keymap), ["default", "vim"]);
}

#[test]
fn a_users_file_is_read_before_the_built_in_one() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("themes")).unwrap();
    fs::write(directory.path().join("themes/mono.toml"), "# mine").unwrap();
    let assets = Assets::new(Some(directory.path().to_owned()));
    assert_eq!(assets.read(Kind::Theme, "mono").unwrap().text, "# mine");
    assert_eq!(assets.read(Kind::Theme, "midnight").unwrap().origin, Origin::BuiltIn);
}

#[test]
fn a_name_cannot_lead_out_of_the_folder() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("themes")).unwrap();
    fs::write(directory.path().join("secret.toml"), "token = 1").unwrap();
    let fault = Assets::new(Some(directory.path().to_owned())).read(Kind::Theme, "../secret").unwrap_err();
    assert!(fault.to_string().starts_with("themes: unknown theme `../secret`; there are midnight, "), "{fault}");
}

#[test]
fn a_file_that_cannot_be_read_is_not_passed_over() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir_all(directory.path().join("themes/mono.toml")).unwrap();
    let fault = Assets::new(Some(directory.path().to_owned())).read(Kind::Theme, "mono").unwrap_err();
    assert!(fault.to_string().contains("mono.toml: cannot be read: "), "{fault}");
}

#[test]
fn a_fault_counts_lines_from_one_and_shows_no_control_characters() {
    let text = Cow::Borrowed("one\ntwo\nthree");
    let asset = Asset { name: "x".to_owned(), file: "x.toml".to_owned(), origin: Origin::User, text };
    assert_eq!(asset.fault(Some(0..1), "a").line, Some(1));
    assert_eq!(asset.fault(Some(4..5), "a").line, Some(2));
    assert_eq!(asset.fault(Some(9..9), "bad \u{1b}[2J").to_string(), "x.toml:3: bad ^[");
}
