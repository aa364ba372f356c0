#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// What is shown of an environment variable.
fn variable(name: &str, value: &str) -> String {
    let shown = redacted(&json!({ "env": [{ "name": name, "value": value }] }));
    shown["env"][0]["value"].as_str().unwrap().to_owned()
}

/// What is shown of a text whose name tells nothing.
fn text(text: &str) -> String {
    variable("SETTING", text)
}

#[test]
fn what_was_withheld_before_stays_as_it_is() {
    let line = json!({ "message": "cannot open the store: password=<not shown> was refused" });
    assert_eq!(redacted(&line), line);
}

#[test]
fn a_variable_with_the_name_of_a_secret_is_withheld() {
    for name in [
        "PASSWORD",
        "DATABASE_PASSWORD",
        "dbPassword",
        "API_KEY",
        "apiKey",
        "APIKEY",
        "JWT_SIGNING_KEY",
        "GITHUB_TOKEN",
        "OAUTH_CLIENT_SECRET",
        "AWS_SECRET_ACCESS_KEY",
        "GOOGLE_CREDENTIALS",
        "SENTRY_DSN",
        "BASIC_AUTH",
        "db.passwd",
        "x-auth-token",
        "Authorization",
    ] {
        assert_eq!(variable(name, "hunter2"), "<not shown #1>", "{name}");
    }
}

#[test]
fn other_variables_and_places_of_secrets_are_shown() {
    for name in [
        "RELEASE",
        "LOG_LEVEL",
        "KEYCLOAK_URL",
        "MONKEY",
        "AUTHOR",
        "PASSWORD_FILE",
        "TLS_KEY_PATH",
        "SECRET_NAME",
        "COMPASS",
        "DATABASE_URL",
    ] {
        assert_eq!(variable(name, "plain"), "plain", "{name}");
    }
    assert_eq!(variable("REQUIRE_TOKEN", "true"), "true", "a switch is no secret");
    assert_eq!(variable("TOKEN", ""), "", "nothing is there to withhold");
}

