use super::*;

fn brief() -> Brief {
    let at: Timestamp = "2026-11-25T03:14:00Z".parse().unwrap_or(Timestamp::UNIX_EPOCH);
    Brief {
        at,
        environment: Some("production".into()),
        namespaces: Vec::new(),
        services: 12,
        unknown: 0,
        unseen: Vec::new(),
        broken: vec![Broken {
            service: "chat-service".into(),
            environment: "production".into(),
            health: Health::Bad,
            reason: "stuck: 2 of 2 new pods *CrashLoopBackOff*".into(),
            since: Some(at),
        }],
        alerts: vec![Paging {
            alert: "ChatErrorRate".into(),
            priority: Priority::High,
            service: Some("chat-service".into()),
            since: at,
            before: Some("began 2 min after rollout 1.5.0 began".to_owned()),
            is_own: false,
        }],
        changes: vec![Before {
            at,
            service: "chat-service".into(),
            what: "rollout 1.5.0 began".to_owned(),
            why: Some("presence in rooms".into()),
            by: Some("ci".into()),
        }],
        on_it: vec![OnIt { who: Some("maria".into()), what: "silenced KafkaLag".to_owned() }],
        safe: vec![Safe {
            what: "roll chat-service back to 1.4.1".to_owned(),
            command: "midwatch rollback chat-service --dry-run".to_owned(),
        }],
        moving: vec![Moving {
            service: "media-service".into(),
            environment: "production".into(),
            what: "step 2 of 5, 20 %, waits for a release since 03:04".into(),
            goes_on_by: Some("midwatch gate release media-service --gate 6d5c/2 --dry-run".to_owned()),
        }],
    }
}

#[test]
fn it_is_short_and_says_what_is_broken_what_changed_and_what_is_safe() {
    assert_eq!(
        brief().text(),
        "production, 2026-11-25 03:14Z\n\
         broken      chat-service (production): stuck: 2 of 2 new pods *CrashLoopBackOff*, since 03:14\n\
         safe to do  roll chat-service back to 1.4.1: midwatch rollback chat-service --dry-run\n\
         changed     03:14 chat-service rollout 1.5.0 began, by ci: presence in rooms\n\
         in motion   media-service (production): step 2 of 5, 20 %, waits for a release since 03:04; to let it go on: \
         midwatch gate release media-service --gate 6d5c/2 --dry-run\n\
         alerts      High ChatErrorRate (chat-service), since 03:14, began 2 min after rollout 1.5.0 began\n\
         on it       maria silenced KafkaLag\n"
    );
}

#[test]
fn it_says_of_which_part_it_is() {
    let of = |environment: Option<&str>, namespaces: &[&str]| {
        let namespaces = namespaces.iter().map(|name| Text::from(*name)).collect();
        let title = Brief { environment: environment.map(Text::from), namespaces, ..brief() }.title();
        title.trim_end_matches(", 2026-11-25 03:14Z").to_owned()
    };
    assert_eq!(of(None, &[]), "all environments");
    assert_eq!(of(None, &["chat"]), "namespace chat");
    assert_eq!(of(None, &["chat", "media"]), "namespaces chat, media");
    assert_eq!(of(Some("staging"), &[]), "staging");
    assert_eq!(of(Some("staging"), &["chat"]), "staging, of it chat");
}

#[test]
fn what_a_cluster_says_is_no_markup() {
    let markdown = brief().markdown();
    assert!(markdown.contains(r"\*CrashLoopBackOff\*"), "{markdown}");
    assert!(markdown.contains("`midwatch rollback chat-service --dry-run`"), "{markdown}");
    assert!(markdown.contains("`midwatch gate release media-service --gate 6d5c/2 --dry-run`"), "{markdown}");
}

#[test]
fn however_much_there_is_it_stays_brief_and_says_how_much_more() {
    let mut brief = brief();
    brief.broken = vec![brief.broken[0].clone(); 40];
    brief.changes = vec![brief.changes[0].clone(); 40];
    assert!(brief.lines().len() <= 10, "{}", brief.text());
    let shown = |words: &str| brief.lines().iter().filter(|(_, line)| line.contains(words)).count();
    let (broken, changed) = (shown(&brief.broken[0].reason), shown("by ci: "));
    assert!(broken >= 2 && changed >= 1, "{}", brief.text());
    let more = format!("more        {} broken, {} changed", 40 - broken, 40 - changed);
    assert!(brief.text().lines().last().is_some_and(|line| line.starts_with(&more)), "{more}: {}", brief.text());
}

#[test]
fn what_is_not_known_is_not_said_to_be_well() {
    let unknown = Brief { broken: Vec::new(), unknown: 12, ..brief() };
    assert!(unknown.text().contains("12 of 12 services are not known now"), "{}", unknown.text());
    let closed = Problem::new("no access: pods", "forbidden", "ask for a role");
    let unseen = Brief { broken: Vec::new(), services: 0, unseen: vec![closed], ..brief() };
    assert!(unseen.text().contains("broken      not everything is seen: no access: pods"), "{}", unseen.text());
    assert!(!unseen.text().contains("do their work"), "{}", unseen.text());
    let well = Brief { broken: Vec::new(), ..brief() };
    assert!(well.text().contains("nothing; 12 services do their work"), "{}", well.text());
}
