//! What is planned, what is not, and who may.

use insta::assert_snapshot;

use super::super::super::fake::entries;
use super::*;
use crate::domain::operation::Mark;
use crate::domain::plan::Call;

/// All that a plan says, for the eye.
fn picture(plan: &Plan) -> String {
    let mut lines = vec![format!("# {}", plan.title), format!("$ {}", plan.as_command(""))];
    for step in &plan.steps {
        lines.push(format!("- {}: {} → {}", step.what, step.before, step.after));
        lines.push(format!("  {}", step.call.request()));
        if let Call::PostSilence { body, .. } = &step.call {
            lines.push(format!("  {body}"));
        }
    }
    lines.push(format!("touches: {}", plan.touches));
    lines.extend(plan.alerts.iter().map(|one| format!("alert: {one}")));
    lines.extend(plan.warnings.iter().map(|one| format!("warning: {one}")));
    lines.push(format!("in: {} {:?}, type {}", plan.environment, plan.environments, plan.service));
    lines.push(format!("protected: {}", plan.is_protected));
    lines.extend(plan.access.iter().map(|access| format!("access: {} {}", access.words(), access.object.name)));
    lines.extend(plan.way_back.iter().map(|command| format!("way back: {command}")));
    lines.join("\n")
}

#[tokio::test]
async fn each_verb_says_all_that_it_does() {
    let told = |silences: Vec<Value>, by: &[&str]| vec![reply("main", vec![chat(by), user(&[]), lag()], silences)];
    let mut pictures = Vec::new();
    for (intent, told) in [
        (hush("ChatErrorRate namespace=production"), told(Vec::new(), &[])),
        (hush("alertname=~\".+\""), told(Vec::new(), &[])),
        (hush("alertname=Nothing namespace=staging"), told(Vec::new(), &[])),
        (acknowledge(&chat(&[])), told(Vec::new(), &[])),
        (extend(3), told(vec![silence("active")], &[ID])),
        (extend(3), told(vec![silence("expired")], &[])),
        (expire(), told(vec![silence("active")], &[ID])),
    ] {
        pictures.push(picture(&made(&intent, told).await));
    }
    assert_snapshot!(pictures.join("\n\n"));
}

#[tokio::test]
async fn who_acknowledges_hides_one_alert_and_no_other() {
    let labels = chat(&[])["labels"].clone();
    let mut with_pod = labels.clone();
    with_pod["pod"] = "chat-1".into();
    let told = vec![reply("main", vec![alert(with_pod, &[]), chat(&[])], Vec::new())];
    let plan = made(&acknowledge(&chat(&[])), told).await;
    let Call::PostSilence { body, expects, .. } = &plan.steps[0].call else { panic!("a silence is made") };
    assert_eq!(expects.alerts.len(), 1);
    let lacks = json!({ "name": "pod", "value": "", "isRegex": false, "isEqual": true });
    assert!(body["matchers"].as_array().unwrap().contains(&lacks), "{body}");
    assert_eq!((&body["comment"], &body["createdBy"]), (&json!("on it: looking"), &json!("alice")));
}

