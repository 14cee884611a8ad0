//! A digest of a sequence of texts: two sequences are never the same bytes.

use sha2::{Digest as _, Sha256};

/// SHA-256.
pub(super) type Digest = [u8; 32];

/// A digest in the making.
#[derive(Clone, Debug, Default)]
pub(super) struct Hash(Sha256);

impl Hash {
    /// Adds a text, with its length before it.
    pub(super) fn add(&mut self, text: impl AsRef<[u8]>) {
        let bytes = text.as_ref();
        self.number(bytes.len() as u64);
        self.0.update(bytes);
    }

    /// Adds a number.
    pub(super) fn number(&mut self, number: u64) {
        self.0.update(number.to_be_bytes());
    }

    /// Adds a piece of something longer, as it is.
    pub(super) fn piece(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest.
    pub(super) fn end(self) -> Digest {
        self.0.finalize().into()
    }
}

/// In hexadecimal digits.
pub(super) fn hexadecimal(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
