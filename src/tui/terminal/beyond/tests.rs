use super::*;

fn told(words: &str, notify: Notify, variables: &[(&str, &str)]) -> String {
    notification(words, notify, |asked| {
        variables.iter().find(|(name, _)| *name == asked).map(|(_, value)| (*value).to_owned())
    })
}

const XTERM: (&str, &str) = ("TERM", "xterm-256color");

#[test]
fn the_terminal_gets_the_sequence_that_it_seems_to_know() {
    let usual = Notify::default();
    for (variables, sequence) in [
        (&[XTERM][..], "\x07\x1b]9;midwatch: High A\x07"),
        (&[XTERM, ("VTE_VERSION", "7600")], "\x07\x1b]777;notify;midwatch;High A\x07"),
        (&[("TERM", "foot")], "\x07\x1b]777;notify;midwatch;High A\x07"),
        (&[("TERM", "linux")], "\x07"),
        (&[], "\x07"),
    ] {
        assert_eq!(told("High A", usual, variables), sequence, "{variables:?}");
    }
    let quiet = Notify { bell: false, desktop: Desktop::Off, ..usual };
    assert_eq!(told("High A", quiet, &[XTERM]), "");
}

#[test]
fn nothing_goes_through_a_multiplexer_without_leave() {
    let tmux = [XTERM, ("TMUX", "/tmp/tmux-0/default,1,0")];
    assert_eq!(told("High A", Notify::default(), &tmux), "\x07");
    let may = Notify { through_multiplexer: true, ..Notify::default() };
    assert_eq!(told("High A", may, &tmux), "\x07\x1bPtmux;\x1b\x1b]9;midwatch: High A\x07\x1b\\");
}

#[test]
fn what_is_told_ends_no_sequence() {
    let hostile = "a\x1b\\b\x07c\u{9c}d\u{9d}e\nf";
    let sequence = told(hostile, Notify { bell: false, ..Notify::default() }, &[XTERM]);
    let inner = sequence.strip_prefix("\x1b]9;").and_then(|rest| rest.strip_suffix('\x07'));
    assert!(inner.is_some_and(|inner| !inner.contains(char::is_control)), "{sequence:?}");
    assert!(told(&"x".repeat(9_999), Notify::default(), &[XTERM]).len() < 200);
}
