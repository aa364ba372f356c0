use super::*;

fn gist(message: &str) -> Text {
    Event { message: message.into(), ..Event::default() }.gist()
}

#[test]
fn events_that_repeat_on_other_pods_have_the_same_gist() {
    let probe = |address: &str| {
        gist(&format!(
            "Readiness probe failed: Get \"http://{address}:8083/readyz\": context deadline exceeded \
             (Client.Timeout exceeded while awaiting headers)"
        ))
    };
    assert_eq!(probe("10.64.12.240"), "Readiness probe failed: /readyz: context deadline exceeded");
    assert_eq!(probe("10.64.12.240"), probe("[fd00::7]"));
    assert_eq!(
        gist("Back-off restarting failed container chat in pod chat-1_production(7)"),
        gist("Back-off restarting failed container chat in pod chat-2_production(8)")
    );
}

#[test]
fn a_gist_is_one_sentence_and_never_too_long() {
    assert_eq!(
        gist("0/3 nodes are available: 3 Insufficient memory. preemption: none"),
        "0/3 nodes are available: 3 Insufficient memory"
    );
    assert_eq!(gist(&"é".repeat(300)).chars().count(), 120);
    assert_eq!(gist("Get \"nothing"), "Get \"nothing");
}
