//! Texts that attack whoever prints them: each begins with a mark of its own, by which it is found again.

use std::collections::BTreeSet;

/// One attack.
pub(crate) struct Payload {
    /// The word that it begins with: "h017.".
    pub(crate) mark: String,
    /// The mark, the attack, and a full stop. It may be no UTF-8.
    pub(crate) bytes: Vec<u8>,
}

impl Payload {
    /// The payload where only text goes: what is no UTF-8 is replaced.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The payload where a line feed would end it.
    #[allow(dead_code, reason = "only a real cluster has logs that can be written")]
    pub(crate) fn line(&self) -> Vec<u8> {
        self.bytes.iter().map(|byte| if *byte == b'\n' { b'\r' } else { *byte }).collect()
    }
}

/// Every attack.
pub(crate) fn payloads() -> Vec<Payload> {
    let attacks = [sequences(), strings(), controls(), deceptions(), shapes(), broken()].concat();
    let payload = |(index, attack): (usize, Vec<u8>)| {
        let mark = format!("h{index:03}.");
        Payload { bytes: [mark.as_bytes(), &attack, b"."].concat(), mark }
    };
    attacks.into_iter().enumerate().map(payload).collect()
}

/// The marks of payloads.
pub(crate) fn marks<'a>(payloads: impl IntoIterator<Item = &'a Payload>) -> BTreeSet<String> {
    payloads.into_iter().map(|payload| payload.mark.clone()).collect()
}

/// Control sequences, each in seven bits, as one C1 character, and as the bare byte, which is no UTF-8.
fn sequences() -> Vec<Vec<u8>> {
    let bodies = [
        "2J",
        "3J",
        "H",
        "1;1H",
        "999;999H",
        "31;5H",
        "A",
        "99B",
        "99D",
        "K",
        "1K",
        "2K",
        "5L",
        "5M",
        "99P",
        "99X",
        "S",
        "r",
        "1;5r",
        "6n",
        "c",
        ">c",
        "x",
        "?1049h",
        "?1049l",
        "?25l",
        "?1000h",
        "?1003h",
        "?2004h",
        "?2026h",
        "?5h",
        "?7l",
        "4h",
        "20h",
        "201~",
        "8m",
        "31m",
        "31;1;5m",
        "38;2;1;2;3m",
        ">4;1m",
        "0 q",
        "!p",
        "21t",
        "8;1;1t",
        "99b",
        "999999999999999999999H",
        "",
        "31",
    ];
    let spelled = |introducer: &'static [u8]| bodies.map(move |body| [introducer, body.as_bytes()].concat());
    let bare = [b"\x9b2J".to_vec(), b"\x9b31m".to_vec(), b"\x9b6n".to_vec()];
    spelled(b"\x1b[").into_iter().chain(spelled("\u{9b}".as_bytes())).chain(bare).collect()
}

/// Control strings of every kind, with every ending and with none.
fn strings() -> Vec<Vec<u8>> {
    let commands =
        ["]0;title", "]2;title", "]8;;https://evil.example/", "]52;c;ZXZpbA==", "]52;c;?", "]10;?", "]4;1;?"];
    let commands =
        commands.into_iter().chain(["]1337;File=:", "]777;notify;a;b", "]9;x", "P+q544e", "P$qm", "_Gi=1;AAAA"]);
    let commands: Vec<&str> = commands.chain(["^privacy", "Xstring"]).collect();
    let endings = ["\u{7}", "\u{1b}\\", "\u{9c}", ""];
    let mut found = Vec::new();
    for command in &commands {
        found.extend(endings.map(|ending| format!("\u{1b}{command}{ending}").into_bytes()));
    }
    for (introducer, byte) in [("\u{90}", 0x90), ("\u{98}", 0x98), ("\u{9d}", 0x9d), ("\u{9e}", 0x9e), ("\u{9f}", 0x9f)]
    {
        found.extend(endings.map(|ending| format!("{introducer}0;hidden{ending}").into_bytes()));
        found.push([&[byte], b"0;hidden\x9c".as_slice()].concat());
    }
    found
}