#[tokio::test]
async fn labels_are_sent_as_they_are_and_shown_as_they_may_be() {
    let hostile = alert(json!({ "alertname": "A\u{1b}[2J", "namespace": "staging" }), &[]);
    let told = vec![reply("main", vec![hostile.clone()], Vec::new())];
    let plan = made(&acknowledge(&hostile), told).await;
    let Call::PostSilence { body, .. } = &plan.steps[0].call else { panic!("a silence is made") };
    assert_eq!(body["matchers"][0]["value"], "A\u{1b}[2J");
    assert!(!plan.title.contains('\u{1b}') && !plan.alerts[0].contains('\u{1b}'), "{}", plan.title);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_what_to_do() {
    let told = || vec![reply("main", vec![chat(&[])], vec![silence("expired")])];
    let refused = |intent: Intent, told: Vec<AlertmanagerReply>| async move {
        let none = planned(&intent, &plane(vec![told])).await.unwrap_err();
        format!("{:?}: {}", none.failure, none.problem)
    };
    let extend = |lasting| Intent::ExtendSilence { silence: reference(), lasting };
    let days = |days: i64| Lasting::For(SignedDuration::from_hours(24 * days));
    for (intent, why) in [
        (
            hush("zone!=a"),
            "Invalid: cannot silence: it would take an alert without any label: one matcher has to name something \
             (give alertname=NAME)",
        ),
        (
            acknowledge(&user(&[])),
            "NotFound: UserSlow does not fire: Alertmanager does not tell of it any more (look again)",
        ),
        (expire(), "NothingToDo: silence 5f2c1f3e is over: it ended at 03:05Z"),
        (
            extend(SignedDuration::from_secs(10).into()),
            "Invalid: cannot extend: 10 s is too short (a minute or more: --for 2h)",
        ),
        (
            extend(days(31)),
            "Invalid: cannot extend: 31 d is longer than 30 d (check the unit; if it is meant, name the end: --until \
             2027-01-15)",
        ),
        (
            extend(Lasting::Until(now() - SignedDuration::from_secs(1))),
            "Invalid: cannot extend: it would be over by now (ask for a later end)",
        ),
    ] {
        assert_eq!(refused(intent, told()).await, why);
    }
    let none = refused(expire(), vec![reply("main", Vec::new(), Vec::new())]).await;
    assert_eq!(none, "NotFound: there is no silence 5f2c1f3e of main (midwatch silence list shows what there is)");
    let same = extend(SignedDuration::from_mins(58).into());
    let same = refused(same, vec![reply("main", Vec::new(), vec![silence("active")])]).await;
    assert_eq!(same, "NothingToDo: silence 5f2c1f3e lasts until 04:10Z already: nothing would change");
}

#[tokio::test]
async fn what_is_to_last_for_long_names_its_end_and_is_shown_with_the_year() {
    let Intent::Silence { cluster, matchers, reason, .. } = hush("ChatErrorRate namespace=production") else {
        panic!("a silence is asked for")
    };
    let lasting = Lasting::Until("2027-02-01T08:00:00Z".parse().unwrap());
    let intent = Intent::Silence { cluster, matchers, lasting, reason };
    let plan = made(&intent, vec![reply("main", vec![chat(&[])], Vec::new())]).await;
    assert!(plan.title.ends_with(" until Feb 1 2027 08:00Z"), "{}", plan.title);
    assert_eq!(plan.steps[0].after, "quiet until Feb 1 2027 08:00Z");
    assert!(plan.command.contains(" --until 2027-02-01T08:00:00Z "), "{}", plan.command);
    let long = "until Feb 1 2027 08:00Z is long: who will remember it?";
    assert!(plan.warnings.iter().any(|warning| *warning == long), "{:?}", plan.warnings);
    let Call::PostSilence { body, .. } = &plan.steps[0].call else { panic!("a silence is made") };
    assert_eq!(body["endsAt"], "2027-02-01T08:00:00Z");
}

#[tokio::test]
async fn a_member_that_answers_is_told_and_one_that_does_not_is_said() {
    let told = vec![silent("one"), reply("two", vec![chat(&[])], Vec::new())];
    let plan = made(&hush("ChatErrorRate namespace=production"), told).await;
    assert!(plan.steps[0].call.request().contains("services/two:9093/proxy"), "{}", plan.steps[0].call.request());
    let said = plan.warnings.iter().any(|warning| warning.contains("not checked: one cannot be asked"));
    assert!(said, "{:?}", plan.warnings);
    for told in [Vec::new(), vec![silent("one")]] {
        let plane = plane(vec![told]);
        assert!(matches!(read(&expire(), now(), &plane, now()).await, Err(ReadError::Failed(_))));
    }
}

/// Whether it is allowed with roles, and what reached Alertmanager or the cluster besides questions.
async fn is_allowed(intent: &Intent, policy: &Policy) -> (bool, Vec<String>) {
    let plane = plane(vec![vec![reply("main", vec![chat(&[ID]), user(&[])], vec![silence("active")])]]);
    let (plan, snapshot) = planned(intent, &plane).await.unwrap();
    let allowed = authorize(plan, &snapshot, policy, Arming::Armed);
    let is_allowed = allowed.is_ok();
    if let Ok(authorized) = allowed {
        rehearse(authorized, &plane, "a-1").await.unwrap();
    }
    let sent = entries(&plane.diary).into_iter().filter(|entry| entry.contains("send") || entry.contains("dry run"));
    (is_allowed, sent.collect())
}

#[tokio::test]
async fn it_has_to_be_allowed_in_every_environment_of_its_alerts() {
    let both = "alertname=~\".+\" namespace=~\"production|staging\"";
    let chat_only = "ChatErrorRate namespace=production";
    for (intent, environments, allowed) in [
        (hush(chat_only), vec!["production"], true),
        (hush(chat_only), vec!["staging"], false),
        (hush(both), vec!["production"], false),
        (hush(both), vec!["production", "staging"], true),
        (hush("ChatErrorRate"), vec!["production", "staging"], false),
        (hush("ChatErrorRate"), vec!["*"], true),
        (acknowledge(&user(&[])), vec!["staging"], true),
        (acknowledge(&user(&[])), vec!["production"], false),
        (extend(3), vec!["production"], true),
        (extend(3), vec!["staging"], false),
        (expire(), vec!["production"], true),
        (expire(), vec!["staging"], false),
    ] {
        let (is_allowed, sent) = is_allowed(&intent, &may_silence_in(&environments)).await;
        assert_eq!(is_allowed, allowed, "{intent:?} in {environments:?}");
        assert!(sent.is_empty(), "nobody rehearses a silence: {sent:?}");
    }
}

#[tokio::test]
async fn the_cluster_is_asked_for_the_way_through_it() {
    for (intent, verb) in [(hush("ChatErrorRate"), "create"), (expire(), "delete")] {
        let plane = plane(vec![vec![reply("main", vec![chat(&[])], vec![silence("active")])]]);
        let (plan, snapshot) = planned(&intent, &plane).await.unwrap();
        let asked = format!("may we {verb} services/proxy in monitoring main:9093");
        assert!(entries(&plane.diary).contains(&asked), "{:?}", entries(&plane.diary));
        let denied =
            AlertSnapshot { reviews: vec![(plan.access[0].clone(), Review::Denied("no rule".into()))], ..snapshot };
        let denial = authorize(plan, &denied, &Policy::NotConfigured, Arming::Armed).unwrap_err();
        assert!(denial.checks.iter().any(|check| check.mark == Mark::Denied), "{}", denial.problem);
    }
}
