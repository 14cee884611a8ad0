//! What is to go.

use std::num::NonZeroUsize;
use std::time::Duration;

use crate::images::Kind;

/// What is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Aim {
    /// The previews of a pull request that is closed.
    PullRequest {
        /// Its number.
        number: u64,
        /// How it ended.
        ending: Ending,
    },
    /// What these rules say.
    Retention(Retention),
}

/// How a pull request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It was merged with this head, whose image may yet be promoted.
    Merged(String),
    /// It was not merged.
    Discarded,
    /// Nobody told.
    Unknown,
}

/// Rules by age and number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Retention {
    /// Of which kinds images may go.
    pub(crate) kinds: Vec<Kind>,
    /// So many of each line stay in any case.
    pub(crate) keep_last: Option<NonZeroUsize>,
    /// What is so old goes.
    pub(crate) older_than: Option<Duration>,
    /// Whether a preview goes whose time is over.
    pub(crate) expired: Expired,
}

/// Whether what is over goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expired {
    /// It does.
    Goes,
    /// Not for that reason.
    Stays,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            kinds: vec![Kind::Preview],
            keep_last: None,
            older_than: None,
            expired: Expired::Goes,
        }
    }
}
