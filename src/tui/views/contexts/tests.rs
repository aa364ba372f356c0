use super::*;
use crate::domain::problem::Problem;
use crate::tui::test_support::Stage;

fn context(name: &str, is_current: bool) -> ContextRow {
    ContextRow {
        name: ClusterName(name.into()),
        server: Ok("https://10.0.0.1:6443".into()),
        namespace: "production".into(),
        user: "alice".into(),
        is_current,
    }
}

#[test]
fn each_context_says_what_is_done_with_it_and_opening_one_reads_it() {
    let mut stage = Stage::new();
    let broken = ContextRow { server: Err(Problem::new("names no cluster", "", "")), ..context("broken", false) };
    stage.session.set_contexts(vec![context("prod-eu", true), context("prod-us", false), broken]);
    let mut view = Contexts::default();
    let drawn = stage.draw(&mut view, 110, 10);
    assert!(drawn.contains("Contexts   3   0 read"), "{drawn}");
    assert!(drawn.contains("prod-eu (current)") && drawn.contains("live"), "{drawn}");
    assert!(drawn.contains("not read") && drawn.contains("names no cluster"), "{drawn}");
    view.handle(Command::SelectNext, &stage.seen());
    let outcome = view.handle(Command::Open, &stage.seen());
    assert_eq!(outcome, Outcome::Ask(Effect::Connect(ClusterName("prod-us".into()))));
}

#[test]
fn without_contexts_that_is_said() {
    assert!(Stage::new().draw(&mut Contexts::default(), 80, 8).contains("the kubeconfig names no context"));
}
