//! The deadline tag: what it may say, and how long a thing is given.
//!
//! A thing is born with a day, since nobody knows yet whether its tag may be changed later: without `CreateTags` on what
//! exists no build on a hosted runner, which ends after six hours, is ever swept while it lives. Once a renewal has worked,
//! four hours are enough.

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::identity::{DEADLINE_TAG, KEPT};
use crate::cloud::Tags;

/// What a thing is given at first, and what `-on-error=abort` gives to somebody who wants to look at it.
pub(crate) const FIRST: Duration = Duration::hours(24);
/// What each renewal gives. It is renewed once half of it is over, so a laptop that sleeps through a meeting, a network that is
/// away for an hour and a credential that is renewed late cost nothing; and what a killed build leaves costs half a working day
/// at most.
pub(crate) const RENEWED: Duration = Duration::hours(4);
/// A deadline counts as over only so much later: the clock that wrote it and the clock that reads it may differ. AWS refuses a
/// signature that is more than 15 minutes off, so two clients that both get answers are no further apart than this
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>).
pub(crate) const CLOCK_SKEW: Duration = Duration::minutes(30);

/// What a thing's deadline tag says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deadline {
    /// A build declared it finished.
    Kept,
    /// From then on it may be removed.
    At(OffsetDateTime),
    /// There is none, or nobody knows what it means: so nobody may act on it.
    Unreadable,
}

impl Deadline {
    /// Of a thing with these tags.
    pub(crate) fn of(tags: &Tags) -> Self {
        match tags.get(DEADLINE_TAG).map(String::as_str) {
            Some(KEPT) => Self::Kept,
            Some(text) => OffsetDateTime::parse(text, &Rfc3339).map_or(Self::Unreadable, Self::At),
            None => Self::Unreadable,
        }
    }
}

/// A time as the tag has it: whole seconds, RFC 3339.
pub(crate) fn text(at: OffsetDateTime) -> String {
    let whole = at.replace_nanosecond(0).unwrap_or(at);
    whole.format(&Rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tagged(value: &str) -> Tags {
        Tags::from([(DEADLINE_TAG.to_owned(), value.to_owned())])
    }

    #[test]
    fn a_deadline_is_read_as_it_was_written() {
        let at = OffsetDateTime::from_unix_timestamp(1_900_000_000).unwrap();
        assert_eq!(text(at), "2030-03-17T17:46:40Z");
        assert_eq!(Deadline::of(&tagged(&text(at))), Deadline::At(at));
    }

    #[test]
    fn what_cannot_be_read_is_never_over() {
        for value in ["", "soon", "1900000000", "2030-03-17"] {
            assert_eq!(
                Deadline::of(&tagged(value)),
                Deadline::Unreadable,
                "{value}"
            );
        }
        assert_eq!(Deadline::of(&Tags::new()), Deadline::Unreadable);
        assert_eq!(Deadline::of(&tagged("kept")), Deadline::Kept);
    }
}
