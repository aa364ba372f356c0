use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::domain::kind::Kind;
use crate::domain::row::Row;
use crate::domain::service::ServiceId;
use crate::tui::command::Command;
use crate::tui::effect::{Asked, Destination, Effect, Unfinished};
use crate::tui::test_support::{Stage, pod};

/// A console over a world with some pods.
fn console(pods: &[&str]) -> Console {
    let mut stage = Stage::new();
    stage.list(Kind::Pod, pods.iter().map(|name| Row::Pod(Box::new(pod("production", name)))).collect());
    Console::new(stage.session, stage.settings, stage.look, None)
}

fn type_keys(console: &mut Console, keys: &str) {
    for key in keys.chars() {
        let code = if key == '\n' { KeyCode::Enter } else { KeyCode::Char(key) };
        console.event(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
    }
}

#[tokio::test]
async fn a_key_that_is_typed_ahead_acts_on_what_the_keys_before_it_left() {
    let mut console = console(&["chat-1", "redis-1", "store-1"]);
    let mut terminal = Terminal::new(TestBackend::new(100, 30)).unwrap();
    type_keys(&mut console, ":po\n");
    terminal.draw(|frame| console.draw(frame)).unwrap();
    type_keys(&mut console, "/redis\nc");
    let copied = console.errands().into_iter().find_map(|errand| match errand {
        Errand::Copy(text) => Some(text),
        _ => None,
    });
    assert_eq!(copied.as_deref(), Some("redis-1"));
}

/// A console over an empty world.
fn idle() -> Console {
    let Stage { session, mut settings, look, .. } = Stage::new();
    // What is looked at here are errands of other kinds.
    settings.notify.title = false;
    Console::new(session, settings, look, None)
}

/// What is said at the bottom.
fn said(console: &Console) -> &str {
    console.notice.as_ref().map_or("", |notice| notice.words.as_str())
}

#[tokio::test]
async fn escape_and_a_key_that_arrive_together_are_two_keys() {
    let mut console = idle();
    console.command(Command::Help);
    console.event(Event::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL | KeyModifiers::ALT)));
    assert!(console.overlay.is_none());
    assert_eq!(console.errands(), [Errand::Quit]);
}

#[tokio::test]
async fn alt_stays_alt_where_a_line_is_edited() {
    let mut console = console(&["chat-1"]);
    let mut terminal = Terminal::new(TestBackend::new(100, 30)).unwrap();
    type_keys(&mut console, ":po\n");
    terminal.draw(|frame| console.draw(frame)).unwrap();
    type_keys(&mut console, "/name:a b");
    console.event(Event::Key(KeyEvent::new(KeyCode::Char('b'), KeyModifiers::ALT)));
    type_keys(&mut console, "c");
    assert_eq!(console.field.as_ref().map(|field| field.input.value()), Some("name:a cb"));
}

#[tokio::test]
async fn the_help_does_not_keep_anybody_from_leaving() {
    let mut console = idle();
    console.command(Command::Help);
    console.command(Command::PageDown);
    assert!(console.errands().is_empty());
    console.command(Command::Quit);
    assert_eq!(console.errands(), [Errand::Quit]);
}

#[tokio::test]
async fn the_help_goes_back_from_its_end() {
    let mut console = idle();
    let mut terminal = Terminal::new(TestBackend::new(100, 20)).unwrap();
    let mut first = |console: &mut Console| {
        terminal.draw(|frame| console.draw(frame)).unwrap();
        terminal.backend().to_string()
    };
    console.command(Command::Help);
    let top = first(&mut console);
    console.command(Command::SelectLast);
    let end = first(&mut console);
    console.command(Command::SelectPrevious);
    let back = first(&mut console);
    assert!(top != end && back != end);
}

#[tokio::test]
async fn a_name_can_be_pasted_where_one_goes_by_name() {
    let mut console = console(&["chat-1"]);
    let mut terminal = Terminal::new(TestBackend::new(100, 30)).unwrap();
    terminal.draw(|frame| console.draw(frame)).unwrap();
    type_keys(&mut console, ":");
    console.event(Event::Paste("po\n".to_owned()));
    type_keys(&mut console, "\n");
    assert_eq!(console.screen.view().tab(), Command::Resources);
}

/// What is typed at the bottom.
fn typed(console: &Console) -> Option<&str> {
    console.field.as_ref().map(|field| field.input.value())
}

