use super::*;

#[test]
fn a_level_is_found_where_logs_write_it() {
    for (line, level) in [
        ("2026-11-21T03:13:37.455 ERROR [worker-3] redis timeout", Some(Level::Error)),
        (r#"{"ts":"2026-11-21T03:13:37Z","level":"warn","msg":"slow"}"#, Some(Level::Warn)),
        (r#"{"severity": "CRITICAL", "message": "x"}"#, Some(Level::Fatal)),
        (r#"{"level":50,"time":1531171074631,"msg":"x"}"#, Some(Level::Error)),
        (r#"ts=2026-11-21T03:13:37Z level=debug msg="an error""#, Some(Level::Debug)),
        ("lvl=dbug msg=x", None),
        ("E0101 12:00:00.000000       1 reflector.go:138] failed", Some(Level::Error)),
        ("I1121 12:00:00.000000       1 server.go:1] ready", Some(Level::Info)),
        ("[warning] 12#12: conflicting server name", Some(Level::Warn)),
        ("2026/11/21 03:13:37 [error] 31#31: upstream timed out", Some(Level::Error)),
        ("panic: runtime error: index out of range", Some(Level::Fatal)),
        ("error: cannot open", Some(Level::Error)),
        ("INFO answered with ERROR page", Some(Level::Info)),
        ("there was no error in it", None),
        ("level crossing closed", None),
        ("ERRORS 0", None),
        ("", None),
        ("größer", None),
    ] {
        assert_eq!(Level::of(line), level, "{line}");
    }
}

#[test]
fn a_level_far_from_the_beginning_is_not_looked_for() {
    assert_eq!(Level::of(&format!("{}ERROR", "é ".repeat(200))), None);
}
