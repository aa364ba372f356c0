//! Walks `themes/` and `keymaps/`: each file loads, can be read on its ground and reaches every command.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use midwatch::config::assets::{Assets, Kind};
use midwatch::tui::command::{Command, Context};
use midwatch::tui::keymap::Keymap;
use midwatch::tui::theme::{Depth, Role, Theme};
use ratatui::style::Color;

/// Meanings that are read as words.
const WORDS: [Role; 8] =
    [Role::Text, Role::Title, Role::Fine, Role::Attention, Role::Bad, Role::Information, Role::Accent, Role::Change];
/// Roles with a ground and with words of their own.
const SIGNS: [Role; 6] = [Role::Focus, Role::Match, Role::Cursor, Role::Danger, Role::Armed, Role::ReadOnly];
/// Commands without a key in the default keymap: seldom needed, or not to be done by a slip.
const PALETTE_ONLY: [Command; 18] = [
    Command::Overview,
    Command::Rollouts,
    Command::Resources,
    Command::Logs,
    Command::Alerts,
    Command::Audit,
    Command::Arm,
    Command::Disarm,
    Command::ToggleMouse,
    Command::ToggleTheme,
    Command::PauseRollout,
    Command::ResumeRollout,
    Command::SkipStep,
    Command::PromoteFull,
    Command::Abort,
    Command::Retry,
    Command::Switch,
    Command::Evidence,
];

/// The names of the files in a folder of the repository.
fn files(kind: Kind) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(kind.folder());
    let names = fs::read_dir(folder).expect("the folder exists").map(|entry| {
        let name = entry.expect("the folder can be read").file_name().into_string().expect("the name is UTF-8");
        name.strip_suffix(".toml").expect("the folder holds TOML only").to_owned()
    });
    names.collect()
}

fn theme(name: &str, depth: Depth) -> Theme {
    Theme::load(&Assets::default(), name, depth).unwrap_or_else(|fault| panic!("{fault}"))
}

fn keymap(name: &str) -> Keymap {
    Keymap::load(&Assets::default(), name).unwrap_or_else(|fault| panic!("{fault}"))
}

/// The relative luminance of a mixed colour, from 0 to 1; nothing for the terminal's own colours.
fn luminance(color: Option<Color>) -> Option<f64> {
    let Some(Color::Rgb(red, green, blue)) = color else { return None };
    let [red, green, blue] = [red, green, blue].map(|level| {
        let level = f64::from(level) / 255.0;
        if level <= 0.04045 { level / 12.92 } else { ((level + 0.055) / 1.055).powf(2.4) }
    });
    Some(0.2126 * red + 0.7152 * green + 0.0722 * blue)
}

