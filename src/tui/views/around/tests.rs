use std::sync::Arc;

use super::*;
use crate::domain::alert::{Alert, Priority, Standing};
use crate::domain::kind::Kind;
use crate::domain::row::Row;
use crate::domain::signal::{SignalId, SignalKind};
use crate::domain::text::Text;
use crate::domain::update::Update;
use crate::tui::test_support::{Stage, ago, cluster};
use crate::tui::views::fixture::deployment;

fn alert(name: &str, seconds_ago: i64) -> Alert {
    let pairs = [("alertname", name), ("namespace", "production"), ("service", "chat-service")];
    Alert {
        cluster: cluster(),
        name: name.into(),
        priority: Priority::High,
        standing: Standing::Firing,
        since: ago(seconds_ago),
        labels: pairs.into_iter().map(|(name, value)| (Text::from(name), Text::from(value))).collect(),
        annotations: [(Text::from("summary"), Text::from("7 % of requests fail"))].into_iter().collect(),
        silenced_by: Vec::new(),
    }
}

#[test]
fn the_alert_stands_among_what_happened_before_and_after_it() {
    let mut stage = Stage::new();
    // Its rollout finished ten minutes ago, and that of its neighbour hours ago.
    let rows = [("chat-service", 10), ("user-service", 600)];
    let rows = rows.map(|(name, finished)| Row::Deployment(Box::new(deployment(name, finished))));
    stage.list(Kind::Deployment, rows.to_vec());
    for kind in [Kind::StatefulSet, Kind::DaemonSet, Kind::Pod] {
        stage.list(kind, Vec::new());
    }
    let (one, later) = (alert("ChatErrorRate", 360), alert("ChatLatency", 60));
    let id = SignalId { cluster: cluster(), name: "main".into() };
    let now = stage.now;
    stage.tell(Update::Alerts(SignalKind::Alertmanager, id, now, Ok(vec![one.clone(), later])));
    stage.draw(&mut crate::tui::views::Alerts::default(), 120, 30);
    let service = stage.board.alerts()[0].service.clone();
    let mut view = Around::new(RelatedAlert { alert: Arc::new(one), service });
    let shown = stage.draw(&mut view, 120, 30);
    let lines: Vec<&str> = shown.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert!(lines[0].starts_with("ChatErrorRate   High   chat-service, production"), "{shown}");
    assert!(lines[1].starts_with("5 min after") && lines[1].contains("alert ChatLatency began"), "{shown}");
    assert!(lines[2].contains("the alert") && lines[2].contains("alert ChatErrorRate began"), "{shown}");
    assert!(lines[3].starts_with("4 min before") && lines[3].contains("rollout 2.0.0 finished"), "{shown}");
    assert!(!shown.contains("user-service"), "that was long before\n{shown}");
}
