use std::collections::BTreeSet;

use super::*;

#[test]
fn the_table_is_in_the_order_of_the_enum() {
    for (index, (command, ..)) in TABLE.iter().enumerate() {
        assert_eq!(*command as usize, index);
    }
}

#[test]
fn every_command_is_described_and_has_its_own_kebab_case_name() {
    let names: BTreeSet<&str> = Command::all().map(Command::name).collect();
    assert_eq!(names.len(), Command::all().count());
    for command in Command::all() {
        assert!(command.name().bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')), "{command:?}");
        assert!(!command.description().is_empty(), "{command:?}");
        assert!(!command.contexts().is_empty(), "{command:?}");
        assert_eq!(Command::named(command.name()), Some(command));
    }
}

#[test]
fn a_command_works_where_the_chain_leads_to_one_of_its_contexts() {
    assert!(Command::Open.works_in(Context::Service));
    assert!(Command::Wrap.works_in(Context::Logs));
    assert!(!Command::Follow.works_in(Context::Text));
}

#[test]
fn nothing_from_elsewhere_works_where_text_is_typed() {
    for context in [Context::PlanReview, Context::Prompt] {
        assert!(!Command::Quit.works_in(context));
        assert!(!Command::Restart.works_in(context));
    }
}

#[test]
fn favourites_are_numbered_from_one_to_nine() {
    let numbers: Vec<usize> = Command::all().filter_map(Command::favourite).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(Command::SortByName.favourite(), None);
    assert_eq!(Command::AllNamespaces.favourite(), None);
}
