#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn some() -> BTreeSet<String> {
    ["status", "http.path"].map(str::to_owned).into()
}

#[test]
fn names_are_those_of_the_lines() {
    let fields = Fields::parse("HTTP.path, status status", &some()).unwrap();
    assert_eq!(fields.names, ["http.path", "status"]);
    assert_eq!(Fields::parse("  ", &some()).unwrap().names, Vec::<String>::new());
    assert_eq!(Fields::parse("statsu", &some()).unwrap_err(), "no line has a field statsu; did you mean status?");
    assert_eq!(Fields::parse("x", &some()).unwrap_err(), "no line has a field x; there are http.path, status");
    assert!(Fields::parse("x", &BTreeSet::new()).unwrap_err().contains("neither JSON nor logfmt"));
}

#[test]
fn columns_grow_and_stay() {
    let mut fields = Fields::parse("status", &some()).unwrap();
    let entry = |line: &str| Entry::read(line).unwrap().into_owned();
    fields.fit([entry("a=1 status=unauthorised")].iter());
    assert_eq!(fields.columns().collect::<Vec<_>>(), [("status", 12)]);
    fields.fit([entry("a=1 status=5")].iter());
    assert_eq!(fields.total(), 14);
    fields.fit([entry(&format!("a=1 status={}", "x".repeat(90)))].iter());
    assert_eq!(fields.columns().collect::<Vec<_>>(), [("status", WIDEST)]);
}
