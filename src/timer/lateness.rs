//! Renewals that fail: from when on somebody has to be told, and what.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::lifetime::Lifetime;

/// Since when the machine has not heard of us.
pub(super) struct Lateness {
    lifetime: Lifetime,
    heard: Instant,
    /// A computer that slept did not count the time.
    heard_by_the_wall: SystemTime,
    told: Told,
}

/// What was said last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Nothing,
    Late,
    Over,
}

/// Something to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// The machine will end itself.
    Late {
        /// It has not heard of us for so long.
        since: Duration,
        /// So long it still waits.
        left: Duration,
    },
    /// It has ended itself.
    Over {
        /// It has not heard of us for so long.
        since: Duration,
    },
    /// After one of them: all is well.
    Again,
}

impl Lateness {
    /// The machine has heard of us just now.
    pub(super) fn new(lifetime: Lifetime) -> Self {
        Self {
            lifetime,
            heard: Instant::now(),
            heard_by_the_wall: SystemTime::now(),
            told: Told::Nothing,
        }
    }

    /// It heard of us.
    pub(super) fn renewed(&mut self) -> Option<Notice> {
        self.heard = Instant::now();
        self.heard_by_the_wall = SystemTime::now();
        let told = std::mem::replace(&mut self.told, Told::Nothing);
        (told != Told::Nothing).then_some(Notice::Again)
    }

    /// It did not. Half of the time may pass before that is worth a word.
    pub(super) fn failed(&mut self) -> Option<Notice> {
        let by_the_wall = self.heard_by_the_wall.elapsed().unwrap_or_default();
        let since = self.heard.elapsed().max(by_the_wall);
        let whole = self.lifetime.whole();
        let due = if since >= whole {
            Told::Over
        } else if since >= whole / 2 {
            Told::Late
        } else {
            Told::Nothing
        };
        if due == Told::Nothing || due == self.told {
            return None;
        }
        self.told = due;
        Some(match whole.checked_sub(since) {
            Some(left) if !left.is_zero() => Notice::Late { since, left },
            _ => Notice::Over { since },
        })
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_is_told_once_at_half_time_once_at_the_end_and_once_when_it_is_over() {
        let hour = Lifetime::read("TIMER", Some("1h")).unwrap().unwrap();
        let minutes = |count| Duration::from_secs(60_u64 * count);
        let mut lateness = Lateness::new(hour);
        let mut notices = Vec::new();
        for _ in 0..70 {
            tokio::time::advance(minutes(1)).await;
            notices.extend(lateness.failed());
        }
        notices.extend(lateness.renewed());
        notices.extend(lateness.renewed());
        let (half, whole) = (minutes(30), minutes(60));
        let late = Notice::Late {
            since: half,
            left: half,
        };
        assert_eq!(
            notices,
            [late, Notice::Over { since: whole }, Notice::Again]
        );
    }
}
