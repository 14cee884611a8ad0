//! The model's clock. It goes on from one process to the next, each of which has a virtual time of its own.

use std::time::Duration;

use tokio::time::Instant;

/// Stands still between two processes.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock {
    before: Duration,
    now: Duration,
    begin: Option<Instant>,
}

impl Clock {
    /// A new process begins.
    #[cfg(test)]
    pub(super) fn hand_over(&mut self) {
        self.before = self.now;
        self.begin = None;
    }

    /// What it shows.
    pub(super) fn look(&mut self) -> Duration {
        let begin = *self.begin.get_or_insert_with(Instant::now);
        self.now = self.before + begin.elapsed();
        self.now
    }
}
