//! Tests of what stands on stdout.

#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json as value};

use super::{Item, Listing, json, text};
use crate::domain::object::ClusterName;
use crate::domain::text::Text;

fn item(cells: &[&str]) -> Item {
    let cells: Vec<Text> = cells.iter().map(|cell| Text::from(*cell)).collect();
    Item { cluster: ClusterName("east".into()), key: cells[0].to_string(), json: Value::Null, cells }
}

fn table(items: Vec<Item>, names_clusters: bool) -> String {
    let listing = Listing { kind: "Service", header: &["NAME", "READY", "WHY"], items };
    let mut out = Vec::new();
    text::write(&mut out, &listing, names_clusters).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn columns_are_aligned_by_the_width_of_what_is_in_them() {
    let shown = table(vec![item(&["chat", "4/4", ""]), item(&["日本", "10/10", "late"])], false);
    assert_eq!(shown, "NAME  READY  WHY\nchat  4/4    -\n日本  10/10  late\n");
}

#[test]
fn the_cluster_is_named_where_there_are_several() {
    assert_eq!(
        table(vec![item(&["chat", "1/1", "ok"])], true),
        "CLUSTER  NAME  READY  WHY\neast     chat  1/1    ok\n"
    );
}

#[test]
fn a_table_of_nothing_is_nothing() {
    assert_eq!(table(Vec::new(), false), "");
}

#[test]
fn json_escapes_what_drives_terminals_and_reads_back_the_same() {
    let hostile = value!({"message": "a\u{1b}[2Jb\u{9b}c\u{202e}d\u{7f}e\u{e0041}f 日本"});
    let mut out = Vec::new();
    json::line(&mut out, &hostile).unwrap();
    let line = String::from_utf8(out).unwrap();
    assert!(line.chars().all(|character| character == '\n' || !character.is_control()), "{line:?}");
    assert!(line.contains("\\u202e") && line.contains("\\u009b") && line.contains("日本"), "{line}");
    assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), hostile);
}
