#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;
use std::sync::Mutex;

use super::*;

const V1: &str = "client.authentication.k8s.io/v1";

/// A plugin that is a shell script, given on the command line because a file just written may still be busy.
fn script(text: &str) -> Plugin {
    Plugin {
        program: PathBuf::from("/bin/sh"),
        name: Text::from("my-login"),
        args: vec!["-c".to_owned(), text.to_owned()],
        env: vec![("SECRET".to_owned(), "from-kubeconfig".to_owned())],
        info: "{\"told\":true}".to_owned(),
        api_version: V1.to_owned(),
        limit: Duration::from_mins(1),
    }
}

fn credential(status: &str) -> String {
    format!("echo '{{\"kind\":\"ExecCredential\",\"apiVersion\":\"{V1}\",\"status\":{status}}}'")
}

async fn refused(plugin: Plugin) -> String {
    match plugin.run(|_| {}).await {
        Err(problem) => problem.to_string(),
        Ok(_) => panic!("the plugin gave a credential"),
    }
}

#[tokio::test]
async fn a_token_and_its_expiry_are_read() {
    let status = r#"{"token":"t0ken","expirationTimestamp":"2031-01-02T03:04:05Z"}"#;
    let issued = script(&credential(status)).run(|_| {}).await.ok().unwrap();
    let authorization = issued.authorization.unwrap();
    assert_eq!((authorization.to_str().unwrap(), authorization.is_sensitive()), ("Bearer t0ken", true));
    assert_eq!(issued.expires, Some("2031-01-02T03:04:05Z".parse().unwrap()));
}

#[tokio::test]
async fn the_plugin_gets_its_environment_and_no_input() {
    let text = format!(
        "read line && exit 3; [ \"$SECRET\" = from-kubeconfig ] || exit 4; \
         [ \"$KUBERNETES_EXEC_INFO\" = '{{\"told\":true}}' ] || exit 5; {}",
        credential(r#"{"token":"t"}"#)
    );
    let ran = script(&text).run(|_| {}).await;
    assert!(ran.is_ok(), "{}", ran.err().unwrap());
}

#[tokio::test]
async fn what_it_says_is_passed_on_sanitised_while_it_runs() {
    let said = Mutex::new(Vec::new());
    let text = format!("printf 'code \\033]0;x\\007ABCD\\nnext\\n' >&2; {}", credential(r#"{"token":"t"}"#));
    script(&text).run(|lines| *said.lock().unwrap() = lines).await.ok().unwrap();
    let said = said.lock().unwrap();
    assert_eq!(said.len(), 2);
    assert!(said[0].starts_with("code ") && said[0].ends_with("ABCD") && !said[0].contains('\u{1b}'), "{said:?}");
    assert_eq!(said[1], "next");
}

#[tokio::test]
async fn what_it_prints_is_in_no_error() {
    for text in [
        "echo s3cret; echo 'cannot log in' >&2; exit 7",
        "echo s3cret",
        "echo '{\"kind\":\"s3cret\"}'",
        "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"s3cret\",\"status\":{\"token\":\"s3cret\"}}'",
        "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":\"s3cret\"}'",
    ] {
        let problem = refused(script(text)).await;
        assert!(!problem.contains("s3cret"), "{problem}");
    }
    let problem = refused(script("echo 'cannot log in' >&2; exit 7")).await;
    assert!(problem.contains("exit status: 7: cannot log in"), "{problem}");
}

#[tokio::test]
async fn a_plugin_that_prints_without_end_is_stopped() {
    assert!(refused(script("yes s3cret")).await.contains("more than a credential"));
    let noisy = format!("yes | head -c 1000000 >&2; {}", credential(r#"{"token":"t"}"#));
    let longest = Mutex::new(0);
    let measure = |lines: Vec<Text>| *longest.lock().unwrap() = lines.iter().map(|line| line.len()).sum::<usize>();
    script(&noisy).run(measure).await.ok().unwrap();
    assert!(*longest.lock().unwrap() <= MAX_TALK);
}

#[tokio::test]
async fn a_plugin_that_hangs_is_given_up_after_the_limit() {
    let plugin = Plugin { limit: Duration::from_millis(50), ..script("sleep 600") };
    assert!(refused(plugin).await.contains("no answer within 0.05 s"));
}

#[tokio::test]
async fn all_that_a_plugin_started_ends_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let alive = folder.path().join("alive");
    assert!(std::process::Command::new("mkfifo").arg(&alive).status().unwrap().success());
    let text = format!("exec 3>'{}'; sleep 600 & echo started >&2; wait", alive.display());
    // Ends when the last process that holds the other end is gone.
    let watcher = tokio::task::spawn_blocking(move || std::fs::read(alive).unwrap());
    let (started, mut has_started) = tokio::sync::watch::channel(false);
    let plugin = script(&text);
    let run = tokio::spawn(async move { plugin.run(|_| _ = started.send(true)).await.is_ok() });
    has_started.wait_for(|started| *started).await.unwrap();
    run.abort();
    watcher.await.unwrap();
}

#[test]
fn only_known_and_listed_programs_run() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, "").unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        path
    };
    let (known, other) = (place("kubelogin"), place("curl"));
    let writable = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(folder.path(), writable).unwrap();
    let path = format!("relative::{}", folder.path().display());
    let (known_path, other_path) = (known.to_str().unwrap(), other.to_str().unwrap());
    assert_eq!(permit("kubelogin", &[], &path), Ok(known.clone()));
    assert_eq!(permit("curl", &[], &path), Err(Denied::NotListed(other_path.to_owned())));
    assert_eq!(permit("curl", std::slice::from_ref(&other), &path), Ok(other.clone()));
    assert_eq!(permit(other_path, std::slice::from_ref(&other), &path), Ok(other.clone()));
    assert_eq!(permit(known_path, &[], &path), Err(Denied::UntrustedFolder(known.clone())));
    assert_eq!(permit(known_path, std::slice::from_ref(&known), &path), Ok(known.clone()));
    assert_eq!(permit("sh", &[], "/bin"), Err(Denied::NotListed("/bin/sh".to_owned())));
    assert_eq!(permit("tsh", &[], &path), Err(Denied::NotFound));
    assert_eq!(permit("", &[], &path), Err(Denied::NotListed(String::new())));
}
