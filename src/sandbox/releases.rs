//! What is wrong with some releases.

/// Levels and sentences.
pub(crate) type Sayings = &'static [(&'static str, &'static str)];

/// A release that should never have been made.
pub(crate) struct BadRelease {
    /// The end of its image.
    image: &'static str,
    pub(crate) fault: Fault,
    /// What its containers complain of.
    pub(crate) complaints: Sayings,
}

/// How a release fails.
pub(crate) enum Fault {
    /// Its pods are ready, and fall short.
    Flawed(Flaw),
    /// Its containers never get ready: their memory runs full so many seconds after they start.
    Starving(i64),
}

/// How the answers of a release fall short.
pub(crate) struct Flaw {
    /// The part of its requests that fails, of 1.
    pub(crate) failing: f64,
    /// How many times as long its answers take.
    pub(crate) slower: f64,
}

static BAD: [BadRelease; 3] = [
    BadRelease {
        image: "/chat-service:1.5.0",
        fault: Fault::Flawed(Flaw { failing: 0.072, slower: 1.7 }),
        complaints: &[
            ("error", "redis timeout after 500 ms"),
            ("warn", "presence cache miss, loading room from database"),
            ("error", "redis timeout after 500 ms, message not delivered"),
            ("warn", "all connections to redis are in use, waiting for one"),
        ],
    },
    BadRelease {
        image: "/media-service:3.2.0",
        fault: Fault::Starving(14),
        complaints: &[
            ("error", "image decoding failed: cannot allocate 96 MiB"),
            ("warn", "original is decoded at full size, 8000x6000"),
            ("error", "thumbnail dropped: image decoding failed"),
            ("warn", "heap above 90 % of limit"),
        ],
    },
    BadRelease {
        image: "/search-service:5.3.0",
        fault: Fault::Flawed(Flaw { failing: 0.08, slower: 2.2 }),
        complaints: &[
            ("error", "query failed: no field room_id in index messages-v2"),
            ("warn", "query took longer than 400 ms, index messages-v2 is cold"),
        ],
    },
];

/// What is wrong with the release of an image, if anything is.
pub(crate) fn bad(image: &str) -> Option<&'static BadRelease> {
    BAD.iter().find(|release| image.ends_with(release.image))
}
