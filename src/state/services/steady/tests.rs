use super::*;
use crate::state::tests::fixture::later;

fn verdict(health: Health, reason: &str) -> Verdict {
    Verdict::new(health, reason, Some(later(-600)))
}

/// What is said at each of these seconds, one after the other, of one generation.
fn told(steadiness: &mut Steadiness, said: &[(i64, Health, &str)]) -> Vec<String> {
    let steady = |(at, health, reason): &(i64, Health, &str)| {
        let told = steadiness.steady(&verdict(*health, reason), 1, later(*at));
        format!("{} {}", told.health, told.reason)
    };
    said.iter().map(steady).collect()
}

#[test]
fn what_happens_once_is_told_as_it_is() {
    let said = [
        (0, Health::Healthy, "healthy"),
        (5, Health::Attention, "3 of 4 pods ready"),
        (10, Health::Healthy, "healthy"),
        (300, Health::Attention, "3 of 4 pods ready"),
        (400, Health::Attention, "2 of 4 pods ready"),
    ];
    let plain = said.map(|(_, health, reason)| format!("{health} {reason}"));
    assert_eq!(told(&mut Steadiness::default(), &said), plain);
}

#[test]
fn who_goes_back_and_forth_keeps_the_words_for_the_worse_state_until_it_stops() {
    let mut steadiness = Steadiness::default();
    told(&mut steadiness, &[(0, Health::Healthy, "healthy"), (5, Health::Attention, "3 of 4 pods ready")]);
    told(&mut steadiness, &[(10, Health::Healthy, "healthy")]);
    for at in (15..200).step_by(10) {
        let said = [(at, Health::Attention, "3 of 4 pods ready"), (at + 5, Health::Healthy, "healthy")];
        assert_eq!(told(&mut steadiness, &said), ["attention unsteady: 3 of 4 pods ready"; 2], "{at}");
    }
    let began = steadiness.since;
    assert_eq!(began, Some(later(0)));
    let two = told(&mut steadiness, &[(205, Health::Attention, "2 of 4 pods ready")]);
    assert_eq!(two, ["attention unsteady: 2 of 4 pods ready"], "numbers are told as they are");
    assert_eq!(told(&mut steadiness, &[(210, Health::Healthy, "healthy")]), ["attention unsteady: 2 of 4 pods ready"]);
    assert_eq!(told(&mut steadiness, &[(300, Health::Healthy, "healthy")]), ["healthy healthy"]);
    assert_eq!(steadiness.since, None);
}

#[test]
fn two_ways_to_say_the_same_do_not_take_turns() {
    let mut steadiness = Steadiness::default();
    let (waits, serves) = ("CrashLoopBackOff: OOMKilled, 1 of 4 pods", "restarted 5 times: OOMKilled, 1 of 4 pods");
    let turns = |at| [(at, Health::Attention, waits), (at + 7, Health::Attention, serves)];
    told(&mut steadiness, &turns(0));
    told(&mut steadiness, &turns(14));
    for at in (28..300).step_by(14) {
        assert_eq!(
            told(&mut steadiness, &turns(at)),
            [format!("attention unsteady: {waits}"), format!("attention unsteady: {waits}")]
        );
    }
}

#[test]
fn a_change_begins_a_new_story_and_silence_tells_none() {
    let mut steadiness = Steadiness::default();
    for at in [0, 10, 20] {
        told(&mut steadiness, &[(at, Health::Bad, "no pod ready"), (at + 5, Health::Healthy, "healthy")]);
    }
    let unknown = verdict(Health::Unknown, "unknown: no answer");
    assert_eq!(steadiness.steady(&unknown, 1, later(26)), unknown);
    let well = verdict(Health::Healthy, "healthy");
    assert_eq!(steadiness.steady(&well, 1, later(27)).reason, "unsteady: no pod ready");
    assert_eq!(steadiness.steady(&well, 2, later(28)), well, "somebody changed it");
}

#[test]
fn coming_and_going_by_design_is_no_unsteadiness() {
    let mut steadiness = Steadiness::default();
    for at in (0..100).step_by(10) {
        let said = [(at, Health::Healthy, "healthy"), (at + 5, Health::Moving, "starting: 3 of 4 pods ready")];
        assert_eq!(told(&mut steadiness, &said), ["healthy healthy", "moving starting: 3 of 4 pods ready"]);
    }
}

#[test]
fn who_has_mended_is_healthy_since_then() {
    let at = |seconds: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds);
    let mut steadiness = Steadiness::default();
    let mut since = |health, seconds| {
        let told = Verdict::new(health, "", Some(at(10)));
        steadiness.since_mended(told, at(seconds)).since
    };
    assert_eq!(since(Health::Healthy, 100), Some(at(10)), "nothing was seen to be wrong with it");
    assert_eq!(since(Health::Moving, 150), Some(at(10)));
    assert_eq!(since(Health::Healthy, 200), Some(at(10)));
    assert_eq!(since(Health::Attention, 300), Some(at(10)));
    assert_eq!(since(Health::Moving, 350), Some(at(10)));
    assert_eq!(since(Health::Healthy, 400), Some(at(400)));
    assert_eq!(since(Health::Healthy, 500), Some(at(400)));
    assert_eq!(since(Health::Waiting, 600), Some(at(10)));
    assert_eq!(since(Health::Healthy, 700), Some(at(400)), "that was no ailment, and it ailed before");
}
