//! What may not be seen, planted wherever something can be said, is not in an archive; what is no secret is.

use super::*;

/// Where something can be planted that nobody may see.
const PLACES: [&str; 15] = [
    "label",
    "annotation",
    "copy",
    "env",
    "argument",
    "status",
    "event",
    "line",
    "line of JSON",
    "label of an alert",
    "annotation of an alert",
    "reason",
    "outcome",
    "record",
    "missing",
];

/// What is planted in each place: how it is written there, and of that what may be found nowhere.
fn planted_in(place: &str) -> Vec<(String, String)> {
    let number = PLACES.iter().position(|one| *one == place).unwrap() + 10;
    let card = (0..10).map(|last| format!("41111111111{number}00{last}")).find(|card| is_card(card)).unwrap();
    let alone = |secret: String| (secret.clone(), secret);
    vec![
        (format!("password=hunter2-named-{number}"), format!("hunter2-named-{number}")),
        (format!("password:hunter2-colon-{number}"), format!("hunter2-colon-{number}")),
        (format!("postgres://app:hunter2-url-{number}@db:5432/chat"), format!("hunter2-url-{number}")),
        (format!("Authorization: Bearer hunter2-bearer-{number}"), format!("hunter2-bearer-{number}")),
        (
            format!("-----BEGIN PRIVATE KEY-----MIIEpAIBAAKC{number}-----END PRIVATE KEY-----"),
            format!("MIIEpAIBAAKC{number}"),
        ),
        alone(format!("ghp_0123456789abcdefghijklmnopqrstuv{number}")),
        alone(format!("somebody-{number}@example.com")),
        alone(format!("+49 151 234567{number}")),
        alone(format!("+49151234567{number}")),
        alone(card),
        alone(format!("cust-{number}-own-rule")),
    ]
}

/// Whether the last digit of a number is that which the others ask for.
fn is_card(digits: &str) -> bool {
    let digits = digits.bytes().rev().map(|byte| u32::from(byte - b'0')).enumerate();
    let sum: u32 = digits.map(|(at, digit)| if at % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { digit }).sum();
    sum.is_multiple_of(10)
}

/// All that is planted in a place, each alone and all in a sentence.
fn texts(place: &str) -> Vec<String> {
    let all: Vec<String> = planted_in(place).into_iter().map(|(text, _)| text).collect();
    let sentence = format!("{place} failed for {} today", all.join(" and "));
    all.into_iter().chain([sentence]).collect()
}

/// The same under names that tell nothing.
fn named(place: &str) -> Vec<(String, String)> {
    texts(place).into_iter().enumerate().map(|(number, text)| (format!("note-{number}"), text)).collect()
}

/// The same as labels.
fn as_labels(place: &str, more: &[(&str, &str)]) -> Labels {
    let planted = named(place).into_iter().map(|(name, text)| (Text::from(name), Text::from_untrusted(&text)));
    planted.chain(more.iter().map(|(name, value)| (Text::from(*name), Text::from(*value)))).collect::<Vec<_>>().into()
}

/// Rules with one of one's own.
fn rules() -> Arc<Rules> {
    let own = Rule { name: "customer".into(), pattern: regex::Regex::new("cust-[0-9]+-[a-z-]+").unwrap() };
    Arc::new(Rules { own: vec![own], ..Rules::default() })
}

fn planted() -> (Gathered, Close, Arc<Rules>) {
    let (mut session, rules) = (session(2, 0), rules());
    let mut leaky = pod("bbb", 0, false);
    if let Row::Pod(pod) = &mut leaky {
        let own = [("app.kubernetes.io/name", "chat-service"), ("pod-template-hash", "bbb")];
        pod.meta.labels = as_labels("label", &own);
        pod.reason = texts("status").pop().unwrap().as_str().into();
    }
    tell(&mut session, Kind::Pod, vec![leaky, pod("aaa", 0, true)]);
    let told = texts("event").into_iter().enumerate();
    let events: Vec<Row> = told.map(|(number, text)| event(number, "chat-service-bbb-00000", &text)).collect();
    tell(&mut session, Kind::Event, events);
    let own = [("alertname", "ChatErrors"), ("api_token", "hunter2-label"), ("service", "chat-service")];
    let alert = Alert {
        cluster: cluster(),
        name: "ChatErrors".into(),
        priority: Priority::High,
        standing: Standing::Firing,
        since: NOW,
        labels: as_labels("label of an alert", &own),
        annotations: as_labels("annotation of an alert", &[("summary", "login fails for summary@example.com")]),
        silenced_by: Vec::new(),
        evaluated: None,
    };
    let server = SignalId { cluster: cluster(), name: "am".into() };
    let _ = session.believe(Update::Alerts(SignalKind::Alertmanager, server, NOW, Ok(vec![alert])));
    let mut gathered = gather(&session, &subject(), true).unwrap();
    assert!(gathered.alerts.len() == 1 && gathered.events.len() == texts("event").len());
    gathered.missing.extend(texts("missing").iter().map(|why| Missing {
        moment: None,
        part: Part::Pods,
        why: why.as_str().into(),
    }));
    let tail = gathered.tails[0].clone();
    let pod = gathered.pods[0].object.clone();
    let close =
        Close { heard: vec![(tail, vec![heard(&rules)])], objects: vec![(pod, planted_object())], missing: Vec::new() };
    (gathered, close, rules)
}

