//! What is decided of an image, and why.

use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

use crate::images::Kind;

/// What is decided of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It goes.
    Remove(Cause),
    /// It stays, and this pull request uses it no more.
    LetGo(u64),
    /// It stays.
    Keep(Reason),
}

/// Why an image goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Its pull request is closed.
    Closed(u64),
    /// Its `ttl` is over.
    Expired,
    /// It is older than this.
    OlderThan(Duration),
    /// So many newer ones of its line are there.
    NewerOnes(NonZeroUsize),
}

/// Why an image stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Its build is under way, or ended without it.
    Unfinished,
    /// EC2 says that it is pending, failed or disabled.
    Unavailable,
    /// Its tags or dates mean nothing.
    Unclear,
    /// It is being promoted, or was.
    Promoted,
    /// It has no end.
    Endless,
    /// Its kind was not asked for.
    OtherKind(Kind),
    /// A release has nothing to do with a pull request that is closed.
    Release,
    /// The pull request was merged with it: it may yet be promoted.
    MergedHead,
    /// The pull request may have been merged with it.
    PerhapsMerged,
    /// More pull requests may use it than its tag can name.
    ManyPullRequests,
    /// It is one of so many newest of its line.
    Newest(NonZeroUsize),
    /// No rule says that it goes.
    NotDue,
    /// Deregistration protection.
    Protected,
    /// Something refers to it.
    Used(Vec<String>),
    /// Others may use it.
    Shared(Vec<String>),
    /// Who uses it could not be learnt.
    Unknown(String),
    /// It is not as it was when that was decided.
    Changed,
    /// As many as one run may remove were decided on before it.
    BeyondLimit,
    /// The run was stopped before it.
    Stopped,
    /// The run took too long.
    OutOfTime,
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed(number) => write!(formatter, "pull request {number} is closed"),
            Self::Expired => formatter.write_str("its ttl is over"),
            Self::OlderThan(age) => write!(formatter, "it is older than {}", span(*age)),
            Self::NewerOnes(number) => {
                write!(
                    formatter,
                    "it is not among the newest {number} of its build"
                )
            }
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Unfinished => "its build is not finished",
            Self::Unavailable => "it is not available",
            Self::Unclear => "its tags or its date cannot be read",
            Self::Promoted => "it is promoted",
            Self::Endless => "it has no end",
            Self::Release => "it is a release",
            Self::MergedHead => "the pull request was merged with it, and it may yet be promoted",
            Self::PerhapsMerged => "the pull request may have been merged with it",
            Self::ManyPullRequests => "more pull requests may use it than its tag can name",
            Self::NotDue => "no rule says that it goes",
            Self::Protected => "it is protected against deregistration",
            Self::Changed => "it is not as it was when the run began",
            Self::BeyondLimit => "one run removes no more",
            Self::Stopped => "the run was stopped",
            Self::OutOfTime => "the run took too long",
            Self::OtherKind(kind) => {
                return write!(
                    formatter,
                    "`{}` is not among the kinds asked for",
                    kind.word()
                );
            }
            Self::Newest(number) => {
                return write!(formatter, "it is among the newest {number} of its build");
            }
            Self::Used(by) => return write!(formatter, "in use by {}", some(by)),
            Self::Shared(with) => return write!(formatter, "shared with {}", some(with)),
            Self::Unknown(why) => {
                return write!(formatter, "it cannot be checked: {why}");
            }
        };
        formatter.write_str(text)
    }
}

/// The first few of a list.
fn some(all: &[String]) -> String {
    const SHOWN: usize = 3;
    let first = all
        .iter()
        .take(SHOWN)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match all.len().saturating_sub(SHOWN) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// Whole days where they are, else hours.
fn span(age: Duration) -> String {
    let seconds = age.as_secs();
    if seconds >= 86400 && seconds.is_multiple_of(86400) {
        return format!("{}d", seconds / 86400);
    }
    crate::report::human::duration(age)
}
