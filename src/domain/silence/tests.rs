#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::domain::object::Labels;

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(name, value)| (Text::from(*name), Text::from(*value))).collect()
}

fn takes(matchers: &str, pairs: &[(&str, &str)]) -> bool {
    Matchers::new(&parse(matchers).unwrap()).unwrap().take_labels(&labels(pairs))
}

/// A silence as an Alertmanager tells it.
fn told(state: &str, comment: &str) -> Silence {
    let told = json!({
        "id": "5f2c1f3e-8f0e", "status": { "state": state }, "createdBy": "maria", "comment": comment,
        "startsAt": "2026-11-25T03:00:00Z", "endsAt": "2026-11-25T04:10:00.250Z",
        "matchers": [{ "name": "alertname", "value": "A", "isRegex": false, "isEqual": true }],
    });
    Silence::read(&told, &ClusterName("eu".into()), &"main".into()).unwrap()
}

#[test]
fn a_matcher_means_what_alertmanager_means_by_it() {
    let chat = [("alertname", "ChatErrorRate"), ("service", "chat-service"), ("pod", "chat-1")];
    assert!(takes("ChatErrorRate", &chat), "a word alone is the name");
    assert!(takes("alertname=ChatErrorRate, service=\"chat-service\"", &chat));
    assert!(!takes("alertname=chaterrorrate", &chat), "case counts");
    assert!(takes("service=~\"chat-.*|user-.*\"", &chat));
    assert!(!takes("service=~\"chat\"", &chat), "a pattern takes the whole value");
    assert!(!takes("service=~\"chat|service\"", &chat), "also where it is an alternative");
    assert!(takes("alertname=~\".+\" service!~user-.*", &chat));
    assert!(!takes("ChatErrorRate service!=chat-service", &chat));
    assert!(takes("ChatErrorRate zone!=a", &chat), "a label that is missing is an empty one");
    assert!(takes("ChatErrorRate zone=\"\"", &chat));
    assert!(takes("{alertname=\"ChatErrorRate\",pod=~\"chat-\\d\"}", &chat));
}

#[test]
fn what_alertmanager_would_not_take_is_refused_with_the_reason() {
    for (matchers, why) in [
        ("", "a silence needs a matcher"),
        ("zone!=a", "it would take an alert without any label: one matcher has to name something"),
        ("zone=~\".*\"", "it would take an alert without any label: one matcher has to name something"),
        ("pod=~\"(\"", "\"(\" is no pattern: error: unclosed group"),
    ] {
        assert_eq!(Matchers::new(&parse(matchers).unwrap()).unwrap_err(), why, "{matchers}");
    }
    for (matchers, why) in [
        ("=x", "`=` follows no label"),
        ("a=\"x", "a quote is not closed"),
        ("a!x", "\"a!x\" is no matcher; write alertname=NAME"),
        ("{a=b", "a `{` is not closed"),
        ("a=x\u{202e}y", "\"x<U+202E>y\" holds characters that cannot be shown"),
    ] {
        assert_eq!(parse(matchers).unwrap_err(), why, "{matchers}");
    }
}

#[test]
fn a_word_of_a_command_line_is_one_matcher() {
    let read = |word: &str| one_matcher(word).map(|matcher| (matcher.name.to_string(), matcher.value.to_string()));
    let pair = |name: &str, value: &str| Ok((name.to_owned(), value.to_owned()));
    assert_eq!(read("ChatErrorRate"), pair("alertname", "ChatErrorRate"));
    assert_eq!(read("summary=it is late, again"), pair("summary", "it is late, again"), "a shell took the quotes");
    assert_eq!(read("summary=\"it is late\""), pair("summary", "it is late"));
    assert!(read("a=\"b\" c=d").is_err() && read("Chat Error").is_err());
    let two = read("ChatErrorRate service=chat").unwrap_err();
    assert_eq!(two, "\"ChatErrorRate service=chat\" is more than one matcher: one word is one matcher");
    assert!(read("alertname service=chat").is_err(), "the name of an alert, however it is called");
}

