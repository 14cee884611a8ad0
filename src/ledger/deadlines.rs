//! What the tags of the rows' things say about their deadlines, as far as this process knows.

use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::deadline::RENEWED;
use super::kind::Kind;
use super::row::Row;

/// By row.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    known: BTreeMap<u32, OffsetDateTime>,
    /// Ids of what a build is about to declare finished: a deadline must not go over that word any more.
    finished: BTreeSet<String>,
}

impl Deadlines {
    /// The thing of the row is made with this deadline in its tags.
    pub(super) fn born(&mut self, number: u32, deadline: &str) {
        if let Ok(at) = OffsetDateTime::parse(deadline, &Rfc3339) {
            self.known.insert(number, at);
        }
    }

    /// The tag of the row's thing says this now.
    pub(super) fn renewed(&mut self, number: u32, until: OffsetDateTime) {
        self.known.insert(number, until);
    }

    /// What the tag of the row's thing says; `None` where the thing was not made with one.
    pub(super) fn of(&self, number: u32) -> Option<OffsetDateTime> {
        self.known.get(&number).copied()
    }

    /// These are not renewed any more.
    pub(super) fn finish(&mut self, ids: &[String]) {
        self.finished.extend(ids.iter().cloned());
    }

    /// Whether the build is about to declare it finished, or has.
    pub(super) fn is_finished(&self, id: &str) -> bool {
        self.finished.contains(id)
    }

    /// Whether the row's thing can carry a new deadline at all. A key pair cannot: tags go by an id that only `DescribeKeyPairs`
    /// tells; but EC2 reads it only when the machine starts, and sweeping spares it as long as its machine.
    pub(super) fn can_change(&self, row: &Row) -> bool {
        let has_tags = !matches!(row.kind, Kind::KeyPair | Kind::FastLaunch);
        let id = row.id.as_deref();
        has_tags && row.held_until.is_none() && id.is_some_and(|id| !self.finished.contains(id))
    }

    /// Whether it is time: half of it is over, it is still the long first one, or nobody knows.
    pub(super) fn is_due(&self, row: &Row, now: OffsetDateTime) -> bool {
        self.can_change(row)
            && self
                .of(row.number)
                .is_none_or(|at| at < now + RENEWED / 2 || at > now + RENEWED)
    }
}
