//! The right to make one creating call.

use super::identity::BuildIdentity;
use super::row::Row;
use crate::cloud::{AllocationToken, Tags};

/// What a creating call carries so that its result is found again: a client token and tags.
///
/// Only the ledger makes one, after its row is on disk:
///
/// ```compile_fail,E0451
/// use ami_build::ledger::Claim;
/// fn forge(claim: Claim) -> Claim {
///     Claim { ..claim }
/// }
/// ```
///
/// The type itself may be named, so the example above fails for the right reason:
///
/// ```
/// fn takes(_claim: &ami_build::ledger::Claim) {}
/// ```
#[derive(Debug)]
#[must_use = "a claim that is not spent leaves a row that settling has to look for"]
pub struct Claim {
    token: AllocationToken,
    tags: Tags,
}

impl Claim {
    pub(super) fn new(row: &Row, identity: &BuildIdentity, tags: Tags) -> Self {
        Self {
            token: row.token.clone(),
            tags: identity.tagged(row.number, tags),
        }
    }

    /// A claim without a row, for tests of the clouds that spend it.
    #[cfg(test)]
    pub(crate) fn for_tests(token: &str, tags: Tags) -> Self {
        Self {
            token: AllocationToken::new(token),
            tags,
        }
    }

    /// The client token: the same for every attempt of one call, never the same for two.
    pub(crate) fn token(&self) -> &AllocationToken {
        &self.token
    }

    /// The tags that go into the creating call, beside the user's.
    pub(crate) fn tags(&self) -> &Tags {
        &self.tags
    }
}
