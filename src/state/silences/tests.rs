#![expect(clippy::unwrap_used, reason = "tests")]

use jiff::SignedDuration;

use super::*;
use crate::domain::alert::{Priority, Standing};
use crate::domain::signal::SignalKind;
use crate::domain::silence::Matcher;
use crate::domain::update::Update;
use crate::state::tests::fixture::{NOW, cluster};

fn silence(id: &str, comment: &str, minutes: i64) -> Silence {
    Silence {
        cluster: cluster(),
        id: id.into(),
        servers: vec!["a".into()],
        matchers: vec![Matcher::equal("alertname", "A")],
        starts: NOW,
        ends: NOW + SignedDuration::from_mins(minutes),
        by: "maria".into(),
        comment: comment.into(),
        told: SilenceState::Active,
    }
}

fn alert(name: &str, silenced_by: &[&str]) -> Alert {
    Alert {
        cluster: cluster(),
        name: name.into(),
        priority: Priority::High,
        standing: if silenced_by.is_empty() { Standing::Firing } else { Standing::Silenced },
        since: NOW,
        labels: [("alertname".into(), Text::from(name))].into(),
        annotations: [].into(),
        silenced_by: silenced_by.iter().map(|id| Text::from(*id)).collect(),
        evaluated: None,
    }
}

fn tell(state: &mut State, server: &str, silences: Vec<Silence>) -> bool {
    let id = SignalId { cluster: cluster(), name: server.into() };
    let told = silences.into_iter().map(|one| Silence { servers: vec![server.into()], ..one }).collect();
    state.apply(Update::Silences(id, Ok(told)), NOW).touches_alerts()
}

fn alerts(state: &mut State, alerts: Vec<Alert>) {
    let id = SignalId { cluster: cluster(), name: "a".into() };
    let told = Update::Alerts(SignalKind::Alertmanager, id, NOW, Ok(alerts));
    assert!(state.apply(told, NOW).touches_alerts());
}

#[test]
fn a_pair_tells_a_silence_once_and_whoever_heard_more_is_believed() {
    let mut state = State::default();
    assert!(tell(&mut state, "a", vec![silence("1", "known", 60)]));
    assert!(!tell(&mut state, "a", vec![silence("1", "known", 60)]), "nothing is new");
    assert!(tell(&mut state, "b", vec![silence("1", "known", 90)]));
    let told: Vec<_> = state.silences().iter().map(|one| (one.servers.len(), one.ends)).collect();
    assert_eq!(told, [(2, NOW + SignedDuration::from_mins(90))], "b has heard that it was made longer");
    tell(&mut state, "a", vec![Silence { told: SilenceState::Expired, ..silence("1", "known", 5) }]);
    assert_eq!(state.silences()[0].told, SilenceState::Expired, "a has heard that it was ended");
}

#[test]
fn who_does_not_answer_takes_nothing_back() {
    let mut state = State::default();
    tell(&mut state, "a", vec![silence("1", "known", 60)]);
    let id = SignalId { cluster: cluster(), name: "a".into() };
    let told = Err(Problem::new("a cannot be asked", "", ""));
    assert!(state.apply(Update::Silences(id, told), NOW).touches_alerts());
    assert_eq!((state.silences().len(), state.untold_silences().count()), (1, 1));
}

#[test]
fn an_alert_is_acknowledged_by_whoever_says_so() {
    let mut state = State::default();
    tell(&mut state, "a", vec![silence("1", "on it: pods", 60), silence("2", "known", 120)]);
    let by = |ids: &[&str]| state.acknowledged(&alert("A", ids)).map(|one| one.id.to_string());
    assert_eq!(by(&["1", "2"]), Some("1".to_owned()));
    assert_eq!(by(&["2"]), None, "that one only keeps it quiet");
    assert_eq!(state.quieted_by(&alert("A", &["2"])).unwrap().id, "2");
    assert_eq!(by(&[]), None);
}

#[test]
fn since_when_an_alert_fires_is_not_since_when_somebody_is_on_it() {
    let mut state = State::default();
    let later =
        |id: &str, comment: &str| Silence { starts: NOW + SignedDuration::from_mins(10), ..silence(id, comment, 60) };
    tell(&mut state, "a", vec![later("1", "on it: pods"), later("2", "known")]);
    let told = |ids: &[&str]| {
        let alert = alert("A", ids);
        (state.standing_of(&alert), state.alert_since(&alert, NOW))
    };
    assert_eq!(told(&[]), ("firing", "firing since 22:13Z".to_owned()));
    assert_eq!(told(&["1"]), ("on it", "firing since 22:13Z, on it: maria since 22:23Z".to_owned()));
    assert_eq!(told(&["2"]), ("silenced", "firing since 22:13Z, silenced by maria since 22:23Z".to_owned()));
    assert_eq!(state.attended(Priority::High), 0);
    alerts(&mut state, vec![alert("A", &["1"]), alert("B", &["2"]), alert("C", &[])]);
    assert_eq!((state.attended(Priority::High), state.firing(Priority::High)), (1, 1));
}

#[test]
fn a_name_means_the_silence_of_its_own_cluster_as_it_was_told_last() {
    let mut state = State::default();
    let elsewhere = ClusterName("elsewhere".into());
    let id = SignalId { cluster: elsewhere.clone(), name: "a".into() };
    let other = Silence { cluster: elsewhere.clone(), by: "paul".into(), ..silence("1", "known", 90) };
    let _ = state.apply(Update::Silences(id, Ok(vec![other])), NOW);
    let by = |state: &State, alert: &Alert| state.quieted_by(alert).map(|one| one.by.to_string());
    assert_eq!(by(&state, &alert("A", &["1"])), None, "it is another cluster's");
    tell(&mut state, "a", vec![silence("0", "", 5), silence("1", "known", 60)]);
    assert_eq!(by(&state, &alert("A", &["1"])), Some("maria".to_owned()));
    let far = Alert { cluster: elsewhere, ..alert("A", &["1"]) };
    assert_eq!(by(&state, &far), Some("paul".to_owned()));
    tell(&mut state, "a", vec![silence("2", "", 60)]);
    assert_eq!(by(&state, &alert("A", &["1"])), None, "it is gone");
    assert_eq!(by(&state, &alert("A", &["2"])), Some("maria".to_owned()));
}

#[test]
fn a_silence_that_ends_soon_counts_where_something_becomes_loud() {
    let mut state = State::default();
    tell(&mut state, "a", vec![silence("1", "", 10), silence("2", "", 12), silence("3", "", 60), silence("4", "", 5)]);
    alerts(&mut state, vec![alert("A", &["1", "3"]), alert("B", &["2"]), alert("C", &["3"])]);
    let ending: Vec<&str> = state.ending_silences(NOW).map(|one| one.id.as_str()).collect();
    assert_eq!(ending, ["2"], "1 has 3 behind it, 3 has time, 4 hides nothing");
    let loud: Vec<&str> =
        state.loud_after(state.silence(&cluster(), "2").unwrap()).iter().map(|one| one.name.as_str()).collect();
    assert_eq!(loud, ["B"]);
}
