//! The scenarios of `tests/scenarios`, which hold on the simulated platform, on a real Kubernetes.

use std::path::PathBuf;

use color_eyre::eyre::{OptionExt, Result, bail};
use midwatch::config::roles;
use serde_json::{Value, json};

use crate::command::Seat;
use crate::console::{Console, Size};
use crate::plane::{Plane, User};
use crate::runner::{self, Ran, Setting, World};

macro_rules! live {
    ($($name:ident),* $(,)?) => {
        crate::tests![$($name),*];
        $(
            fn $name(plane: &Plane) -> Result<()> {
                runner::run(stringify!($name), |setting| Ok(Box::new(Rig::new(plane, setting)?)))
            }
        )*
    };
}
runner::every_scenario!(live);

/// The messaging platform in production, and somebody who looks at it.
struct Rig<'a> {
    plane: &'a Plane,
    seat: Seat,
    /// The pod that crashes.
    pod: String,
}

impl<'a> Rig<'a> {
    fn new(plane: &'a Plane, setting: &Setting) -> Result<Self> {
        plane.deploy_platform("production")?;
        let pod = match setting.scene.as_str() {
            "calm" => String::new(),
            "stuck-release" => plane.release_stuck("production", "deployment/chat-service").map(|()| String::new())?,
            "crash-loop" => crash_one(plane, "notification-service")?,
            other => bail!("there is no {other}"),
        };
        let user = match setting.user.as_str() {
            "admin" => User::Admin,
            "developer" => User::Alice,
            "viewer" => User::Victor,
            other => bail!("nobody is {other}"),
        };
        let seat = Seat::new(plane, user)?;
        let admin = "\n[[bindings]]\nrole = \"admin\"\nusers = [\"admin\"]\n";
        seat.write_config("roles.toml", &format!("{}{admin}", roles::EXAMPLE))?;
        seat.write_config("config.toml", "[verify]\nstable = \"4s\"\ntimeout = \"1m\"\n")?;
        Ok(Self { plane, seat, pod })
    }
}

/// Makes one pod of a service say that it crashes again and again; KWOK leaves it at that.
fn crash_one(plane: &Plane, service: &str) -> Result<String> {
    let selector = format!("--selector=app.kubernetes.io/name={service}");
    let pods = plane.kubectl_json(User::Admin, &["get", "pods", "-n", "production", &selector])?;
    let pod = &pods["items"][0];
    let name = pod["metadata"]["name"].as_str().ok_or_eyre("there is no pod")?.to_owned();
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut container = pod["status"]["containerStatuses"][0].clone();
    let ended = json!({"reason": "Error", "exitCode": 1, "startedAt": now, "finishedAt": now});
    let crashes = json!({
        "ready": false, "restartCount": 6, "lastState": {"terminated": ended},
        "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}},
    });
    for (field, value) in crashes.as_object().into_iter().flatten() {
        container[field] = value.clone();
    }
    let mut conditions = pod["status"]["conditions"].clone();
    for condition in conditions.as_array_mut().into_iter().flatten() {
        if ["Ready", "ContainersReady"].map(Value::from).contains(&condition["type"]) {
            condition["status"] = "False".into();
            condition["reason"] = "ContainersNotReady".into();
            condition["lastTransitionTime"] = now.as_str().into();
        }
    }
    let patch = json!({"status": {"conditions": conditions, "containerStatuses": [container]}}).to_string();
    let patch = ["patch", "pod", &name, "-n", "production", "--subresource=status", "--type=merge", "--patch", &patch];
    plane.kubectl(User::Admin, &patch)?;
    Ok(name)
}

impl World for Rig<'_> {
    fn names(&self) -> Vec<(&'static str, String)> {
        let names = [("stuck", "chat-service"), ("good", "1.4.2"), ("bad", "1.5.0"), ("pod", &self.pod)];
        names.map(|(name, value)| (name, value.to_owned())).to_vec()
    }

    fn midwatch(&self, args: &[&str]) -> Result<Ran> {
        let ran = self.seat.midwatch(args)?;
        Ok(Ran { code: ran.code, stdout: ran.stdout, stderr: ran.stderr })
    }

    fn screen(&self, args: &[&str], size: Size) -> Result<Console> {
        self.seat.console(size, args)
    }

    fn object(&self, kind: &str, namespace: &str, name: &str) -> Result<Option<Value>> {
        let get = ["get", kind, name, "--namespace", namespace, "--ignore-not-found"];
        let found = self.plane.kubectl(User::Admin, &[&get[..], &["--output=json"]].concat())?;
        if found.is_empty() { Ok(None) } else { Ok(Some(serde_json::from_str(&found)?)) }
    }

    fn audit(&self) -> PathBuf {
        self.seat.audit_dir()
    }
}
