use super::*;

fn hint(said: Option<ArmRole>, version: &str, second: i64) -> Hint {
    Hint { said, version: version.into(), made: Timestamp::from_second(second).ok() }
}

#[test]
fn a_name_says_which_part_its_service_plays() {
    for (name, role) in [
        ("chat-canary", Some(ArmRole::Canary)),
        ("chat-preview", Some(ArmRole::Canary)),
        ("chat-green", Some(ArmRole::Canary)),
        ("chat-next", Some(ArmRole::Canary)),
        ("chat-stable", Some(ArmRole::Stable)),
        ("chat", None),
        ("canary", None),
        ("chat-service", None),
    ] {
        assert_eq!(ArmRole::of_name(name), role, "{name}");
    }
}

#[test]
fn the_parts_of_two_follow_from_one_and_of_none_from_what_is_newer() {
    let (canary, stable) = (Some(ArmRole::Canary), Some(ArmRole::Stable));
    assert_eq!(roles(&[hint(None, "1", 1), hint(canary, "2", 2)]), [stable, canary]);
    assert_eq!(roles(&[hint(None, "1", 1), hint(stable, "2", 2)]), [canary, stable]);
    assert_eq!(
        roles(&[hint(None, "1", 9), hint(None, "2", 2)]),
        [canary, stable],
        "the newer one, whatever its number"
    );
    assert_eq!(roles(&[hint(None, "1", 9), hint(None, "1", 2)]), [None, None], "one version is no canary of itself");
    assert_eq!(roles(&[hint(None, "1", 1), Hint::default()]), [None, None]);
    assert_eq!(roles(&[hint(canary, "1", 1), hint(canary, "2", 2)]), [None, None]);
    assert_eq!(roles(&[hint(None, "1", 1), hint(canary, "2", 2), hint(None, "3", 3)]), [None, canary, None]);
    assert_eq!(roles(&[hint(None, "1", 1)]), [None]);
}

#[test]
fn a_gateway_counts_a_service_under_its_whole_name() {
    let counted = |name| is_counted_as(name, "production", "chat");
    assert!(counted("production-chat-http-80@kubernetesgateway"));
    assert!(counted("production-chat-80@kubernetes"));
    for other in [
        "production-chat-canary-http-80@kubernetesgateway",
        "production-chat-http-80",
        "staging-chat-http-80@kubernetesgateway",
        "production-chat@file",
        "production-chat-http-web@kubernetesgateway",
    ] {
        assert!(!counted(other), "{other}");
    }
    assert!(is_counted_as("production-chat-canary-http-80@kubernetesgateway", "production", "chat-canary"));
}
