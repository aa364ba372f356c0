use super::*;

#[test]
fn what_is_no_longer_kept_is_counted_all_the_same() {
    let counts = |kept, delivered| Counts { kept, delivered, ..Counts::default() };
    assert_eq!(kept(&counts(1_204, 1_204)), "1,204 kept");
    assert_eq!(kept(&counts(200_000, 1_200_001)), "200,000 of 1,200,001 kept");
}