#[tokio::test]
async fn what_cannot_be_taken_stays_to_be_mended() {
    let mut console = idle();
    let route = crate::domain::object::ObjectRef {
        cluster: crate::domain::object::ClusterName("prod-eu".into()),
        kind: Kind::HttpRoute,
        namespace: "production".into(),
        name: "chat".into(),
    };
    let change = Some(Unfinished::Shift { route, arm: Some("chat-canary".into()), offer: Some("5,20".to_owned()) });
    let prompt = Prompt { asked: Asked::Weight, about: String::new(), text: String::new(), change };
    console.perform(Effect::Prompt(prompt));
    type_keys(&mut console, "5,abc\n");
    assert_eq!(typed(&console), Some("5,abc"), "what is typed next is no key");
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    terminal.draw(|frame| console.draw(frame)).unwrap();
    let screen = terminal.backend().to_string();
    assert!(screen.contains("\"abc\" is no weight: weights are whole numbers, as in 5,20,50 hold 3m"), "{screen}");
    type_keys(&mut console, "q");
    terminal.draw(|frame| console.draw(frame)).unwrap();
    assert!(terminal.backend().to_string().contains("or guarded"), "the offer is back");
    assert_eq!(typed(&console), Some("5,abcq"));
    for _ in 0..4 {
        console.event(Event::Key(KeyEvent::new(KeyCode::Backspace, KeyModifiers::NONE)));
    }
    type_keys(&mut console, "20\n");
    assert!(typed(&console).is_none() && matches!(console.overlay, Some(Overlay::Plan(_))));
}

#[tokio::test]
async fn a_filter_is_replaced_by_what_is_typed_and_edited_by_who_moves_in_it() {
    let mut console = console(&["chat-1", "redis-1"]);
    let mut terminal = Terminal::new(TestBackend::new(100, 30)).unwrap();
    type_keys(&mut console, ":po\n");
    terminal.draw(|frame| console.draw(frame)).unwrap();
    type_keys(&mut console, "/redis\n/chat");
    assert_eq!(typed(&console), Some("chat"));
    type_keys(&mut console, "\n/");
    console.event(Event::Key(KeyEvent::new(KeyCode::Left, KeyModifiers::NONE)));
    type_keys(&mut console, "x");
    assert_eq!(typed(&console), Some("chaxt"));
    type_keys(&mut console, "\n/");
    console.event(Event::Paste("red\u{1b}is\r\n".to_owned()));
    assert!(typed(&console).is_some_and(|text| text.starts_with("red") && !text.contains(char::is_control)));
    type_keys(&mut console, "\n/");
    console.event(Event::Key(KeyEvent::new(KeyCode::Backspace, KeyModifiers::NONE)));
    assert_eq!(typed(&console), Some(""));
}

#[tokio::test]
async fn a_main_view_is_left_at_once_and_escape_leads_from_it_nowhere() {
    let mut console = idle();
    type_keys(&mut console, "B");
    assert_eq!(console.screen.destination(), &Destination::Briefing);
    console.command(Command::Back);
    assert_eq!(console.screen.destination(), &Destination::Overview, "it was come down to");
    console.command(Command::Rollouts);
    console.command(Command::NextView);
    let turned_to = console.screen.destination().clone();
    console.command(Command::Back);
    assert_eq!(console.screen.destination(), &turned_to, "what was seen before comes by no surprise");
    console.command(Command::HistoryBack);
    assert_eq!(console.screen.destination(), &Destination::Rollouts, "who asks for it goes there");
    assert!(console.errands().is_empty());
    console.command(Command::Close);
    assert_eq!(console.errands(), [Errand::Quit]);
}

#[tokio::test]
async fn the_help_leaves_out_what_does_nothing_where_one_is() {
    let mut console = console(&["chat-1"]);
    let mut terminal = Terminal::new(TestBackend::new(100, 130)).unwrap();
    terminal.draw(|frame| console.draw(frame)).unwrap();
    console.command(Command::Help);
    terminal.draw(|frame| console.draw(frame)).unwrap();
    let overview = terminal.backend().to_string();
    console.command(Command::Back);
    type_keys(&mut console, "M");
    console.command(Command::Help);
    terminal.draw(|frame| console.draw(frame)).unwrap();
    assert!(overview.contains("show only rows that match"), "{overview}");
    for nothing in ["put alerts together", "plan to end the selected silence", "plan to say that you are at"] {
        assert!(!overview.contains(nothing), "{nothing}:\n{overview}");
    }
}

