//! `kill -9` in the middle of a change: what the next start tells is what the cluster shows.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use midwatch::sandbox::{Clock, Options, Sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const MEDIA: &str = "/apis/apps/v1/namespaces/production/deployments/media-service";
const REDIS: &str = "/apis/apps/v1/namespaces/production/statefulsets/redis";
/// An image that crashes in the sandbox.
const BAD: &str = "registry.example.com/messaging/media-service:3.2.0";
/// Long enough for any machine; nothing is measured.
const PATIENCE: Duration = Duration::from_mins(2);

/// A cluster, and a home in which midwatch runs again and again.
struct World {
    sandbox: Sandbox,
    home: TempDir,
    _runtime: Runtime,
}

impl World {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let options = Options { seed: 7, clock: Clock::real_from(Timestamp::now()) };
        let sandbox = runtime.block_on(Sandbox::start(options)).unwrap();
        Self { sandbox, home: TempDir::new().unwrap(), _runtime: runtime }
    }

    fn audit(&self) -> PathBuf {
        self.home.path().join("state/audit")
    }

    /// The journal as it lies on the disk.
    fn journal(&self) -> String {
        std::fs::read_to_string(self.audit().join("audit-000001.jsonl")).unwrap_or_default()
    }

    /// midwatch, speaking to the cluster through an address.
    fn midwatch(&self, through: SocketAddr, args: &[&str]) -> Command {
        let own = self.sandbox.address().to_string();
        let kubeconfig = self.home.path().join(format!("kubeconfig-{}", through.port()));
        std::fs::write(&kubeconfig, self.sandbox.kubeconfig_yaml("maria").replace(&own, &through.to_string())).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_midwatch"));
        command.args(args).env_clear().env("HOME", self.home.path()).env("KUBECONFIG", kubeconfig);
        command.env("MIDWATCH_STATE_DIR", self.home.path().join("state"));
        command.env("MIDWATCH_CONFIG_DIR", self.home.path().join("config"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Rolls a service back in a process that dies at a point.
    fn die_at(&self, point: &str, service: &str) {
        let mut command = self.midwatch(self.sandbox.address(), &rollback(service));
        let output = command.env("MIDWATCH_DIE_AT", point).output().unwrap();
        assert_eq!(output.status.signal(), Some(9), "{point}: {}", told(&output));
    }

    /// What the next start says before it would change something.
    fn next_start(&self) -> String {
        let args = ["rollback", "media-service", "-n", "production", "--write", "--dry-run"];
        let output = self.midwatch(self.sandbox.address(), &args).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        said.lines().filter(|line| line.contains("an earlier session")).collect::<Vec<_>>().join("\n")
    }

    /// What `audit show` concludes of each action, newest first.
    fn shown(&self) -> Vec<(String, String)> {
        let output = self.midwatch(self.sandbox.address(), &["audit", "show", "-o", "json"]).output().unwrap();
        let shown: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", told(&output)));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        shown["items"].as_array().unwrap().iter().map(|one| (text(&one["outcome"]), text(&one["detail"]))).collect()
    }

    /// Asserts that the next start says this once, that the journal says so too, and that its chain holds.
    fn next_start_tells(&self, words: &str, word: &str) {
        let first = self.next_start();
        // Each part, in this order.
        let mut rest = first.as_str();
        for part in words.split('…').map(str::trim) {
            let Some((_, after)) = rest.split_once(part) else { panic!("{part:?} is not told: {first}") };
            rest = after;
        }
        assert_eq!(self.next_start(), "", "it is told once");
        let shown = self.shown();
        assert_eq!(shown.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>(), [word], "{shown:?}");
        let verified = self.midwatch(self.sandbox.address(), &["audit", "verify"]).output().unwrap();
        assert_eq!(verified.status.code(), Some(0), "{}", told(&verified));
    }

    fn get(&self, path: &str) -> Value {
        self.request("GET", path, "")
    }

    /// Asks the cluster, without midwatch.
    fn request(&self, method: &str, path: &str, body: &str) -> Value {
        let mut stream = TcpStream::connect(self.sandbox.address()).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Bearer maria\r\nConnection: close\r\n\
             Content-Type: application/json-patch+json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    fn image(&self, path: &str) -> String {
        let object = self.get(path);
        object["spec"]["template"]["spec"]["containers"][0]["image"].as_str().unwrap().to_owned()
    }
}

fn rollback(service: &str) -> [&str; 10] {
    ["rollback", service, "-n", "production", "--write", "--reason", "incident 42", "--confirm", service, "--wait"]
}

fn told(output: &Output) -> String {
    format!("{} {}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// What a proxy does with the first change in earnest.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Withhold {
    /// The cluster never gets it.
    Request,
    /// The cluster gets it and answers; the answer goes nowhere.
    Answer,
}

/// Stands between midwatch and the cluster. Tells when the change has come so far; from then on nothing moves.
fn proxy(world: &World, withhold: Withhold) -> (SocketAddr, mpsc::Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, cluster) = (listener.local_addr().unwrap(), world.sandbox.address());
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for client in listener.incoming() {
            let (client, server) = (client.unwrap(), TcpStream::connect(cluster).unwrap());
            let tell = tell.clone();
            thread::spawn(move || pass(client, server, withhold, &tell));
        }
    });
    (address, told)
}

/// Passes on what a client says, each request in one piece, and what the cluster answers.
fn pass(mut client: TcpStream, mut server: TcpStream, withhold: Withhold, tell: &mpsc::Sender<()>) {
    let (mut answers, mut back) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    let (hold, held) = mpsc::channel::<()>();
    let tell_answer = tell.clone();
    thread::spawn(move || {
        let mut bytes = vec![0; 1 << 20];
        while let Ok(length @ 1..) = answers.read(&mut bytes) {
            if held.try_recv().is_ok() {
                let _ = tell_answer.send(());
                return;
            }
            if back.write_all(&bytes[..length]).is_err() {
                return;
            }
        }
        drop(back.shutdown(Shutdown::Both));
    });
    let mut bytes = vec![0; 1 << 20];
    while let Ok(length @ 1..) = client.read(&mut bytes) {
        let line = bytes[..length].split(|&byte| byte == b'\r').next().unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        if line.starts_with("PATCH ") && !line.contains("dryRun") {
            if withhold == Withhold::Request {
                let _ = tell.send(());
                return;
            }
            hold.send(()).unwrap();
        }
        if server.write_all(&bytes[..length]).is_err() {
            return;
        }
    }
}

/// Rolls the media service back through a proxy, and kills midwatch when the change has come as far as that lets it.
fn kill_at_the_wire(world: &World, withhold: Withhold) {
    let (address, told) = proxy(world, withhold);
    let mut child = world.midwatch(address, &rollback("media-service")).spawn().unwrap();
    told.recv_timeout(PATIENCE).expect("the change is sent");
    assert!(world.journal().contains(r#""event":"intent""#), "the intent is on disk before the request is seen");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn killed_before_anything_is_recorded_nothing_was_done_and_nothing_is_told() {
    let world = World::new();
    let before = world.image(MEDIA);
    world.die_at("begin:1", "media-service");
    assert_eq!(world.image(MEDIA), before);
    assert_eq!(world.next_start(), "");
    assert_eq!(world.shown(), []);
}

#[test]
fn killed_before_the_request_leaves_it_is_told_as_not_applied() {
    let world = World::new();
    let before = world.image(MEDIA);
    world.die_at("intent:1", "media-service");
    assert_eq!(world.image(MEDIA), before);
    assert_eq!(world.shown()[0].0, "unfinished");
    world.next_start_tells("not applied: … (it is as it was before)", "not applied");
}

#[test]
fn killed_when_the_request_is_lost_it_is_told_as_not_applied() {
    let world = World::new();
    let before = world.image(MEDIA);
    kill_at_the_wire(&world, Withhold::Request);
    assert_eq!(world.image(MEDIA), before);
    world.next_start_tells("not applied: … (it is as it was before)", "not applied");
}

#[test]
fn killed_before_the_answer_is_read_it_is_told_as_applied() {
    let world = World::new();
    let before = world.image(MEDIA);
    kill_at_the_wire(&world, Withhold::Answer);
    assert_ne!(world.image(MEDIA), before);
    world.next_start_tells("applied: … (it is as the step makes it)", "applied");
}

#[test]
fn killed_before_the_outcome_is_recorded_it_is_told_as_applied() {
    let world = World::new();
    let before = world.image(MEDIA);
    world.die_at("answered:1", "media-service");
    assert_ne!(world.image(MEDIA), before);
    world.next_start_tells("applied: … (it is as the step makes it)", "applied");
}

#[test]
fn killed_after_the_outcome_is_recorded_it_is_told_that_nobody_watched() {
    let world = World::new();
    let before = world.image(MEDIA);
    world.die_at("outcome:1", "media-service");
    assert_ne!(world.image(MEDIA), before);
    world.next_start_tells("applied: … (the server took it; nobody saw what came of it)", "applied");
}

/// A world in which redis got a bad image and its last pod, of this identity, blocks the rollout.
fn with_blocked_redis() -> (World, String) {
    let world = World::new();
    let image = "/spec/template/spec/containers/0/image";
    let patch = json!([{ "op": "replace", "path": image, "value": BAD }]).to_string();
    world.request("PATCH", REDIS, &patch);
    let deadline = Instant::now() + PATIENCE;
    loop {
        let set = world.get(REDIS);
        let bad = &set["status"]["updateRevision"];
        let pods = world.get("/api/v1/namespaces/production/pods");
        let blocked = pods["items"].as_array().unwrap().iter().find(|pod| {
            let name = pod["metadata"]["name"].as_str().unwrap();
            let ready = pod["status"]["conditions"].as_array().into_iter().flatten();
            name.starts_with("redis-")
                && pod["metadata"]["labels"]["controller-revision-hash"] == *bad
                && bad != &set["status"]["currentRevision"]
                && ready.clone().any(|one| one["type"] == "Ready" && one["status"] == "False")
        });
        if let Some(pod) = blocked {
            let uid = pod["metadata"]["uid"].as_str().unwrap().to_owned();
            return (world, uid);
        }
        assert!(Instant::now() < deadline, "redis is not blocked: {}", set["status"]);
        thread::sleep(Duration::from_millis(200));
    }
}

fn has_pod(world: &World, uid: &str) -> bool {
    let pods = world.get("/api/v1/namespaces/production/pods");
    let mut pods = pods["items"].as_array().unwrap().iter();
    pods.any(|pod| pod["metadata"]["uid"] == uid && pod["metadata"]["deletionTimestamp"].is_null())
}

#[test]
fn killed_between_two_steps_the_first_is_told_as_done_and_the_second_as_never_begun() {
    let (world, pod) = with_blocked_redis();
    world.die_at("outcome:1", "redis");
    assert!(world.image(REDIS) != BAD && has_pod(&world, &pod));
    world.next_start_tells("applied: … step 1 of 2, … (the steps after it were never begun)", "partly done");
}

#[test]
fn killed_before_the_second_step_leaves_it_is_told_as_not_applied() {
    let (world, pod) = with_blocked_redis();
    world.die_at("intent:2", "redis");
    assert!(world.image(REDIS) != BAD && has_pod(&world, &pod));
    world.next_start_tells("not applied: … step 2 of 2, … (it is still there)", "partly done");
}

#[test]
fn killed_before_the_second_outcome_is_recorded_it_is_told_as_applied() {
    let (world, pod) = with_blocked_redis();
    world.die_at("answered:2", "redis");
    assert!(world.image(REDIS) != BAD && !has_pod(&world, &pod));
    world.next_start_tells("applied: … step 2 of 2,", "applied");
}