/// The contrast of two colours as WCAG counts it, from 1 to 21.
fn contrast(one: Option<Color>, other: Option<Color>) -> f64 {
    let (one, other) = (luminance(one).expect("a mixed colour"), luminance(other).expect("a mixed colour"));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn what_is_built_in_is_what_lies_in_the_folders() {
    for kind in [Kind::Theme, Kind::Keymap] {
        let built_in: BTreeSet<String> = Assets::default().names(kind).into_iter().collect();
        assert_eq!(built_in, files(kind));
    }
}

#[test]
fn every_theme_resolves_in_every_depth() {
    for name in files(Kind::Theme) {
        for depth in [Depth::TrueColor, Depth::Indexed, Depth::Sixteen, Depth::None] {
            let theme = theme(&name, depth);
            assert_eq!(theme.name, name.as_str());
            for (state, other) in [(Role::Bad, Role::Fine), (Role::Attention, Role::Fine), (Role::Bad, Role::Attention)]
            {
                assert_ne!(theme.style(state), theme.style(other), "{name} {depth:?}");
            }
            let plain = theme.style(Role::Background).patch(theme.style(Role::Text));
            for role in SIGNS.into_iter().chain([Role::Selection]) {
                assert_ne!(plain.patch(theme.style(role)), plain, "{name} {depth:?}: {role:?} is not seen");
            }
        }
    }
}

#[test]
fn words_can_be_read_on_every_ground() {
    for name in files(Kind::Theme).into_iter().filter(|name| name != "mono") {
        let theme = theme(&name, Depth::TrueColor);
        let ground = |role| theme.style(role).bg;
        let least = if name == "high-contrast" { 7.0 } else { 4.5 };
        for on in [Role::Background, Role::Bar, Role::Panel] {
            let over = |role: Role| contrast(theme.style(role).fg, ground(on));
            for role in WORDS {
                assert!(over(role) >= least, "{name}: {role:?} on {on:?} is {:.2}", over(role));
            }
            assert!(over(Role::Muted) >= 4.5, "{name}: muted on {on:?} is {:.2}", over(Role::Muted));
            // Faint is for what may be overlooked, so that less is enough; it is never a reason and never selected.
            assert!(over(Role::Faint) >= 2.3, "{name}: faint on {on:?} is {:.2}", over(Role::Faint));
        }
        for (role, least) in WORDS.into_iter().map(|role| (role, 4.5)).chain([(Role::Muted, 3.0)]) {
            let selected = contrast(theme.style(role).fg, ground(Role::Selection));
            assert!(selected >= least, "{name}: {role:?} selected is {selected:.2}");
        }
        for role in SIGNS {
            let sign = contrast(theme.style(role).fg, ground(role));
            assert!(sign >= 4.5, "{name}: {role:?} is {sign:.2}");
        }
    }
}

#[test]
fn well_and_broken_differ_in_lightness_for_eyes_that_see_no_red() {
    for name in files(Kind::Theme).into_iter().filter(|name| name != "mono") {
        let theme = theme(&name, Depth::TrueColor);
        let difference = contrast(theme.style(Role::Fine).fg, theme.style(Role::Bad).fg);
        assert!(difference >= 1.3, "{name}: {difference:.2}");
    }
}

#[test]
fn no_words_vanish_where_there_are_sixteen_colours() {
    for name in files(Kind::Theme).into_iter().filter(|name| name != "mono") {
        let theme = theme(&name, Depth::Sixteen);
        for on in [Role::Background, Role::Bar, Role::Panel, Role::Selection] {
            for role in WORDS.into_iter().chain([Role::Muted, Role::Faint]) {
                assert_ne!(theme.style(role).fg, theme.style(on).bg, "{name}: {role:?} on {on:?}");
            }
        }
        for role in SIGNS {
            assert_ne!(theme.style(role).fg, theme.style(role).bg, "{name}: {role:?}");
        }
        assert_ne!(theme.style(Role::Selection).bg, theme.style(Role::Background).bg, "{name}");
    }
}

#[test]
fn mono_has_no_colours_but_the_terminals_own() {
    let theme = theme("mono", Depth::TrueColor);
    for role in Role::ALL {
        let style = theme.style(role);
        assert!([style.fg, style.bg].into_iter().flatten().all(|color| color == Color::Reset), "{role:?}");
    }
}

#[test]
fn every_keymap_reaches_each_of_its_chords() {
    for name in files(Kind::Keymap) {
        let keymap = keymap(&name);
        for context in Context::ALL {
            let bindings = keymap.bindings(context);
            for (index, (keys, _)) in bindings.iter().enumerate() {
                for (other, _) in &bindings[index + 1..] {
                    let begins = |long: &str, short: &str| long == short || long.starts_with(&format!("{short} "));
                    assert!(!begins(keys, other) && !begins(other, keys), "{name} {context:?}: {keys} and {other}");
                }
            }
        }
    }
}

#[test]
fn every_command_either_has_a_key_or_is_for_the_palette_only() {
    for name in files(Kind::Keymap) {
        let keymap = keymap(&name);
        for command in Command::all() {
            let is_bound = command.contexts().iter().any(|context| !keymap.keys_of(*context, command).is_empty());
            assert_ne!(is_bound, PALETTE_ONLY.contains(&command), "{name}: {command:?}");
        }
    }
}

#[test]
fn an_error_in_a_users_file_names_its_line_and_what_was_meant() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let assets = Assets::new(Some(directory.path().to_owned()));
    for (kind, text, wanted) in [
        (
            Kind::Theme,
            "inherits = \"mono\"\n[roles]\nattentoin = {}\n",
            "mine.toml:3: unknown name `attentoin`; did you mean `attention`?",
        ),
        (
            Kind::Keymap,
            "inherits = \"vim\"\nlogs = [\n{ on = \"z\", run = \"folow\" },\n]\n",
            "mine.toml:3: unknown name `folow`; did you mean `follow`?",
        ),
    ] {
        fs::create_dir(directory.path().join(kind.folder())).expect("the folder is new");
        fs::write(directory.path().join(kind.folder()).join("mine.toml"), text).expect("the file can be written");
        let fault = match kind {
            Kind::Theme => Theme::load(&assets, "mine", Depth::TrueColor).map(drop),
            Kind::Keymap => Keymap::load(&assets, "mine").map(drop),
        };
        let fault = fault.expect_err(text).to_string();
        assert!(fault.ends_with(wanted), "{fault}");
    }
}
