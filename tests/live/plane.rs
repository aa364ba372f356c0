//! The control plane under the live tests: its users, its clock of waiting, what its pods say, and its own audit log.

use std::fmt::{self, Display};
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Context, OptionExt, Result, bail, ensure, eyre};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

/// How long anything may take that Kubernetes does by itself; generous, since it is only reached by a failure.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// Where the rig's scripts are.
pub(crate) const RIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rig");

/// Somebody with a certificate (see `tests/rig/README.md` for their rights).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum User {
    Admin,
    Alice,
    Victor,
    Omar,
    Nobody,
}

impl Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Admin => "admin",
            Self::Alice => "alice",
            Self::Victor => "victor",
            Self::Omar => "omar",
            Self::Nobody => "nobody",
        })
    }
}

/// A running control plane. It ends when this is dropped, and when this process ends in whatever way.
pub(crate) struct Plane {
    dir: PathBuf,
    binaries: PathBuf,
    supervisor: Child,
}

/// The folder with the programs of the rig, or in one line why there is none.
pub(crate) fn binaries() -> Result<PathBuf, String> {
    let found = Command::new(format!("{RIG}/build")).arg("--find").output().map_err(|e| e.to_string())?;
    if found.status.success() {
        Ok(PathBuf::from(text(&found.stdout)))
    } else {
        Err("the programs of the rig are not built".to_owned())
    }
}

impl Plane {
    /// Starts a plane in a new temporary folder and waits until its nodes are ready.
    pub(crate) fn start() -> Result<Self> {
        Self::run(&mut Command::new(format!("{RIG}/supervise")))
    }

    /// Starts a plane in a folder that is kept, with what was made there before, and waits until its nodes are ready.
    /// How often autoscalers look matters: without metrics each look of each is an event.
    #[allow(dead_code, reason = "tests begin with an empty plane")]
    pub(crate) fn start_in(dir: &Path, autoscale: &str) -> Result<Self> {
        Self::run(Command::new(format!("{RIG}/supervise")).arg(dir).env("MIDWATCH_RIG_AUTOSCALE", autoscale))
    }

    fn run(supervisor: &mut Command) -> Result<Self> {
        let binaries = binaries().map_err(|reason| eyre!(reason))?;
        let mut supervisor = supervisor
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .wrap_err("tests/rig/supervise does not start")?;
        let output = supervisor.stdout.take().ok_or_eyre("the supervisor has no output")?;
        let mut lines = BufReader::new(output).lines();
        let dir = PathBuf::from(lines.next().ok_or_eyre("the supervisor names no folder")??);
        let plane = Self { dir, binaries, supervisor };
        for line in lines {
            if line? == "ready" {
                return Ok(plane);
            }
        }
        bail!("the rig does not start; its reason is above")
    }

    /// The folder of the plane, for whatever tests leave behind.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The kubeconfig of a user: one context, `rig`, in the namespace production.
    pub(crate) fn kubeconfig(&self, user: User) -> PathBuf {
        self.dir.join(format!("{user}.kubeconfig"))
    }

    /// Runs kubectl as a user and returns what it prints; its complaint is the error.
    pub(crate) fn kubectl(&self, user: User, args: &[&str]) -> Result<String> {
        self.kubectl_stdin(user, args, "")
    }

    /// Runs kubectl with an input, as for `apply -f -`.
    pub(crate) fn kubectl_stdin(&self, user: User, args: &[&str], input: &str) -> Result<String> {
        let mut child = Command::new(self.binaries.join("kubectl"))
            .arg(format!("--kubeconfig={}", self.kubeconfig(user).display()))
            .arg(format!("--cache-dir={}", self.dir.join("cache").join(user.to_string()).display()))
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        child.stdin.take().ok_or_eyre("kubectl has no input")?.write_all(input.as_bytes())?;
        let done = child.wait_with_output()?;
        ensure!(done.status.success(), "kubectl {} as {user}: {}", args.join(" "), text(&done.stderr));
        Ok(text(&done.stdout))
    }

