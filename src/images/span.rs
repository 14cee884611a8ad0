//! How long an image stays, as flags and inputs spell it: `7d`, `12h`, or an instant.

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::template::duration::GoDuration;

const DAY: u64 = 24 * 60 * 60;
/// Longer than anybody means; it keeps dates in four digits.
const LONGEST: Duration = Duration::from_secs(100 * 365 * DAY);

/// An end in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    /// So long from now.
    For(Duration),
    /// Then.
    At(OffsetDateTime),
}

impl Until {
    /// Reads `90d`, `12h` or `2027-01-31T00:00:00Z`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Ok(at) = OffsetDateTime::parse(text, &Rfc3339) {
            return Some(Self::At(at));
        }
        span(text).map(Self::For)
    }

    /// The instant.
    pub(crate) fn from(self, now: OffsetDateTime) -> OffsetDateTime {
        match self {
            Self::For(span) => now + span,
            Self::At(at) => at,
        }
    }
}

/// `7d`, or a duration as Go spells it; never nothing.
pub(crate) fn span(text: &str) -> Option<Duration> {
    let span = match text.strip_suffix('d') {
        Some(days) => Duration::from_secs(days.parse::<u64>().ok()?.checked_mul(DAY)?),
        None => GoDuration::parse(text)
            .ok()
            .filter(|parsed| parsed.0 > 0)?
            .to_std(),
    };
    Some(span).filter(|span| !span.is_zero() && *span <= LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_hours_are_spans_and_nothing_is_none() {
        assert_eq!(span("7d"), Some(Duration::from_secs(7 * DAY)));
        assert_eq!(span("12h"), Some(Duration::from_secs(12 * 3600)));
        for wrong in [
            "",
            "d",
            "0d",
            "7",
            "-3h",
            "0s",
            "1.5d",
            "99999999999999999999d",
            "40000d",
        ] {
            assert_eq!(span(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_end_may_be_an_instant() {
        let at = time::macros::datetime!(2027-01-31 00:00 UTC);
        assert_eq!(Until::parse("2027-01-31T00:00:00Z"), Some(Until::At(at)));
        assert_eq!(Until::parse("tomorrow"), None);
    }
}
