//! What tells of people: e-mail addresses, the numbers of telephones and those of cards.

use std::ops::Range;

/// Tells where e-mail addresses are.
pub(super) fn mails(line: &str, mut each: impl FnMut(Range<usize>)) {
    let bytes = line.as_bytes();
    for at in memchr::memchr_iter(b'@', bytes) {
        let is_local = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte) || !byte.is_ascii();
        let start = at - bytes[..at].iter().rev().take_while(|byte| is_local(byte)).count();
        let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
        let host = bytes[at + 1..].iter().take_while(|byte| is_host(byte)).count();
        let host = line[at + 1..at + 1 + host].trim_end_matches(['.', '-']);
        let last = host.rsplit_once('.').map_or("", |(_, last)| last);
        let is_name = last.len() >= 2 && last.bytes().all(|byte| byte.is_ascii_alphabetic());
        // Whoever logs in somewhere: `ssh://git@host`.
        let is_login = line[..start].ends_with("//");
        if start < at && is_name && !is_login {
            each(start..at + 1 + host.len());
        }
    }
}

/// How many digits a telephone number has with that of its country.
const PHONE: std::ops::RangeInclusive<usize> = 9..=15;

/// Tells where telephone numbers are, in their form for other countries: "+49 151 2345678".
pub(super) fn phones(line: &str, mut each: impl FnMut(Range<usize>)) {
    let bytes = line.as_bytes();
    let mut done = 0;
    for at in memchr::memchr_iter(b'+', bytes) {
        let is_inside = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || b"+_.".contains(&bytes[at - 1]));
        if at < done || is_inside || bytes.get(at + 1).is_none_or(|digit| !(b'1'..=b'9').contains(digit)) {
            continue;
        }
        if let Some(end) = end_of_phone(bytes, at + 1) {
            each(at..end);
            done = end;
        }
    }
}

/// Where the digits of a telephone number end, which may stand in groups.
fn end_of_phone(bytes: &[u8], start: usize) -> Option<usize> {
    let (mut end, mut digits) = (end_of_digits(bytes, start), 0);
    // Behind a time stands how far it is ahead: "+1100".
    if end - start == 4 {
        return None;
    }
    let mut group = start;
    while digits + end - group <= *PHONE.end() {
        digits += end - group;
        let gap = bytes[end..].iter().take(2).take_while(|byte| b" -()".contains(byte)).count();
        group = end + gap;
        let next = end_of_digits(bytes, group);
        if gap == 0 || next == group || digits + next - group > *PHONE.end() {
            break;
        }
        end = next;
    }
    let is_word = bytes.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    (PHONE.contains(&digits) && !is_word).then_some(end)
}

/// Tells where numbers of cards are: in one piece, or in the groups in which they are printed.
pub(super) fn cards(line: &str, mut each: impl FnMut(Range<usize>)) {
    let bytes = line.as_bytes();
    let mut at = 0;
    while let Some(start) = bytes[at..].iter().position(u8::is_ascii_digit).map(|gap| at + gap) {
        let end = end_of_digits(bytes, start);
        at = end;
        if start > 0 && (bytes[start - 1].is_ascii_alphanumeric() || b"_.-".contains(&bytes[start - 1])) {
            continue;
        }
        let found = match end - start {
            12..=19 => Some(end),
            4 => end_of_groups(bytes, start),
            _ => None,
        };
        let Some(end) = found else { continue };
        let next = bytes.get(end).copied().unwrap_or(b' ');
        let digits: Vec<u8> =
            bytes[start..end].iter().filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0').collect();
        if !next.is_ascii_alphanumeric() && next != b'_' && is_issued(&digits) && is_checked(&digits) {
            each(start..end);
            at = end;
        }
    }
}

fn end_of_digits(bytes: &[u8], start: usize) -> usize {
    start + bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// Where groups of four end, or those of four, six and the rest, with the same sign between all.
fn end_of_groups(bytes: &[u8], start: usize) -> Option<usize> {
    let sign = *bytes.get(start + 4).filter(|byte| b" -".contains(byte))?;
    [&[4, 4, 4, 4][..], &[4, 6, 5], &[4, 6, 4]].into_iter().find_map(|groups| {
        let mut end = start;
        for (index, length) in groups.iter().enumerate() {
            if index > 0 {
                end += usize::from(bytes.get(end) == Some(&sign));
            }
            let group = end_of_digits(bytes, end.min(bytes.len()));
            if group - end != *length {
                return None;
            }
            end = group;
        }
        Some(end)
    })
}

/// Whether cards have numbers that begin like this and are as long. Most other numbers do not: times, ids, traces.
fn is_issued(digits: &[u8]) -> bool {
    let begin = |count: usize| digits.iter().take(count).fold(0_u32, |sum, digit| sum * 10 + u32::from(*digit));
    matches!(
        (digits.len(), begin(4)),
        (13 | 16 | 19, 4_000..=4_999)
        | (16, 5_100..=5_599 | 2_221..=2_720 | 3_528..=3_589)
        | (15, 3_400..=3_499 | 3_700..=3_799)
        | (14, 3_000..=3_059 | 3_600..=3_699 | 3_800..=3_999)
        | (16..=19, 6_011 | 6_200..=6_299 | 6_440..=6_599)
    )
}

/// Whether the last digit is that which the others ask for (Luhn).
fn is_checked(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| {
            let doubled = u32::from(*digit) * if index % 2 == 1 { 2 } else { 1 };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    sum.is_multiple_of(10)
}