proptest! {
    #[test]
    fn what_is_shown_of_matchers_can_be_typed_again(
        name in "[a-z_]{1,8}",
        value in "[ -~é]{0,12}",
        operator in prop::sample::select(vec![Operator::Equal, Operator::NotEqual, Operator::Like, Operator::Unlike]),
    ) {
        let matcher = Matcher { name: name.as_str().into(), operator, value: value.as_str().into() };
        let all = vec![matcher.clone(), Matcher::equal("alertname", "A"), matcher];
        prop_assert_eq!(parse(&in_words(&all)).unwrap(), all.clone());
        let read: Vec<Matcher> = all.iter().map(|one| Matcher::read(&one.json()).unwrap()).collect();
        prop_assert_eq!(read, all);
    }
}

#[test]
fn who_is_at_an_alert_is_told_from_who_only_keeps_it_quiet() {
    for (comment, reason) in [
        ("on it: looking at the pods", Some("looking at the pods")),
        ("on it", Some("")),
        ("ACK! This alert was acknowledged using karma", Some("This alert was acknowledged using karma")),
        ("on items only", None),
        ("known", None),
        ("", None),
    ] {
        assert_eq!(told("active", comment).acknowledgement(), reason, "{comment}");
    }
    assert_eq!(Silence::acknowledging(" the pods "), "on it: the pods");
    assert_eq!(told("active", &Silence::acknowledging("")).acknowledgement(), Some(""));
    let at = |time: &str| time.parse::<Timestamp>().unwrap();
    let words = |comment, now| told("active", comment).words(at(now));
    assert_eq!(words("on it", "2026-11-25T03:10:00Z"), "acknowledged by maria until 04:10Z");
    assert_eq!(words("known", "2026-11-24T03:10:00Z"), "silenced by maria until Nov 25 04:10Z");
}

#[test]
fn time_goes_on_after_an_answer() {
    let at = |time: &str| format!("2026-11-25T{time}Z").parse::<Timestamp>().unwrap();
    let phase = |state: &str, time: &str| told(state, "").state(at(time));
    assert_eq!(phase("pending", "02:59:00"), SilenceState::Pending);
    assert_eq!(phase("pending", "03:00:00"), SilenceState::Active);
    assert_eq!(phase("active", "04:10:00"), SilenceState::Active);
    assert_eq!(phase("active", "04:10:01"), SilenceState::Expired);
    assert_eq!(phase("expired", "03:30:00"), SilenceState::Expired, "it was ended before its time");
    assert!(!told("active", "").ends_soon(at("03:55:00")) && told("active", "").ends_soon(at("03:56:00")));
    assert!(!told("active", "").ends_soon(at("04:11:00")), "it is over");
}

#[test]
fn a_silence_lasts_a_minute_to_thirty_days_or_until_a_named_day() {
    let at = |time: &str| time.parse::<Timestamp>().unwrap();
    let now = at("2026-11-25T03:00:00.700Z");
    for (seconds, why) in [
        (0, Some("0 s is too short")),
        (59, Some("59 s is too short")),
        (60, None),
        (30 * 86_400, None),
        (30 * 86_400 + 7_200, Some("30 d 2 h is longer than 30 d")),
    ] {
        let told = Lasting::of_length(SignedDuration::from_secs(seconds)).err().map(|(why, _)| why);
        assert_eq!(told.as_deref(), why, "{seconds} s");
    }
    let end = |lasting: Lasting| lasting.end(now, now).map_err(|(why, _)| why);
    assert_eq!(end(SignedDuration::from_hours(2).into()), Ok(at("2026-11-25T05:00:00Z")), "in whole seconds");
    assert_eq!(end(Lasting::Until(at("2028-01-01T00:00:00Z"))), Ok(at("2028-01-01T00:00:00Z")));
    assert_eq!(end(Lasting::Until(now)), Err("it would be over by now".to_owned()));
    assert_eq!(Lasting::Until(at("2028-01-01T00:00:00Z")).words(now), "until Jan 1 2028 00:00Z");
    for lasting in [SignedDuration::from_mins(90).into(), Lasting::Until(now)] {
        let told = serde_json::to_string(&lasting).unwrap();
        assert_eq!(serde_json::from_str::<Lasting>(&told).unwrap(), lasting, "{told}");
    }
}
