use super::*;

#[test]
fn only_what_means_nothing_in_an_address_stays_as_it_is() {
    let kept = "AZaz09-._~";
    assert_eq!(encode(kept), kept);
    assert_eq!(encode("a b+c&d=e/f?g#h%i"), "a%20b%2Bc%26d%3De%2Ff%3Fg%23h%25i");
    assert_eq!(encode(r#"up{pod=~"(x|y)\\.z"}[2m]"#), "up%7Bpod%3D~%22%28x%7Cy%29%5C%5C.z%22%7D%5B2m%5D");
    assert_eq!(encode("ä\n"), "%C3%A4%0A");
}
