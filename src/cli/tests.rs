//! Tests of the command line.

#![expect(clippy::unwrap_used, reason = "tests")]

use clap::{CommandFactory, Parser};

use super::{Cli, Command};
use crate::domain::intent::Verb;

#[test]
fn the_definition_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn every_verb_has_a_command_with_the_same_checks() {
    let cli = Cli::command();
    for verb in Verb::OF_OBJECTS {
        let command = verb.command().split(' ').try_fold(&cli, |command, word| command.find_subcommand(word));
        let command = command.unwrap_or_else(|| panic!("no command for {verb}"));
        for option in ["write", "reason", "confirm", "dry_run", "wait", "timeout"] {
            assert!(command.get_arguments().any(|argument| argument.get_id() == option), "{verb} lacks {option}");
        }
    }
}

#[test]
fn a_scale_takes_a_number_or_both_bounds() {
    let parse = |words: &str| Cli::try_parse_from(words.split(' '));
    assert!(parse("midwatch scale chat-service").is_err());
    assert!(parse("midwatch scale chat-service --min 2").is_err());
    assert!(parse("midwatch scale chat-service --replicas 2 --min 1 --max 3").is_err());
    let bounds = parse("midwatch scale chat-service --min 2 --max 10").unwrap();
    let Some(Command::Scale(scale)) = bounds.command else { panic!("{bounds:?}") };
    assert_eq!((scale.min, scale.max, scale.replicas), (Some(2), Some(10), None));
    assert!(parse("midwatch scale chat-service --replicas 0").is_ok());
}

#[test]
fn the_place_and_the_output_may_stand_behind_the_command() {
    let cli = Cli::try_parse_from("midwatch get po -n staging -o ndjson --context demo --watch".split(' ')).unwrap();
    assert_eq!((cli.place.namespace, cli.place.context), (vec!["staging".to_owned()], vec!["demo".to_owned()]));
    assert_eq!(cli.output.format, super::Format::Ndjson);
}

#[test]
fn a_silence_lasts_for_a_while_or_until_a_moment_and_slips_are_refused() {
    let parse = |words: &str| Cli::try_parse_from(words.split(' ')).map(|_| ()).map_err(|error| error.to_string());
    for verb in ["create ChatErrorRate", "extend 5f2c"] {
        for good in ["--for 1m", "--for 2h", "--for 30d", "--until 2027-01-15", "--until 2027-01-15T08:00Z"] {
            assert_eq!(parse(&format!("midwatch silence {verb} {good}")), Ok(()), "{verb} {good}");
        }
        for (bad, says) in [
            ("", "required"),
            ("--for 0s", "0 s is too short"),
            ("--for 59s", "59 s is too short"),
            ("--for 31d", "31 d is longer than 30 d (check the unit; if it is meant, name the end: --until"),
            ("--for soon", "write it like 30s, 5m or 2d"),
            ("--until tomorrow", "write it like 2027-01-15"),
            ("--for 2h --until 2027-01-15", "cannot be used with"),
        ] {
            let words = format!("midwatch silence {verb} {bad}");
            let told = parse(words.trim()).unwrap_err();
            assert!(told.contains(says), "{words}: {told}");
        }
    }
    assert!(parse("midwatch silence ack ChatErrorRate --for 0s").is_err());
    assert_eq!(parse("midwatch silence ack ChatErrorRate"), Ok(()));
    for zero in ["restart chat-service --timeout 0s", "logs chat-service --since 0s", "logs chat-service --since soon"]
    {
        assert!(parse(&format!("midwatch {zero}")).is_err(), "{zero}");
    }
}

#[test]
fn a_weight_that_is_none_is_named_with_what_is_expected() {
    let parse = |to: &str| Cli::try_parse_from(["midwatch", "shift", "chat", "--to", to]).map(|_| ());
    let wrong = |to: &str| parse(to).map_err(|error| error.to_string()).expect_err("it is no weight");
    for (to, named) in [("5,abc", "abc"), ("101", "101"), ("5,,20", "")] {
        let told = wrong(to);
        assert!(told.contains(&format!("{named:?} is no weight: write 0 to 100")), "{told}");
    }
    assert!(parse("5,20,100").is_ok());
}
