//! A name of its own for what a provisioner puts on the machine.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::template::functions::time_ordered_uuid;

/// Chosen once for each provisioner: a retry works in the same place, as in Packer.
#[derive(Clone, Debug)]
pub(super) struct Staging(String);

impl Staging {
    /// A new name, of the form of a UUID.
    pub(super) fn choose() -> Self {
        let mut random = [0; 12];
        // Without randomness the time is as good: nobody else works on the machine.
        let _none = getrandom::fill(&mut random);
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        Self(time_ordered_uuid(
            now.map_or(0, |now| now.as_secs()),
            random,
        ))
    }

    /// The directory of that name below `parent`.
    pub(super) fn below(&self, parent: &str) -> String {
        format!("{parent}/{}", self.0)
    }

    /// The last part of the name, for a file.
    pub(super) fn suffix(&self) -> &str {
        self.0.rsplit('-').next().unwrap_or_default()
    }
}
