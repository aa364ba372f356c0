#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;

use ratatui::style::Color;

use super::*;

/// Loads a theme from a directory that holds the given files.
fn user(files: &[(&str, &str)], name: &str, depth: Depth) -> Result<Theme, Fault> {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("themes")).unwrap();
    for (name, text) in files {
        fs::write(directory.path().join(format!("themes/{name}.toml")), text).unwrap();
    }
    Theme::load(&Assets::new(Some(directory.path().to_owned())), name, depth)
}

/// The error that a theme of one file leads to, without the folder in front.
fn fault(text: &str) -> String {
    let fault = user(&[("mine", text)], "mine", Depth::TrueColor).unwrap_err().to_string();
    fault.rsplit_once("themes/").unwrap().1.to_owned()
}

#[test]
fn a_theme_that_inherits_says_only_what_differs() {
    let text = "inherits = \"midnight\"\n[palette]\nleaf = \"#00ff00\"\n[roles]\nbad = { fg = \"bright-red\", underline = true }";
    let theme = user(&[("mine", text)], "mine", Depth::TrueColor).unwrap();
    let midnight = Theme::usual(Depth::TrueColor);
    assert_eq!(theme.style(Role::Fine).fg, Some(Color::Rgb(0, 255, 0)));
    assert_eq!(theme.style(Role::Bad), Style::new().fg(Color::LightRed).add_modifier(Modifier::UNDERLINED));
    assert_eq!(theme.style(Role::Title), midnight.style(Role::Title));
    assert_eq!((theme.name.as_str(), midnight.name.as_str()), ("mine", "midnight"));
}

#[test]
fn a_users_file_comes_before_the_built_in_one_of_its_name_and_may_inherit_it() {
    let text = "inherits = \"midnight\"\n[palette]\nleaf = \"#00ff00\"";
    let theme = user(&[("midnight", text)], "midnight", Depth::TrueColor).unwrap();
    assert_eq!(theme.style(Role::Fine).fg, Some(Color::Rgb(0, 255, 0)));
    assert_eq!(theme.style(Role::Bad), Theme::usual(Depth::TrueColor).style(Role::Bad));
}

#[test]
fn a_role_that_a_theme_leaves_out_is_painted_like_its_kin() {
    let roles = ["background", "text", "title", "muted", "faint", "fine", "attention", "bad", "information", "accent"];
    let rest = ["change", "selection", "bar", "danger"];
    let mut text = "[roles]\n".to_owned();
    for (index, role) in roles.iter().chain(&rest).enumerate() {
        let line = format!("{role} = {{ fg = \"#0000{index:02x}\" }}\n");
        text.push_str(&line);
    }
    let theme = user(&[("mine", &text)], "mine", Depth::TrueColor).unwrap();
    assert_eq!(theme.style(Role::Armed), theme.style(Role::Danger));
    assert_eq!(theme.style(Role::Cursor), theme.style(Role::Selection));
    assert!(fault(&text.replace("danger", "armed")).contains("nothing is said about the role `danger`"));
}

#[test]
fn without_colours_every_theme_has_the_weights_of_mono() {
    let theme = Theme::usual(Depth::None);
    assert_eq!(theme.style(Role::Selection), Style::new().add_modifier(Modifier::REVERSED));
    assert_ne!(theme.style(Role::Bad), theme.style(Role::Fine));
}

#[test]
fn errors_name_the_line_and_what_was_meant() {
    for (text, wanted) in [
        ("inherits = \"midngiht\"", "mine.toml:1: unknown theme `midngiht`; did you mean `midnight`?"),
        ("inherits = \"mine\"", "mine.toml:1: it inherits itself"),
        ("\n[rolls]\n", "mine.toml:2: unknown field `rolls`; did you mean `roles`?"),
        ("[roles]\natention = {}\n", "mine.toml:2: unknown name `atention`; did you mean `attention`?"),
        ("[roles]\n\nbad = { bolt = true }\n", "mine.toml:3: unknown field `bolt`; did you mean `bold`?"),
        ("[palette]\nleaf = \"#12\"\n", "mine.toml:2: `#12` is no colour; six digits are needed"),
        (
            "inherits = \"midnight\"\n[roles]\nbad = { fg = \"corl\" }\n",
            "mine.toml:3: unknown colour `corl`; did you mean `coral`?",
        ),
        ("[roles]\nbad = { bold = 1 }\n", "mine.toml:2: invalid type"),
        ("[roles\n", "mine.toml:1: "),
    ] {
        let fault = fault(text);
        assert!(fault.starts_with(wanted), "{fault}");
    }
}

#[test]
fn an_error_in_an_inherited_file_names_that_file() {
    let files = [("base", "[palette]\nleaf = \"gren\"\n"), ("mine", "inherits = \"base\"\n")];
    let fault = user(&files, "mine", Depth::TrueColor).unwrap_err().to_string();
    assert!(fault.ends_with("themes/base.toml:2: unknown colour `gren`; did you mean `green`?"), "{fault}");
}

#[test]
fn a_circle_of_files_is_refused() {
    let files = [("one", "inherits = \"two\"\n"), ("two", "\ninherits = \"one\"\n")];
    let fault = user(&files, "one", Depth::TrueColor).unwrap_err().to_string();
    assert!(fault.ends_with("themes/two.toml:2: `one` inherits this file"), "{fault}");
}
