#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

const FIRST: &str = "
apiVersion: v1
kind: Config
current-context: ''
contexts:
- {name: prod, context: {cluster: east, user: alice, namespace: shop}}
clusters:
- {name: east, cluster: {server: 'https://east:6443', certificate-authority: pki/ca.crt}}
users:
- {name: alice, user: {as: root, tokenFile: ''}}
";

const SECOND: &str = "
apiVersion: v1
kind: Config
current-context: staging
contexts:
- {name: prod, context: {cluster: hijacked, user: mallory}}
- {name: staging, context: {cluster: west, user: ''}}
- {name: broken, context: {cluster: nowhere, user: alice}}
- {name: orphan, context: {cluster: west, user: nobody}}
clusters:
- {name: east, cluster: {server: 'https://hijacked:6443', proxy-url: 'http://u:secret@hijacked:1'}}
- {name: west, cluster: {server: 'https://west:6443', insecure-skip-tls-verify: true, proxy-url: 'http://u:secret@p:1'}}
users:
- {name: alice, user: {token: stolen}}
";

/// Files of these contents in a folder of their own, and the value of KUBECONFIG that lists them.
fn files(contents: &[&str]) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = vec![folder.path().join("absent")];
    for (number, content) in contents.iter().enumerate() {
        let path = folder.path().join(format!("config-{number}"));
        std::fs::write(&path, content).unwrap();
        paths.push(path);
    }
    let list = std::env::join_paths(paths).unwrap().into_string().unwrap();
    (folder, list)
}

fn load(list: &str) -> Result<Kubeconfig, KubeconfigError> {
    Kubeconfig::load(&|name| (name == "KUBECONFIG").then(|| list.to_owned()), None)
}

#[test]
fn the_first_file_to_define_something_wins_and_absent_files_are_passed_over() {
    let (_folder, list) = files(&[FIRST, SECOND]);
    let kubeconfig = load(&list).unwrap();
    let names: Vec<String> = kubeconfig.contexts().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["prod", "staging", "broken", "orphan"]);
    assert_eq!(kubeconfig.current(), Some(ContextName::from("staging")));
    let prod = kubeconfig.describe(&"prod".into()).unwrap();
    assert_eq!((&*prod.server, &*prod.namespace, &*prod.user), ("https://east:6443", "shop", "alice"));
    assert_eq!(prod.impersonating, Some(Text::from("root")));
    assert_eq!((prod.insecure, prod.proxy), (false, None));
    let staging = kubeconfig.describe(&"staging".into()).unwrap();
    assert_eq!((&*staging.namespace, &*staging.user, staging.insecure), ("default", "", true));
    assert_eq!(staging.proxy, Some(Text::from("http://p:1")));
}

#[test]
fn relative_paths_start_at_the_file_and_empty_values_are_absent() {
    let (folder, list) = files(&[FIRST]);
    let selected = load(&list).unwrap().select(&"prod".into()).unwrap();
    let expected = folder.path().join("pki/ca.crt");
    assert_eq!(selected.cluster.certificate_authority.as_deref(), expected.to_str());
    assert_eq!(selected.user.token_file, None);
}

#[test]
fn an_unknown_context_names_the_files_and_the_nearest() {
    let (_folder, list) = files(&[FIRST, SECOND]);
    let problem = load(&list).unwrap().resolve(Some("prdo")).unwrap_err().problem();
    assert!(problem.what.starts_with("no context named 'prdo' in "), "{problem}");
    assert!(problem.what.contains("config-0") && problem.what.contains("config-1"), "{problem}");
    assert_eq!(problem.hint, "nearest: 'prod'");
    let problem = load(&list).unwrap().resolve(Some("zzzzz")).unwrap_err().problem();
    assert_eq!(problem.hint, "there are: prod, staging, broken, orphan");
}

#[test]
fn without_a_current_context_the_known_ones_are_listed() {
    let (_folder, list) = files(&[FIRST]);
    let problem = load(&list).unwrap().resolve(None).unwrap_err().problem();
    assert_eq!(problem.hint, "pass --context with one of: prod");
}

#[test]
fn a_context_that_leads_nowhere_names_what_is_missing_and_its_own_file() {
    let (_folder, list) = files(&[FIRST, SECOND]);
    let kubeconfig = load(&list).unwrap();
    for (context, missing) in [("broken", "cluster 'nowhere'"), ("orphan", "user 'nobody'")] {
        let problem = kubeconfig.describe(&context.into()).unwrap_err().problem();
        assert!(problem.why.starts_with(missing), "{problem}");
        assert!(problem.what.contains("config-1"), "{problem}");
    }
}

#[test]
fn a_broken_file_is_located_and_no_value_of_it_is_shown() {
    for (text, line) in [
        ("clusters:\n- name: a\n  cluster:\n    server: [s3cret]\n", "line 4 (field server)"),
        ("users:\n- name: a\n  user: \"s3cret\"\n", "line 3 (field user)"),
        ("users:\n- name: a\n  user:\n    token: 's3cret\n", ""),
        ("contexts:\n- name: a\n  context: {user: s3cret}\n", "line 3"),
    ] {
        let (_folder, list) = files(&[text]);
        let problem = load(&list).unwrap_err().problem().to_string();
        assert!(problem.contains("config-0") && problem.contains(line), "{problem}");
        assert!(!problem.contains("s3cret"), "{problem}");
    }
}

#[test]
fn nothing_at_all_says_where_it_looked() {
    let problem = Kubeconfig::load(&|name| (name == "HOME").then(|| "/nonexistent".to_owned()), None).unwrap_err();
    assert!(problem.to_string().contains("/nonexistent/.kube/config"), "{problem}");
    let explicit = Kubeconfig::load(&|_| None, Some(Path::new("/nonexistent/mine"))).unwrap_err();
    assert!(explicit.to_string().contains("/nonexistent/mine"), "{explicit}");
}

#[test]
fn a_pod_is_described_like_every_other_context() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("namespace"), "shop\n").unwrap();
    let set = |name| match name {
        "KUBERNETES_SERVICE_HOST" => Some("fd00::1".to_owned()),
        _ => Some("443".to_owned()),
    };
    let kubeconfig = Kubeconfig { files: [in_cluster(&set, folder.path()).unwrap()].into() };
    let selected = kubeconfig.select(&kubeconfig.current().unwrap()).unwrap();
    assert_eq!((&*selected.facts.server, &*selected.facts.namespace), ("https://[fd00::1]:443", "shop"));
    assert_eq!(selected.user.token_file.as_deref(), folder.path().join("token").to_str());
}

#[test]
fn debug_shows_no_credential() {
    let (_folder, list) = files(&[SECOND]);
    assert!(!format!("{:?}", load(&list).unwrap()).contains("stolen"));
}
