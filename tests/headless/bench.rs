//! A sandbox, a home without anything in it, and the program run in there.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use jiff::Timestamp;
use midwatch::sandbox::{Clock, Options, Sandbox};
use serde_json::Value;
use tempfile::TempDir;

/// One sandbox with a home of its own.
pub(crate) struct Bench {
    fleet: Arc<Fleet>,
    home: TempDir,
}

/// A sandbox with what it runs on; it goes first.
struct Fleet {
    sandbox: Sandbox,
    clock: Clock,
    _runtime: tokio::runtime::Runtime,
}

/// A fleet stands still for all who only look: living through its history takes seconds.
static STILL: LazyLock<Arc<Fleet>> = LazyLock::new(|| Arc::new(Fleet::start(Clock::manual(Timestamp::now()))));

impl Fleet {
    fn start(clock: Clock) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let sandbox = runtime.block_on(Sandbox::start(Options { seed: 1, clock: clock.clone() })).unwrap();
        Self { sandbox, clock, _runtime: runtime }
    }
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// The only document on stdout.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The lines on stdout, each an object.
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line:?}"))).collect()
    }

    /// The last line on stdout.
    pub(crate) fn result(&self) -> Value {
        let last = self.lines().pop().unwrap_or_else(|| panic!("nothing on stdout: {self:?}"));
        assert_eq!(last["kind"], "Result", "{self:?}");
        assert_eq!(last["exitCode"], self.code, "{self:?}");
        last
    }

    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

impl Bench {
    /// A fleet that stands still, and is not to be changed.
    pub(crate) fn still() -> Self {
        Self::of(Arc::clone(&STILL))
    }

    /// A fleet of one's own that stands still.
    pub(crate) fn own() -> Self {
        Self::of(Arc::new(Fleet::start(Clock::manual(Timestamp::now()))))
    }

    /// A fleet of one's own whose controllers work.
    pub(crate) fn alive() -> Self {
        Self::of(Arc::new(Fleet::start(Clock::real_from(Timestamp::now()))))
    }

    fn of(fleet: Arc<Fleet>) -> Self {
        let home = tempfile::tempdir().unwrap();
        let bench = Self { fleet, home };
        for user in ["maria", "dana", "victor", "nobody"] {
            std::fs::write(bench.kubeconfig(user), bench.fleet.sandbox.kubeconfig_yaml(user)).unwrap();
        }
        bench
    }

    /// Lets a fleet that stands still live through some seconds.
    pub(crate) fn pass(&self, seconds: u64) {
        self.fleet.clock.advance(Duration::from_secs(seconds));
    }

    /// Puts an object into the fleet.
    pub(crate) fn place(&self, object: Value) {
        self.fleet.sandbox.place(object);
    }

    /// Leads to where nobody listens.
    pub(crate) fn lead_nowhere(&self) {
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        self.lead_through(closed);
    }

    /// Has maria speak to another address than that of the fleet.
    pub(crate) fn lead_through(&self, address: SocketAddr) {
        let kubeconfig = self.fleet.sandbox.kubeconfig_yaml("maria");
        let own = self.address().to_string();
        std::fs::write(self.kubeconfig("maria"), kubeconfig.replace(&own, &address.to_string())).unwrap();
    }

    /// Where the fleet listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.fleet.sandbox.address()
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn kubeconfig(&self, user: &str) -> PathBuf {
        self.home.path().join(format!("kubeconfig-{user}"))
    }

    /// Where midwatch looks for its configuration.
    pub(crate) fn config(&self, name: &str) -> PathBuf {
        let directory = self.home.path().join("config");
        std::fs::create_dir_all(&directory).unwrap();
        directory.join(name)
    }

    /// Configures the roles that come with midwatch.
    pub(crate) fn with_roles(self) -> Self {
        std::fs::write(self.config("roles.toml"), midwatch::config::roles::EXAMPLE).unwrap();
        std::fs::write(self.config("config.toml"), "roles = \"roles.toml\"\n").unwrap();
        for name in ["roles.toml", "config.toml"] {
            private(&self.config(name), 0o600);
        }
        private(&self.home.path().join("config"), 0o700);
        self
    }

    /// The program as a user of the fleet, with nothing of the environment that it is tested in.
    pub(crate) fn command(&self, user: &str, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_midwatch"));
        command.env_clear().env("HOME", self.home.path()).env("LANG", "C.UTF-8");
        command.env("MIDWATCH_CONFIG_DIR", self.home.path().join("config"));
        command.env("MIDWATCH_STATE_DIR", self.home.path().join("state"));
        command.args(words.split_whitespace()).arg("--kubeconfig").arg(self.kubeconfig(user));
        command.stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, user: &str, words: &str) -> Ran {
        ran(&self.command(user, words).output().unwrap())
    }
}

/// Runs something again until it tells what is wanted: servers of signals are waited for briefly, which is too short on
/// a busy machine.
pub(crate) fn until_told(run: impl Fn() -> Ran, is_told: impl Fn(&Ran) -> bool) -> Ran {
    let mut last = None;
    for _ in 0..10 {
        let ran = run();
        if is_told(&ran) {
            return ran;
        }
        last = Some(ran);
    }
    panic!("it is never told: {last:?}");
}

/// Whether servers of signals were given up that were waited for.
pub(crate) fn misses_signals(ran: &Ran) -> bool {
    ran.stderr.lines().any(|line| line.starts_with("midwatch: ") && line.ends_with(" are missing"))
}

/// What a process left.
pub(crate) fn ran(output: &Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout.clone()).unwrap(),
        stderr: String::from_utf8(output.stderr.clone()).unwrap(),
    }
}

/// Sets the mode of a file.
pub(crate) fn private(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}
