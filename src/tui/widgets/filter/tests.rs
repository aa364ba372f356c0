use super::*;

struct Row {
    words: Vec<&'static str>,
    labels: Vec<(Text, Text)>,
    columns: Vec<(&'static str, &'static str)>,
}

impl Searchable for Row {
    fn any_word(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        self.words.iter().any(|word| test(word))
    }

    fn labels(&self) -> &[(Text, Text)] {
        &self.labels
    }

    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        let found = self.columns.iter().find(|(title, _)| title.eq_ignore_ascii_case(name));
        found.map(|(_, value)| Cow::Borrowed(*value))
    }
}

fn row() -> Row {
    let label = |key: &str, value: &str| (Text::from(key), Text::from(value));
    Row {
        words: vec!["production", "chat-service-596cfc544f-rkmhz", "CrashLoopBackOff", "chat:1.5.0"],
        labels: vec![label("app", "chat"), label("tier", "backend")],
        columns: vec![("STATUS", "CrashLoopBackOff"), ("NODE", "node-1")],
    }
}

#[test]
fn each_form_takes_what_it_says() {
    for (text, takes) in [
        ("", true),
        ("chat", true),
        ("CHAT", true),
        ("chsvc", true),
        ("crash", true),
        ("auth", false),
        ("prod chat", true),
        ("prod auth", false),
        ("!auth", true),
        ("!chat", false),
        ("chat !crash", false),
        ("status:crash", true),
        ("node:node-1", true),
        ("node:=node-1", true),
        ("node:=node", false),
        ("node:node-2", false),
        ("!node:node-2", true),
        ("chat:1.5", true),
        ("-l app=chat", true),
        ("-l app==chat,tier=backend", true),
        ("-l app!=chat", false),
        ("-l other!=chat", true),
        ("-l tier in (web, backend)", true),
        ("-l tier in (web)", false),
        ("-l tier notin (web, cache)", true),
        ("-l tier", true),
        ("-l !tier", false),
        ("-l !canary", true),
        ("-l app=chat crash", true),
        ("-l tier in (web, backend) auth", false),
        ("/^chat-.*-rkmhz$/", true),
        ("/^service/", false),
        ("!/^service/", true),
        ("/back ?off/ chat", true),
    ] {
        assert_eq!(Filter::parse(text).takes(&row()), takes, "{text:?}");
    }
}

#[test]
fn letters_scattered_by_chance_are_no_match() {
    let filter = Filter::parse("chat");
    assert!(!filter.takes_all(&["notification-service-c6f9hd7ka2-x8t4q"]));
    assert!(filter.takes_all(&["group-chat-9"]));
    let sentence = "canary 1.5.0 fails 7.2 %, stable 0.2 % (9453 requests); alert ChatErrorRate";
    assert!(!Filter::parse("search").takes_all(&["chat-service", sentence]));
    assert!(Filter::parse("fails").takes_all(&["chat-service", sentence]));
}

#[test]
fn what_is_broken_is_said_and_shows_everything() {
    for text in ["/(/", "/[a", "-l a in (b", "-l =x"] {
        let filter = Filter::parse(text);
        assert!(filter.takes(&row()), "{text:?}");
        let told: String = filter.told().iter().map(|span| span.text.to_string()).collect();
        assert!(told.contains("left out"), "{told}");
    }
    let huge = Filter::parse(r"/\w{5000}\w{5000}/");
    assert!(huge.told().iter().any(|span| span.text.contains("too large")));
}

#[test]
fn a_longer_text_narrows_only_where_it_can_only_take_away() {
    for (new, old, narrows) in [
        ("chat", "cha", true),
        ("chat prod", "chat", true),
        ("chat", "chat prod", false),
        ("!chat", "!cha", false),
        ("chat !auth", "chat", true),
        ("status:crash", "status:cr", true),
        ("status:", "status", false),
        ("-l app=chat", "-l app=cha", false),
        ("/ab/", "/a/", false),
        ("anything", "", true),
    ] {
        assert_eq!(Filter::parse(new).narrows(&Filter::parse(old)), narrows, "{new:?} after {old:?}");
    }
}

proptest::proptest! {
    #[test]
    fn a_word_that_goes_on_never_takes_more(word in "[a-c-]{1,6}", row in "[a-c-]{0,24}") {
        let shorter = &word[..word.len() - 1];
        let takes = |text: &str| Filter::parse(text).takes_all(&[&row]);
        proptest::prop_assert!(!takes(&word) || takes(shorter));
    }
}
