#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;

fn shown(line: &str) -> String {
    Withholder::default().of(line).0.into_owned()
}

fn assert_hidden(line: &str, secret: &str) {
    let shown = shown(line);
    assert!(!shown.contains(secret), "{line}\n{shown}");
}

fn assert_whole(line: &str) {
    assert_eq!(shown(line), line);
}

#[test]
fn secrets_are_known_by_their_names() {
    for (line, secret) in [
        ("db_password=hunter2 user=eve", "hunter2"),
        (r#"level=info password="two words" next=1"#, "two words"),
        (r#"{"user":"eve","apiKey":"a1b2c3","n":1}"#, "a1b2c3"),
        (r#"{"a":{"client_secret" : "s3\"x9q"},"b":1}"#, "x9q"),
        (r#"{"msg":"sent {\"password\":\"hunter2\",\"n\":1}"}"#, "hunter2"),
        (r#"{"token":12345678901}"#, "12345678901"),
        (r#"{"tokens":["abc","def"]}"#, "def"),
        ("{'password': 'hunter2', 'n': 1}", "hunter2"),
        (r#"{"password"=>"hunter2"}"#, "hunter2"),
        ("Authorization: Bearer abcdef", "abcdef"),
        (r#"{"authorization":"Basic dXNlcjpw"}"#, "dXNlcjpw"),
        ("headers: Cookie: sid=abc; theme=dark", "sid=abc"),
        ("GET /x?access_token=abcd1234&n=2", "abcd1234"),
        ("password: hunter2", "hunter2"),
        ("connect(host=db, passwd=hunter2)", "hunter2"),
        (r#"{"p\u0061ssword":"\u0068unter2"}"#, "unter2"),
        ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG", "wJalr"),
        ("api-key: 9f8e7d6c5b4a3f2e", "9f8e7d6c"),
    ] {
        assert_hidden(line, secret);
    }
    assert_eq!(shown("connect(host=db, passwd=hunter2) n=1"), "connect(host=db, passwd=<not shown>) n=1");
    assert_eq!(shown("GET /x?access_token=abcd1234&n=2"), "GET /x?access_token=<not shown>&n=2");
    assert_eq!(shown(r#"{"authorization":"Bearer ab","n":1}"#), r#"{"authorization":"Bearer <not shown>","n":1}"#);
}

#[test]
fn secrets_are_known_by_their_form() {
    for (line, secret) in [
        ("calling with bearer a1b2c3d4e5", "a1b2c3d4e5"),
        ("postgres://app:hunter2@db:5432/shop", "hunter2"),
        (r#"{"url":"https:\/\/app:hunter2@db"}"#, "hunter2"),
        ("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl back", "eyJzdWIiOiIxMjM0In0"),
        ("key AKIAIOSFODNN7EXAMPLE used", "AKIAIOSFODNN7"),
        ("pushed with ghp_0123456789abcdefABCD", "ghp_0123"),
        ("-----BEGIN PRIVATE KEY-----MIIE-----END PRIVATE KEY-----", "MIIE"),
    ] {
        assert_hidden(line, secret);
    }
}

#[test]
fn a_private_key_of_many_lines_is_withheld_to_its_end() {
    let mut withholder = Withholder::default();
    let lines = [
        "-----BEGIN RSA PRIVATE KEY-----",
        "MIIEpAIBAAKCAQEA7bq2Hl7yQ0o",
        "info other thread says hello",
        "3x8=",
        "-----END RSA PRIVATE KEY-----",
        "MIIEpAIBAAKCAQEA7bq2Hl7yQ0o",
    ];
    let shown: Vec<String> = lines.iter().map(|line| withholder.of(line).0.into_owned()).collect();
    assert_eq!(shown[0], "<not shown>");
    assert_eq!(shown[1], "<not shown>");
    assert_eq!(shown[2], "info other thread says hello");
    assert_eq!(shown[3], "<not shown>");
    assert_eq!(shown[5], lines[5], "it has ended");
}

#[test]
fn what_only_sounds_like_a_secret_is_left() {
    for line in [
        "token issued for user 7",
        "unexpected token: '}'",
        "prompt_tokens=512 total_tokens=700",
        r#"{"token":null,"password":"","auth":true}"#,
        "secret: not found in namespace shop",
        "std::secret::read == token:8080",
        "cache miss key=user:4231:profile",
        "auth=ok pass=12 fail=0",
        "pwd=/srv/app",
        "password=****** user=eve",
        "token_file=/var/run/token",
        "partition_key=orders",
        "03:12:00 key = value",
    ] {
        assert_whole(line);
    }
}

#[test]
fn people_can_be_compared_and_not_read() {
    let rules = Arc::new(Rules::default());
    let of = |line: &str| Withholder::new(Arc::clone(&rules)).of(line).0.into_owned();
    let (one, same, other) = (of("to eve@example.com"), of("to eve@example.com"), of("to bob@example.com"));
    assert!(one == same && one != other, "{one} {other}");
    assert!(one.starts_with("to <e-mail ") && !one.contains("eve"));
    let bare = of(r#"{"card":4111111111111111,"n":1}"#);
    assert!(serde_json::from_str::<serde_json::Value>(&bare).unwrap()["card"].as_str().unwrap().starts_with("<card "));
}

#[test]
fn cards_are_told_from_other_numbers() {
    for line in ["card 4111 1111 1111 1111 ok", "pan=5105105105105100", "378282246310005", "3782-822463-10005"] {
        assert!(shown(line).contains("<card "), "{line} {}", shown(line));
    }
    for line in [
        "ts=1700000000000000000 order=4111111111111112",
        "at 1764126720123456 id 4bf92f3577b34da6a3ce929d0e0e4736",
        "4111 1111 1111 1111 1 4111-1111 4111",
        "uuid 41111111-1111-4111-8111-111111111111",
    ] {
        assert!(!shown(line).contains("<card ") || line.starts_with("4111 "), "{line} {}", shown(line));
    }
    assert_whole("git clone ssh://git@example.com/x npm@1.2.3 a@b");
}

#[test]
fn telephones_are_told_from_other_numbers() {
    for (line, shown_as) in [
        ("call +49 151 2345678 now", "call <phone "),
        ("+4915123456789", "<phone "),
        (r#"{"phone":"+1 (415) 555-2671"}"#, r#"{"phone":"<phone "#),
        ("tel=+44-20-7946-0958;x", "tel=<phone "),
        ("+41 (0)44 668 18 00", "<phone "),
    ] {
        let shown = shown(line);
        assert!(shown.starts_with(shown_as), "{line} {shown}");
        assert!(
            !["2345678", "555-2671", "7946-0958", "668 18"].iter().any(|part| shown.contains(part)),
            "{line} {shown}"
        );
    }
    for line in [
        "[26/Nov/2026:14:19:41 +1100] 12345 6789",
        "2026-11-26T14:19:41+01:00 took 12345678 ns",
        "rate +12.5 delta +1234567 of 99",
        "m=+3600.123456789 a+1234567890 1e+123456789",
        "id +1234567890123456789",
    ] {
        assert_whole(line);
    }
}

#[test]
fn the_version_of_an_image_is_no_secret_whatever_its_name() {
    assert_whole("pulling registry.example.com/secret-store:1.4.2@sha256:0123 for shop/passwords:v2.0-rc1");
    assert_hidden("shop/password:hunter2", "hunter2");
    assert_hidden("password:1.4.2", "1.4.2");
    assert_hidden("shop/password:1.4hunter2secret", "hunter2secret");
    assert_hidden("shop/password:1.4-hunter2secret99", "hunter2secret99");
}

#[test]
fn rules_of_the_configuration_name_what_they_withhold() {
    let rule = |name: &str, pattern: &str| Rule { name: name.into(), pattern: Regex::new(pattern).unwrap() };
    let own = vec![rule("customer", r"customer=(?<secret>\S+)"), rule("plate", r"\b[A-Z]{2}-\d{3}\b")];
    let rules = Arc::new(Rules { own, masks_personal: false });
    let (shown, count) = Withholder::new(rules).of("customer=c-17 plate AB-123 by eve@example.com");
    assert!(shown.starts_with("customer=<customer ") && shown.contains("plate <plate "), "{shown}");
    assert!(shown.ends_with("by eve@example.com"), "people are shown where the configuration says so: {shown}");
    assert_eq!(count, 2);
}

proptest! {
    #[test]
    fn nothing_breaks_it_and_names_hide_their_values(before in "[ -~äß\"\\\\]{0,30}", value in "[a-zA-Z0-9]{8,20}", after in "[ ,;&].{0,20}") {
        let line = format!("{before} password={value}{after}");
        let leak = format!("password={value}");
        prop_assert!(!shown(&line).contains(&leak));
        shown(&before);
    }
}
