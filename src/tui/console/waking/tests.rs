use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::config::Settings;
use crate::domain::time::Clock;
use crate::domain::update::Update;
use crate::runtime::Session;
use crate::tui::console::Console;
use crate::tui::test_support::{NOW, Stage, cluster};

/// A console that a test draws, at a time that the test chooses.
struct Desk {
    console: Console,
    screen: Terminal<TestBackend>,
    passed: Arc<AtomicI64>,
}

impl Desk {
    /// A console on one cluster that has just been heard.
    fn new() -> Self {
        let passed = Arc::new(AtomicI64::new(0));
        let seconds = Arc::clone(&passed);
        let clock = Clock::new(move || NOW + SignedDuration::from_secs(seconds.load(Ordering::Relaxed)));
        let mut session = Session::offline(clock);
        let _ = session.believe(Update::Heard(cluster(), NOW));
        let console = Console::new(session, Settings::default(), Stage::new().look, None);
        Self { console, screen: Terminal::new(TestBackend::new(80, 24)).expect("a screen in memory"), passed }
    }

    /// Time passes, and nothing is drawn.
    fn pass(&self, seconds: i64) -> Timestamp {
        self.passed.fetch_add(seconds, Ordering::Relaxed);
        self.console.session.clock().now()
    }

    fn draw(&mut self) -> String {
        self.screen.draw(|frame| self.console.draw(frame)).expect("a screen in memory");
        self.screen.backend().to_string()
    }
}

#[tokio::test]
async fn a_cluster_that_turned_late_while_something_else_was_done_is_drawn_so() {
    let mut desk = Desk::new();
    assert!(desk.draw().contains("● prod-eu"));
    let now = desk.pass(11);
    assert!(desk.console.wakes_at() <= now, "{} is not due at {now}", desk.console.wakes_at());
    assert!(desk.draw().contains("prod-eu 11 s late"), "{}", desk.draw());
    assert!(desk.console.wakes_at() > now, "what has been drawn is not due again");
}

#[tokio::test]
async fn a_minute_that_passed_is_due_until_it_is_drawn() {
    let mut desk = Desk::new();
    desk.draw();
    let _ = desk.console.session.believe(Update::Heard(cluster(), NOW + SignedDuration::from_mins(5)));
    let now = desk.pass(70);
    assert!(desk.console.wakes_at() <= now);
    desk.draw();
    assert!(desk.console.wakes_at() > now);
}

#[tokio::test]
async fn a_notice_leaves_although_nothing_happens() {
    let mut desk = Desk::new();
    desk.console.say(crate::domain::health::Health::Attention, "look here".to_owned());
    assert!(desk.draw().contains("look here"));
    let now = desk.pass(8);
    assert!(desk.console.wakes_at() <= now);
    desk.console.tick();
    assert!(!desk.draw().contains("look here"));
}
