//! How often to ask: often where a change is near, seldom where it is far.

use std::time::Duration;

/// Near a change, so that it is noticed within half a second, the answer's own way included.
pub(super) const TIGHT: Duration = Duration::from_millis(350);

/// Elsewhere, so that it is noticed within two seconds: one question in two seconds is a fortieth of what EC2 allows.
const LONGEST: Duration = Duration::from_millis(1_850);

/// How often to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pace {
    /// The first pause.
    pub(crate) first: Duration,
    /// The longest: each pause is half as long again as the one before.
    pub(crate) longest: Duration,
    /// From when until when the change comes in most builds. Nobody can know it better, so it is looked for all that time.
    pub(crate) usual: Option<(Duration, Duration)>,
}

impl Pace {
    /// For a call that is repeated until it is taken.
    pub(crate) const BRISK: Self = Self {
        first: Duration::from_millis(500),
        longest: LONGEST,
        usual: None,
    };
    /// A machine that starts: 5 to 35 s in published logs.
    pub(crate) const START: Self = Self {
        usual: Some((Duration::from_secs(2), Duration::from_secs(45))),
        ..Self::BRISK
    };
    /// A machine that stops or goes: 10 to 60 s, and minutes where it is large.
    pub(crate) const STOP: Self = Self {
        usual: Some((Duration::from_secs(2), Duration::from_secs(75))),
        ..Self::BRISK
    };
    /// For what takes minutes, and tells how far it is: images and snapshots.
    pub(crate) const STEADY: Self = Self {
        first: Duration::from_millis(500),
        longest: LONGEST,
        usual: None,
    };

    /// The pause after so long a wait, where `grown` is what it has grown to.
    pub(super) fn pause(self, elapsed: Duration, grown: Duration) -> Duration {
        match self.usual {
            Some((from, until)) if elapsed < until => {
                grown.min(from.saturating_sub(elapsed).max(TIGHT))
            }
            _ => grown,
        }
    }
}
