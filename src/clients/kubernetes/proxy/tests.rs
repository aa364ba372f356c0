#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn through(server: &str, configured: Option<&str>, environment: &[(&str, &str)]) -> Result<Option<String>, BadProxy> {
    let look = |name: &str| environment.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
    let found = resolve(&server.parse().unwrap(), configured, &look)?;
    Ok(found.map(|proxy| proxy.to_string().trim_end_matches('/').to_owned()))
}

#[test]
fn the_environments_exceptions_are_matched_against_the_cluster() {
    for (server, exceptions, is_direct) in [
        ("https://api.corp.example:6443", "", false),
        ("https://api.corp.example:6443", "*", true),
        ("https://api.corp.example:6443", "corp.example", true),
        ("https://corp.example", "corp.example", true),
        ("https://corp.example", ".corp.example", false),
        ("https://api.corp.example", ".corp.example", true),
        ("https://api.corp.example", "*.corp.example", true),
        ("https://notcorp.example", "corp.example", false),
        ("https://API.Corp.Example", "other, CORP.example", true),
        ("https://api.corp.example:6443", "corp.example:6443", true),
        ("https://api.corp.example:6443", "corp.example:443", false),
        ("https://api.corp.example", "corp.example:443", true),
        ("https://10.1.2.3:6443", "10.0.0.0/8", true),
        ("https://11.1.2.3:6443", "10.0.0.0/8", false),
        ("https://11.1.2.3:6443", "0.0.0.0/0", true),
        ("https://10.1.2.3", "10.1.2.3", true),
        ("https://10.1.2.3", "2.3", false),
        ("https://10.1.2.3:6443", "10.1.2.3:6443", true),
        ("https://[fd00::1]:6443", "fd00::/8", true),
        ("https://[fd00::1]:6443", "fd00::1", true),
        ("https://[fd00::1]:6443", "[fd00::1]:6443", true),
        ("https://[fe80::1]:6443", "fd00::/8", false),
        ("https://10.1.2.3", "10.0.0.0/99, proxy.example", false),
    ] {
        let proxy = through(server, None, &[("HTTPS_PROXY", "http://proxy.example:3128"), ("NO_PROXY", exceptions)]);
        assert_eq!(proxy.unwrap().is_none(), is_direct, "{server} with NO_PROXY={exceptions}");
    }
}

#[test]
fn a_loopback_cluster_is_reached_directly_whatever_the_environment_says() {
    for server in ["https://127.0.0.1:6443", "https://[::1]:6443", "http://localhost:8001"] {
        let environment = [("HTTPS_PROXY", "http://proxy:1"), ("HTTP_PROXY", "http://proxy:1")];
        assert_eq!(through(server, None, &environment), Ok(None));
    }
}

#[test]
fn the_kubeconfigs_own_proxy_comes_first_and_knows_no_exceptions() {
    let environment = [("HTTPS_PROXY", "http://environment:1"), ("NO_PROXY", "*")];
    let proxy = through("https://api", Some("socks5h://own:1080"), &environment);
    assert_eq!(proxy, Ok(Some("socks5://own:1080".to_owned())));
}

#[test]
fn an_address_without_a_scheme_is_an_http_proxy_and_an_unknown_scheme_is_an_error() {
    let proxy = through("https://api", None, &[("https_proxy", "proxy.example:3128")]);
    assert_eq!(proxy, Ok(Some("http://proxy.example:3128".to_owned())));
    assert_eq!(through("https://api", Some("ftp://proxy"), &[]), Err(BadProxy { setting: "proxy-url" }));
    assert_eq!(through("https://api", None, &[("HTTPS_PROXY", "::")]), Err(BadProxy { setting: "HTTPS_PROXY" }));
}

#[test]
fn a_proxy_is_shown_without_its_credentials() {
    assert_eq!(without_credentials("http://user:p@ss@proxy:3128/x"), "http://proxy:3128");
    assert_eq!(without_credentials("user:secret@proxy:3128"), "http://proxy:3128");
}