#[tokio::test]
async fn a_command_without_anything_to_do_says_so() {
    let mut console = idle();
    console.command(Command::Describe);
    assert_eq!(said(&console), "d (show the selected object with its events) does nothing in this view");
    console.command(Command::Logs);
    assert_eq!(said(&console), "no logs to show: no service is known");
}

#[tokio::test]
async fn a_main_view_without_anything_to_show_is_passed_over() {
    let mut console = idle();
    let mut seen = Vec::new();
    for _ in 0..5 {
        console.command(Command::NextView);
        seen.push(console.screen.view().tab());
    }
    assert_eq!(seen, [Command::Rollouts, Command::Resources, Command::Alerts, Command::Audit, Command::Overview]);
    console.command(Command::PreviousView);
    assert_eq!(console.screen.view().tab(), Command::Audit);
}

#[tokio::test]
async fn themes_change_while_it_runs() {
    let mut console = idle();
    let before = console.look.theme.name.clone();
    console.command(Command::ToggleTheme);
    assert_ne!(console.look.theme.name, before);
    assert_eq!(said(&console), format!("theme: {}", console.look.theme.name));
}

#[tokio::test]
async fn leaving_asks_while_a_shift_is_guarded_and_waits_for_its_end() {
    let mut console = idle();
    console.session.pretended.push(views::guarded());
    console.command(Command::Quit);
    assert_eq!(said(&console), "again leaves, and search-service goes back to stable");
    assert_eq!(console.errands(), [], "it is asked first");
    console.command(Command::Quit);
    assert_eq!(said(&console), "leaving as soon as the guarded shifts are over");
    console.mind_leaving();
    assert_eq!(console.errands(), [], "it is not over");
    console.session.pretended.clear();
    console.mind_leaving();
    assert_eq!(console.errands(), [Errand::Quit]);
}

#[tokio::test]
async fn who_guards_a_shift_is_not_suspended() {
    let mut console = idle();
    console.session.pretended.push(views::guarded());
    console.command(Command::Suspend);
    assert_eq!(console.errands(), []);
    assert_eq!(said(&console), "search-service is guarded from here: suspended, nobody would guard it");
    console.session.pretended.clear();
    console.command(Command::Suspend);
    assert_eq!(console.errands(), [Errand::Suspend]);
}

#[tokio::test]
async fn the_key_that_stops_a_guarded_shift_is_about_that_of_this_session_where_another_service_is_shown() {
    let mut console = console(&["chat-1"]);
    let mut terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
    let another = ServiceId { name: "chat-1".into(), ..views::guarded().service };
    console.go(&Destination::Service(another));
    terminal.draw(|frame| console.draw(frame)).unwrap();
    type_keys(&mut console, "X");
    assert_eq!(said(&console), "no shift is guarded by this session");
    console.session.pretended.extend([views::guarded(), views::guarded()]);
    type_keys(&mut console, "X");
    assert_eq!(said(&console), "several shifts are guarded: choose one in Rollouts");
}

#[tokio::test]
async fn who_wants_a_guarded_shift_to_stay_is_told_that_nobody_guards_it_then() {
    let mut console = idle();
    let mut stays = views::guarded();
    stays.course.on_exit = crate::domain::guard::OnExit::Hold;
    console.session.pretended.push(stays);
    console.command(Command::Quit);
    assert_eq!(said(&console), "again leaves, and search-service stays at 10 % with nobody to guard it (on-exit hold)");
}

#[tokio::test]
async fn what_a_view_answers_stays_behind_with_it_and_what_is_done_is_told_anywhere() {
    let mut console = console(&["chat-1"]);
    let mut terminal = Terminal::new(TestBackend::new(100, 30)).unwrap();
    type_keys(&mut console, ":po\n");
    terminal.draw(|frame| console.draw(frame)).unwrap();
    console.command(Command::Release);
    assert_eq!(said(&console), "pod/chat-1 has no steps: only a Rollout has them");
    console.go_back();
    assert_eq!(said(&console), "");
    console.say(Health::Healthy, "verified: 1.4.1 runs".to_owned());
    type_keys(&mut console, ":po\n");
    assert_eq!(said(&console), "verified: 1.4.1 runs");
}
