//! midwatch as a user runs it: with their kubeconfig, in a home where it has never run before.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use color_eyre::eyre::{OptionExt, Result, ensure, eyre};
use midwatch::config::roles;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::console::{Console, Size};
use crate::plane::{PATIENCE, Plane, User, wait_until};

/// The program under test.
pub(crate) const MIDWATCH: &str = env!("CARGO_BIN_EXE_midwatch");

/// What a shell says when midwatch has ended; its exit code follows.
pub(crate) const LEFT: &str = "midwatch left with";

/// A user at a machine of their own, so that no test meets the configuration or the audit of another one.
pub(crate) struct Seat {
    home: PathBuf,
    kubeconfig: PathBuf,
}

/// What a run of midwatch left behind. `code` is absent if a signal ended it.
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A run of midwatch that goes on. It ends with this.
pub(crate) struct Running {
    child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Running {
    /// What it has said so far.
    pub(crate) fn said(&self) -> Result<String> {
        Ok(fs::read_to_string(&self.stdout)?)
    }

    /// What it has complained of so far.
    pub(crate) fn complained(&self) -> Result<String> {
        Ok(fs::read_to_string(&self.stderr)?)
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        let pid = Pid::from_raw(i32::try_from(self.child.id())?).ok_or_eyre("it has no number")?;
        Ok(kill_process(pid, signal)?)
    }

    /// Waits for its end.
    pub(crate) fn finish(mut self, limit: Duration) -> Result<Finished> {
        let status = wait_until("the end of midwatch", limit, || {
            let status = self.child.try_wait()?;
            ensure!(
                status.is_some(),
                "so far: {}{}",
                fs::read_to_string(&self.stdout)?,
                fs::read_to_string(&self.stderr)?
            );
            Ok(status)
        })?;
        Ok(Finished { code: status.and_then(|status| status.code()), stdout: self.said()?, stderr: self.complained()? })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Whoever has ended cannot be killed, and need not.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Seat {
    /// Gives the user a new home in the plane's folder.
    pub(crate) fn new(plane: &Plane, user: User) -> Result<Self> {
        static SEATS: AtomicUsize = AtomicUsize::new(0);
        let home = plane.dir().join(format!("home/{user}-{}", SEATS.fetch_add(1, Ordering::Relaxed)));
        Self::at(home, plane.kubeconfig(user))
    }

    /// Gives a user of any cluster a home in a folder.
    pub(crate) fn at(home: PathBuf, kubeconfig: PathBuf) -> Result<Self> {
        for part in ["config", "state", "data", "cache", "runtime"] {
            fs::create_dir_all(home.join(part))?;
        }
        Ok(Self { home, kubeconfig })
    }

    /// The same with a roles file; omar is a viewer in it.
    pub(crate) fn with_roles(plane: &Plane, user: User) -> Result<Self> {
        Self::with_roles_and(plane, user, "")
    }

    /// The same with more in the configuration.
    pub(crate) fn with_roles_and(plane: &Plane, user: User, more: &str) -> Result<Self> {
        let seat = Self::new(plane, user)?;
        let omar = "\n[[bindings]]\nrole = \"viewer\"\nusers = [\"omar\"]\n";
        let admin = "\n[[bindings]]\nrole = \"admin\"\nusers = [\"admin\", \"rig-admin\"]\n";
        seat.write_config("roles.toml", &format!("{}{omar}{admin}", roles::EXAMPLE))?;
        // The window for which it must stay ready is shorter than a person would want it.
        seat.write_config("config.toml", &format!("[verify]\nstable = \"4s\"\ntimeout = \"1m\"\n{more}"))?;
        Ok(seat)
    }

    /// The whole environment that midwatch sees.
    pub(crate) fn environment(&self) -> Vec<(&'static str, OsString)> {
        let folder = |name: &str| self.home.join(name).into_os_string();
        vec![
            ("HOME", self.home.clone().into_os_string()),
            ("KUBECONFIG", self.kubeconfig.clone().into_os_string()),
            ("PATH", std::env::var_os("PATH").unwrap_or_default()),
            ("TERM", "xterm-256color".into()),
            ("COLORTERM", "truecolor".into()),
            ("LANG", "C.UTF-8".into()),
            ("XDG_CONFIG_HOME", folder("config")),
            ("XDG_STATE_HOME", folder("state")),
            ("XDG_DATA_HOME", folder("data")),
            ("XDG_CACHE_HOME", folder("cache")),
            ("XDG_RUNTIME_DIR", folder("runtime")),
        ]
    }

    /// The folder in which everything of this user is.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// What midwatch keeps by itself: its audit and its log.
    pub(crate) fn state(&self) -> PathBuf {
        self.home.join("state/midwatch")
    }

    /// Starts midwatch in a terminal.
    pub(crate) fn console(&self, size: Size, args: &[&str]) -> Result<Console> {
        Console::run(MIDWATCH, args, self.environment(), size)
    }

    /// Starts midwatch in a shell at home, which then tells how it left.
    pub(crate) fn shell(&self, size: Size, args: &[&str]) -> Result<Console> {
        let script = format!(
            r#"cd; before=$(stty -g); "$0" "$@"; code=$?
            [ "$(stty -g)" = "$before" ] && how=as || how='not as'; echo "{LEFT} $code, the terminal $how it was"; read"#
        );
        Console::run("bash", &[&["-c", &script, MIDWATCH], args].concat(), self.environment(), size)
    }

    /// Writes a file into midwatch's configuration, as midwatch wants it: for this user alone.
    pub(crate) fn write_config(&self, name: &str, text: &str) -> Result<()> {
        let path = self.home.join("config/midwatch").join(name);
        midwatch::config::trust::write_new(&path, text).map_err(|fault| eyre!("{fault}"))
    }

    /// What midwatch has noted about itself.
    pub(crate) fn log(&self) -> Result<String> {
        Ok(fs::read_to_string(self.state().join("midwatch.log"))?)
    }

    /// Where midwatch keeps its audit.
    pub(crate) fn audit_dir(&self) -> PathBuf {
        self.state().join("audit")
    }

    /// The records of the audit, oldest first.
    pub(crate) fn audit_lines(&self) -> Result<Vec<Value>> {
        let mut segments: Vec<PathBuf> = fs::read_dir(self.audit_dir())?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
            .collect();
        segments.sort();
        let mut lines = Vec::new();
        for segment in segments {
            for line in fs::read_to_string(segment)?.lines() {
                lines.push(serde_json::from_str(line)?);
            }
        }
        Ok(lines)
    }

    /// Starts midwatch without a terminal, to be waited for later.
    pub(crate) fn start(&self, args: &[&str]) -> Result<Running> {
        static RUNS: AtomicUsize = AtomicUsize::new(0);
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        let (stdout, stderr) = (self.home.join(format!("stdout-{run}")), self.home.join(format!("stderr-{run}")));
        let child = Command::new(MIDWATCH)
            .args(args)
            .env_clear()
            .envs(self.environment())
            .stdin(Stdio::null())
            .stdout(File::create(&stdout)?)
            .stderr(File::create(&stderr)?)
            .spawn()?;
        Ok(Running { child, stdout, stderr })
    }

    /// Runs midwatch without a terminal to its end.
    pub(crate) fn midwatch(&self, args: &[&str]) -> Result<Finished> {
        let (stdout, stderr) = (self.home.join("stdout"), self.home.join("stderr"));
        let mut child = Command::new(MIDWATCH)
            .args(args)
            .env_clear()
            .envs(self.environment())
            .stdin(Stdio::null())
            .stdout(File::create(&stdout)?)
            .stderr(File::create(&stderr)?)
            .spawn()?;
        let ended = wait_until(&format!("the end of midwatch {}", args.join(" ")), PATIENCE, || {
            let status = child.try_wait()?;
            ensure!(status.is_some(), "so far: {}{}", fs::read_to_string(&stdout)?, fs::read_to_string(&stderr)?);
            Ok(status)
        });
        if ended.is_err() {
            child.kill()?;
        }
        let code = ended?.and_then(|status| status.code());
        Ok(Finished { code, stdout: fs::read_to_string(stdout)?, stderr: fs::read_to_string(stderr)? })
    }
}
