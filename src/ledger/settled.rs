//! The proof that a ledger was settled, and what came of it.

use std::path::PathBuf;

use super::kind;
use super::row::Row;
use crate::cloud::CloudError;

/// What settling undid and what it had to leave. Only `Ledger::settle` makes one:
///
/// ```compile_fail,E0451
/// use ami_build::ledger::Settled;
/// fn forge(settled: Settled) -> Settled {
///     Settled { ..settled }
/// }
/// ```
///
/// The type itself may be named:
///
/// ```
/// fn report(_settled: ami_build::ledger::Settled) {}
/// ```
#[derive(Debug)]
#[must_use = "the report has to say what is left"]
pub struct Settled {
    removed: Vec<Row>,
    remaining: Vec<Remaining>,
    journal: Option<PathBuf>,
}

/// A thing that is still there, or may be.
#[derive(Debug)]
pub(crate) struct Remaining {
    /// Which.
    pub(crate) row: Row,
    /// Why it was not removed.
    pub(crate) why: Why,
    /// The `aws` command that removes it, or finds it where its id is not known.
    pub(crate) command: String,
}

/// Why something was not removed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Why {
    /// `-on-error=abort` asked for it.
    #[error("kept on purpose; it may be removed from {until} on")]
    Held {
        /// RFC 3339.
        until: String,
    },
    /// The build turned out to be alive after it was found.
    #[error("its deadline was moved to {until}: the build is alive")]
    Renewed {
        /// RFC 3339.
        until: String,
    },
    /// Somebody took it over, or declared it finished, after it was found.
    #[error("it no longer carries the tags of an unfinished build")]
    NotOurs,
    /// Settling's time was over.
    #[error("there was no time left to wait for it")]
    OutOfTime,
    /// EC2 refused.
    #[error("EC2 did not remove it")]
    Refused(#[source] CloudError),
    /// The thing itself cannot be told from somebody else's.
    #[error("a thing of that name exists, and EC2 does not let this caller see whose it is")]
    Ambiguous,
    /// It may be a result.
    #[error("lines of the journal cannot be read, and one of them may have said that it stays")]
    PerhapsKept,
}

impl Settled {
    pub(super) fn new(
        removed: Vec<Row>,
        remaining: Vec<Remaining>,
        journal: Option<PathBuf>,
    ) -> Self {
        Self {
            removed,
            remaining,
            journal,
        }
    }

    /// What is gone now.
    pub(crate) fn removed(&self) -> &[Row] {
        &self.removed
    }

    /// What is left, with what was kept on purpose.
    pub(crate) fn remaining(&self) -> &[Remaining] {
        &self.remaining
    }

    /// Whether something is left that nobody asked to keep.
    pub(crate) fn has_leftovers(&self) -> bool {
        self.remaining
            .iter()
            .any(|remaining| !matches!(remaining.why, Why::Held { .. }))
    }

    /// The one command that removes all that is left.
    pub(crate) fn command(&self) -> Option<String> {
        let journal = self.journal.as_ref()?;
        let journal = kind::shell_word(&journal.display().to_string());
        Some(format!("ami-build settle {journal}"))
    }
}
