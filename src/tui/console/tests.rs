use super::*;
use crate::tui::command::Command;
use crate::tui::test_support::Stage;

fn console() -> Console {
    let Stage { session, settings, look, .. } = Stage::new();
    Console::new(session, settings, look, None)
}

/// What is said at the bottom.
fn said(console: &Console) -> &str {
    console.notice.as_ref().map_or("", |notice| notice.words.as_str())
}

#[tokio::test]
async fn the_help_does_not_keep_anybody_from_leaving() {
    let mut console = console();
    console.command(Command::Help);
    console.command(Command::PageDown);
    assert!(console.errands().is_empty());
    console.command(Command::Quit);
    assert_eq!(console.errands(), [Errand::Quit]);
}

#[tokio::test]
async fn a_command_without_anything_to_do_says_so() {
    let mut console = console();
    console.command(Command::Describe);
    assert_eq!(said(&console), "describe does nothing here");
    console.command(Command::Logs);
    assert_eq!(said(&console), "no logs to show: no service is known");
}

#[tokio::test]
async fn a_main_view_without_anything_to_show_is_passed_over() {
    let mut console = console();
    let mut seen = Vec::new();
    for _ in 0..4 {
        console.command(Command::NextView);
        seen.push(console.screen.view().tab());
    }
    assert_eq!(seen, [Command::Rollouts, Command::Resources, Command::Audit, Command::Overview]);
    console.command(Command::PreviousView);
    assert_eq!(console.screen.view().tab(), Command::Audit);
}

#[tokio::test]
async fn themes_change_while_it_runs() {
    let mut console = console();
    let before = console.look.theme.name.clone();
    console.command(Command::ToggleTheme);
    assert_ne!(console.look.theme.name, before);
    assert_eq!(said(&console), format!("theme: {}", console.look.theme.name));
}
