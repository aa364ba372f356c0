//! Words of a command line that somebody will paste into a shell.

/// What stands in the place of the reason in a command that is yet to be run: whoever runs it puts theirs there.
const WHY: &str = r#""WHY""#;

/// A command line of midwatch with what arms and confirms it, so that it can be run as it stands: the reason, or what stands
/// in its place; and the name that is asked for where what it changes is protected.
pub fn confirmed(command: &str, reason: &str, name: Option<&str>) -> String {
    let reason = if reason.is_empty() { WHY.to_owned() } else { quoted(reason) };
    let name = name.map(|name| format!(" --confirm {}", quoted(name))).unwrap_or_default();
    format!("{command} --write --reason {reason}{name}")
}

/// A word as a shell takes it: names of objects come from outside.
pub fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@=+".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
