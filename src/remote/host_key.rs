//! The machine's host key: pinned by the first connection, compared by every later one.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest as _, Sha256};

/// A host key as the server sent it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct HostKey(Vec<u8>);

/// The machine at the address shows another key than before.
#[derive(Clone, Debug)]
pub(crate) struct HostKeyChange {
    /// Where.
    pub(crate) host: String,
    /// The key of the first connection.
    pub(crate) pinned: HostKey,
    /// The key that is shown now.
    pub(crate) shown: HostKey,
}

/// Decides whether a changed key is all right, such as when EC2 reports the same instance at that address.
pub(crate) type HostKeyJudge =
    Arc<dyn Fn(HostKeyChange) -> Pin<Box<dyn Future<Output = Verdict> + Send>> + Send + Sync>;

/// What a [`HostKeyJudge`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The new key is pinned from now on.
    Accept,
    /// The connection is refused.
    Refuse,
}

/// The key that was seen first. Clones share it, so that a reconnect compares with the first connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct HostKeyPin {
    pinned: Arc<Mutex<Option<HostKey>>>,
}

impl HostKey {
    /// Wraps the key's wire form.
    pub(crate) fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }
}

impl fmt::Display for HostKey {
    /// As `ssh-keygen -l` prints it: `SHA256:…`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "SHA256:{}",
            STANDARD_NO_PAD.encode(Sha256::digest(&self.0))
        )
    }
}

impl fmt::Debug for HostKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl HostKeyPin {
    /// Pins the first key; afterwards says which key was pinned where `shown` is another one.
    pub(super) fn check(&self, shown: &HostKey) -> Result<(), HostKey> {
        let mut pinned = self.pinned.lock().unwrap_or_else(PoisonError::into_inner);
        match pinned.as_ref() {
            Some(known) if known != shown => Err(known.clone()),
            Some(_) => Ok(()),
            None => {
                *pinned = Some(shown.clone());
                Ok(())
            }
        }
    }

    /// Takes `key` for the right one from now on.
    pub(super) fn replace(&self, key: HostKey) {
        *self.pinned.lock().unwrap_or_else(PoisonError::into_inner) = Some(key);
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn the_first_key_is_pinned_and_another_one_is_refused() {
        let pin = HostKeyPin::default();
        assert_eq!(pin.check(&HostKey::new(*b"one")), Ok(()));
        assert_eq!(
            pin.clone().check(&HostKey::new(*b"two")),
            Err(HostKey::new(*b"one"))
        );
        assert_eq!(pin.check(&HostKey::new(*b"one")), Ok(()));
    }

    #[test]
    fn an_accepted_change_becomes_the_pinned_key() {
        let pin = HostKeyPin::default();
        pin.check(&HostKey::new(*b"one")).unwrap();
        pin.replace(HostKey::new(*b"two"));
        assert_eq!(pin.check(&HostKey::new(*b"two")), Ok(()));
    }
}
