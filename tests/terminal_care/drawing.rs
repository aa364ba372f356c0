//! Frames: whole ones, of the window's size, and none while nothing changes.

use std::thread;
use std::time::Duration;

use color_eyre::eyre::{Result, ensure};

use crate::desk::{Desk, SIZE, is_complete};

const BEGIN: &str = "\x1b[?2026h";
const END: &str = "\x1b[?2026l";

/// Frames in what was written.
fn frames(written: &[u8]) -> usize {
    String::from_utf8_lossy(written).matches(BEGIN).count()
}

#[test]
fn every_size_is_filled_and_a_tiny_one_says_so() -> Result<()> {
    let desk = Desk::new()?;
    let console = desk.overview()?;
    for (size, presses) in [((10, 3), true), ((1, 1), true), ((39, 40), true), ((10, 3), false)] {
        console.resize(size)?;
        let words: String = "too small: 40x10 at least".chars().take(usize::from(size.0) / 2).collect();
        console.wait_until("that it is too small", |screen| screen.starts_with(&words) && !screen.contains("chat"))?;
        // Nobody sees what a key would do, so that none does anything. One that is pressed just before the window is made
        // larger may be read after that, so that there is none before the last time.
        if presses {
            console.press("q")?;
        }
    }
    for size in [(40, 10), (80, 24), (300, 100), SIZE] {
        console.resize(size)?;
        console.wait_until("the overview from edge to edge", |screen| {
            let lines: Vec<&str> = screen.lines().collect();
            screen.contains("chat-service")
                && lines.len() == usize::from(size.1)
                && lines.first().is_some_and(|first| first.contains("midwatch"))
                && lines.last().is_some_and(|last| last.contains("open"))
        })?;
    }
    console.wait_until("the whole overview", is_complete)?;
    console.quit()?;
    Ok(())
}

#[test]
fn nothing_is_written_outside_of_a_whole_frame() -> Result<()> {
    let desk = Desk::new()?;
    let console = desk.overview()?;
    // Escape and a key that follows before it was read would be one key, and two keys that are read at once one frame.
    for (key, shows, hides) in [
        ("enter", "Release", "need you"),
        ("esc", "services need you", "Release"),
        ("l", "lines/s", "need you"),
        ("esc", "services need you", "lines/s"),
        (":", "Go to", "still reading"),
        ("esc", "services need you", "Go to"),
        ("ctrl-l", "services need you", "still reading"),
        ("?", "one row or line down", "still reading"),
        ("esc", "services need you", "one row or line down"),
    ] {
        let before = console.drawn().frames;
        console.press(key)?;
        console.seen_at(&format!("{shows:?} after {key}"), |screen, drawn| {
            let screen = screen.contents();
            drawn.frames > before && screen.contains(shows) && !screen.contains(hides)
        })?;
        console.wait_for_silence(Duration::from_millis(100))?;
    }
    console.resize((80, 24))?;
    console.wait_until("the overview from edge to edge", |screen| {
        screen.lines().count() == 24 && screen.lines().last().is_some_and(|last| last.contains("open"))
    })?;
    console.wait_for_silence(Duration::from_millis(300))?;
    let written = String::from_utf8_lossy(&console.written()).into_owned();
    ensure!(frames(written.as_bytes()) > 9, "each key asks for a frame");
    let mut between = String::new();
    let mut rest = written.as_str();
    while let Some((before, frame)) = rest.split_once(BEGIN) {
        between.push_str(before);
        let (frame, after) = frame.split_once(END).unwrap_or((frame, ""));
        ensure!(!frame.contains(BEGIN), "a frame within a frame: {frame:?}");
        rest = after;
    }
    between.push_str(rest);
    // What stands between frames sets modes and the window's title, and draws nothing.
    let sequences: Vec<&str> = between.split('\x1b').filter(|sequence| !sequence.is_empty()).collect();
    let is_mode = |sequence: &str| sequence.starts_with("[?") && sequence.ends_with(['h', 'l']);
    let is_title = |sequence: &str| {
        ["[22;2t", "[23;2t"].contains(&sequence) || (sequence.starts_with("]2;") && sequence.ends_with('\x07'))
    };
    ensure!(sequences.iter().all(|sequence| is_mode(sequence) || is_title(sequence)), "{sequences:?}");
    console.quit()?;
    Ok(())
}

#[test]
fn nothing_is_written_while_nothing_changes() -> Result<()> {
    let desk = Desk::new()?;
    // Where a rollout has a deadline, seconds are counted.
    let console = desk.midwatch(&["-n", "kube-system"])?;
    for told in ["coredns", "1 High", "1 Med", "alert CertificateExpiresSoon began"] {
        console.wait_for(told)?;
    }
    for keys in ["", ":po\r", ":rollouts\r", ":audit\r"] {
        console.type_text(keys)?;
        console.wait_for_silence(Duration::from_secs(2))?;
        let before = console.written().len();
        thread::sleep(Duration::from_secs(4));
        let written = console.written()[before..].to_vec();
        // A minute may begin, which changes the clock. What draws for nothing is not seen here, as a frame in which nothing
        // changed is not written: it takes of a core while it is idle, which the benchmark measures.
        ensure!(frames(&written) <= 1, "{keys:?}: {}", String::from_utf8_lossy(&written));
    }
    console.quit()?;
    Ok(())
}