/// A whole pod.
fn planted_object() -> Value {
    let variables = |place: &str| {
        let named = named(place).into_iter().map(|(name, value)| json!({ "name": name, "value": value }));
        named.chain([json!({ "name": "API_KEY", "value": format!("hunter2-{place}") })]).collect::<Vec<_>>()
    };
    let mut arguments = texts("argument");
    arguments.extend(["--password", "hunter2-argument", "--verbose"].map(str::to_owned));
    let copy = json!({ "spec": { "containers": [{ "env": variables("copy") }] } });
    let tags = |place: &str, more: &[(&str, &str)]| {
        let more = more.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Value::Object(named(place).into_iter().chain(more).map(|(name, text)| (name, text.into())).collect())
    };
    let copy = copy.to_string();
    let labels = tags("label", &[]);
    let annotations = tags(
        "annotation",
        &[
            ("kubectl.kubernetes.io/last-applied-configuration", &copy),
            ("vault.example.com/token", "hunter2-annotation"),
        ],
    );
    json!({
        "kind": "Pod",
        "metadata": { "labels": labels, "annotations": annotations },
        "spec": { "containers": [{
            "image": "registry.example.com/secret-store:1.4.2", "env": variables("env"), "args": arguments,
        }] },
        "status": { "message": "it was refused \u{202e}\u{1b}[2J", "conditions": texts("status") },
    })
}

/// The last lines of a container, as they come through the rules of logs.
fn heard(rules: &Arc<Rules>) -> Lines {
    let mut lines = Lines::default();
    let mut withholder = Withholder::new(Arc::clone(rules));
    let of_json =
        named("line of JSON").into_iter().map(|(name, text)| json!({ "level": "info", name: text }).to_string());
    let said: Vec<String> = texts("line").into_iter().chain(of_json).chain(["ERROR it broke".to_owned()]).collect();
    for line in &said {
        lines.push(NOW, line, "", &mut withholder);
    }
    lines
}

/// An archive of a change around which all that is planted was seen.
fn planted_archive() -> (Vec<u8>, String) {
    let (gathered, close, rules) = planted();
    let sentence = |place: &str| Text::from_untrusted(&texts(place).pop().unwrap());
    let mut manifest = Head {
        action: ActionId::parse("a-1").unwrap(),
        what: "restart".into(),
        reason: sentence("reason"),
        by: "maria@example.com admin".into(),
        target: Text::default(),
        is_change: true,
    }
    .manifest(&subject(), &rules);
    let taken = Taken { moment: Moment::Now, at: NOW, milliseconds: 1 };
    let look =
        Look { taken, gathered: Some(Box::new(gathered)), close, missing: Vec::new(), rules: Arc::clone(&rules) };
    let mut pieces = look.write(&mut manifest);
    manifest.outcome = lines::of_words(&sentence("outcome"), &rules);
    let record = json!({ "event": "outcome", "identity": "maria@example.com", "detail": texts("record") });
    pieces.push(lines::audit(&[record], &rules));
    unzipped(pack(&manifest, &pieces, 20 * 1024 * 1024).unwrap())
}

#[test]
fn nothing_that_is_planted_is_in_an_archive() {
    let (bytes, raw) = planted_archive();
    for place in PLACES {
        assert!(raw.contains(&format!("{place} failed for")), "the {place} was looked at");
        for (text, secret) in planted_in(place) {
            assert!(!raw.contains(&secret), "{secret} of the {place} is in it, written {text}");
        }
    }
    for secret in ["hunter2", "summary@example.com"] {
        assert!(!raw.contains(secret), "{secret} is in it");
    }
    assert!(!raw.contains('\u{202e}') && !raw.contains('\u{1b}'));
    assert!(read(bytes.as_slice()).unwrap().is_whole());
}

#[test]
fn what_is_no_secret_stays_in_an_archive() {
    let bundle = read(planted_archive().0.as_slice()).unwrap();
    let first = |moment, part| bundle.lines(moment, part).unwrap().next().unwrap();
    let last = bundle.lines(Some(Moment::Now), Part::Logs).unwrap().last().unwrap();
    assert_eq!((&last["message"], &last["arm"]), (&json!("ERROR it broke"), &json!("new")));
    let container = &first(Some(Moment::Now), Part::Objects)["spec"]["containers"][0];
    assert_eq!(container["env"][0]["name"], "note-0", "only the value goes");
    assert_eq!(
        container["image"], "registry.example.com/secret-store:1.4.2",
        "the name of an image is none of a secret"
    );
    let event = first(Some(Moment::Now), Part::Events);
    assert!(event["message"].as_str().unwrap().starts_with("password=<not shown"), "{event}");
    let alert = first(Some(Moment::Now), Part::Alerts);
    assert_eq!((&alert["labels"]["service"], &alert["isAboutService"]), (&json!("chat-service"), &json!(true)));
    // Whom an archive has to name, it names.
    assert_eq!(bundle.manifest.by.as_str(), "maria@example.com admin");
    assert_eq!(first(None, Part::Audit)["identity"], "maria@example.com");
    assert_eq!(first(Some(Moment::Now), Part::Pods)["cluster"], "prod-eu");
}