#[test]
fn a_secret_is_known_by_its_form_too() {
    let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-DEF_123";
    for (secret, shown) in [
        ("postgres://app:hunter2@db:5432/chat?x=1", "postgres://app:<not shown #1>@db:5432/chat?x=1"),
        ("amqps://:hunter2@mq", "amqps://:<not shown #1>@mq"),
        ("Bearer abcdefgh12345", "Bearer <not shown #1>"),
        (jwt, "<not shown #1>"),
        ("ghp_0123456789abcdefghij", "<not shown #1>"),
        ("AKIAIOSFODNN7EXAMPLE", "<not shown #1>"),
        (
            "host=db user=app password=hunter2 sslmode=require",
            "host=db user=app password=<not shown #1> sslmode=require",
        ),
        ("--token='a b' --level=3", "--token=<not shown #1> --level=3"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nand more", "<not shown #1>\nand more"),
    ] {
        assert_eq!(text(secret), shown);
    }
    for plain in
        ["https://chat.example:8443/a@b", "registry.example/chat@sha256:0123", "a=b", "basic monitoring", "eyJ"]
    {
        assert_eq!(text(plain), plain);
    }
}

#[test]
fn arguments_that_follow_an_option_for_a_secret_are_withheld() {
    let shown = redacted(&json!({ "args": ["--password", "hunter2", "--level", "3", "--secret", "--dry-run"] }));
    assert_eq!(shown["args"], json!(["--password", "<not shown #1>", "--level", "3", "--secret", "--dry-run"]));
}

#[test]
fn references_to_secrets_are_shown() {
    let spec = json!({
        "env": [{ "name": "PASSWORD", "valueFrom": { "secretKeyRef": { "name": "chat", "key": "password" } } }],
        "envFrom": [{ "secretRef": { "name": "chat-secret" } }],
        "imagePullSecrets": [{ "name": "registry-token" }],
        "tolerations": [{ "key": "secret-zone", "value": "yes" }],
        "automountServiceAccountToken": true,
    });
    assert_eq!(redacted(&spec), spec);
}

#[test]
fn entries_of_a_config_map_are_judged_as_variables_are() {
    let map = json!({ "kind": "ConfigMap", "data": { "API_TOKEN": "hunter2", "LOG_LEVEL": "info" } });
    assert_eq!(redacted(&map)["data"], json!({ "API_TOKEN": "<not shown #1>", "LOG_LEVEL": "info" }));
}

#[test]
fn a_copy_in_an_annotation_is_judged_as_the_object_is() {
    let copy = json!({ "spec": { "env": [{ "name": "PASSWORD", "value": "hunter2" }] } }).to_string();
    let object = json!({ "metadata": { "annotations": { "last-applied": copy, "note": "{ no json" } } });
    let shown = redacted(&object).to_string();
    assert!(!shown.contains("hunter2") && shown.contains("{ no json"), "{shown}");
    let secret = json!({ "copy": json!({ "kind": "Secret", "data": { "a": "aHVudGVyMg==" } }).to_string() });
    assert!(!redacted(&secret).to_string().contains("aHVudGVyMg"));
    let plain = json!({ "annotation": "{ \"a\":  1 }" });
    assert_eq!(redacted(&plain), plain, "what holds no secret stays as it is written");
}

#[test]
fn equal_secrets_have_equal_marks_and_others_have_others() {
    let with = |one: &str, other: &str| json!([{ "name": "TOKEN", "value": one }, { "name": "KEY", "value": other }]);
    let mut redaction = Redaction::default();
    let before = redaction.of(&with("a-secret", "another"));
    let after = redaction.of(&with("a-secret", "changed"));
    assert_eq!(before[0], after[0]);
    assert_ne!(before[1], after[1]);
}

#[test]
fn of_a_secret_only_the_names_and_lengths_are_left() {
    let mut secret = json!({
        "kind": "Secret", "data": { "password": "aHVudGVyMg==" },
        "metadata": { "annotations": { "copy": "aHVudGVyMg==" } },
    });
    blank_secret(&mut secret);
    assert_eq!(secret["data"]["password"], "<7 bytes, not read>");
    assert_eq!(redacted(&secret), secret);
    assert!(!secret.to_string().contains("aHVudGVyMg"));
}

/// Any JSON, also with JSON within its texts, and with the names that mean something here.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        prop::sample::select(&["Secret", "ConfigMap", "x", "", "password=hunter2", "{"][..]).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let name = prop::sample::select(
            &["kind", "data", "stringData", "metadata", "annotations", "name", "value", "env", "password"][..],
        );
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(name.prop_map(str::to_owned), inner.clone(), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
            inner.prop_map(|value| Value::String(value.to_string())),
        ]
    })
}

/// How many members the objects have.
fn names(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.len() + members.values().map(names).sum::<usize>(),
        Value::Array(items) => items.iter().map(names).sum(),
        _ => 0,
    }
}

#[test]
fn an_object_that_is_none_is_shown_as_it_is() {
    for hostile in [
        r#"{"kind":"Secret","metadata":"x"}"#,
        r#"{"kind":"Secret","metadata":{"annotations":3},"data":[]}"#,
        r#"{"kind":"Secret"}"#,
    ] {
        assert_eq!(text(hostile), hostile);
    }
    let mut secret = json!("not an object");
    blank_secret(&mut secret);
    assert_eq!(secret, "not an object");
}

proptest! {
    #[test]
    fn whatever_the_json_no_secret_is_shown_and_nothing_is_added(value in any_json()) {
        let shown = redacted(&value);
        prop_assert!(!shown.to_string().contains("hunter2"), "{}", shown);
        prop_assert_eq!(names(&shown), names(&value));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn a_secret_variable_never_shows(name in "[A-Z]{0,6}_?(PASSWORD|SECRET|TOKEN)", value in "[a-z0-9!%]{6,20}") {
        let object = json!({ "spec": { "containers": [{ "env": [{ "name": name, "value": value.clone() }] }] } });
        let annotated = json!({ "metadata": { "annotations": { "copy": object.to_string() } }, "all": object });
        prop_assume!(!"spec containers env name value metadata annotations copy shown".contains(&value));
        prop_assert!(!redacted(&annotated).to_string().contains(&value));
    }
}