/// Control characters alone, and sequences of two or three characters.
fn controls() -> Vec<Vec<u8>> {
    let short = ["c", "7", "8", "D", "E", "M", "=", ">", "Z", "(0", ")B", "#8", " F", "%@", "\u{1b}[2J", ""];
    let short = short.into_iter().map(|rest| format!("\u{1b}{rest}").into_bytes());
    let single =
        (0..0x20).chain(0x7f..0xa0).filter_map(char::from_u32).map(|control| format!("a{control}b").into_bytes());
    short.chain(single).collect()
}

/// What hides, turns round or impersonates.
fn deceptions() -> Vec<Vec<u8>> {
    let bidi = (0x202a..=0x202e).chain(0x2066..=0x2069).chain([0x200e, 0x200f, 0x061c]);
    let hidden = [0xad, 0x34f, 0x115f, 0x180e, 0x200b, 0x200c, 0x200d, 0x2028, 0x2029, 0x2060, 0x2064, 0x206a, 0x3164];
    let more = [0xfe0f, 0xfeff, 0xfff9, 0xfffc, 0x1_d173, 0xe_0001, 0xe_0041, 0xe_0100, 0xf_0000, 0xe000];
    let all = bidi.chain(hidden).chain(more).filter_map(char::from_u32);
    all.map(|hidden| format!("safe{hidden}gpj.exe{hidden}").into_bytes()).collect()
}

/// What has another width, height or length than it seems, and what other programs would act upon.
fn shapes() -> Vec<Vec<u8>> {
    let marks = "\u{301}\u{489}\u{fe24}".repeat(60);
    let mut found: Vec<String> = [
        "漢字かな交じり文",
        "ｆｕｌｌ",
        "한글",
        "ᄒ\u{1161}\u{11ab}",
        "±°Ω→★",
        "👩\u{200d}👩\u{200d}👧\u{200d}👦",
        "🇩🇪🇩",
        "👍🏿",
        "❤\u{fe0f}",
        "1\u{fe0f}\u{20e3}",
        "שלום",
        "لا إله",
        "क्षि",
        "ཧཱུྃ",
        "กำ",
        "\u{301}alone",
        "﷽",
        "⸻",
        "𒐫",
        "a\tb\t\tc",
        "one\r\ntwo\nthree",
        "over\rUNDER",
        "a\u{b}b\u{c}c",
        "\u{85}next",
        "secret\u{8}\u{8}\u{8}\u{8}\u{8}\u{8}public",
        "::set-env name=PATH::/evil",
        "::error file=a,line=1::evil",
        "\n::add-mask::x",
        "##vso[task.setvariable]x",
        "{\"level\":\"error\",\"msg\":\"\u{1b}[31mred\"}",
        "{\"msg\":\"\\u001b[2J\"}",
        "%s%n%x%99999d",
        "${PATH} $(id) `id`",
        "'; DROP TABLE pods; --",
        "<script>alert(1)</script>",
        "\u{1b}[31m\u{1b}[0m",
        "end\u{1b}",
        "end\u{1b}[",
        "end\u{9b}",
    ]
    .map(str::to_owned)
    .into();
    found.extend([format!("e{marks}"), marks, "wide漢".repeat(700), "x".repeat(3000), "\u{202e}".repeat(300)]);
    found.into_iter().map(String::into_bytes).collect()
}

/// What is no UTF-8.
fn broken() -> Vec<Vec<u8>> {
    let found: [&[u8]; 11] = [
        b"\xff\xfe",
        b"caf\xe9",
        b"\xc3",
        b"\xe2\x82",
        b"\xc0\x9b2J",
        b"\xc0\x80",
        b"\xe0\x80\x9b[2J",
        b"\xf0\x80\x80\x9b",
        b"\xed\xa0\xbd\xed\xb8\x80",
        b"\xed\xa0\x80",
        b"\xf5\x80\x80\x80\x1b[2J",
    ];
    found.map(<[u8]>::to_vec).into()
}
