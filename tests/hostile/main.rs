//! Hostile text against the sandbox, which serves names and labels that no real server would take: whatever a cluster
//! says, every byte that midwatch writes is its own. What real servers do take is in the live suite.

mod attack;
#[path = "../terminal/mod.rs"]
mod console;
mod fleet;

use std::collections::BTreeSet;
use std::fs;
use std::sync::LazyLock;

use color_eyre::eyre::{Result, bail, ensure};
use jiff::Timestamp;
use midwatch::sandbox::{Clock, Options, Sandbox};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use attack::{Environment, MIDWATCH, Payload, Walk, files_are_plain, grammar, marks, payloads, run, run_all};
use console::{Console, Size};

/// A sandbox full of attacks. It stands still, and all tests share it: living through its history takes seconds.
struct Fleet {
    kubeconfig: String,
    payloads: Vec<Payload>,
    _sandbox: Sandbox,
    _runtime: Runtime,
}

static FLEET: LazyLock<Fleet> = LazyLock::new(|| {
    let runtime = Runtime::new().expect("threads can be made");
    let options = Options { seed: 1, clock: Clock::manual(Timestamp::now()) };
    let sandbox = runtime.block_on(Sandbox::start(options)).expect("loopback is there");
    let payloads = payloads();
    fleet::objects(&payloads).into_iter().chain(fleet::sound(&payloads)).for_each(|object| sandbox.place(object));
    Fleet { kubeconfig: sandbox.kubeconfig_yaml("maria"), payloads, _sandbox: sandbox, _runtime: runtime }
});

/// A home in which midwatch has never run, before that sandbox.
struct Desk {
    payloads: &'static [Payload],
    home: TempDir,
}

impl Desk {
    fn new() -> Result<Self> {
        let home = TempDir::new()?;
        fs::write(home.path().join("kubeconfig"), &FLEET.kubeconfig)?;
        Ok(Self { payloads: &FLEET.payloads, home })
    }

    fn environment(&self) -> Environment {
        let folder = |name: &str| self.home.path().join(name).into_os_string();
        vec![
            ("HOME", self.home.path().into()),
            ("KUBECONFIG", folder("kubeconfig")),
            ("MIDWATCH_CONFIG_DIR", folder("config")),
            ("MIDWATCH_STATE_DIR", folder("state")),
            ("MIDWATCH_LOG", "midwatch=trace".into()),
            ("TERM", "xterm-256color".into()),
            ("COLORTERM", "truecolor".into()),
            ("LANG", "C.UTF-8".into()),
        ]
    }

    fn walk(&self, size: Size, args: &[&str]) -> Result<Walk> {
        Ok(Walk::new(Console::run(MIDWATCH, args, self.environment(), size)?, size))
    }

    /// What is to be seen of a kind.
    fn marks(&self, kind: &str) -> BTreeSet<String> {
        if fleet::EACH.contains(&kind) { marks(self.payloads) } else { marks(fleet::share(self.payloads, kind)) }
    }
}

#[test]
fn no_view_writes_a_byte_that_is_not_ours() -> Result<()> {
    let desk = Desk::new()?;
    let mut walk = desk.walk((200, 60), &["--write"])?;
    walk.go(&[], "services need you")?;
    walk.read_all(marks(desk.payloads), "ctrl-f")?;
    for kind in fleet::EACH.iter().chain(&fleet::SHARED) {
        walk.go(&[":", kind, "enter"], "all namespaces")?;
        walk.read_all(desk.marks(kind), "ctrl-f")?;
        // Over names of wide letters the frame of the palette has to stay whole, and it offers services by their names.
        walk.go(&[":", "h3"], "Go to")?;
        walk.close("Go to")?;
    }
    walk.leave()?;
    ensure!(files_are_plain(&desk.home.path().join("state"))? > 0);
    Ok(())
}

#[test]
fn no_detail_writes_a_byte_that_is_not_ours() -> Result<()> {
    let desk = Desk::new()?;
    let mut walk = desk.walk((100, 30), &["--write"])?;
    walk.go(&[], "services need you")?;
    walk.settle()?;
    walk.go(&["enter"], "Overview › h")?;
    walk.go(&[":po", "enter"], "all namespaces")?;
    walk.go(&["c"], "copied: ")?;
    // A terminal that pastes puts what was copied between two sequences.
    walk.go(&["/", "\u{1b}[200~h3\u{202e}漢\u{200b}\u{301}\u{1b}[201~"], "h3<U+202E>漢")?;
    walk.go(&["enter"], "none of ")?;
    for kind in ["po", "deploy"] {
        walk.go(&[&format!(":{kind} /name:=sound"), "enter"], "1 of")?;
        walk.go(&["d"], "in words")?;
        walk.read_all(marks(desk.payloads), "ctrl-f")?;
        walk.go(&[&format!(":{kind} /name:=sound"), "enter"], "1 of")?;
        walk.go(&["y"], "as YAML")?;
        walk.read_all(marks(desk.payloads), "ctrl-f")?;
    }
    walk.go(&[":deploy /name:=sound", "enter"], "1 of")?;
    walk.go(&["r"], "Reason")?;
    for _page in 0..10 {
        walk.go(&["\u{1b}[6~"], "Reason")?;
    }
    walk.close("Reason")?;
    // What cannot be found under its name, because its name is not what it seems, is told without it.
    for (kind, key, shows) in
        [("po", "d", "in words"), ("po", "l", "lines/s"), ("deploy", "D", "   revisions"), ("deploy", "r", "esc close")]
    {
        walk.go(&[&format!(":{kind} /name:h000."), "enter"], "1 of")?;
        walk.go(&[key], shows)?;
        walk.close(shows)?;
    }
    walk.leave()
}

