//! A place to sit at: a home without anything in it, a cluster in which nothing happens, and midwatch in a terminal.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use color_eyre::eyre::Result;
use jiff::Timestamp;
use midwatch::sandbox::{Clock, Options, Sandbox};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::terminal::{Console, Size};

/// The program under test.
pub(crate) const MIDWATCH: &str = env!("CARGO_BIN_EXE_midwatch");

/// Large enough for everything.
pub(crate) const SIZE: Size = (120, 40);

/// Whether a screen shows the overview of everything that is there; what pages is known last, and decides what is first.
pub(crate) fn is_complete(screen: &str) -> bool {
    screen.contains("services need you") && !screen.contains("still reading") && screen.contains("1 High")
}

/// A fleet that stands still, with what it runs on.
struct Fleet {
    sandbox: Sandbox,
    _runtime: Runtime,
}

/// Nobody changes it, so that all may look at the same one.
static STILL: LazyLock<Fleet> = LazyLock::new(|| {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("threads can be made");
    let options = Options { seed: 1, clock: Clock::manual(Timestamp::now()) };
    let sandbox = runtime.block_on(Sandbox::start(options)).expect("loopback is there");
    Fleet { sandbox, _runtime: runtime }
});

/// A home of one's own.
pub(crate) struct Desk {
    home: TempDir,
    variables: Vec<(&'static str, OsString)>,
}

impl Desk {
    /// A home from which the still fleet is seen.
    pub(crate) fn new() -> Result<Self> {
        let home = tempfile::tempdir()?;
        fs::create_dir(home.path().join("tmp"))?;
        fs::write(home.path().join("kubeconfig"), STILL.sandbox.kubeconfig_yaml("maria"))?;
        let variables = vec![
            ("HOME", home.path().into()),
            ("TMPDIR", home.path().join("tmp").into()),
            ("KUBECONFIG", home.path().join("kubeconfig").into()),
            ("PATH", std::env::var_os("PATH").unwrap_or_default()),
            ("TERM", "xterm-256color".into()),
            ("COLORTERM", "truecolor".into()),
            ("LANG", "C.UTF-8".into()),
        ];
        Ok(Self { home, variables })
    }

    /// The same with a variable; without it where the value is empty.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.variables.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            self.variables.push((name, value.into()));
        }
        self
    }

    /// A file in the home.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The temporary files that are there.
    pub(crate) fn temporary_files(&self) -> Result<Vec<OsString>> {
        let entries = fs::read_dir(self.home.path().join("tmp"))?;
        Ok(entries.map(|entry| entry.map(|entry| entry.file_name())).collect::<Result<_, _>>()?)
    }

    /// Starts a program in a terminal.
    pub(crate) fn run(&self, program: &str, args: &[&str]) -> Result<Console> {
        Console::run(program, args, self.variables.clone(), SIZE)
    }

    /// Starts midwatch in a terminal.
    pub(crate) fn midwatch(&self, args: &[&str]) -> Result<Console> {
        self.run(MIDWATCH, args)
    }

    /// midwatch in a terminal, when the overview is complete.
    pub(crate) fn overview(&self) -> Result<Console> {
        let console = self.midwatch(&[])?;
        console.wait_until("the whole overview", is_complete)?;
        // The header counts what pages before the services are ordered by it.
        console.wait_until("the worst service first", |screen| {
            screen
                .find("chat-service")
                .is_some_and(|chat| screen.find("media-service").is_some_and(|other| chat < other))
        })?;
        Ok(console)
    }
}
