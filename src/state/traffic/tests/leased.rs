//! What the lease of a guarded shift makes of its service: a mark in its row, and who is on it.

use super::*;
use crate::state::brief as briefing;

/// Chat, of whose requests the canary has a share by a guarded shift of maria's that was renewed so many seconds ago.
fn guarded(share: u32, done: u8, renewed: i64) -> State {
    let mut state = chat(route(vec![rule(&[("chat", 100 - share), ("chat-canary", share)])]));
    let lease = Lease {
        meta: meta(&Lease::of(&reference(Kind::HttpRoute, "chat")).name),
        holder: "5f2c1f3e".into(),
        lasts: Lease::LASTS,
        taken: Some(ago(900)),
        renewed: Some(ago(renewed)),
        about: About {
            who: "maria".into(),
            route: "chat".into(),
            service: "chat".into(),
            arm: "chat-canary".into(),
            course: "5,20,50".into(),
            guard: "default".into(),
            percent: Some(done),
            since: Some(ago(300)),
            next: Some(later(150)),
        },
    };
    say(&mut state, Row::Lease(Box::new(lease)), NOW);
    state
}

/// How the service is, and in which words.
fn told(state: &State) -> (Health, String) {
    let mut board = ServiceBoard::default();
    board.refresh(state, NOW);
    let verdict = &board.services()[0].verdict;
    (verdict.health, verdict.reason.to_string())
}

fn made(state: &State) -> crate::domain::brief::Brief {
    let mut board = ServiceBoard::default();
    board.refresh(state, NOW);
    briefing(state, &board, &Timeline::default(), None, NOW)
}

#[test]
fn a_service_that_is_shifted_under_guard_is_marked_as_one_that_moves() {
    let moves = |share, done, words: &str| assert_eq!(told(&guarded(share, done, 5)), (Health::Moving, words.into()));
    moves(20, 20, "guarded shift 20 → 50 %, maria");
    moves(0, 0, "guarded shift 0 → 5 %, maria");
    moves(50, 50, "guarded shift at 50 %, its last, maria");
    moves(0, 20, "guarded shift goes back from 20 %, maria");
}

#[test]
fn what_is_worse_stays_first_and_keeps_its_rank() {
    let mut state = guarded(10, 10, 5);
    judged::tell_of_pods(&mut state, &[("chat-0", 90.0, 0.0), ("chat-canary-0", 10.0, 0.8)]);
    let (health, words) = told(&state);
    assert_eq!(health, Health::Attention);
    assert!(words.starts_with("canary 1.5.0 fails ") && words.ends_with("; guarded shift 10 → 20 %, maria"), "{words}");
    // Nor is what nobody can tell made better by it.
    let mut silent = guarded(10, 10, 5);
    let _ = silent.apply(Update::Source(source(Kind::Pod), Liveness::NoAccess(problem("forbidden"))), NOW);
    assert_eq!(told(&silent).0, Health::Unknown);
}

#[test]
fn a_canary_that_nobody_guards_any_more_needs_somebody() {
    assert_eq!(told(&guarded(20, 20, 600)), (Health::Attention, "guard left at 20 % by maria".into()));
    assert_eq!(told(&guarded(0, 20, 600)).0, Health::Healthy, "what gets nothing hurts nobody");
    let brief = made(&guarded(20, 20, 600));
    assert!(brief.on_it.is_empty(), "{}", brief.text());
    let [safe] = brief.safe.as_slice() else { panic!("{}", brief.text()) };
    assert!(safe.command.ends_with(" --arm chat-canary --to 0 --dry-run"), "{}", safe.command);
}

#[test]
fn the_briefing_names_who_shifts() {
    let brief = made(&guarded(20, 20, 5));
    assert!(brief.broken.is_empty(), "{}", brief.text());
    let line = "on it       maria shifts chat under guard: 20 % of 5,20,50, next in 2 min\n";
    assert!(brief.text().contains(line), "{}", brief.text());
    assert!(
        brief.text().contains("in motion   chat (production): guarded shift 20 → 50 %, maria\n"),
        "{}",
        brief.text()
    );
}

#[test]
fn a_mark_goes_by_itself_once_the_guard_is_not_renewed() {
    let mut state = guarded(20, 20, 5);
    let mut board = ServiceBoard::default();
    board.refresh(&state, NOW);
    let _ = state.apply(Update::Heard(cluster(), later(70)), later(70));
    assert!(board.refresh(&state, later(70)), "no row says it");
    assert!(board.services()[0].verdict.reason.starts_with("guard left at 20 %"));
}

#[test]
fn a_guard_that_was_left_is_gone_on_with_only_where_its_course_goes_on() {
    let [back, on] = guarded(10, 10, 600).guards()[0].commands().try_into().expect("both");
    let goes_on = " --to 20,50 --guard default --write";
    assert!(back.contains(" --to 0 --write") && on.contains(goes_on), "{back}\n{on}");
    let [back] = guarded(60, 50, 600).guards()[0].commands().try_into().expect("no weight of the course is above it");
    assert!(back.contains(" --to 0 --write"), "{back}");
}