    /// Runs kubectl and reads its answer as JSON.
    pub(crate) fn kubectl_json(&self, user: User, args: &[&str]) -> Result<Value> {
        let answer = self.kubectl(user, &[args, &["--output=json"]].concat())?;
        serde_json::from_str(&answer).wrap_err_with(|| format!("kubectl {} did not print JSON", args.join(" ")))
    }

    /// Empties the namespace and puts the messaging platform of `tests/rig/platform` there, everything ready.
    pub(crate) fn deploy_platform(&self, namespace: &str) -> Result<()> {
        self.platform(namespace, &["remove"])?;
        self.platform(namespace, &["deploy"])
    }

    /// Releases a version of a workload (`deployment/chat-service`) that never becomes ready.
    pub(crate) fn release_stuck(&self, namespace: &str, workload: &str) -> Result<()> {
        self.platform(namespace, &["break", workload])
    }

    /// Releases a version of a workload that is ready and of which every tenth answer is a failure.
    #[allow(dead_code, reason = "only who has signals sees it")]
    pub(crate) fn release_failing(&self, namespace: &str, workload: &str) -> Result<()> {
        self.platform(namespace, &["fail", workload])
    }

    /// Adds a load, a Prometheus and an Alertmanager where there are none yet; wants a network namespace.
    #[allow(dead_code, reason = "only who has signals sees it")]
    pub(crate) fn start_signals(&self) -> Result<()> {
        succeed(Command::new(format!("{RIG}/signals")).arg(&self.dir).env("MIDWATCH_RIG_RATE", "50"))
    }

    /// Adds a gateway and a service of two versions behind a route besides, with its weights as at the beginning.
    #[allow(dead_code, reason = "only who has a gateway sees it")]
    pub(crate) fn start_traffic(&self) -> Result<()> {
        self.start_signals()?;
        succeed(Command::new(format!("{RIG}/traffic")).arg(&self.dir))
    }

    /// Adds Argo Rollouts where it does not run yet; wants a network namespace.
    #[allow(dead_code, reason = "only who has Rollouts sees it")]
    pub(crate) fn start_rollouts(&self) -> Result<()> {
        succeed(Command::new(format!("{RIG}/rollouts")).arg(&self.dir))
    }

    fn platform(&self, namespace: &str, args: &[&str]) -> Result<()> {
        let mut script = Command::new(format!("{RIG}/platform"));
        succeed(script.arg(&self.dir).args(args).env("NAMESPACE", namespace))
    }

    /// Makes a pod say a line, in any bytes but a line feed; a follower that looks at the pod from now on hears it.
    ///
    /// Whoever followed the pod before its first words keeps listening to the words that all pods have in common.
    pub(crate) fn say(&self, namespace: &str, pod: &str, line: impl AsRef<[u8]>) -> Result<()> {
        let path = self.dir.join(format!("logs/{namespace}.{pod}.log"));
        if path.exists() {
            return append(&path, line.as_ref());
        }
        append(&path, line.as_ref())?;
        let own = json!({
            "apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": "Logs", "metadata": {"name": pod, "namespace": namespace},
            "spec": {"logs": [{
                "logsFile": path, "previousLogsFile": self.dir.join("logs/previous.log"), "follow": true,
            }]},
        });
        self.kubectl_stdin(User::Admin, &["apply", "--filename=-"], &own.to_string())?;
        let heard = String::from_utf8_lossy(line.as_ref()).trim().to_owned();
        wait_until(&format!("the first words of {pod}"), PATIENCE, || {
            let said = self.kubectl(User::Admin, &["logs", pod, "--namespace", namespace])?;
            ensure!(said == heard, "it says {said:?}");
            Ok(())
        })
    }

