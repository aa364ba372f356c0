#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use proptest::prelude::*;

use super::*;
use crate::config::assets::{Assets, Fault};

/// Presses keys given in the syntax of keymap files, one at a time, and returns what the last one led to.
fn press(keymap: &mut Keymap, context: Context, keys: &[KeyCode]) -> Pressed {
    let mut last = Pressed::None;
    for code in keys {
        let shift = if *code == KeyCode::BackTab { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
        last = keymap.press(context, KeyEvent::new(*code, shift));
    }
    last
}

/// Loads a user's keymap.
fn user(text: &str) -> Result<Keymap, Fault> {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("keymaps")).unwrap();
    fs::write(directory.path().join("keymaps/mine.toml"), text).unwrap();
    Keymap::load(&Assets::new(Some(directory.path().to_owned())), "mine")
}

/// The error that a user's keymap leads to, without the folder in front.
fn fault(text: &str) -> String {
    let fault = user(text).unwrap_err().to_string();
    fault.rsplit_once("keymaps/").unwrap().1.to_owned()
}

const CHAR: fn(char) -> KeyCode = KeyCode::Char;

#[test]
fn the_most_specific_context_is_asked_first() {
    let mut keymap = Keymap::usual();
    for (context, wanted) in [
        (Context::Table, Pressed::Command(Command::Scale)),
        (Context::Service, Pressed::Command(Command::Scale)),
        (Context::Logs, Pressed::Command(Command::Follow)),
        (Context::Text, Pressed::None),
    ] {
        assert_eq!(press(&mut keymap, context, &[CHAR('s')]), wanted, "{context:?}");
    }
    assert_eq!(press(&mut keymap, Context::Logs, &[CHAR('w')]), Pressed::Command(Command::Wrap));
    assert_eq!(press(&mut keymap, Context::Logs, &[CHAR('q')]), Pressed::Command(Command::Close));
}

#[test]
fn shift_tab_is_told_from_tab() {
    let mut keymap = Keymap::usual();
    assert_eq!(press(&mut keymap, Context::PlanReview, &[KeyCode::Tab]), Pressed::Command(Command::NextField));
    assert_eq!(press(&mut keymap, Context::PlanReview, &[KeyCode::BackTab]), Pressed::Command(Command::PreviousField));
}

#[test]
fn a_sequence_shows_what_was_pressed_so_far() {
    let mut keymap = Keymap::load(&Assets::default(), "vim").unwrap();
    assert_eq!(press(&mut keymap, Context::Table, &[CHAR('g')]), Pressed::Pending("g".to_owned()));
    assert_eq!(press(&mut keymap, Context::Table, &[CHAR('g')]), Pressed::Command(Command::SelectFirst));
    assert_eq!(press(&mut keymap, Context::Table, &[CHAR('G')]), Pressed::Command(Command::SelectLast));
}

#[test]
fn a_sequence_that_leads_nowhere_does_not_act() {
    let mut keymap = Keymap::load(&Assets::default(), "vim").unwrap();
    assert_eq!(press(&mut keymap, Context::Table, &[CHAR('g'), CHAR('r')]), Pressed::None);
    assert_eq!(press(&mut keymap, Context::Table, &[CHAR('r')]), Pressed::Command(Command::Restart));
}

#[test]
fn a_sequence_ends_where_the_context_changes() {
    let mut keymap = Keymap::load(&Assets::default(), "vim").unwrap();
    press(&mut keymap, Context::Table, &[CHAR('g')]);
    assert_eq!(press(&mut keymap, Context::Text, &[CHAR('g')]), Pressed::Pending("g".to_owned()));
}

#[test]
fn letting_go_of_a_key_does_nothing() {
    let mut keymap = Keymap::load(&Assets::default(), "vim").unwrap();
    press(&mut keymap, Context::Table, &[CHAR('g')]);
    let release = KeyEvent::new_with_kind(CHAR('g'), KeyModifiers::NONE, KeyEventKind::Release);
    assert_eq!(keymap.press(Context::Table, release), Pressed::None);
    assert_eq!(press(&mut keymap, Context::Table, &[CHAR('g')]), Pressed::Command(Command::SelectFirst));
}

#[test]
fn keys_are_shown_as_a_file_takes_them() {
    let keymap = Keymap::usual();
    for (context, command, wanted) in [
        (Context::Table, Command::Open, vec!["enter"]),
        (Context::Logs, Command::Save, vec!["ctrl-s"]),
        (Context::PlanReview, Command::CopyAsCommand, vec!["F2"]),
        (Context::PlanReview, Command::PreviousField, vec!["shift-tab"]),
        (Context::Logs, Command::Hold, vec!["space"]),
        (Context::Service, Command::SelectNext, vec!["j", "down"]),
        (Context::Table, Command::PauseRollout, vec![]),
        (Context::Prompt, Command::Quit, vec![]),
    ] {
        let keys = keymap.keys_of(context, command);
        assert_eq!(keys, wanted, "{command:?}");
        for shown in keys {
            let read = Chord::try_from(shown.clone()).unwrap();
            assert_eq!(read.to_string(), shown);
        }
    }
}

