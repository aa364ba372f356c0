//! What a login program says to people, from a script.

use serde_json::json;

use crate::bench::{Bench, private};

/// Has maria log in with a program that runs this script and then gives her token.
fn log_in_by(bench: &Bench, script: &str) {
    let program = bench.home().join("login");
    let credential = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "maria"},
    });
    std::fs::write(&program, format!("#!/bin/sh\n{script}\necho '{credential}'\n")).unwrap();
    private(&program, 0o700);
    let exec = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "command": program, "interactiveMode": "Never",
        "provideClusterInfo": false,
    });
    let kubeconfig = std::fs::read_to_string(bench.kubeconfig("maria")).unwrap();
    std::fs::write(bench.kubeconfig("maria"), kubeconfig.replace("token: maria", &format!("exec: {exec}"))).unwrap();
    std::fs::write(bench.config("config.toml"), format!("exec-plugins = [{:?}]\n", program.display().to_string()))
        .unwrap();
}

#[test]
fn all_that_it_says_is_told_once_however_soon_it_ends() {
    let bench = Bench::still();
    log_in_by(&bench, "for line in $(seq 1 500); do echo \"line-$line.\" >&2; done");
    for command in ["whoami", "services", "get pods"] {
        let ran = bench.run("maria", command).expect(0);
        let told: Vec<&str> =
            ran.stderr.lines().filter(|line| line.starts_with("line-") && line.ends_with('.')).collect();
        let said: Vec<String> = (1..=500).map(|line| format!("line-{line}.")).collect();
        assert_eq!(told, said, "{command}: {}", ran.stderr);
    }
}