#[test]
fn no_command_writes_a_byte_that_is_not_ours() -> Result<()> {
    let desk = Desk::new()?;
    let kinds: Vec<String> = fleet::EACH.iter().chain(&fleet::SHARED).map(|kind| format!("get {kind}")).collect();
    let others = [
        "services",
        "rollouts",
        "events",
        "changes",
        "whoami",
        "doctor",
        "history sound",
        "logs --pod sound",
        "config show",
        "config paths",
        "restart sound -n staging --dry-run",
        "get po sound",
        "get deploy sound",
    ];
    let commands: Vec<&str> = kinds.iter().map(String::as_str).chain(others).collect();
    run_all(&desk.environment(), &commands, |words, code, stdout| {
        ensure!([0, 1].contains(&code) || words.starts_with("logs"), "it ended with {code}");
        let wanted = match words.strip_prefix("get ") {
            Some(kind) if !kind.contains(' ') => desk.marks(kind),
            None if ["services", "events"].contains(&words) => marks(desk.payloads),
            _ => BTreeSet::new(),
        };
        let missing: Vec<&String> = wanted.iter().filter(|mark| !stdout.contains(mark.as_str())).collect();
        ensure!(missing.is_empty(), "{missing:?} are not told");
        Ok(())
    })?;
    run(&desk.environment(), &["init", "--stdout"])?;
    fs::create_dir_all(desk.home.path().join("config"))?;
    for payload in desk.payloads.iter().step_by(9) {
        // A file that somebody else has written, or a tool.
        let text = [b"theme = \"", &payload.bytes[..], b"\"\n[environments.\"", &payload.bytes, b"\"]\n"].concat();
        fs::write(desk.home.path().join("config/config.toml"), text)?;
        let (code, stdout, _) = run(&desk.environment(), &["config", "check"])?;
        ensure!(code == 1 && !stdout.is_empty(), "{code}: {stdout}");
        ensure!(run(&desk.environment(), &["services"])?.0 == 2);
    }
    fs::remove_file(desk.home.path().join("config/config.toml"))?;
    for payload in desk.payloads.iter().step_by(9) {
        // No process can be given a NUL in an argument.
        let text = payload.text().replace('\0', "");
        let (code, stdout, stderr) = run(&desk.environment(), &["get", "po", "-n", "staging", &text])?;
        let is_told = if code == 0 { stdout.contains(&payload.mark) } else { stderr.contains(&payload.mark) };
        ensure!([0, 2].contains(&code) && is_told, "{text:?}: {code}: {stderr}");
    }
    files_are_plain(&desk.home.path().join("state")).map(drop)
}

#[test]
fn there_are_attacks_enough_and_each_can_be_found_again() {
    let all = payloads();
    assert!(all.len() >= 200 && marks(&all).len() == all.len(), "{}", all.len());
    assert!(all.iter().all(|payload| payload.bytes.starts_with(payload.mark.as_bytes())));
}

#[test]
fn the_grammar_refuses_what_is_not_ours() -> Result<()> {
    let frame = |inside: &str| format!("\x1b[2J\x1b[?2026h\x1b[1;1H{inside}\x1b[?2026l").into_bytes();
    let (end, whole) = grammar::screen(&frame("a\u{301}b\x1b[39m\x1b[49m漢"), (4, 1))?;
    ensure!((end, whole) == (frame("a\u{301}b\x1b[39m\x1b[49m漢").len(), 1));
    for inside in [
        "ab漢x",
        "ab",
        "a\x1b[1;4Hbcd",
        "\u{301}abcd",
        "ab\x1b[8mcd",
        "ab\x1b[31mcd",
        "ab\x1b[6ncd",
        "ab\rcd",
        "a\u{200b}bcd",
    ] {
        ensure!(grammar::screen(&frame(inside), (4, 1)).is_err(), "{inside:?}");
    }
    ensure!(grammar::screen(b"x\x1b[?2026l", (4, 1)).is_err());
    grammar::plain("a text", "größer\n漢字 e\u{301}\n".as_bytes())?;
    for text in ["a\tb", "a\u{1b}[0mb", "a\u{9b}b", "a\u{202e}b", "\n\u{301}", "a\r\nb"] {
        if grammar::plain("a text", text.as_bytes()).is_ok() {
            bail!("{text:?}")
        }
    }
    ensure!(grammar::plain("a text", b"\xff").is_err());
    Ok(())
}