    /// What a user wrote or tried to write by the API server's own account, dry runs included, oldest first: creations,
    /// updates, patches and deletions, except of questions about identity and permission.
    pub(crate) fn audit_writes(&self, user: User) -> Result<Vec<Value>> {
        // An entry is written when its request has been answered: one made now comes after all that are asked about.
        let marker = format!("audit-marker-{}", jiff::Timestamp::now().as_nanosecond());
        self.kubectl(User::Admin, &["create", "configmap", &marker, "--namespace=default", "--dry-run=server"])?;
        let log = self.dir.join("audit.log");
        let entries = wait_until("the audit log's marker", PATIENCE, || {
            let entries = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
            ensure!(entries.contains(&marker), "{} entries and no marker", entries.lines().count());
            Ok(entries)
        })?;
        let entries = entries.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
        Ok(entries.into_iter().filter(|entry| is_write_by(entry, user)).collect())
    }

    /// The writes of a user, as `audit_writes` tells them, that came while something was done.
    pub(crate) fn writes_during(&self, user: User, act: impl FnOnce() -> Result<()>) -> Result<Vec<Value>> {
        let before = self.audit_writes(user)?.len();
        act()?;
        Ok(self.audit_writes(user)?.split_off(before))
    }

    /// Kills the API server; what was connected loses its connection at once.
    pub(crate) fn kill_apiserver(&self) -> Result<()> {
        self.kill("apiserver")
    }

    /// Kills one of the plane's programs.
    pub(crate) fn kill(&self, program: &str) -> Result<()> {
        let number = fs::read_to_string(self.dir.join("pid").join(program))?.trim().parse()?;
        kill_process(Pid::from_raw(number).ok_or_eyre("no process has the number 0")?, Signal::KILL)?;
        wait_until(&format!("the end of {program}"), PATIENCE, || {
            let command = fs::read(format!("/proc/{number}/cmdline")).unwrap_or_default();
            ensure!(command.is_empty(), "it still runs");
            Ok(())
        })
    }

    /// Starts the API server again at the same address and with the same data, and waits until it is ready.
    pub(crate) fn restart_apiserver(&self) -> Result<()> {
        // What lost its server comes back to it later each time; what is started anew is there at once.
        for program in ["controller-manager", "scheduler", "kwok"] {
            self.kill(program)?;
        }
        succeed(Command::new(format!("{RIG}/up")).arg(&self.dir))
    }
}

impl Drop for Plane {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        // Nothing can be done about a supervisor that is gone already.
        let _ = self.supervisor.wait();
    }
}

/// Asks again and again until there is an answer. After `limit` the last failure is the reason given.
pub(crate) fn wait_until<T>(what: &str, limit: Duration, mut probe: impl FnMut() -> Result<T>) -> Result<T> {
    let end = Instant::now() + limit;
    loop {
        match probe() {
            Ok(answer) => return Ok(answer),
            Err(last) if Instant::now() >= end => {
                return Err(last.wrap_err(format!("waited {} s for {what}", limit.as_secs())));
            }
            Err(_) => thread::sleep(Duration::from_millis(50)),
        }
    }
}

fn is_write_by(entry: &Value, user: User) -> bool {
    let field = |path: &str| entry.pointer(path).and_then(Value::as_str).unwrap_or_default();
    field("/user/username") == user.to_string()
        && ["create", "update", "patch", "delete", "deletecollection"].contains(&field("/verb"))
        && !["authentication.k8s.io", "authorization.k8s.io"].contains(&field("/objectRef/apiGroup"))
        && !entry.to_string().contains("audit-marker-")
}

/// Adds a line as a container runtime keeps it.
fn append(path: &Path, line: &[u8]) -> Result<()> {
    let mut file: File = OpenOptions::new().create(true).append(true).open(path)?;
    let mut entry = format!("{:.9} stdout F ", jiff::Timestamp::now()).into_bytes();
    entry.extend_from_slice(line);
    entry.push(b'\n');
    file.write_all(&entry)?;
    Ok(())
}

fn succeed(command: &mut Command) -> Result<()> {
    let done = command.stdin(Stdio::null()).output()?;
    ensure!(done.status.success(), "{}: {}{}", done.status, text(&done.stdout), text(&done.stderr));
    Ok(())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}
