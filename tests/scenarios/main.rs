//! The scenarios of this folder on the simulated platform. The live suite runs the same ones on a real Kubernetes.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "../headless/bench.rs"]
#[allow(dead_code, reason = "the tests of commands use all of it")]
mod bench;
#[path = "../terminal/mod.rs"]
mod console;
mod runner;

use std::ffi::OsString;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;

use color_eyre::eyre::{Context, OptionExt, Result, bail, ensure};
use serde_json::Value;

use bench::{Bench, private};
use console::{Console, Size};
use runner::{Ran, Setting, World};

macro_rules! tests {
    ($($name:ident),* $(,)?) => {
        $(
            #[test]
            fn $name() -> Result<()> {
                runner::run(stringify!($name), |setting| Ok(Box::new(Platform::new(setting)?)))
            }
        )*

        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}
runner::every_scenario!(tests);

#[test]
fn no_scenario_is_forgotten() -> Result<()> {
    for entry in fs::read_dir(runner::folder())? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let is_scenario = path.extension().is_some_and(|extension| extension == "toml");
        ensure!(!is_scenario || NAMES.contains(&&*name), "no test runs {name}");
    }
    Ok(())
}

/// A simulated platform whose controllers work, and somebody who looks at it. It begins with everything that the scenes
/// need: a release that is stuck, a pod that crashes, and others that are well.
struct Platform {
    bench: Bench,
    user: &'static str,
}

impl Platform {
    fn new(setting: &Setting) -> Result<Self> {
        ensure!(["stuck-release", "crash-loop", "calm"].contains(&&*setting.scene), "there is no {}", setting.scene);
        let user = match setting.user.as_str() {
            "admin" => "maria",
            "developer" => "dana",
            "viewer" => "victor",
            other => bail!("nobody is {other}"),
        };
        let bench = Bench::alive().with_roles();
        let settings = "roles = \"roles.toml\"\n[verify]\nstable = \"4s\"\ntimeout = \"1m\"\n";
        fs::write(bench.config("config.toml"), settings)?;
        private(&bench.config("config.toml"), 0o600);
        Ok(Self { bench, user })
    }

    /// Asks the server, without midwatch; none when there is no such thing.
    fn get(&self, path: &str) -> Result<Option<Value>> {
        let kubeconfig = fs::read_to_string(self.bench.kubeconfig("maria"))?;
        let server = kubeconfig.lines().find_map(|line| line.trim().strip_prefix("server: http://"));
        let mut stream = TcpStream::connect(server.ok_or_eyre("no server")?)?;
        let head = "Host: sandbox\r\nAuthorization: Bearer maria\r\nConnection: close";
        write!(stream, "GET {path} HTTP/1.1\r\n{head}\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or_eyre("no answer")?;
        match head.split(' ').nth(1) {
            Some("200") => Ok(Some(serde_json::from_str(body).wrap_err_with(|| body.to_owned())?)),
            Some("404") => Ok(None),
            _ => bail!("{path}: {answer}"),
        }
    }
}

impl World for Platform {
    fn names(&self) -> Vec<(&'static str, String)> {
        let pods = self.get("/api/v1/namespaces/production/pods").ok().flatten().unwrap_or_default();
        let crashes = |pod: &&Value| {
            let name = pod["metadata"]["name"].as_str().unwrap_or_default();
            let restarts = &pod["status"]["containerStatuses"][0]["restartCount"];
            name.starts_with("notification-service") && restarts.as_i64() > Some(0)
        };
        let pod = pods["items"].as_array().into_iter().flatten().find(crashes);
        let pod = pod.and_then(|pod| pod["metadata"]["name"].as_str()).unwrap_or("none crashes");
        let names = [("stuck", "media-service"), ("good", "3.1.0"), ("bad", "3.2.0"), ("pod", pod)];
        names.map(|(name, value)| (name, value.to_owned())).to_vec()
    }

    fn midwatch(&self, args: &[&str]) -> Result<Ran> {
        let ran = self.bench.run(self.user, &args.join(" "));
        Ok(Ran { code: Some(ran.code), stdout: ran.stdout, stderr: ran.stderr })
    }

    fn screen(&self, args: &[&str], size: Size) -> Result<Console> {
        let home = self.bench.home();
        let environment: Vec<(&'static str, OsString)> = vec![
            ("HOME", home.into()),
            ("KUBECONFIG", self.bench.kubeconfig(self.user).into()),
            ("MIDWATCH_CONFIG_DIR", home.join("config").into()),
            ("MIDWATCH_STATE_DIR", home.join("state").into()),
            ("TERM", "xterm-256color".into()),
            ("LANG", "C.UTF-8".into()),
        ];
        Console::run(env!("CARGO_BIN_EXE_midwatch"), args, environment, size)
    }

    fn object(&self, kind: &str, namespace: &str, name: &str) -> Result<Option<Value>> {
        let group = match kind {
            "deployments" | "statefulsets" | "daemonsets" => "apis/apps/v1",
            "horizontalpodautoscalers" => "apis/autoscaling/v2",
            _ => "api/v1",
        };
        self.get(&format!("/{group}/namespaces/{namespace}/{kind}/{name}"))
    }

    fn audit(&self) -> PathBuf {
        self.bench.home().join("state/audit")
    }
}
