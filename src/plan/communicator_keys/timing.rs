//! How long and how often a login is tried.

use std::time::Duration;

use crate::template::duration::GoDuration;
use crate::template::fields::Fields;

/// Where neither the time nor the number of attempts is limited by the template, both are.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5 * 60);
const DEFAULT_ATTEMPTS: u32 = 10;
const DEFAULT_KEEP_ALIVE: Duration = Duration::from_secs(5);

/// The keys that limit connecting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Timing {
    /// `None` is without limit.
    pub(super) timeout: Option<Duration>,
    /// `None` is without limit.
    pub(super) handshake_attempts: Option<u32>,
    /// `None` is never.
    pub(super) keep_alive: Option<Duration>,
    /// `None` is without limit.
    pub(super) read_write_timeout: Option<Duration>,
    /// Zero is at once.
    pub(super) pause_before_connecting: Duration,
}

impl Timing {
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        let timeout = nanoseconds(fields.duration("ssh_timeout"));
        let waiting = nanoseconds(fields.duration("ssh_wait_timeout"));
        let attempts = fields.integer("ssh_handshake_attempts").unwrap_or(0);
        let (timeout, handshake_attempts) = limits(timeout, waiting, attempts);
        Self {
            timeout,
            handshake_attempts,
            keep_alive: match nanoseconds(fields.duration("ssh_keep_alive_interval")) {
                0 => Some(DEFAULT_KEEP_ALIVE),
                interval => positive(interval),
            },
            read_write_timeout: positive(nanoseconds(fields.duration("ssh_read_write_timeout"))),
            pause_before_connecting: positive(nanoseconds(
                fields.duration("pause_before_connecting"),
            ))
            .unwrap_or_default(),
        }
    }
}

/// Packer's rule: the defaults hold only where both are unset; the deprecated `ssh_wait_timeout` replaces the time after that.
/// A negative time is over at once; a negative number of attempts is no limit.
fn limits(timeout: i64, waiting: i64, attempts: i64) -> (Option<Duration>, Option<u32>) {
    let (mut time, attempts) = match (timeout, attempts) {
        (0, 0) => (Some(DEFAULT_TIMEOUT), Some(DEFAULT_ATTEMPTS)),
        (time, attempts) => (
            limit(time),
            u32::try_from(attempts).ok().filter(|count| *count > 0),
        ),
    };
    if waiting != 0 {
        time = limit(waiting);
    }
    (time, attempts)
}

fn limit(nanoseconds: i64) -> Option<Duration> {
    (nanoseconds != 0).then(|| positive(nanoseconds).unwrap_or_default())
}

fn positive(nanoseconds: i64) -> Option<Duration> {
    u64::try_from(nanoseconds)
        .ok()
        .filter(|count| *count > 0)
        .map(Duration::from_nanos)
}

fn nanoseconds(duration: Option<GoDuration>) -> i64 {
    duration.unwrap_or_default().0
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    #[test]
    fn both_limits_are_packers_defaults_where_neither_is_set() {
        assert_eq!(
            limits(0, 0, 0),
            (Some(DEFAULT_TIMEOUT), Some(DEFAULT_ATTEMPTS))
        );
    }

    #[test]
    fn a_timeout_alone_leaves_the_attempts_unlimited() {
        assert_eq!(
            limits(30 * SECOND, 0, 0),
            (Some(Duration::from_secs(30)), None)
        );
    }

    #[test]
    fn attempts_alone_leave_the_time_unlimited() {
        assert_eq!(limits(0, 0, 20), (None, Some(20)));
    }

    #[test]
    fn the_deprecated_wait_timeout_wins_and_keeps_the_default_attempts() {
        assert_eq!(
            limits(0, 60 * SECOND, 0),
            (Some(Duration::from_secs(60)), Some(DEFAULT_ATTEMPTS))
        );
        assert_eq!(
            limits(30 * SECOND, 60 * SECOND, 0),
            (Some(Duration::from_secs(60)), None)
        );
    }

    #[test]
    fn a_negative_timeout_is_over_at_once_and_negative_attempts_are_no_limit() {
        assert_eq!(limits(-1, 0, -1), (Some(Duration::ZERO), None));
    }
}
