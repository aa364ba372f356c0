#![expect(clippy::unwrap_used, reason = "tests")]

use crossterm::event::{KeyCode, KeyModifiers};
use ratatui::buffer::Buffer;

use super::*;
use crate::domain::object::ClusterName;
use crate::tui::test_support::{Stage, cluster};

fn typed(form: &mut SilenceForm, text: &str) {
    for letter in text.chars() {
        form.type_key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE));
    }
}

fn drawn(form: &SilenceForm, stage: &mut Stage) -> String {
    let area = Rect::new(0, 0, 100, 24);
    let mut buffer = Buffer::empty(area);
    let seen = stage.seen();
    form.render(&mut Painter::new(&mut buffer, seen.look), area, &seen);
    let line = |y| (0..area.width).map(|x| buffer.cell((x, y)).unwrap().symbol()).collect::<String>();
    (0..area.height).map(|y| line(y).trim_end().to_owned() + "\n").collect()
}

#[test]
fn it_goes_on_only_with_matchers_a_length_and_a_reason() {
    let matchers = [Matcher::equal("alertname", "A")];
    let mut form = SilenceForm::new(ClusterName("eu".into()), &matchers);
    form.focus = Focus::Plan;
    assert_eq!(form.handle(Command::PressFocused), Some(Ask::Redraw));
    assert!(form.problem.as_ref().unwrap().contains("say why"), "{:?}", form.problem);
    assert_eq!(form.focus, Focus::Reason, "one stands where something is missing");
    typed(&mut form, "known");
    assert_eq!(form.handle(Command::PressFocused), Some(Ask::Redraw), "enter in a field only goes on");
    let Some(Ask::Plan(intent)) = form.handle(Command::PressFocused) else { panic!("{:?}", form.problem) };
    let wanted = Intent::Silence {
        cluster: ClusterName("eu".into()),
        matchers: matchers.into(),
        lasting: SignedDuration::from_hours(2).into(),
        reason: "known".into(),
    };
    assert_eq!(intent, wanted);
}

#[test]
fn what_cannot_be_read_is_said_where_it_is_typed() {
    let mut form = SilenceForm::new(cluster(), &[]);
    typed(&mut form, "alertname=~\"(\"");
    let mut stage = Stage::new();
    assert!(drawn(&form, &mut stage).contains("is no pattern: error: unclosed group"));
    form.focus = Focus::Plan;
    form.handle(Command::PressFocused);
    assert_eq!(form.focus, Focus::Matchers);
    form.handle(Command::Cancel);
    assert_eq!(form.handle(Command::Cancel), Some(Ask::Close));
}

#[test]
fn what_only_midwatch_evaluates_is_not_hidden() {
    let mut stage = crate::tui::views::alerts_stage();
    crate::tui::views::alerts_evaluated(&mut stage);
    let mut form = SilenceForm::new(cluster(), &[]);
    typed(&mut form, "alertname=~\".+\"");
    let shown = drawn(&form, &mut stage);
    assert!(shown.contains("hides 1 alert now") && shown.contains("KafkaLag"), "{shown}");
    assert!(!shown.contains("ChatErrorRate"), "{shown}");
}

#[test]
fn what_it_would_hide_is_shown_before_it_is_planned() {
    let mut stage = crate::tui::views::alerts_stage();
    let mut form = SilenceForm::new(cluster(), &[]);
    typed(&mut form, "alertname=~\".+\"");
    let shown = drawn(&form, &mut stage);
    assert!(shown.contains("hides 3 alerts now   1 High"), "{shown}");
    assert!(shown.contains("ChatErrorRate") && shown.contains("KafkaLag") && shown.contains("DiskFills"), "{shown}");
    form.matchers = Input::new("alertname=KafkaLag".to_owned());
    let shown = drawn(&form, &mut stage);
    assert!(shown.contains("hides 1 alert now  ") && !shown.contains("ChatErrorRate"), "{shown}");
}
