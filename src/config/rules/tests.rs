#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::config::test_support;

fn read(text: &str) -> Result<OwnRules, Vec<String>> {
    test_support::read(text).map(|settings| settings.rules)
}

#[test]
fn rules_are_read_in_the_form_of_the_seeds() {
    let own = read(
        r#"
[rules]
evaluate = "always"
interval = "1m"

[rules.high_cpu]
condition = "cpu_usage > 80"
duration = "5m"
severity = "critical"
labels = { app = "app", environment = "production" }
summary = "{{ $labels.pod }} is at {{ $value }} %"
runbook = "https://wiki.example/cpu"

[rules.down]
condition = "up == 0"
for = "1m"
keep-firing-for = "2m"
"#,
    )
    .unwrap();
    assert_eq!((own.evaluate, own.interval), (Evaluate::Always, SignedDuration::from_secs(60)));
    let cpu = &own.rules[0];
    assert_eq!((cpu.name.as_str(), cpu.criterion.to_string()), ("high_cpu", "cpu_usage > 80".to_owned()));
    assert_eq!(cpu.criterion.hold, SignedDuration::from_secs(300));
    let names: Vec<String> = cpu.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(names, ["app=app", "environment=production", "severity=critical"]);
    assert_eq!(cpu.annotations[0], ("runbook_url".into(), "https://wiki.example/cpu".into()));
    let down = &own.rules[1];
    assert_eq!((down.criterion.hold.as_secs(), down.criterion.keep.as_secs()), (60, 120));
    assert_eq!(down.labels[0], ("severity".into(), "warning".into()));
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    for (text, says) in [
        ("[rules.a]\n", "1: `a` needs a `condition`"),
        ("[rules.a]\ncondition = \"up\"\n", "2: `up` compares nothing"),
        ("[rules.a]\ncondition = \"up == 0\"\nfor = \"soon\"\n", "3: `soon` is no length of time"),
        ("[rules.a]\ncondition = \"up == 0\"\nfor = \"1500ms\"\n", "3: `1500ms` is no whole number"),
        (
            "[rules.a]\ncondition = \"up == 0\"\nseverty = \"x\"\n",
            "3: unknown setting `severty`; did you mean `severity`?",
        ),
        ("[rules.a]\ncondition = \"up == 0\"\n[rules.a.labels]\nseverity = \"x\"\n", "4: `severity` is not given here"),
        ("[rules.a]\ncondition = \"up == 0\"\nlabels = { \"a-b\" = \"x\" }\n", "3: `a-b` cannot be a label"),
        ("[rules.a]\ncondition = \"up == 0\"\nsummary = \"{{ humanize $value }}\"\n", "3: midwatch fills in"),
        (
            "[rules.a]\ncondition = \"up == 0\"\nseverity = \"critcal\"\n",
            "3: unknown severity `critcal`; did you mean `critical`?; there are high, critical, page,",
        ),
        (
            "[rules.a]\ncondition = \"up == 0\"\nlabels = { priority = \"urgent\" }\n",
            "3: unknown severity `urgent`; there are high,",
        ),
        // What is named high by the configuration is all that is.
        (
            "[rules.a]\ncondition = \"up == 0\"\nseverity = \"critical\"\n[alerts]\nhigh = [\"now\"]\n",
            "3: unknown severity `critical`; there are now, medium,",
        ),
        ("[rules]\nevaluate = \"alway\"\n", "2: unknown evaluation `alway`; did you mean `always`?"),
    ] {
        let faults = read(text).unwrap_err().join("\n");
        assert!(faults.contains(says), "{text}: {faults}");
    }
}

#[test]
fn a_severity_is_any_word_that_has_a_priority() {
    let rule = |severity: &str, more: &str| {
        let text = format!("[rules.a]\ncondition = \"up == 0\"\nseverity = \"{severity}\"\n{more}");
        read(&text).map(|own| own.rules[0].labels[0].1.to_string())
    };
    for severity in ["critical", "Warning", "info", "P1", "none"] {
        assert_eq!(rule(severity, "").unwrap(), severity);
    }
    assert_eq!(rule("sev1", "[alerts]\nhigh = [\"sev1\"]\n").unwrap(), "sev1");
    assert_eq!(rule("quiet", "[alerts]\nlow = [\"quiet\"]\n").unwrap(), "quiet");
    // Where another label tells, this one is free.
    assert_eq!(rule("whatever", "[alerts]\nlabels = [\"urgency\"]\n").unwrap(), "whatever");
}
