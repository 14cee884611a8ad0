//! What may be believed of EC2's answers about a row: "not found" of what it just made, and that a machine goes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

/// For so long EC2 may answer "not found" about a thing that it has just made. EC2's developer guide asks callers to expect
/// that without naming a figure (<https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html>); reports tell
/// of seconds, so this is ample.
pub(super) const VISIBILITY: Duration = Duration::from_secs(30);

/// By the numbers of rows. Of a row that is not here everything is believed.
#[derive(Debug, Default)]
pub(super) struct Belief {
    /// From when on "not found" is believed.
    missing_from: BTreeMap<u32, Instant>,
    /// Machines that EC2 is terminating already, because we said so.
    leaving: BTreeSet<u32>,
}

impl Belief {
    /// Something was made, or is looked for, from now on.
    pub(super) fn fresh(&mut self, number: u32) {
        self.aged(number, Duration::ZERO);
    }

    /// The same so long ago.
    pub(super) fn aged(&mut self, number: u32, age: Duration) {
        let from = Instant::now() + VISIBILITY.saturating_sub(age);
        self.missing_from.insert(number, from);
    }

    /// EC2 showed it to us, so when it says that there is no such thing it is gone.
    pub(super) fn shown(&mut self, number: u32) {
        self.missing_from.remove(&number);
    }

    /// From then on "not found" is believed.
    pub(super) fn missing_from(&self, number: u32) -> Instant {
        let from = self.missing_from.get(&number).copied();
        from.unwrap_or_else(Instant::now)
    }

    /// EC2 took the call that terminates this machine.
    pub(super) fn leaves(&mut self, number: u32) {
        self.leaving.insert(number);
    }

    /// Whether the machine was told to go, so that only its end has to be seen.
    pub(super) fn is_leaving(&self, number: u32) -> bool {
        self.leaving.contains(&number)
    }
}
