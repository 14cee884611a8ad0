//! How fast the model's states move.

use std::time::Duration;

/// How fast the model's states move. Everything at once is the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pace {
    /// How often a thing is looked at before it reaches its next state.
    pub(crate) looks: u32,
    /// How often a new thing is looked for before it is found: eventual consistency.
    pub(crate) hidden: u32,
}

/// What decides when a thing of the model moves on: looks at it, and time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Timing {
    pub(super) pace: Pace,
    /// How long a state takes, however often it is looked at.
    pub(super) takes: Duration,
}

impl From<Pace> for Timing {
    fn from(pace: Pace) -> Self {
        Self {
            pace,
            takes: Duration::ZERO,
        }
    }
}
