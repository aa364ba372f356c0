//! Never more colours or characters than the terminal has.

use color_eyre::eyre::{Result, ensure};

use crate::desk::{Desk, is_complete};

/// The colours that were asked for: the parameters of every sequence that sets some.
fn colours(written: &str) -> Vec<String> {
    let mut found = Vec::new();
    for sequence in written.split("\x1b[").skip(1) {
        let end = sequence.find(|letter: char| letter.is_ascii_alphabetic());
        let Some((parameters, 'm')) = end.and_then(|end| Some((&sequence[..end], sequence[end..].chars().next()?)))
        else {
            continue;
        };
        let mut numbers = parameters.split([';', ':']).map(|number| number.parse().unwrap_or(0u16));
        while let Some(number) = numbers.next() {
            match number {
                38 | 48 | 58 => match numbers.next() {
                    Some(2) => {
                        found.push("mixed".to_owned());
                        numbers.by_ref().take(3).for_each(drop);
                    }
                    _ => found.push(format!("indexed {}", numbers.next().unwrap_or(0))),
                },
                30..=37 | 40..=47 | 90..=97 | 100..=107 => found.push("named".to_owned()),
                _ => {}
            }
        }
    }
    found
}

/// Whether a colour is one of the sixteen.
fn is_one_of_sixteen(colour: &str) -> bool {
    let index = colour.strip_prefix("indexed ").and_then(|number| number.parse::<u16>().ok());
    colour == "named" || index.is_some_and(|index| index < 16)
}

#[test]
fn no_more_colours_than_there_are() -> Result<()> {
    type Holds = fn(&[String]) -> bool;
    let mixed: Holds = |found| found.iter().any(|colour| colour == "mixed");
    let indexed: Holds =
        |found| found.iter().all(|colour| colour != "mixed") && found.iter().any(|colour| !is_one_of_sixteen(colour));
    let sixteen: Holds = |found| !found.is_empty() && found.iter().all(|colour| is_one_of_sixteen(colour));
    let none: Holds = |found| found.is_empty();
    for (term, colorterm, no_color, holds) in [
        ("xterm-256color", "truecolor", "", mixed),
        ("xterm-direct", "", "", mixed),
        ("xterm-256color", "", "", indexed),
        ("tmux-256color", "", "", indexed),
        ("xterm", "", "", sixteen),
        ("linux", "", "", sixteen),
        ("xterm-256color", "truecolor", "1", none),
        ("xterm-256color", "truecolor", "0", none),
        ("dumb", "", "", none),
    ] {
        let desk = Desk::new()?.with("TERM", term).with("COLORTERM", colorterm).with("NO_COLOR", no_color);
        let console = desk.overview()?;
        console.type_text(":po\r")?;
        console.wait_for("all namespaces")?;
        let found = colours(&String::from_utf8_lossy(&console.written()));
        ensure!(holds(&found), "{term} {colorterm} {no_color}: {found:?}");
        console.quit()?;
    }
    Ok(())
}

#[test]
fn no_characters_that_the_terminal_has_not() -> Result<()> {
    for (term, lang, is_ascii) in [
        ("xterm-256color", "C.UTF-8", false),
        ("linux", "C.UTF-8", true),
        ("dumb", "C.UTF-8", true),
        ("xterm-256color", "C", true),
        ("xterm-256color", "", true),
    ] {
        let desk = Desk::new()?.with("TERM", term).with("LANG", lang);
        let console = desk.overview()?;
        // Escape and a key that follows before it was read would be one key.
        for (keys, shows, hides) in [
            ("\r", "Release", "need you"),
            ("\x1b", "services need you", "Release"),
            (":rollouts\r", "rollouts need you", "services need you"),
            (":po\r", "all namespaces", "need you"),
            (":overview\r", "services need you", "all namespaces"),
            ("b", "Way back", "still reading"),
        ] {
            console.type_text(keys)?;
            let leads = |screen: &str| screen.contains(shows) && !screen.contains(hides);
            console.wait_until(&format!("{shows:?} after {keys:?}"), leads)?;
            console.wait_for_silence(std::time::Duration::from_millis(100))?;
        }
        ensure!(console.written().is_ascii() == is_ascii, "{term} {lang}:\n{}", console.screen());
        console.press("esc")?;
        console.wait_until("the review to be closed", |screen| !screen.contains("Way back"))?;
        console.quit()?;
    }
    Ok(())
}

#[test]
fn every_theme_starts() -> Result<()> {
    for theme in ["midnight", "daylight", "high-contrast", "mono"] {
        let desk = Desk::new()?;
        let console = desk.midwatch(&["--theme", theme])?;
        console.wait_until("the whole overview", is_complete)?;
        let found = colours(&String::from_utf8_lossy(&console.written()));
        ensure!(found.is_empty() == (theme == "mono"), "{theme}: {found:?}");
        console.quit()?;
    }
    Ok(())
}
