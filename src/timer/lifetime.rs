//! How long a machine lives without hearing of us.

use std::time::Duration;

use crate::template::duration::GoDuration;

/// Packer's own limit for a line that stays silent is five minutes, and a lid that is closed on the way from one desk to
/// another, or a router that restarts, takes less than this. It is also the most that a forgotten machine costs.
const DEFAULT: Duration = Duration::from_secs(30 * 60);
/// Shorter than this, a machine under load would end itself between two renewals.
const SHORTEST: Duration = Duration::from_secs(10);
/// So many renewals may fail before the machine ends. It is also how soon a machine that rebooted has its timer again.
const RENEWALS: u32 = 15;

/// A machine's time, from one renewal on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lifetime(Duration);

/// A text that is no lifetime.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{variable}` is `{text}`; it takes a duration of at least 10 seconds such as `30m`, or `off`"
)]
pub(crate) struct LifetimeError {
    variable: &'static str,
    text: String,
}

impl Lifetime {
    /// The environment's word for it; `None` is a machine without a timer.
    pub(crate) fn read(
        variable: &'static str,
        text: Option<&str>,
    ) -> Result<Option<Self>, LifetimeError> {
        let Some(text) = text else {
            return Ok(Some(Self(DEFAULT)));
        };
        if text == "off" {
            return Ok(None);
        }
        let given = GoDuration::parse(text).ok().map(GoDuration::to_std);
        let lifetime = given.filter(|given| *given >= SHORTEST).map(Self);
        lifetime.map(Some).ok_or_else(|| LifetimeError {
            variable,
            text: text.to_owned(),
        })
    }

    /// All of it.
    pub(super) fn whole(self) -> Duration {
        self.0
    }

    /// Between two renewals.
    pub(super) fn pause(self) -> Duration {
        self.0 / RENEWALS
    }

    /// Until a renewal that failed is tried again.
    pub(super) fn short_pause(self) -> Duration {
        self.pause() / 4
    }

    /// How long one renewal may take: a machine under load answers late, and a login may have to wait for a name server.
    pub(super) fn patience(self) -> Duration {
        (self.0 / 3).min(Duration::from_secs(30))
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    fn read(text: &str) -> Result<Option<Lifetime>, String> {
        Lifetime::read("TIMER", Some(text)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_lifetime_is_a_duration_or_off_and_half_an_hour_where_nobody_says() {
        let minutes = |count| Some(Lifetime(Duration::from_secs(60_u64 * count)));
        assert_eq!(Lifetime::read("TIMER", None), Ok(minutes(30)));
        assert_eq!(read("1h30m"), Ok(minutes(90)));
        assert_eq!(read("off"), Ok(None));
    }

    #[test]
    fn what_would_end_a_living_build_is_refused() {
        for text in ["9s", "0", "-1h", "30", "soon"] {
            assert_eq!(
                read(text).unwrap_err(),
                format!(
                    "`TIMER` is `{text}`; it takes a duration of at least 10 seconds such as `30m`, or `off`"
                )
            );
        }
    }
}
