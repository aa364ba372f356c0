use std::sync::Arc;

use super::*;
use crate::domain::alert::Alert;
use crate::domain::kind::Kind;
use crate::domain::row::Row;
use crate::tui::test_support::{Stage, ago, alert};
use crate::tui::views::fixture::deployment;

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
    let one = alert("ChatErrorRate", "chat-service");
    let later = Alert { since: ago(60), ..alert("ChatLatency", "chat-service") };
    stage.alerts(Ok(vec![one.clone(), later]));
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