#[test]
fn a_key_that_means_something_nearer_is_not_shown() {
    let keymap = user("inherits = \"default\"\nservice = [{ on = \"j\", run = \"help\" }]").unwrap();
    assert_eq!(keymap.keys_of(Context::Service, Command::SelectNext), ["down"]);
    assert_eq!(keymap.keys_of(Context::Service, Command::Help), ["j", "?", "F1"]);
}

#[test]
fn a_users_row_replaces_an_inherited_one_and_a_row_without_command_removes_it() {
    let text = "inherits = \"default\"\ntable = [\n { on = \"r\" },\n { on = \"b\", run = \"restart\" },\n { on = \"+\", run = \"scale\" },\n { on = \"ctrl--\", run = \"scale\" },\n]";
    let mut keymap = user(text).unwrap();
    assert_eq!(press(&mut keymap, Context::Table, &[CHAR('r')]), Pressed::None);
    assert_eq!(press(&mut keymap, Context::Table, &[CHAR('b')]), Pressed::Command(Command::Restart));
    assert_eq!(press(&mut keymap, Context::Table, &[CHAR('+')]), Pressed::Command(Command::Scale));
    assert_eq!(keymap.keys_of(Context::Table, Command::Scale), ["s", "+", "ctrl--"]);
}

#[test]
fn errors_name_the_line_and_what_was_meant() {
    for (text, wanted) in [
        ("inherits = \"defalt\"", "mine.toml:1: unknown keymap `defalt`; did you mean `default`?"),
        ("\ntabel = []", "mine.toml:2: unknown field `tabel`; did you mean `table`?"),
        (
            "table = [\n { on = \"r\", run = \"restrat\" },\n]",
            "mine.toml:2: unknown name `restrat`; did you mean `restart`?",
        ),
        (
            "table = [\n { on = \"r\", runs = \"restart\" },\n]",
            "mine.toml:2: unknown field `runs`; did you mean `run`?",
        ),
        ("table = [\n\n { on = \"ctlr-r\", run = \"restart\" },\n]", "mine.toml:3: `ctlr-r` is no key"),
        (
            "table = [\n { on = \"r\", run = \"restart\" },\n { on = \"r\", run = \"scale\" },\n]",
            "mine.toml:3: `r` runs `restart` already",
        ),
        (
            "table = [\n { on = \"g\", run = \"help\" },\n { on = \"g r\", run = \"restart\" },\n]",
            "mine.toml:3: `g r` and `g` cannot be told apart",
        ),
        (
            "table = [\n { on = \"f\", run = \"follow\" },\n]",
            "mine.toml:2: `follow` does not work in table, only in logs",
        ),
        ("global = [\n { on = \"ctrl-a\", run = \"arm\" },\n]", "mine.toml:2: `arm` has no key"),
    ] {
        let fault = fault(text);
        assert!(fault.starts_with(wanted), "{fault}");
    }
}

#[test]
fn a_keymap_without_a_way_out_is_refused() {
    assert!(fault("inherits = \"default\"\nprompt = [{ on = \"esc\" }]").contains("no key runs `cancel` in prompt"));
    assert!(fault("table = [{ on = \"r\", run = \"restart\" }]").contains("no key runs `cancel` in plan-review"));
}

#[test]
fn a_keymap_that_inherits_itself_is_refused() {
    assert_eq!(fault("inherits = \"mine\""), "mine.toml:1: it inherits itself");
}

proptest! {
    #[test]
    fn no_file_can_make_a_character_act_where_text_is_typed(letter in proptest::char::range('!', '~'), prefix in "(ctrl-|alt-|)") {
        for (context, command) in [("plan-review", "press-focused"), ("plan-review", "cancel"), ("prompt", "accept")] {
            let on = toml::Value::String(format!("{prefix}{letter}"));
            let text = format!("inherits = \"default\"\n{context} = [{{ on = {on}, run = \"{command}\" }}]");
            let fault = fault(&text);
            prop_assert!(fault.starts_with("mine.toml:2: ") && fault.contains("may not act"), "{}: {}", text, fault);
        }
    }

    #[test]
    fn typing_is_left_to_the_text_field(letter in proptest::char::range(' ', '~')) {
        let mut keymap = Keymap::usual();
        for context in [Context::PlanReview, Context::Prompt] {
            prop_assert_eq!(press(&mut keymap, context, &[CHAR(letter)]), Pressed::None);
        }
    }
}
