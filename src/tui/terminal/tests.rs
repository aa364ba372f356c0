use super::*;

#[test]
fn the_clipboard_comes_through_what_lies_between() {
    let sequence = "\x1b]52;c;Zm9v\x07";
    assert_eq!(Multiplexer::None.wrap(sequence), sequence);
    assert_eq!(Multiplexer::Tmux.wrap(sequence), "\x1bPtmux;\x1b\x1b]52;c;Zm9v\x07\x1b\\");
    assert_eq!(Multiplexer::Screen.wrap(sequence), "\x1bP\x1b]52;c;Zm9v\x07\x1b\\");
}

#[test]
fn the_environment_tells_what_lies_between() {
    let with = |name: &'static str, value: &'static str| {
        Multiplexer::detect(move |asked| (asked == name).then(|| value.to_owned()))
    };
    assert_eq!(with("TMUX", "/tmp/tmux-0/default,1,0"), Multiplexer::Tmux);
    assert_eq!(with("TERM", "screen-256color"), Multiplexer::Screen);
    assert_eq!(with("TERM", "xterm-256color"), Multiplexer::None);
}
