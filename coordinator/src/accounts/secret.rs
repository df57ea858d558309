//! Random secrets and what is kept of them: a SHA-256, from which they cannot be found again.
//!
//! A plain hash is enough because each has at least 128 random bits; passwords, which people
//! choose, go through argon2 instead.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// What is kept of a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Kept(pub(super) [u8; 32]);

impl Kept {
    pub(super) fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }

    /// Compares in a time that does not depend on the bytes.
    pub(super) fn same(self, other: Self) -> bool {
        self.0.iter().zip(other.0).fold(0, |differing, (a, b)| differing | (a ^ b)) == 0
    }
}

/// Draws `N` random bytes, as text for URLs and headers.
pub(crate) fn draw<const N: usize>() -> String {
    URL_SAFE_NO_PAD.encode(random::<N>())
}

/// Draws a short name: `prefix` and ten letters or digits that are hard to confuse.
pub(super) fn draw_name(prefix: &str) -> String {
    prefix.chars().chain(letters::<10>()).collect()
}

/// Draws a password that can be read out on the telephone: 80 random bits in four groups.
#[must_use]
pub fn new_password() -> String {
    let groups: Vec<String> = (0..4).map(|_| letters::<4>().into_iter().collect()).collect();
    groups.join("-")
}

fn letters<const N: usize>() -> [char; N] {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    random::<N>().map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
}

pub(super) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}
