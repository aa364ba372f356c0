//! Reproducible chance: the same seed gives the same names, identities and log lines.

/// The letters that Kubernetes uses in generated names: no vowels, so that no word appears by accident.
const NAME_LETTERS: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// A small deterministic generator (`SplitMix64`).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// Returns a random tail for a generated name, such as `x7k2p`.
    pub(crate) fn suffix(&mut self) -> String {
        letters(self.next(), 5)
    }

    /// Returns an identity in the form of a version 4 UUID.
    pub(crate) fn uid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            (low >> 48) & 0xfff,
            low & 0xffff_ffff_ffff
        )
    }
}

/// Returns a stable hash of some text.
pub(crate) fn hash(text: &str) -> u64 {
    let fold = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    mix(text.bytes().fold(0xcbf2_9ce4_8422_2325, fold))
}

/// Spells a number in the letters of generated names.
pub(crate) fn letters(mut number: u64, length: usize) -> String {
    let mut spelled = String::with_capacity(length);
    for _ in 0..length {
        let index = usize::try_from(number % 27).unwrap_or_default();
        spelled.push(char::from(NAME_LETTERS[index]));
        number /= 27;
    }
    spelled
}

/// Scatters the bits of a number, so that neighbours have nothing in common.
pub(crate) const fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
