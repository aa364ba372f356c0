//! A real Alertmanager on this machine, and its own API, without midwatch.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use color_eyre::eyre::{OptionExt, Result, ensure};
use serde_json::Value;

use crate::plane::{PATIENCE, wait_until};

/// A running Alertmanager. It ends when this is dropped, and when this process ends in whatever way.
pub(crate) struct Alertmanager {
    keeper: Child,
    port: u16,
}

impl Alertmanager {
    /// Starts one that keeps what it has in a folder.
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("alertmanager.yml"), "route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n")?;
        // Free a moment ago, and nobody else looks for one here.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let script = r#"prometheus-alertmanager --config.file="$1/alertmanager.yml" --storage.path="$1/data" \
            --web.listen-address="127.0.0.1:$2" --cluster.listen-address= >"$1/log" 2>&1 & server=$!; cat >/dev/null; kill $server; wait"#;
        let keeper = Command::new("bash")
            .args(["-c", script, "alertmanager"])
            .arg(folder)
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .spawn()?;
        let server = Self { keeper, port };
        wait_until("Alertmanager (is Debian's package prometheus-alertmanager installed?)", PATIENCE, || {
            server.ask("GET", "/-/ready", &Value::Null).map(drop)
        })?;
        Ok(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Asks its API, without midwatch.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        ask(self.port, method, path, body)
    }
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Asks a server of this machine, without midwatch.
pub(crate) fn ask(port: u16, method: &str, path: &str, body: &Value) -> Result<Value> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_eyre("no answer")?;
    ensure!(head.starts_with("HTTP/1.1 200"), "{answer}");
    Ok(serde_json::from_str(body).unwrap_or(Value::Null))
}
