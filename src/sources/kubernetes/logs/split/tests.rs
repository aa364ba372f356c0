use super::*;

/// The lines with what was left out of each, and the beginning of one that has no end.
type Cut = (Vec<(Vec<u8>, usize)>, Option<Vec<u8>>);

fn lines_of(pieces: &[&[u8]]) -> Cut {
    let mut splitter = Splitter::default();
    let mut lines = Vec::new();
    for piece in pieces {
        splitter.push(piece, |raw| lines.push((raw.bytes.to_vec(), raw.left_out)));
    }
    let rest = splitter.rest().map(|raw| raw.bytes.to_vec());
    (lines, rest)
}

#[test]
fn a_sample_cut_at_every_byte_gives_the_same_lines() {
    let mut sample = Vec::new();
    while sample.len() < 4096 {
        let number = sample.len();
        sample.extend_from_slice(format!("line {number} größer \u{1b}[31m漢字\u{1b}[0m\r\n\n").as_bytes());
        sample.extend_from_slice(b"\xff\x00 bytes\n");
    }
    sample.extend_from_slice("and a beginning é".as_bytes());
    let whole = lines_of(&[&sample]);
    assert_eq!(whole.1.as_deref(), Some("and a beginning é".as_bytes()));
    for cut in 0..=sample.len() {
        let (head, tail) = sample.split_at(cut);
        assert_eq!(lines_of(&[head, tail]), whole, "cut at {cut}");
    }
}

#[test]
fn a_line_that_is_too_long_keeps_its_beginning_and_counts_the_rest() {
    let long = vec![b'x'; 10 * 1024 * 1024];
    let pieces: Vec<&[u8]> = long.chunks(30_000).chain([b"\nnext\n".as_slice()]).collect();
    let (lines, rest) = lines_of(&pieces);
    assert_eq!(
        lines.iter().map(|(line, left_out)| (line.len(), *left_out)).collect::<Vec<_>>(),
        [(LONGEST, long.len() - LONGEST), (4, 0)]
    );
    assert_eq!(rest, None);
    let mut at_once = long.clone();
    at_once.extend_from_slice(b"\nnext\n");
    assert_eq!(lines_of(&[&at_once]).0, lines);
}
